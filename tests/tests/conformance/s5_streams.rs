//! RFC 9113 §5: identifiers, concurrency, flow control's principles, priority,
//! errors, extensions.

use host_tests::Host;
use host_tests::h2::{
    code, continuation, data, frame, headers, kind, ping, priority, push_promise, reset, setting,
    settings, window_update,
};
use host_tests::rules::Outcome::{Either, GoAway};
use host_tests::rules::{allowed, allowed_with, each_refused, open, refused, whole};

#[test]
fn s5_1_1_clients_open_odd_streams_only() {
    refused(
        "RFC 9113 §5.1.1",
        GoAway(code::PROTOCOL),
        [headers(2).get("/").end_headers().end_stream()],
    );
}

#[test]
fn s5_1_1_identifiers_go_up() {
    let get = |stream| headers(stream).get("/nothing").end_headers().end_stream();
    refused("RFC 9113 §5.1.1", GoAway(code::PROTOCOL), [get(5), get(3)]);
}

#[test]
fn s5_1_1_streams_that_were_skipped_are_closed() {
    let get = headers(5).get("/nothing").end_headers().end_stream();
    refused(
        "RFC 9113 §5.1.1",
        GoAway(code::PROTOCOL),
        [get, data(3, b"x")],
    );
}

#[test]
fn s5_1_1_the_largest_identifier_is_a_stream() {
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    let last = 0x7fff_ffff;
    client.get(last, "/f.txt").answer(last).expect(200);
    client.expect_alive();
    host.stop();
}

#[test]
fn s5_1_2_streams_beyond_the_limit_are_refused() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    let most = client.setting(setting::MAX_CONCURRENT_STREAMS).unwrap();
    for n in 0..most {
        client.send(open().on(2 * n + 1));
    }
    client.send(open().on(2 * most + 1));
    loop {
        let got = client.next_of_exchange().expect("RST_STREAM");
        if got.kind == kind::RST_STREAM {
            assert_eq!(got.stream, 2 * most + 1);
            let code = got.code().unwrap();
            assert!([code::PROTOCOL, code::REFUSED_STREAM].contains(&code));
            break;
        }
    }
    // Closed ones make room.
    client.send(reset(1, code::CANCEL));
    client.send(open().on(2 * most + 3));
    loop {
        let got = client.next_of_exchange().expect("an answer");
        if got.stream == 2 * most + 3 {
            assert_eq!(got.value(":status"), Some("200"), "{got:?}");
            break;
        }
    }
    client.expect_alive_through_resets();
    drop(client);
    host.stop();
}

#[test]
fn s5_1_2_half_closed_streams_count() {
    // The requests are whole, the answers wait for window.
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 0)]);
    let most = client.setting(setting::MAX_CONCURRENT_STREAMS).unwrap();
    for n in 0..most {
        client.get(2 * n + 1, "/f.txt");
        client.expect(headers(2 * n + 1).status(200));
    }
    client.get(2 * most + 1, "/f.txt");
    let refused = client.expect(reset(2 * most + 1, 0).any_payload());
    let code = refused.code().unwrap();
    assert!([code::PROTOCOL, code::REFUSED_STREAM].contains(&code));
    client.send(window_update(1, 4));
    client.expect(data(1, b"fine").end_stream());
    client.get(2 * most + 3, "/f.txt");
    client.expect(headers(2 * most + 3).status(200));
    drop(client);
    host.stop();
}

#[test]
fn s5_1_2_no_more_streams_are_pushed_than_the_client_allows() {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2_with(&[(setting::MAX_CONCURRENT_STREAMS, 2)]);
    let script = "write-push /a\nwrite-push /b\nwrite-push /c\nwrite-data last end";
    client.post(1, "/wire", script);
    client.expect(push_promise(1, 2));
    client.expect(push_promise(1, 4));
    client.expect(headers(1).status(200));
    host.stop();
}

#[test]
fn s5_2_1_only_data_is_under_flow_control() {
    // Without any window heads, trailers, PING and SETTINGS go both ways.
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 0)], |client| {
        client.send(open());
        client.expect(headers(1).status(200));
        client.send(headers(1).field("x", "y").end_headers().end_stream());
        client.send(ping([3; 8])).send(settings(&[]));
        client.expect(ping([3; 8]).ack());
        client.expect(settings(&[]).ack());
        client.get(3, "/nothing");
        client.expect(headers(3).status(404));
    });
}

