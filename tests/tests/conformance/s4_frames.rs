//! RFC 9113 §4: the format and size of frames, field blocks.

use host_tests::Host;
use host_tests::h2::{
    code, continuation, data, flag, frame, headers, kind, ping, setting, settings, window_update,
};
use host_tests::rules::Outcome::{Either, GoAway};
use host_tests::rules::{allowed, allowed_with, each_refused, open, refused};

use crate::transcript::{Sent, transcript};

/// The largest payload that is allowed to begin with.
const LARGEST: usize = 16_384;

#[test]
fn s4_1_frames_of_unknown_types_are_ignored() {
    allowed(|client| {
        for kind in 0x0a..=0xff_u8 {
            client.send(frame(kind, 0xff, u32::from(kind), [kind; 9]));
        }
        client.get(1, "/f.txt").answer(1).expect(200);
    });
}

#[test]
fn s4_1_undefined_flags_are_ignored() {
    allowed(|client| {
        client.send(ping([7; 8]).flag(0xfe));
        client.expect(ping([7; 8]).ack());
        client.send(settings(&[]).flag(0xfe));
        client.expect(settings(&[]).ack());
        client.send(open().flag(0xd2));
        client.expect(headers(1).status(200));
        client.send(window_update(1, 9).flag(0xff));
        client.send(data(1, b"abc").flag(0xf6));
        client.expect(data(1, b"cba"));
        client.send(data(1, b"").end_stream());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
    });
}

#[test]
fn s4_1_the_reserved_bit_is_ignored() {
    const RESERVED: u32 = 1 << 31;
    allowed(|client| {
        client.send(frame(kind::PING, 0, RESERVED, [7; 8]));
        client.expect(ping([7; 8]).ack());
        client.send(frame(
            kind::WINDOW_UPDATE,
            0,
            0,
            (RESERVED | 1).to_be_bytes(),
        ));
        let request = headers(RESERVED | 1).get("/f.txt");
        client.send(request.end_headers().end_stream());
        client.answer(1).expect(200);
    });
}

#[test]
fn s4_1_neither_unused_flags_nor_the_reserved_bit_are_sent() {
    let host = Host::builder()
        .plugins(&["frames"])
        .file("f.txt", "fine")
        .start();
    let sent = transcript(
        &host,
        [
            settings(&[]),
            ping([1; 8]),
            headers(1).get("/f.txt").end_headers().end_stream(),
            headers(3)
                .post("/frames")
                .field("test", "pass")
                .end_headers(),
            data(3, b"x").end_stream(),
            window_update(3, 0),
        ],
    );
    let mut kinds: Vec<u8> = sent.iter().map(|f| f.kind).collect();
    for frame in sent {
        let defined = match frame.kind {
            kind::SETTINGS | kind::PING => flag::ACK,
            kind::HEADERS => flag::END_STREAM | flag::END_HEADERS | flag::PADDED | flag::PRIORITY,
            kind::DATA => flag::END_STREAM | flag::PADDED,
            _ => 0,
        };
        assert_eq!(
            (frame.flags & !defined, frame.stream >> 31),
            (0, 0),
            "{frame:?}"
        );
    }
    kinds.sort_unstable();
    kinds.dedup();
    for kind in [kind::HEADERS, kind::SETTINGS, kind::PING, kind::GOAWAY] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    host.stop();
}

#[test]
fn s4_2_frames_of_2_14_octets_are_taken() {
    allowed(|client| {
        client.send(open());
        client.expect(headers(1).status(200));
        client.send(data(1, [b'x'; LARGEST]));
        client.expect(data(1, [b'x'; LARGEST]));
        client.send(data(1, b"").end_stream());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
        let begun = headers(3).get("/f.txt");
        let more = LARGEST - begun.block().len() - 9;
        let begun = begun.field("x", &"y".repeat(more));
        client.send(begun.end_headers().end_stream());
        client.answer(3).expect(200);
        client.send(frame(0xbe, 0, 0, [0; LARGEST]));
    });
}

#[test]
fn s4_2_a_data_frame_that_is_too_large() {
    refused(
        "RFC 9113 §4.2",
        Either(code::FRAME_SIZE),
        [open(), data(1, [0; LARGEST + 1])],
    );
}

