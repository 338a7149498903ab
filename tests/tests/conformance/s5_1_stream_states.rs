//! RFC 9113 §5.1: the states of a stream, and what may come in each.

use host_tests::Host;
use host_tests::h2::{
    Client, Frame, code, continuation, data, frame, headers, kind, priority, push_promise, reset,
    setting, settings, window_update,
};
use host_tests::rules::Outcome::{Either, GoAway};
use host_tests::rules::{allowed, allowed_with, each_refused, open, refused, served_on, whole};

/// What host gives to a connection, in bytes; its default.
const CONNECTION_WINDOW: i64 = 1 << 20;

/// Frames that only a stream with content to come may have.
fn content_or_trailers() -> [(&'static str, Frame); 2] {
    let trailers = headers(1).field("x", "y").end_headers().end_stream();
    [("DATA", data(1, b"x")), ("HEADERS", trailers)]
}

/// Frames that may come late on a stream, for the client had not seen its end.
fn late() -> [Frame; 3] {
    [
        window_update(1, 1),
        priority(1, 3, 7),
        reset(1, code::CANCEL),
    ]
}

#[test]
fn s5_1_idle_takes_no_frame_but_headers_and_priority() {
    each_refused(
        "RFC 9113 §5.1",
        GoAway(code::PROTOCOL),
        [
            ("DATA", [data(1, b"x")]),
            ("RST_STREAM", [reset(1, code::CANCEL)]),
            ("WINDOW_UPDATE", [window_update(1, 1)]),
        ],
    );
    refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        [continuation(1, [0x82]).end_headers()],
    );
}

#[test]
fn s5_1_idle_takes_no_frame_on_a_stream_of_the_server() {
    each_refused(
        "RFC 9113 §5.1",
        GoAway(code::PROTOCOL),
        [
            ("HEADERS", [headers(2).get("/").end_headers().end_stream()]),
            ("DATA", [data(2, b"x")]),
            ("RST_STREAM", [reset(2, code::CANCEL)]),
            ("WINDOW_UPDATE", [window_update(2, 1)]),
        ],
    );
}

#[test]
fn s5_1_idle_takes_priority() {
    allowed(|client| {
        client.send(priority(7, 0, 1));
        client.send(priority(1, 7, 1));
        client.get(1, "/f.txt").answer(1).expect(200);
    });
}

#[test]
fn s5_1_open_takes_every_frame_and_goes_on() {
    allowed(|client| {
        client.send(open());
        client.expect(headers(1).status(200));
        client.send(window_update(1, 1)).send(priority(1, 3, 7));
        client.send(data(1, b"abc"));
        client.expect(data(1, b"cba"));
        client.send(headers(1).field("x", "y").end_headers().end_stream());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
    });
}

/// The client has ended its side, the server cannot: there is no window.
fn half_closed(client: &mut Client) {
    client.get(1, "/large.bin");
    client.expect(headers(1).status(200));
}

#[test]
fn s5_1_half_closed_remote_takes_no_content() {
    let whole_and = |frame| {
        [
            settings(&[(setting::INITIAL_WINDOW_SIZE, 0)]),
            whole(),
            frame,
        ]
    };
    let cases = content_or_trailers().map(|(what, frame)| (what, whole_and(frame)));
    each_refused("RFC 9113 §5.1", Either(code::STREAM_CLOSED), cases);
    refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        whole_and(continuation(1, []).end_headers()),
    );
}

#[test]
fn s5_1_half_closed_remote_takes_window_update_and_priority() {
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 0)], |client| {
        half_closed(client);
        client.send(priority(1, 3, 7)).send(window_update(1, 2));
        client.expect(data(1, b"xx"));
    });
}

#[test]
fn s5_1_half_closed_remote_takes_rst_stream() {
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 0)], |client| {
        half_closed(client);
        client.send(reset(1, code::CANCEL));
        client.expect_alive();
    });
}

#[test]
fn s5_1_closed_by_end_stream_takes_no_content() {
    let host = Host::builder().file("f.txt", "fine").start();
    let cases = content_or_trailers().map(|(_, frame)| frame);
    for frame in cases {
        let mut client = host.h2();
        client.get(1, "/f.txt").answer(1).expect(200);
        client.send(frame);
        let got = client.next_of_exchange().expect("a refusal");
        // A stream error would be as right; the closed stream can have none.
        assert_eq!(
            (got.kind, got.code()),
            (kind::GOAWAY, Some(code::STREAM_CLOSED))
        );
        client.expect_close();
        host.wait_for_violation_by(client.address(), "RFC 9113 §5.1");
    }
    host.stop();
}

#[test]
fn s5_1_closed_by_end_stream_takes_what_was_on_its_way() {
    for frame in late() {
        allowed(|client| {
            client.get(1, "/f.txt").answer(1).expect(200);
            client.send(frame);
        });
    }
}

