//! RFC 9113 §3 to §6: the preface, frames, stream states, each frame type.

use host_tests::Host;
use host_tests::h2::{
    Client, code, continuation, data, flag, frame, headers, kind, ping, priority, reset, setting,
    settings, window_update,
};
use host_tests::rules::Outcome::{Either, GoAway};
use host_tests::rules::{case, check, open, whole};

#[test]
fn s3_4_the_preface() {
    let host = Host::start(&[]);
    // A preface that goes wrong is refused, as HTTP/1 or as HTTP/2.
    let mut client = host.h1();
    client.send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
    let said = client.read_to_end();
    let http1 = said.starts_with(b"HTTP/1.1 ");
    assert!(http1 || said.is_empty() || said.get(3) == Some(&kind::GOAWAY));
    host.wait_for("a violation", |e| e["event"] == "violation");

    // The first frame must be SETTINGS.
    let mut client = Client::connect_raw(host.http());
    client
        .raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .send(ping([0; 8]));
    loop {
        let got = client.next_frame().expect("GOAWAY");
        if got.kind == kind::GOAWAY {
            assert_eq!(got.code(), Some(code::PROTOCOL));
            break;
        }
        assert!(matches!(got.kind, kind::SETTINGS | kind::WINDOW_UPDATE));
    }
    client.expect_close();
    host.wait_for_violation("RFC 9113 §3.4");
    host.stop();
}

#[test]
fn s4_frames() {
    let large = vec![0; 16_385];
    check(&[
        case(
            "a DATA frame over SETTINGS_MAX_FRAME_SIZE",
            "RFC 9113 §4.2",
            [open(), data(1, large.clone())],
            Either(code::FRAME_SIZE),
        ),
        case(
            "a HEADERS frame over it",
            "RFC 9113 §4.2",
            [frame(kind::HEADERS, flag::END_HEADERS, 1, large.clone())],
            GoAway(code::FRAME_SIZE),
        ),
        case(
            "an unknown frame over it",
            "RFC 9113 §4.2",
            [frame(0xbe, 0, 0, large)],
            GoAway(code::FRAME_SIZE),
        ),
        case(
            "a field block that is no HPACK",
            "RFC 7541 §",
            [frame(
                kind::HEADERS,
                flag::END_HEADERS | flag::END_STREAM,
                1,
                [0xff, 0xff],
            )],
            GoAway(code::COMPRESSION),
        ),
        case(
            "an index beyond the tables",
            "RFC 7541 §2.3.3",
            [frame(
                kind::HEADERS,
                flag::END_HEADERS | flag::END_STREAM,
                1,
                [0xff, 0x7f],
            )],
            GoAway(code::COMPRESSION),
        ),
    ]);
}

#[test]
fn s5_1_stream_states() {
    check(&[
        case(
            "DATA on an idle stream",
            "RFC 9113 §5.1",
            [data(1, b"x")],
            GoAway(code::PROTOCOL),
        ),
        case(
            "RST_STREAM on an idle stream",
            "RFC 9113 §5.1",
            [reset(1, code::CANCEL)],
            GoAway(code::PROTOCOL),
        ),
        case(
            "WINDOW_UPDATE on an idle stream",
            "RFC 9113 §5.1",
            [window_update(1, 1)],
            GoAway(code::PROTOCOL),
        ),
        case(
            "DATA behind END_STREAM",
            "RFC 9113 §5.1",
            [open(), data(1, b"x").end_stream(), data(1, b"y")],
            Either(code::STREAM_CLOSED),
        ),
        case(
            "HEADERS behind END_STREAM",
            "RFC 9113 §5.1",
            [
                whole(),
                headers(1).field("x", "y").end_headers().end_stream(),
            ],
            Either(code::STREAM_CLOSED),
        ),
        case(
            "an even stream",
            "RFC 9113 §5.1.1",
            [headers(2).get("/").end_headers().end_stream()],
            GoAway(code::PROTOCOL),
        ),
        case(
            "a stream below one that was opened",
            "RFC 9113 §5.1.1",
            [
                headers(5).get("/nothing").end_headers().end_stream(),
                headers(3).get("/nothing").end_headers().end_stream(),
            ],
            GoAway(code::PROTOCOL),
        ),
    ]);
}

