//! Layout tests: every frame in and out, and every way to be malformed.

use proptest::prelude::*;

use super::*;
use crate::Priority;
use crate::h2::fault::Scope;

fn split(bytes: &[u8]) -> (Head, Bytes) {
    let (head, payload) = bytes.split_first_chunk().unwrap();
    (Head::parse(*head), Bytes::copy_from_slice(payload))
}

fn parse_all(bytes: &[u8]) -> Parsed {
    let (head, payload) = split(bytes);
    assert_eq!(head.length as usize, payload.len());
    parse(head, payload)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Parsed {
    let head = Head {
        length: payload.len() as u32,
        kind,
        flags,
        stream,
    };
    parse(head, Bytes::copy_from_slice(payload))
}

#[test]
fn written_frames_are_parsed_as_they_were() {
    let mut out = Vec::new();
    let ping = Ping {
        ack: true,
        data: *b"12345678",
    };
    ping.write(&mut out);
    assert_eq!(parse_all(&out).frame, Frame::Ping(ping));

    out.clear();
    let reset = RstStream { stream: 7, code: 8 };
    reset.write(&mut out);
    assert_eq!(parse_all(&out).frame, Frame::RstStream(reset));

    out.clear();
    let update = WindowUpdate {
        stream: 0,
        increment: 0x7fff_ffff,
    };
    update.write(&mut out);
    assert_eq!(parse_all(&out).frame, Frame::WindowUpdate(update));

    out.clear();
    let goaway = GoAway {
        last: 9,
        code: 1,
        debug: "why".into(),
    };
    goaway.write(&mut out);
    assert_eq!(parse_all(&out).frame, Frame::GoAway(goaway));

    out.clear();
    Settings::write(&[(3, 100), (0xffff, 1)], &mut out);
    let Frame::Settings(settings) = parse_all(&out).frame else {
        panic!("no SETTINGS");
    };
    assert_eq!(settings.iter().collect::<Vec<_>>(), [(3, 100), (0xffff, 1)]);
}

#[test]
fn padding_and_priority_are_kept() {
    let parsed = frame(kind::DATA, flag::PADDED, 1, b"\x02ab\0\0");
    let Frame::Data(data) = parsed.frame else {
        panic!("no DATA");
    };
    assert_eq!(data.data, "ab");
    assert_eq!((data.padding, data.flow_controlled_length), (Some(2), 5));

    let flags = flag::PADDED | flag::PRIORITY | flag::END_HEADERS;
    let parsed = frame(kind::HEADERS, flags, 3, b"\x01\x80\0\0\x01\x10\x82\0");
    assert_eq!(
        parsed.frame,
        Frame::Headers(Headers {
            stream: 3,
            flags,
            fragment: Bytes::from_static(b"\x82"),
            padding: Some(1),
            priority: Some(Priority {
                dependency: 1,
                weight: 16,
                exclusive: true
            }),
        })
    );
    assert_eq!(parsed.faults, []);
}

#[test]
fn each_malformed_layout_has_its_fault() {
    use Scope::{Connection, Stream};
    let (protocol, size) = (code::PROTOCOL_ERROR, code::FRAME_SIZE_ERROR);
    let padded = flag::PADDED;
    for (kind, flags, stream, payload, scope, code, section) in [
        (
            kind::DATA,
            0,
            0,
            &b""[..],
            Connection,
            protocol,
            "RFC 9113 §6.1",
        ),
        (
            kind::DATA,
            padded,
            1,
            b"",
            Connection,
            size,
            "RFC 9113 §6.1",
        ),
        (
            kind::DATA,
            padded,
            1,
            b"\x01",
            Connection,
            protocol,
            "RFC 9113 §6.1",
        ),
        (
            kind::HEADERS,
            0,
            0,
            b"",
            Connection,
            protocol,
            "RFC 9113 §6.2",
        ),
        (
            kind::HEADERS,
            padded,
            1,
            b"\x09\0",
            Connection,
            protocol,
            "RFC 9113 §6.2",
        ),
        (
            kind::HEADERS,
            flag::PRIORITY,
            1,
            b"\0\0\0\x03",
            Connection,
            size,
            "RFC 9113 §6.2",
        ),
        (
            kind::HEADERS,
            flag::PRIORITY,
            1,
            b"\0\0\0\x01\0",
            Stream,
            protocol,
            "RFC 7540 §5.3.1",
        ),
        (
            kind::PRIORITY,
            0,
            0,
            b"\0\0\0\x01\0",
            Connection,
            protocol,
            "RFC 9113 §6.3",
        ),
        (
            kind::PRIORITY,
            0,
            1,
            b"\0\0\0\x03",
            Stream,
            size,
            "RFC 9113 §6.3",
        ),
        (
            kind::PRIORITY,
            0,
            3,
            b"\0\0\0\x03\0",
            Stream,
            protocol,
            "RFC 7540 §5.3.1",
        ),
        (
            kind::RST_STREAM,
            0,
            0,
            b"\0\0\0\0",
            Connection,
            protocol,
            "RFC 9113 §6.4",
        ),
        (
            kind::RST_STREAM,
            0,
            1,
            b"\0\0\0",
            Connection,
            size,
            "RFC 9113 §6.4",
        ),
        (
            kind::SETTINGS,
            0,
            1,
            b"",
            Connection,
            protocol,
            "RFC 9113 §6.5",
        ),
        (
            kind::SETTINGS,
            0,
            0,
            b"\0\0\0",
            Connection,
            size,
            "RFC 9113 §6.5",
        ),
        (
            kind::SETTINGS,
            flag::ACK,
            0,
            b"\0\0\0\0\0\0",
            Connection,
            size,
            "RFC 9113 §6.5",
        ),
        (
            kind::PUSH_PROMISE,
            0,
            1,
            b"\0\0\0",
            Connection,
            size,
            "RFC 9113 §6.6",
        ),
        (
            kind::PING,
            0,
            1,
            b"12345678",
            Connection,
            protocol,
            "RFC 9113 §6.7",
        ),
        (
            kind::PING,
            0,
            0,
            b"1234567",
            Connection,
            size,
            "RFC 9113 §6.7",
        ),
        (
            kind::GOAWAY,
            0,
            1,
            b"12345678",
            Connection,
            protocol,
            "RFC 9113 §6.8",
        ),
        (
            kind::GOAWAY,
            0,
            0,
            b"1234567",
            Connection,
            size,
            "RFC 9113 §6.8",
        ),
        (
            kind::WINDOW_UPDATE,
            0,
            0,
            b"\0\0\0\0",
            Connection,
            protocol,
            "RFC 9113 §6.9",
        ),
        (
            kind::WINDOW_UPDATE,
            0,
            1,
            b"\x80\0\0\0",
            Stream,
            protocol,
            "RFC 9113 §6.9",
        ),
        (
            kind::WINDOW_UPDATE,
            0,
            1,
            b"\0\0\0",
            Connection,
            size,
            "RFC 9113 §6.9",
        ),
        (
            kind::CONTINUATION,
            0,
            0,
            b"",
            Connection,
            protocol,
            "RFC 9113 §6.10",
        ),
    ] {
        let parsed = frame(kind, flags, stream, payload);
        let fault = parsed.faults.first().expect(section);
        assert_eq!(
            (fault.scope, fault.code, fault.section),
            (scope, code, section)
        );
    }
}

#[test]
fn a_block_is_split_by_the_largest_frame() {
    for length in [0, 9, 10, 11, 25, 30] {
        let block: Vec<u8> = (0..length).collect();
        let mut out = Vec::new();
        let head = BlockHead {
            stream: 5,
            end_stream: true,
            ..BlockHead::default()
        };
        write_block(head, 10, &mut out, |out| out.extend_from_slice(&block));
        let (mut joined, mut frames, mut rest) = (Vec::new(), 0, &out[..]);
        let mut ended = false;
        while !rest.is_empty() {
            let (head, _) = split(rest);
            let (frame, after) = rest.split_at(HEAD_LEN + head.length as usize);
            assert!(!ended && head.length <= 10);
            match parse_all(frame).frame {
                Frame::Headers(h) if frames == 0 => {
                    assert!(h.flags & flag::END_STREAM != 0);
                    ended = h.end_headers();
                    joined.extend_from_slice(&h.fragment);
                }
                Frame::Continuation(c) if frames > 0 => {
                    ended = c.end_headers;
                    joined.extend_from_slice(&c.fragment);
                }
                other => panic!("{other:?}"),
            }
            frames += 1;
            rest = after;
        }
        assert!(ended);
        assert_eq!(joined, block);
    }
}

proptest! {
    #[test]
    fn any_bytes_become_a_frame(
        kind in 0u8..12, flags: u8, stream in 0u32..4,
        payload in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let parsed = frame(kind, flags, stream, &payload);
        // What was not understood is kept whole, and a reason given where the
        // type is a known one.
        if let Frame::Unknown(unknown) = &parsed.frame {
            prop_assert_eq!(&unknown.payload[..], &payload[..]);
            prop_assert!(kind > 9 || !parsed.faults.is_empty());
        }
    }

    #[test]
    fn heads_survive(length in 0u32..1 << 24, kind: u8, flags: u8, stream in 0u32..1 << 31) {
        let head = Head { length, kind, flags, stream };
        prop_assert_eq!(Head::parse(head.bytes()), head);
    }
}