#[test]
fn s5_1_closed_by_the_client_s_reset_takes_no_content() {
    // RST_STREAM, a stream error's, could not be sent on it: it has closed.
    let reset_and = |frame| [open(), reset(1, code::CANCEL), frame];
    let cases = content_or_trailers().map(|(what, frame)| (what, reset_and(frame)));
    each_refused("RFC 9113 §5.1", GoAway(code::STREAM_CLOSED), cases);
    refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        reset_and(continuation(1, []).end_headers()),
    );
}

#[test]
fn s5_1_closed_by_our_reset_takes_what_was_on_its_way() {
    // More content than the connection's window: what is thrown away is given
    // back. Trailers change the compression for those behind them.
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    let malformed = headers(1).post("/f.txt").field("X", "y").end_headers();
    client.send(malformed);
    client.expect(reset(1, code::PROTOCOL));
    let mut window = CONNECTION_WINDOW;
    let mut sent = 0;
    while sent < 2 << 20 {
        while window < 16_384 {
            let update = client.next_frame().expect("WINDOW_UPDATE");
            assert_eq!((update.kind, update.stream), (kind::WINDOW_UPDATE, 0));
            let increment = update.payload[..4].try_into().unwrap();
            window += i64::from(u32::from_be_bytes(increment));
        }
        client.send(data(1, [0; 16_384]));
        window -= 16_384;
        sent += 16_384;
    }
    let insert = b"\x44\x06/f.txt";
    client.send(headers(1).raw_block(insert).end_headers().end_stream());
    for frame in late() {
        client.send(frame);
    }
    let named = headers(3).raw_block(b"\x82\x86\xbe");
    client.send(named.end_headers().end_stream());
    client.answer(3).expect(200);
    served_on(&mut client);
    host.stop();
}

#[test]
fn s5_1_closed_late_content_of_a_stream_that_was_reset_long_ago() {
    // Far more streams than anybody would remember the ends of.
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2();
    for n in 0..400 {
        let request = headers(2 * n + 1).post("/wire?ops=reset-stream%208");
        client.send(request.end_headers());
        client.expect(reset(2 * n + 1, code::CANCEL));
    }
    client
        .send(data(1, b"late"))
        .send(data(3, b"").end_stream());
    client.expect_alive();
    let events = host.events();
    assert!(events.iter().all(|e| e["event"] != "violation"));
    host.stop();
}

#[test]
fn s5_1_closed_has_no_frame_of_ours_but_priority() {
    // Each is an error of the stream, which cannot be reset any more.
    let wrong = [
        window_update(1, 0),
        frame(kind::PRIORITY, 0, 1, [0; 4]),
        priority(1, 1, 7),
    ];
    let host = Host::builder()
        .plugins(&["frames"])
        .file("f.txt", "fine")
        .start();
    for frame in wrong {
        let mut client = host.h2();
        client.send(open());
        client.expect(headers(1).status(200));
        client.send(reset(1, code::CANCEL)).send(frame.clone());
        client.expect_alive();
        client.get(3, "/f.txt").answer(3).expect(200);
        client.send(frame.on(3));
        client.expect_alive();
    }
    host.stop();
}

/// A connection on which stream 2 is promised, and nothing sent on it.
fn promised(host: &Host) -> Client {
    let mut client = host.h2();
    let script = "write-push%20/a%0Aread";
    client.send(
        headers(1)
            .post(&format!("/wire?ops={script}"))
            .end_headers(),
    );
    client.expect(push_promise(1, 2));
    client
}

#[test]
fn s5_1_reserved_local_takes_no_content() {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let trailers = headers(2).field("x", "y").end_headers().end_stream();
    for frame in [data(2, b"x"), trailers] {
        let mut client = promised(&host);
        client.send(frame);
        let got = client.next_of_exchange().expect("GOAWAY");
        assert_eq!((got.kind, got.code()), (kind::GOAWAY, Some(code::PROTOCOL)));
        client.expect_close();
        host.wait_for_violation_by(client.address(), "RFC 9113 §5.1");
    }
    host.stop();
}

#[test]
fn s5_1_reserved_local_takes_window_update_priority_and_reset() {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = promised(&host);
    client.send(priority(2, 0, 7)).send(window_update(2, 1));
    client.expect_alive();
    client.send(reset(2, code::CANCEL));
    client.expect_alive();
    client.send(data(1, b"").end_stream());
    client.answer(1).expect(200);
    let events = host.events();
    assert!(events.iter().all(|e| e["event"] != "violation"));
    host.stop();
}

#[test]
fn s5_1_closed_takes_priority() {
    allowed(|client| {
        client.get(1, "/f.txt").answer(1).expect(200);
        client.send(priority(1, 0, 3));
        client.send(open().on(3)).send(reset(3, code::CANCEL));
        client.send(priority(3, 0, 3));
    });
}
