//! Header blocks that handlers write raw, byte by byte as they like: the others on
//! the connection are read right, before, meanwhile and afterwards, by a decoder
//! that is not host's.

use host_tests::Host;
use host_tests::h2::{Answer, Client, code, data, flag, headers, kind, reset};

fn host() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["wire", "mirror"])
        .start()
}

/// A request whose answer needs the dynamic table, and grows it.
fn mirror(client: &mut Client, stream: u32) {
    let request = headers(stream).get("/mirror?bytes=3");
    let request = request
        .field("x-same", "for all of them")
        .field("x-number", &(stream / 20).to_string());
    client.send(request.end_headers().end_stream());
}

/// Checks the answer to that: fields that came through the table.
#[track_caller]
fn mirrored(client: &mut Client, stream: u32) {
    let answer = client.answer(stream).expect(200);
    check(&answer, stream);
}

#[track_caller]
fn check(answer: &Answer, stream: u32) {
    assert_eq!(answer.field("x-same"), Some("for all of them"));
    let number = (stream / 20).to_string();
    assert_eq!(answer.field("x-number"), Some(number.as_str()));
    assert_eq!(answer.text(), "mmm");
}

/// A thousand requests, fifty at a time.
#[track_caller]
fn a_thousand(client: &mut Client, first: u32) {
    for fifty in 0..20 {
        let streams: Vec<u32> = (0..50).map(|n| first + 100 * fifty + 2 * n).collect();
        for stream in &streams {
            mirror(client, *stream);
        }
        for (answer, stream) in client.answers(&streams).iter().zip(streams) {
            check(answer, stream);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `:status: 200` and a field that is added to the table.
const ADDS: &[u8] = b"\x88\x40\x05x-raw\x01v";
/// A table of no size.
const SHRINKS: &[u8] = b"\x20\x88";

/// A script for stream 3 that writes a block in this way, and the fields.
fn ways(block: &[u8]) -> Vec<String> {
    let (first, rest) = block.split_at(2);
    let frame = |kind: u8, flags: u8, payload: &[u8]| {
        let length = payload.len() as u8;
        [&[0, 0, length, kind, flags, 0, 0, 0, 3][..], payload].concat()
    };
    let end = flag::END_HEADERS;
    let around = [b"\x04\0\0\0\0\x07", block, &[0; 4]].concat();
    let flags = end | flag::PADDED | flag::PRIORITY;
    let cut = [
        frame(kind::HEADERS, 0, first),
        frame(kind::CONTINUATION, end, rest),
    ]
    .concat();
    let bytes = cut
        .iter()
        .map(|byte| format!("write-raw-bytes {byte:02x}\n"));
    vec![
        format!("write-raw-frame 1 4 own {}\n", hex(block)),
        format!("write-raw-frame 1 {flags} own {}\n", hex(&around)),
        format!(
            "write-raw-frame 1 0 own {}\nsleep 5\nwrite-raw-frame 9 4 own {}\n",
            hex(first),
            hex(rest)
        ),
        format!("write-raw-bytes {}\n", hex(&cut)),
        bytes.collect(),
    ]
}

#[test]
fn a_block_that_changes_the_table_changes_it_for_everybody() {
    let host = host();
    for block in [ADDS, SHRINKS] {
        for way in ways(block) {
            let mut client = host.h2();
            mirror(&mut client, 1);
            mirrored(&mut client, 1);
            client.post(
                3,
                "/wire",
                way.clone() + "write-raw-data-frame end-stream done",
            );
            // Others meanwhile, some of whom find a block open.
            let meanwhile: Vec<u32> = (5..45).step_by(2).collect();
            for stream in &meanwhile {
                mirror(&mut client, *stream);
            }
            let streams = [&[3], &meanwhile[..]].concat();
            let answers = client.answers(&streams);
            assert_eq!((answers[0].status, answers[0].text()), (200, "done".into()));
            let added = (block == ADDS).then_some("v");
            assert_eq!(answers[0].field("x-raw"), added, "{way}");
            for (answer, stream) in answers[1..].iter().zip(meanwhile) {
                check(answer, stream);
            }
            for stream in (45..65).step_by(2) {
                mirror(&mut client, stream);
                mirrored(&mut client, stream);
            }
        }
    }
    host.stop();
}

#[test]
fn a_thousand_requests_behind_each() {
    let host = host();
    let mut client = host.h2();
    mirror(&mut client, 1);
    mirrored(&mut client, 1);
    for (stream, block) in [(3, ADDS), (2_005, SHRINKS)] {
        let script = format!("write-raw-frame 1 5 own {}", hex(block));
        client.post(stream, "/wire", script);
        client.expect(headers(stream).status(200).end_stream());
        a_thousand(&mut client, stream + 2);
    }
    host.stop();
}

#[test]
fn an_old_size_update_in_an_encoded_block() {
    let host = host();
    let mut client = host.h2();
    let script = "set-header-table-size 64\nencode-headers :status=200\nreport";
    let said = client.post(1, "/wire", script).answer(1).expect(200).text();
    let block = said
        .lines()
        .find_map(|line| line.strip_prefix("encode-headers :status=200: "));
    let block = block.expect("a block").to_owned();
    assert!(block.starts_with("3f21"), "an update to 64: {block}");
    client.post(3, "/wire", "set-header-table-size 4096\nwrite-data last .");
    client.answer(3).expect(200);
    mirror(&mut client, 5);
    mirrored(&mut client, 5);
    client.post(7, "/wire", format!("write-raw-frame 1 5 own {block}"));
    client.expect(headers(7).status(200).end_stream());
    a_thousand(&mut client, 9);
    host.stop();
}

#[test]
fn an_informational_head_is_one_in_any_form() {
    let host = host();
    // `:status: 103` as a literal, and the same in two frames.
    let whole = "write-raw-frame 1 4 own 0803313033\n";
    let cut = "write-raw-frame 1 0 own\nwrite-raw-frame 9 4 own 0803313033\n";
    let fields = "write-raw-header-frame\nwrite-raw-continuation-frame end-headers :status=103\n";
    let bytes =
        "write-raw-bytes 00000501040000\nwrite-raw-bytes 0001080331\nwrite-raw-bytes 3033\n";
    for early in [whole, cut, fields, bytes] {
        for (rest, status, text) in [
            ("write-headers 201\nwrite-data last mine", 201, "mine"),
            ("content the response's", 200, "the response's"),
            ("status 404\ncontent not found", 404, "not found"),
        ] {
            let mut client = host.h2();
            client.post(1, "/wire", format!("{early}{rest}"));
            let answer = client.answer(1).expect(status);
            assert_eq!(answer.informational.len(), 1, "{early}");
            assert_eq!(answer.text(), text, "{early}");
            mirror(&mut client, 3);
            mirrored(&mut client, 3);
        }
    }
    host.stop();
}

#[test]
fn a_push_that_is_refused_promises_nothing() {
    let host = Host::builder()
        .test_plugins(&["wire"])
        .args(["--response-bytes", "100 KiB"])
        .start();
    let mut client = host.h2();
    let script = "write-push /a 200 connection=close -- x
        write-push /a 200 a=b -- @200000
        write-push /a 100
        write-push /b 200 a=b -- pushed
        report";
    client.post(1, "/wire", script);
    let promise = client.next_of_exchange().expect("a promise");
    assert_eq!(promise.kind, kind::PUSH_PROMISE);
    assert_eq!(promise.value(":path"), Some("/b"));
    client.expect(headers(2).status(200).field("a", "b"));
    client.expect(data(2, b"pushed").end_stream());
    let said = client.answer(1).expect(200).text();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains("RFC 9113 §8.2.2"), "{said}");
    assert!(lines[1].contains("WriteError::Limit("), "{said}");
    assert!(lines[2].contains("WriteError::Protocol("), "{said}");
    assert_eq!(lines[3], "write-push /b 200 a=b -- pushed: 2");
    host.stop();
}

#[test]
fn a_stream_that_is_complete_cannot_be_reset_and_its_peer_is_still_known() {
    let host = host();
    let mut client = host.h2();
    client.post(1, "/wire", "write-data last all\nreset-stream 8\npeer");
    assert_eq!(client.answer(1).expect(200).text(), "all");
    host.wait_for_event("log", "reset-stream 8: WriteError::Protocol");
    let peer = host.wait_for_event("log", "peer: Peer").to_string();
    assert!(peer.contains("connection-window: "), "{peer}");
    // One whose request goes on can.
    client.send(
        headers(3)
            .post("/wire?ops=write-data%20last%20all%0Areset-stream%208")
            .end_headers(),
    );
    client.expect(headers(3).status(200));
    client.expect(data(3, b"all").end_stream());
    client.expect(reset(3, code::CANCEL));
    mirror(&mut client, 5);
    mirrored(&mut client, 5);
    host.stop();
}

#[test]
fn goaway_in_two_steps() {
    let host = host();
    let mut client = host.h2();
    client.post(1, "/wire", "goaway to=2147483647 0 soon\nwrite-data last .");
    let goaway = client.next_of_exchange().expect("GOAWAY");
    assert_eq!(
        (goaway.kind, goaway.last_stream()),
        (kind::GOAWAY, 0x7fff_ffff)
    );
    assert_eq!(client.answer(1).expect(200).text(), ".");
    // Nothing is under way, and later streams are still answered.
    mirror(&mut client, 3);
    mirrored(&mut client, 3);
    client.post(5, "/wire", "goaway 0 now\nwrite-data last .");
    let goaway = client.next_of_exchange().expect("GOAWAY");
    assert_eq!((goaway.kind, goaway.last_stream()), (kind::GOAWAY, 5));
    assert_eq!(client.answer(5).expect(200).text(), ".");
    client.expect_close();
    host.stop();
}
