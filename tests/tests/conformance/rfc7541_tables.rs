//! RFC 7541 §4 and §6.3: the size of the dynamic tables.

use host_tests::Host;
use host_tests::h2::{Client, code, flag, frame, headers, kind, setting, settings};
use host_tests::rules::Outcome::GoAway;
use host_tests::rules::{allowed, block, each_refused, refused};

use crate::transcript::transcript;

const GET: &[u8] = b"\x82\x86\x84";

/// Sends a block on a stream and takes the answer, whatever it is.
fn answered(client: &mut Client, stream: u32, bytes: &[u8]) {
    let whole = flag::END_HEADERS | flag::END_STREAM;
    client.send(frame(kind::HEADERS, whole, stream, bytes));
    assert_eq!(client.answer(stream).reset, None);
}

#[test]
fn rfc7541_s4_2_a_size_update_behind_a_field() {
    each_refused(
        "RFC 7541 §4.2",
        GoAway(code::COMPRESSION),
        [
            ("at the end", [block([GET, b"\x20"].concat())]),
            ("between", [block(b"\x82\x86\x20\x84")]),
        ],
    );
}

#[test]
fn rfc7541_s4_2_a_size_that_dipped_is_said_by_the_client_too() {
    // A handler lowers our table and raises it again; the client acknowledges
    // both before it sends its next block.
    let host = Host::builder().test_plugins(&["wire"]).start();
    let dipped = || {
        let mut client = host.h2();
        client.post(
            1,
            "/wire",
            "settings 1=0\nsettings 1=4096\nwrite-data last x",
        );
        client.expect(settings(&[(setting::HEADER_TABLE_SIZE, 0)]));
        client.expect(settings(&[(setting::HEADER_TABLE_SIZE, 4_096)]));
        client.answer(1).expect(200);
        client.send(settings(&[]).ack()).send(settings(&[]).ack());
        client
    };
    for wrong in [&b""[..], b"\x3f\xe1\x1f", b"\x21\x20"] {
        let mut client = dipped();
        client.send(block([wrong, GET].concat()).on(3));
        let got = client.next_of_exchange().expect("GOAWAY");
        let wanted = (kind::GOAWAY, Some(code::COMPRESSION));
        assert_eq!((got.kind, got.code()), wanted, "{wrong:x?}");
        host.wait_for_violation_by(client.address(), "RFC 7541 §4.2");
    }
    let mut client = dipped();
    answered(&mut client, 3, &[&b"\x20\x3f\xe1\x1f"[..], GET].concat());
    answered(&mut client, 5, GET);
    host.stop();
}

#[test]
fn rfc7541_s6_3_a_size_above_the_setting() {
    each_refused(
        "RFC 7541 §6.3",
        GoAway(code::COMPRESSION),
        [
            ("4,097", [block([&b"\x3f\xe2\x1f"[..], GET].concat())]),
            (
                "a lot",
                [block([&b"\x3f\xff\xff\xff\x7f"[..], GET].concat())],
            ),
        ],
    );
}

#[test]
fn rfc7541_s6_3_sizes_up_to_the_setting_are_taken() {
    allowed(|client| {
        // 4,096, then 0 and 4,096 in one block, then 100.
        answered(client, 1, &[&b"\x3f\xe1\x1f"[..], GET].concat());
        answered(client, 3, &[&b"\x20\x3f\xe1\x1f"[..], GET].concat());
        answered(client, 5, &[&b"\x3f\x45"[..], GET].concat());
    });
}

#[test]
fn rfc7541_s4_3_a_smaller_size_evicts() {
    let indexed = block([GET, b"\x40\x01x\x01y"].concat());
    refused(
        "RFC 7541 §2.3.3",
        GoAway(code::COMPRESSION),
        [indexed, block([&b"\x20"[..], GET, b"\xbe"].concat()).on(3)],
    );
}

#[test]
fn rfc7541_s4_4_new_entries_evict_the_oldest() {
    // Each is 34 bytes: 120 of them have room in 4,096, no more.
    let entry = |n: u8| [0x40, 1, b'a' + n % 26, 1, b'y'];
    let many: Vec<u8> = (0..121).flat_map(entry).collect();
    allowed(|client| {
        answered(client, 1, &[GET, &many].concat());
        // 62 and 119 more: the oldest that is left.
        answered(client, 3, &[GET, b"\xff\x36"].concat());
    });
    refused(
        "RFC 7541 §2.3.3",
        GoAway(code::COMPRESSION),
        [
            block([GET, &many].concat()),
            block([GET, b"\xff\x37"].concat()).on(3),
        ],
    );
}

#[test]
fn rfc7541_s4_4_an_entry_larger_than_the_table_empties_it() {
    // 5,000 bytes: the length is 127 and 4,873 in two groups of seven bits.
    let mut large = b"\x40\x01x\x7f\x89\x26".to_vec();
    large.extend([b'y'; 5_000]);
    let small: &[u8] = b"\x40\x01a\x01b";
    allowed(|client| {
        answered(client, 1, &[GET, small, &large].concat());
    });
    refused(
        "RFC 7541 §2.3.3",
        GoAway(code::COMPRESSION),
        [
            block([GET, small, &large].concat()),
            block([GET, b"\xbe"].concat()).on(3),
        ],
    );
}

#[test]
fn rfc7541_s4_4_a_name_of_an_entry_that_its_own_insertion_evicts() {
    // The new entry takes its name from the one that must go for it.
    let mut first = b"\x40\x01x\x7f\xb1\x1e".to_vec();
    first.extend([b'y'; 4_016]);
    let mut second = b"\x7e\x7f\xb1\x1e".to_vec();
    second.extend([b'z'; 4_016]);
    allowed(|client| {
        answered(client, 1, &[GET, &first].concat());
        answered(client, 3, &[GET, &second, b"\xbe"].concat());
    });
}

#[test]
fn rfc7541_s4_2_the_lowest_and_the_last_size_are_said() {
    // Two changes between two blocks: both are in the next one, in order.
    let host = Host::builder().file("f.txt", "fine").start();
    let sizes = [
        (setting::HEADER_TABLE_SIZE, 0),
        (setting::HEADER_TABLE_SIZE, 200),
    ];
    let sent = transcript(
        &host,
        [
            settings(&sizes),
            headers(1).get("/f.txt").end_headers().end_stream(),
        ],
    );
    let head = sent.iter().find(|f| f.kind == kind::HEADERS).unwrap();
    assert_eq!(head.payload[..4], [0x20, 0x3f, 0xa9, 0x01], "{head:x?}");
    host.stop();
}

#[test]
fn rfc7541_s4_2_no_more_of_the_table_is_used_than_the_client_allows() {
    // The harness's decoder fails on an index that its smaller table lacks.
    allowed(|client| {
        for stream in [1, 3] {
            client.get(stream, "/f.txt").answer(stream).expect(200);
        }
        for (n, size) in [0, 64, 4_096, 100_000].into_iter().enumerate() {
            client.send(settings(&[(setting::HEADER_TABLE_SIZE, size)]));
            client.expect(settings(&[]).ack());
            client.allow_table(size as usize);
            for stream in [20 * n as u32 + 5, 20 * n as u32 + 7] {
                client.get(stream, "/f.txt").answer(stream).expect(200);
            }
        }
    });
}