#[test]
fn s6_1_data() {
    check(&[
        case(
            "DATA on stream 0",
            "RFC 9113 §6.1",
            [data(0, b"x")],
            GoAway(code::PROTOCOL),
        ),
        case(
            "padding as long as the payload",
            "RFC 9113 §6.1",
            [open(), frame(kind::DATA, flag::PADDED, 1, [3, 0, 0])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "PADDED without a payload",
            "RFC 9113 §6.1",
            [open(), frame(kind::DATA, flag::PADDED, 1, [])],
            GoAway(code::FRAME_SIZE),
        ),
    ]);
}

#[test]
fn s6_2_headers() {
    check(&[
        case(
            "HEADERS on stream 0",
            "RFC 9113 §6.2",
            [headers(0).get("/").end_headers().end_stream()],
            GoAway(code::PROTOCOL),
        ),
        case(
            "padding longer than the payload",
            "RFC 9113 §6.2",
            [frame(
                kind::HEADERS,
                flag::PADDED | flag::END_HEADERS,
                1,
                [9, 0x82],
            )],
            GoAway(code::PROTOCOL),
        ),
        case(
            "PRIORITY without its five bytes",
            "RFC 9113 §6.2",
            [frame(
                kind::HEADERS,
                flag::PRIORITY | flag::END_HEADERS,
                1,
                [0, 0],
            )],
            GoAway(code::FRAME_SIZE),
        ),
    ]);
}

#[test]
fn s6_3_to_s6_4_priority_and_rst_stream() {
    check(&[
        case(
            "PRIORITY on stream 0",
            "RFC 9113 §6.3",
            [priority(0, 1, 1)],
            GoAway(code::PROTOCOL),
        ),
        case(
            "PRIORITY of four bytes",
            "RFC 9113 §6.3",
            [open(), frame(kind::PRIORITY, 0, 1, [0; 4])],
            Either(code::FRAME_SIZE),
        ),
        case(
            "RST_STREAM on stream 0",
            "RFC 9113 §6.4",
            [reset(0, code::CANCEL)],
            GoAway(code::PROTOCOL),
        ),
        case(
            "RST_STREAM of three bytes",
            "RFC 9113 §6.4",
            [open(), frame(kind::RST_STREAM, 0, 1, [0; 3])],
            GoAway(code::FRAME_SIZE),
        ),
    ]);
}

#[test]
fn s6_5_settings() {
    check(&[
        case(
            "an ACK with a payload",
            "RFC 9113 §6.5",
            [frame(kind::SETTINGS, flag::ACK, 0, [0; 6])],
            GoAway(code::FRAME_SIZE),
        ),
        case(
            "SETTINGS on a stream",
            "RFC 9113 §6.5",
            [frame(kind::SETTINGS, 0, 1, [])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "a length that is no multiple of six",
            "RFC 9113 §6.5",
            [frame(kind::SETTINGS, 0, 0, [0; 7])],
            GoAway(code::FRAME_SIZE),
        ),
        case(
            "ENABLE_PUSH 2",
            "RFC 9113 §6.5.2",
            [settings(&[(setting::ENABLE_PUSH, 2)])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "a window over 2^31-1",
            "RFC 9113 §6.5.2",
            [settings(&[(setting::INITIAL_WINDOW_SIZE, 1 << 31)])],
            GoAway(code::FLOW_CONTROL),
        ),
        case(
            "a frame size under 2^14",
            "RFC 9113 §6.5.2",
            [settings(&[(setting::MAX_FRAME_SIZE, 16_383)])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "a frame size over 2^24-1",
            "RFC 9113 §6.5.2",
            [settings(&[(setting::MAX_FRAME_SIZE, 1 << 24)])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "ENABLE_CONNECT_PROTOCOL 2",
            "RFC 9113 §6.5.2",
            [settings(&[(setting::ENABLE_CONNECT_PROTOCOL, 2)])],
            GoAway(code::PROTOCOL),
        ),
    ]);
}

#[test]
fn s6_6_to_s6_8_push_promise_ping_goaway() {
    check(&[
        case(
            "a PUSH_PROMISE from a client",
            "RFC 9113 §",
            [
                open(),
                frame(kind::PUSH_PROMISE, flag::END_HEADERS, 1, [0, 0, 0, 2, 0x82]),
            ],
            GoAway(code::PROTOCOL),
        ),
        case(
            "PING on a stream",
            "RFC 9113 §6.7",
            [frame(kind::PING, 0, 1, [0; 8])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "PING of seven bytes",
            "RFC 9113 §6.7",
            [frame(kind::PING, 0, 0, [0; 7])],
            GoAway(code::FRAME_SIZE),
        ),
        case(
            "GOAWAY on a stream",
            "RFC 9113 §6.8",
            [frame(kind::GOAWAY, 0, 1, [0; 8])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "GOAWAY of seven bytes",
            "RFC 9113 §",
            [frame(kind::GOAWAY, 0, 0, [0; 7])],
            GoAway(code::FRAME_SIZE),
        ),
    ]);
}

#[test]
fn s6_9_window_update() {
    let most = 0x7fff_ffff;
    check(&[
        case(
            "an increment of 0 on the connection",
            "RFC 9113 §6.9",
            [window_update(0, 0)],
            GoAway(code::PROTOCOL),
        ),
        case(
            "an increment of 0 on a stream",
            "RFC 9113 §6.9",
            [open(), window_update(1, 0)],
            Either(code::PROTOCOL),
        ),
        case(
            "three bytes",
            "RFC 9113 §6.9",
            [frame(kind::WINDOW_UPDATE, 0, 0, [0; 3])],
            GoAway(code::FRAME_SIZE),
        ),
        case(
            "a connection's window over 2^31-1",
            "RFC 9113 §6.9.1",
            [window_update(0, most)],
            GoAway(code::FLOW_CONTROL),
        ),
        case(
            "a stream's window over 2^31-1",
            "RFC 9113 §6.9.1",
            [open(), window_update(1, most)],
            Either(code::FLOW_CONTROL),
        ),
        case(
            "a setting that takes a window over 2^31-1",
            "RFC 9113 §6.9.2",
            [
                open(),
                window_update(1, most - 65_535),
                settings(&[(setting::INITIAL_WINDOW_SIZE, 65_536)]),
            ],
            GoAway(code::FLOW_CONTROL),
        ),
    ]);
}

#[test]
fn s6_10_continuation() {
    let begun = || headers(1).get("/");
    check(&[
        case(
            "CONTINUATION without HEADERS",
            "RFC 9113 §6.10",
            [open(), continuation(1, [0x82]).end_headers()],
            GoAway(code::PROTOCOL),
        ),
        case(
            "another frame inside a field block",
            "RFC 9113 §6.10",
            [begun(), ping([0; 8])],
            GoAway(code::PROTOCOL),
        ),
        case(
            "another stream's CONTINUATION",
            "RFC 9113 §6.10",
            [begun(), continuation(3, []).end_headers()],
            GoAway(code::PROTOCOL),
        ),
        case(
            "an unknown frame inside a field block",
            "RFC 9113 §",
            [begun(), frame(0xbe, 0, 0, [])],
            GoAway(code::PROTOCOL),
        ),
    ]);
}
