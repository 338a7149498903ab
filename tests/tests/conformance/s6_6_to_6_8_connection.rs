//! RFC 9113 §6.6 to §6.8 and §7: PUSH_PROMISE, PING, GOAWAY, error codes.

use host_tests::Host;
use host_tests::h2::{code, data, flag, frame, goaway, headers, kind, ping, reset};
use host_tests::rules::Outcome::GoAway;
use host_tests::rules::{allowed, each_refused, open, refused};

#[test]
fn s6_6_push_promise_from_a_client() {
    let push = |stream| {
        frame(
            kind::PUSH_PROMISE,
            flag::END_HEADERS,
            stream,
            [0, 0, 0, 2, 0x82],
        )
    };
    each_refused(
        "RFC 9113 §",
        GoAway(code::PROTOCOL),
        [
            ("on an open stream", vec![open(), push(1)]),
            ("on an idle stream", vec![push(1)]),
            ("on stream 0", vec![push(0)]),
        ],
    );
}

#[test]
fn s6_7_ping_is_answered_with_its_payload() {
    allowed(|client| {
        for n in 0..5 {
            client.send(ping([n; 8]));
            client.expect(ping([n; 8]).ack());
        }
    });
}

#[test]
fn s6_7_an_acknowledgement_is_not_answered() {
    let host = Host::start(&[]);
    let mut client = host.h2();
    client.send(ping(*b"unasked!").ack());
    client.send(ping(*b"question"));
    loop {
        let got = client.next_frame().expect("PING");
        if got.kind == kind::PING {
            assert_eq!(got.payload, b"question");
            break;
        }
    }
    host.stop();
}

#[test]
fn s6_7_ping_on_a_stream() {
    refused(
        "RFC 9113 §6.7",
        GoAway(code::PROTOCOL),
        [frame(kind::PING, 0, 1, [0; 8])],
    );
}

#[test]
fn s6_7_ping_of_another_length_than_8() {
    let of = |length| [frame(kind::PING, 0, 0, vec![0; length])];
    each_refused(
        "RFC 9113 §6.7",
        GoAway(code::FRAME_SIZE),
        [("0", of(0)), ("7", of(7)), ("9", of(9))],
    );
}

#[test]
fn s6_8_goaway_on_a_stream() {
    refused(
        "RFC 9113 §6.8",
        GoAway(code::PROTOCOL),
        [frame(kind::GOAWAY, 0, 1, [0; 8])],
    );
}

#[test]
fn s6_8_goaway_that_is_too_short() {
    refused(
        "RFC 9113 §6.8",
        GoAway(code::FRAME_SIZE),
        [frame(kind::GOAWAY, 0, 0, [0; 7])],
    );
}

#[test]
fn s6_8_a_client_that_leaves_gets_its_answers() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(open());
    client.expect(headers(1).status(200));
    let mut last = goaway(code::NO_ERROR);
    last.payload.extend(b"words for whoever looks");
    client.send(last);
    client.send(data(1, b"abc").end_stream());
    client.expect(data(1, b"cba"));
    assert_eq!(client.answer(1).text(), "\nEnd of File");
    client.expect(goaway(code::NO_ERROR));
    client.expect_close();
    host.stop();
}

#[test]
fn s6_8_frames_behind_the_last_stream_still_change_the_connection() {
    let mut host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(open());
    client.expect(headers(1).status(200));
    host.signal("TERM");
    let first = client.expect(goaway(code::NO_ERROR));
    assert_eq!(first.last_stream(), 0x7fff_ffff);
    // The harness answers the PING; then the last stream is named.
    let last = client.expect(goaway(code::NO_ERROR));
    assert_eq!(last.last_stream(), 1);
    // Streams behind it are ignored, but what they put into the table stays:
    // the trailers' field is known by its index only.
    let ignored = headers(3).get("/frames").raw_block(b"\x40\x01x\x01y");
    client.send(ignored.end_headers());
    client.send(data(3, [0; 10_000]));
    client.send(data(1, b"abc"));
    client.expect(data(1, b"cba"));
    let trailers = headers(1).raw_block(b"\xbe");
    client.send(trailers.end_headers().end_stream());
    assert_eq!(client.answer(1).text(), "\nEnd of File");
    client.expect_close();
    assert!(host.wait().success());
    let events = host.events();
    assert!(events.iter().all(|e| e["event"] != "violation"));
}

#[test]
fn s6_8_the_last_stream_is_never_raised() {
    let host = Host::builder()
        .plugins(&["frames"])
        .test_plugins(&["wire"])
        .start();
    let mut client = host.h2();
    for stream in [1, 3] {
        client.send(open().on(stream));
        client.expect(headers(stream).status(200));
    }
    client.post(5, "/wire", "goaway to=1 0 bye\nwrite-data last done");
    let first = client.expect(goaway(code::NO_ERROR));
    assert_eq!(first.last_stream(), 1);
    // Nor by a connection error, though two later streams were opened.
    client.send(data(0, b"x"));
    loop {
        let got = client.next_of_exchange().expect("GOAWAY");
        if got.kind == kind::GOAWAY {
            assert_eq!((got.code(), got.last_stream()), (Some(code::PROTOCOL), 1));
            break;
        }
    }
    client.expect_close();
    host.stop();
}

#[test]
fn s6_8_nothing_is_pushed_behind_the_client_s_goaway() {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2();
    let script = "read%0Awrite-push%20/a%0Areport";
    let request = headers(1).post(&format!("/wire?ops={script}"));
    client.send(request.end_headers());
    client.send(goaway(code::NO_ERROR));
    client.send(data(1, b"").end_stream());
    client.expect(headers(1).status(200));
    let said = client.answer(1).text();
    assert!(said.contains("the client said GOAWAY"), "{said}");
    client.expect(goaway(code::NO_ERROR));
    client.expect_close();
    host.stop();
}

#[test]
fn s7_unknown_error_codes_do_nothing_special() {
    allowed(|client| {
        client.send(open()).send(reset(1, 0xdead_beef));
        client.expect_alive_through_resets();
    });
    let host = Host::start(&[]);
    let mut client = host.h2();
    client.send(goaway(0xdead_beef));
    client.expect(goaway(code::NO_ERROR));
    client.expect_close();
    host.stop();
}
