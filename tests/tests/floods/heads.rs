//! Field blocks: too many pieces, too many fields, too much behind few bytes.

use host_tests::Host;
use host_tests::attack::{attack, calmed};
use host_tests::h2::{Frame, code, continuation, flag, frame, headers, kind};

use crate::{MODEST, ROUNDS, host, open};

/// A block that never ends, of such pieces.
fn endless(name: &str, section: &str, piece: &[u8]) {
    attack(name, host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let first = frame(kind::HEADERS, flag::END_STREAM, 1, [0x82]);
            let more = (0..1_000).map(|_| continuation(1, piece));
            calmed(host, section, [first].into_iter().chain(more));
        }
    });
}

#[test]
fn continuations() {
    endless(
        "CONTINUATION flood, CVE-2024-27316",
        "CVE-2024-27316",
        &[0x84],
    );
}

#[test]
fn empty_continuations() {
    endless("empty CONTINUATIONs, CVE-2019-9518", "CVE-2024-27316", &[]);
}

#[test]
fn large_continuations() {
    // Their bytes come before their number.
    let name = "large CONTINUATIONs, CVE-2024-27316";
    endless(name, "RFC 9113 §10.5.1", &[0x84; 16_000]);
}

/// Sends blocks on stream 1 that are more than a head may be, in one frame
/// each, and sees each refused, the connection going on.
fn too_much(name: &str, host: Host, block: &[u8]) {
    attack(name, host, MODEST, |host| {
        for _ in 0..ROUNDS {
            let mut client = host.h2();
            client.send(whole(1, block));
            let got = client.next_of_exchange().expect("an answer");
            let refused = match got.kind {
                kind::RST_STREAM => got.code() == Some(code::PROTOCOL),
                _ => got.value(":status") == Some("431"),
            };
            assert!(refused, "{got:?}");
            client.get(3, "/f.txt").answer(3).expect(200);
        }
    });
}

fn whole(stream: u32, block: &[u8]) -> Frame {
    frame(
        kind::HEADERS,
        flag::END_STREAM | flag::END_HEADERS,
        stream,
        block,
    )
}

#[test]
fn a_field_of_the_table_named_over_and_over() {
    // A field of 4,000 bytes put into the table, then one byte for each: 48 MB
    // from 16 KB.
    let mut block = headers(1).get("/f.txt").block();
    block.extend(b"\x40\x01x\x7f\xa1\x1e");
    block.extend([b'y'; 4_000]);
    block.extend(vec![0xbe; 16_000 - block.len()]);
    too_much("HPACK bomb, CVE-2016-1544", host(), &block);
}

#[test]
fn many_small_fields() {
    // One byte for each field of the static table.
    let mut block = headers(1).get("/f.txt").block();
    block.extend(vec![0x90; 16_000]);
    too_much("many fields, RFC 9113 §10.5.1", host(), &block);
}

#[test]
fn fields_without_a_name_or_a_value() {
    // Three bytes each; servers have leaked the rest of each.
    let mut block = headers(1).get("/f.txt").block();
    for _ in 0..5_000 {
        block.extend([0x40, 0, 0]);
    }
    too_much("0-length headers leak, CVE-2019-9516", host(), &block);
}

#[test]
fn a_table_that_changes_with_each_block() {
    // Emptied, made large and filled again by each request.
    let mut block = vec![0x20, 0x3f, 0xe1, 0x1f];
    block.extend(b"\x82\x86\x04\x06/f.txt");
    block.extend((0..100_u8).flat_map(|n| [0x40, 1, b'a' + n % 26, 1, b'0' + n % 64]));
    let name = "table churn, RFC 7541 §6.3";
    attack(name, host(), MODEST, |host| {
        let mut client = host.h2();
        for n in 0..2_000 {
            client.send(whole(2 * n + 1, &block));
            client.answer(2 * n + 1);
        }
    });
}

#[test]
fn continuations_of_trailers() {
    let name = "CONTINUATION flood in trailers, CVE-2024-27316";
    attack(name, host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let trailers = frame(kind::HEADERS, flag::END_STREAM, 1, []);
            let field = b"\x00\x01x\x01y";
            let more = (0..1_000).map(|_| continuation(1, field));
            let frames = [open(1), trailers].into_iter().chain(more);
            calmed(host, "CVE-2024-27316", frames);
        }
    });
}

#[test]
fn connections_that_close_within_a_block() {
    // The client is gone before the block has ended: servers have crashed.
    let name = "a close within a block, CVE-2024-27983";
    attack(name, host(), MODEST, |host| {
        for n in 0..300 {
            let mut client = host.h2();
            client.send(headers(1).get("/f.txt").end_stream());
            for _ in 0..n % 20 {
                client.send(continuation(1, [0x90; 100]));
            }
            let whole = continuation(1, [0x90; 100]).encode();
            client.raw(&whole[..whole.len() - n % 100]);
        }
    });
}

#[test]
fn heads_over_the_limit() {
    attack(
        "heads of 100,000 bytes, RFC 9113 §10.5.1",
        host(),
        MODEST,
        |host| {
            for _ in 0..ROUNDS {
                over_the_limit(host);
            }
        },
    );
}

/// A head over the limit is a 431, and the connection goes on.
fn over_the_limit(host: &Host) {
    let mut client = host.h2();
    let large = headers(1)
        .get("/f.txt")
        .field("x-large", &"x".repeat(100_000));
    let block = large.block();
    let pieces: Vec<&[u8]> = block.chunks(16_384).collect();
    client.send(frame(kind::HEADERS, flag::END_STREAM, 1, pieces[0]));
    for (n, piece) in pieces.iter().enumerate().skip(1) {
        let last = n == pieces.len() - 1;
        let next = continuation(1, *piece);
        client.send(if last { next.end_headers() } else { next });
    }
    assert_eq!(client.answer(1).status, 431);
    host.wait_for_violation_by(client.address(), "RFC 9113 §10.5.1");
    client.get(3, "/f.txt").answer(3).expect(200);
}
