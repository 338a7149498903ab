//! RFC 9113 §6.1 to §6.4: DATA, HEADERS, PRIORITY, RST_STREAM.

use host_tests::Host;
use host_tests::h2::{
    code, continuation, data, flag, frame, headers, kind, ping, priority, reset, setting,
    window_update,
};
use host_tests::rules::Outcome::{Either, GoAway};
use host_tests::rules::{allowed, allowed_with, each_refused, open, refused};

const WHOLE: u8 = flag::END_HEADERS | flag::END_STREAM;

#[test]
fn s6_1_data_on_stream_0() {
    refused("RFC 9113 §6.1", GoAway(code::PROTOCOL), [data(0, b"x")]);
}

#[test]
fn s6_1_padding_as_long_as_the_payload_or_longer() {
    let padded = |payload: &[u8]| vec![open(), frame(kind::DATA, flag::PADDED, 1, payload)];
    each_refused(
        "RFC 9113 §6.1",
        GoAway(code::PROTOCOL),
        [("as long", padded(&[3, 0, 0])), ("longer", padded(&[9, 0]))],
    );
}

#[test]
fn s6_1_padded_without_a_length() {
    refused(
        "RFC 9113 §6.1",
        GoAway(code::FRAME_SIZE),
        [open(), frame(kind::DATA, flag::PADDED, 1, [])],
    );
}

#[test]
fn s6_1_padding_is_taken_off() {
    allowed(|client| {
        client.send(open());
        client.expect(headers(1).status(200));
        for padding in [0, 1, 255] {
            client.send(data(1, b"abc").padded(padding));
            client.expect(data(1, b"cba"));
        }
        client.send(data(1, b"").padded(255).end_stream());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
    });
}

#[test]
fn s6_1_padding_counts_in_flow_control() {
    // What comes back of the stream's window is what the frames took of it,
    // padding and its length byte too: 256 bytes for one of content.
    const FRAME: u32 = 257;
    let host = Host::start(&["frames"]);
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 1 << 20)]);
    client.send(window_update(0, 1 << 20));
    let size = client.setting(setting::INITIAL_WINDOW_SIZE).unwrap();
    client.send(open());
    client.expect(headers(1).status(200));
    let mut taken = 0;
    while taken + FRAME <= size {
        client.send(data(1, b"x").padded(255));
        taken += FRAME;
    }
    let mut back = 0;
    // All that the handler has taken is given back but for less than half.
    while back <= size / 2 - FRAME {
        let got = client.next_frame().expect("WINDOW_UPDATE");
        if got.kind == kind::WINDOW_UPDATE && got.stream == 1 {
            back += u32::from_be_bytes(got.payload[..4].try_into().unwrap());
        }
    }
    assert_eq!(back % FRAME, 0);
    drop(client);
    host.stop();
}

#[test]
fn s6_2_headers_on_stream_0() {
    refused(
        "RFC 9113 §6.2",
        GoAway(code::PROTOCOL),
        [headers(0).get("/").end_headers().end_stream()],
    );
}

#[test]
fn s6_2_padding_as_long_as_the_payload_or_longer() {
    let padded = |payload: &[u8]| [frame(kind::HEADERS, flag::PADDED | WHOLE, 1, payload)];
    each_refused(
        "RFC 9113 §6.2",
        GoAway(code::PROTOCOL),
        [
            ("as long", padded(&[2, 0x82])),
            ("longer", padded(&[9, 0x82])),
        ],
    );
}

#[test]
fn s6_2_fields_that_the_flags_announce_are_missing() {
    let with = |flags, payload: &[u8]| [frame(kind::HEADERS, flags | WHOLE, 1, payload)];
    each_refused(
        "RFC 9113 §6.2",
        GoAway(code::FRAME_SIZE),
        [
            ("no padding length", with(flag::PADDED, &[])),
            ("half of the priority", with(flag::PRIORITY, &[0, 0])),
            (
                "the padding reaches into the priority",
                with(flag::PRIORITY | flag::PADDED, &[2, 0, 0, 0, 0, 0]),
            ),
        ],
    );
}