#[test]
fn s5_2_2_frames_are_read_while_content_waits() {
    // A stream without window holds up no WINDOW_UPDATE, which would be a
    // deadlock.
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 0)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        client.expect_alive();
        client.send(window_update(1, 100));
        client.expect(data(1, b"fine").end_stream());
    });
}

#[test]
fn s5_3_2_priority_signals_are_taken() {
    allowed(|client| {
        for (weight, dependency) in [(0, 0), (255, 9), (15, 1 << 31)] {
            client.send(priority(3, dependency, weight));
        }
        let request = headers(1).priority(5, 200).get("/f.txt");
        client.send(request.end_headers().end_stream());
        client.answer(1).expect(200);
    });
}

#[test]
fn s5_3_2_a_stream_that_depends_on_itself() {
    // RFC 7540 §5.3.1, which §5.3.2 leaves to those who still read priorities.
    each_refused(
        "RFC 7540 §5.3.1",
        Either(code::PROTOCOL),
        [
            ("PRIORITY", vec![open(), priority(1, 1, 7)]),
            (
                "HEADERS",
                vec![
                    headers(1)
                        .priority(1, 7)
                        .get("/")
                        .end_headers()
                        .end_stream(),
                ],
            ),
        ],
    );
}

#[test]
fn s5_4_1_the_connection_closes_behind_goaway() {
    refused(
        "RFC 9113 §6.7",
        GoAway(code::FRAME_SIZE),
        [frame(kind::PING, 0, 0, [0; 7])],
    );
}

#[test]
fn s5_4_1_goaway_names_the_last_stream() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(open().on(7));
    client.expect(headers(7).status(200));
    client.send(data(0, b"x"));
    let got = client.next_of_exchange().expect("GOAWAY");
    assert_eq!((got.kind, got.last_stream()), (kind::GOAWAY, 7));
    client.expect_close();
    host.stop();
}

#[test]
fn s5_4_2_a_stream_error_leaves_the_others_alone() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(open());
    client.expect(headers(1).status(200));
    client.send(open().on(3).field("X", "y"));
    client.expect(reset(3, code::PROTOCOL));
    client.send(data(1, b"abc").end_stream());
    client.expect(data(1, b"cba"));
    assert_eq!(client.answer(1).text(), "\nEnd of File");
    host.stop();
}

#[test]
fn s5_4_2_nothing_follows_rst_stream() {
    // The answer waits for the connection's window alone.
    let host = Host::builder().file("f.bin", vec![b'x'; 200_000]).start();
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 1 << 20)]);
    client.get(1, "/f.bin");
    client.expect(headers(1).status(200));
    let mut got = 0;
    while got < 65_535 {
        got += client.expect(data(1, []).any_payload()).payload.len();
    }
    client.send(window_update(1, 0));
    client.expect(reset(1, code::PROTOCOL));
    client.send(window_update(0, 1 << 20));
    client.expect_alive();
    host.stop();
}

#[test]
fn s5_4_2_rst_stream_is_not_answered_by_rst_stream() {
    allowed(|client| {
        client.send(whole()).send(reset(1, code::CANCEL));
        client.send(reset(1, code::CANCEL));
        client.expect_alive_through_resets();
        client.get(3, "/f.txt").answer(3).expect(200);
        client.send(reset(3, code::STREAM_CLOSED));
        client.expect_alive();
    });
}

#[test]
fn s5_5_unknown_settings_are_ignored() {
    allowed(|client| {
        client.send(settings(&[(0xf000, 1), (0, u32::MAX), (7, 2)]));
        client.expect(settings(&[]).ack());
    });
}

#[test]
fn s5_5_unknown_frames_are_discarded() {
    allowed(|client| {
        client.send(open());
        client.expect(headers(1).status(200));
        client.send(frame(0x42, 0xff, 1, b"in a stream"));
        client.send(frame(0x42, 0xff, 9, b"on an idle one"));
        client.send(data(1, b"").end_stream());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
        client.send(frame(0x42, 0xff, 1, b"on a closed one"));
    });
}

#[test]
fn s5_5_an_unknown_frame_within_a_block() {
    refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        [
            headers(1).get("/"),
            frame(0xbe, 0, 1, []),
            continuation(1, []).end_headers(),
        ],
    );
}