#[test]
fn s4_2_a_frame_that_is_too_large_and_alters_the_connection() {
    let large = [0; LARGEST + 1];
    let flags = flag::END_HEADERS;
    each_refused(
        "RFC 9113 §4.2",
        GoAway(code::FRAME_SIZE),
        [
            ("HEADERS", vec![frame(kind::HEADERS, flags, 1, large)]),
            (
                "CONTINUATION",
                vec![headers(1).get("/"), continuation(1, large)],
            ),
            ("SETTINGS", vec![frame(kind::SETTINGS, 0, 0, large)]),
            ("an unknown one", vec![frame(0xbe, 0, 0, large)]),
        ],
    );
}

#[test]
fn s4_2_no_frame_is_larger_than_the_client_allows() {
    allowed(|client| {
        let answer = client.get(1, "/large.bin").answer(1).expect(200);
        assert!(answer.frames.iter().all(|n| *n <= LARGEST));
        assert_eq!(answer.body.len(), 200_000);
    });
    allowed_with(&[(setting::MAX_FRAME_SIZE, 20_000)], |client| {
        let answer = client.get(1, "/large.bin").answer(1).expect(200);
        assert!(answer.frames.iter().all(|n| *n <= 20_000));
        assert_eq!(answer.body.len(), 200_000);
    });
}

#[test]
fn s4_3_a_block_is_put_together_of_its_fragments() {
    allowed(|client| {
        let block = headers(1).get("/f.txt").block();
        client.send(frame(kind::HEADERS, flag::END_STREAM, 1, &block[..1]));
        for byte in &block[1..] {
            client.send(continuation(1, [*byte]));
        }
        client.send(continuation(1, []).end_headers());
        client.answer(1).expect(200);
    });
}

#[test]
fn s4_3_a_block_that_cannot_be_decoded() {
    let whole = flag::END_HEADERS | flag::END_STREAM;
    refused(
        "RFC 7541 §",
        GoAway(code::COMPRESSION),
        [frame(kind::HEADERS, whole, 1, [0xff, 0xff])],
    );
    // The trailers of a stream, too.
    refused(
        "RFC 7541 §",
        GoAway(code::COMPRESSION),
        [open(), frame(kind::HEADERS, whole, 1, [0x40])],
    );
}

#[test]
fn s4_3_the_block_of_a_refused_request_is_decoded() {
    // A malformed request puts its path into the table; the next one names it.
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    let whole = flag::END_HEADERS | flag::END_STREAM;
    let mut block = b"\x82\x86\x44\x06/f.txt".to_vec();
    block.extend(headers(1).field("X", "upper case").block());
    client.send(frame(kind::HEADERS, whole, 1, block));
    let refused = client.next_of_exchange().expect("RST_STREAM");
    assert_eq!(refused.code(), Some(code::PROTOCOL));
    client.send(frame(kind::HEADERS, whole, 3, b"\x82\x86\xbe"));
    assert_eq!(client.answer(3).expect(200).text(), "fine");
    host.stop();
}

#[test]
fn s4_3_1_a_smaller_table_is_said_at_the_start_of_the_next_block() {
    let host = Host::builder().file("f.txt", "fine").start();
    let request = |stream| headers(stream).get("/f.txt").end_headers().end_stream();
    let sent = transcript(
        &host,
        [
            settings(&[]),
            request(1),
            settings(&[(setting::HEADER_TABLE_SIZE, 100)]),
            request(3),
        ],
    );
    let is_ack = |f: &&Sent| f.kind == kind::SETTINGS && f.flags == flag::ACK;
    let mut rest = sent.iter();
    rest.by_ref().filter(is_ack).nth(1).expect("a second ACK");
    let next = rest.find(|f| f.kind == kind::HEADERS).expect("an answer");
    // 0x20 and the size; our encoder uses all that it may.
    assert_eq!(next.payload[0] & 0xe0, 0x20, "{next:x?}");
    let size = match next.payload[0] & 0x1f {
        31 => 31 + u32::from(next.payload[1]),
        small => u32::from(small),
    };
    assert!(size <= 100, "{next:x?}");
    host.stop();
}