#[test]
fn s6_2_padding_and_priority_are_taken_off() {
    allowed(|client| {
        for (stream, padding) in [(1, 0), (3, 1), (5, 255)] {
            let request = headers(stream).priority(0, 9).get("/f.txt").padded(padding);
            client.send(request.end_headers().end_stream());
            client.answer(stream).expect(200);
        }
    });
}

#[test]
fn s6_2_without_end_headers_only_continuation_may_follow() {
    let begun = || headers(1).get("/");
    each_refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        [
            ("DATA", [begun(), data(1, b"x")]),
            ("HEADERS", [begun(), headers(3).get("/").end_headers()]),
            ("PRIORITY", [begun(), priority(1, 3, 1)]),
            ("RST_STREAM", [begun(), reset(1, code::CANCEL)]),
            ("PING", [begun(), ping([0; 8])]),
            ("WINDOW_UPDATE", [begun(), window_update(0, 1)]),
            (
                "another stream's",
                [begun(), continuation(3, []).end_headers()],
            ),
        ],
    );
}

#[test]
fn s6_2_end_stream_may_be_followed_by_continuation() {
    allowed(|client| {
        client.send(headers(1).get("/f.txt").end_stream());
        client.send(continuation(1, []).field("x", "y").end_headers());
        client.answer(1).expect(200);
    });
}

#[test]
fn s6_3_priority_on_stream_0() {
    refused("RFC 9113 §6.3", GoAway(code::PROTOCOL), [priority(0, 1, 1)]);
}

#[test]
fn s6_3_priority_of_another_length_than_5() {
    let of = |length| [open(), frame(kind::PRIORITY, 0, 1, vec![0; length])];
    each_refused(
        "RFC 9113 §6.3",
        Either(code::FRAME_SIZE),
        [("0", of(0)), ("4", of(4)), ("6", of(6))],
    );
}

#[test]
fn s6_3_priority_changes_no_state() {
    allowed(|client| {
        // Not opened by it: it can be opened, and so can a lower one.
        client.send(priority(9, 0, 1));
        client.get(1, "/f.txt").answer(1).expect(200);
        client.get(9, "/f.txt").answer(9).expect(200);
    });
}

#[test]
fn s6_4_rst_stream_on_stream_0() {
    refused(
        "RFC 9113 §6.4",
        GoAway(code::PROTOCOL),
        [reset(0, code::CANCEL)],
    );
}

#[test]
fn s6_4_rst_stream_on_an_idle_stream() {
    refused(
        "RFC 9113 §5.1",
        GoAway(code::PROTOCOL),
        [reset(1, code::CANCEL)],
    );
}

#[test]
fn s6_4_rst_stream_of_another_length_than_4() {
    let of = |length| [open(), frame(kind::RST_STREAM, 0, 1, vec![0; length])];
    each_refused(
        "RFC 9113 §6.4",
        GoAway(code::FRAME_SIZE),
        [("0", of(0)), ("3", of(3)), ("5", of(5))],
    );
}

#[test]
fn s6_4_nothing_is_sent_on_a_stream_that_the_client_has_reset() {
    // The answer waits for the connection's window alone.
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 1 << 20)], |client| {
        client.get(1, "/large.bin");
        client.expect(headers(1).status(200));
        let mut got = 0;
        while got < 65_535 {
            got += client.expect(data(1, []).any_payload()).payload.len();
        }
        client.send(reset(1, code::CANCEL));
        client.send(window_update(0, 1 << 20));
        client.expect_alive();
    });
}

#[test]
fn s6_4_no_idle_stream_is_reset() {
    // Neither for what the client does there, nor by a handler.
    each_refused(
        "RFC ",
        GoAway(code::FRAME_SIZE),
        [("a short PRIORITY", [frame(kind::PRIORITY, 0, 5, [0; 4])])],
    );
    each_refused(
        "RFC ",
        GoAway(code::PROTOCOL),
        [
            ("PRIORITY on itself", [priority(5, 5, 1)]),
            ("WINDOW_UPDATE by 0", [window_update(5, 0)]),
        ],
    );
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2();
    client.post(
        1,
        "/wire",
        "reset-stream on=9 8\nreset-stream on=2 8\nreport",
    );
    let said = client.answer(1).expect(200).text();
    assert_eq!(said.matches("Protocol(").count(), 2, "{said}");
    host.stop();
}
