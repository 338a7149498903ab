//! RFC 9113 §6.9: WINDOW_UPDATE, and what takes from a window.

use host_tests::Host;
use host_tests::h2::{code, data, frame, headers, kind, reset, setting, settings, window_update};
use host_tests::rules::Outcome::{Either, GoAway};
use host_tests::rules::{allowed_with, each_refused, open, refused};

/// What host gives to a connection, in bytes; its default.
const CONNECTION_WINDOW: i64 = 1 << 20;

const MOST: u32 = 0x7fff_ffff;

#[test]
fn s6_9_an_increment_of_0_on_the_connection() {
    refused(
        "RFC 9113 §6.9",
        GoAway(code::PROTOCOL),
        [window_update(0, 0)],
    );
}

#[test]
fn s6_9_an_increment_of_0_on_a_stream() {
    refused(
        "RFC 9113 §6.9",
        Either(code::PROTOCOL),
        [open(), window_update(1, 0)],
    );
}

#[test]
fn s6_9_window_update_of_another_length_than_4() {
    let of = |length| [frame(kind::WINDOW_UPDATE, 0, 0, vec![1; length])];
    each_refused(
        "RFC 9113 §6.9",
        GoAway(code::FRAME_SIZE),
        [("0", of(0)), ("3", of(3)), ("5", of(5))],
    );
}

#[test]
fn s6_9_window_update_behind_end_stream_is_no_error() {
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 0)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        client.send(window_update(1, 4));
        client.expect(data(1, b"fine").end_stream());
        client.send(window_update(1, 4));
        client.send(open().on(3)).send(reset(3, code::CANCEL));
        client.send(window_update(3, 4));
        client.expect_alive_through_resets();
    });
}

#[test]
fn s6_9_frames_in_error_count_on_the_connection() {
    // 4 MiB in frames that are each an error of their stream: the connection's
    // window would be gone, were they not counted and given back.
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    let mut window = CONNECTION_WINDOW;
    for n in 0..128 {
        let stream = 2 * n + 1;
        let request = headers(stream)
            .post("/nothing")
            .field("content-length", "1");
        client.send(request.end_headers());
        while window < 16_384 {
            let got = client.next_frame().expect("WINDOW_UPDATE");
            assert_ne!(got.kind, kind::GOAWAY, "{got:?}");
            if got.kind == kind::WINDOW_UPDATE && got.stream == 0 {
                let increment = got.payload[..4].try_into().unwrap();
                window += i64::from(u32::from_be_bytes(increment));
            }
        }
        client.send(data(stream, [0; 16_384]));
        window -= 16_384;
    }
    client.expect_alive_through_resets();
    host.stop();
}

#[test]
fn s6_9_1_a_connection_s_window_above_2_31_1() {
    refused(
        "RFC 9113 §6.9.1",
        GoAway(code::FLOW_CONTROL),
        [window_update(0, MOST)],
    );
    refused(
        "RFC 9113 §6.9.1",
        GoAway(code::FLOW_CONTROL),
        [window_update(0, MOST - 65_535), window_update(0, 1)],
    );
}

#[test]
fn s6_9_1_a_stream_s_window_above_2_31_1() {
    refused(
        "RFC 9113 §6.9.1",
        Either(code::FLOW_CONTROL),
        [open(), window_update(1, MOST)],
    );
    refused(
        "RFC 9113 §6.9.1",
        Either(code::FLOW_CONTROL),
        [open(), window_update(1, MOST - 65_535), window_update(1, 1)],
    );
}

#[test]
fn s6_9_2_a_setting_that_takes_a_window_above_2_31_1() {
    let window = setting::INITIAL_WINDOW_SIZE;
    refused(
        "RFC 9113 §6.9.2",
        GoAway(code::FLOW_CONTROL),
        [
            open(),
            window_update(1, MOST - 65_535),
            settings(&[(window, 65_536)]),
        ],
    );
}

#[test]
fn s6_9_2_a_stream_that_has_closed_has_no_window() {
    // Its exchange is still there when the setting comes.
    let host = Host::builder().test_plugins(&["chaos"]).start();
    for _ in 0..10 {
        let mut client = host.h2();
        let frames = [
            headers(1).get("/chaos?do=sleep").end_headers().end_stream(),
            window_update(1, MOST - 65_535),
            reset(1, code::CANCEL),
            settings(&[(setting::INITIAL_WINDOW_SIZE, 70_000)]),
        ];
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.encode()).collect();
        client.raw(bytes);
        client.expect(settings(&[]).ack());
        client.expect_alive();
    }
    host.stop();
}

#[test]
fn s6_9_1_more_content_than_the_connection_s_window_lets_pass() {
    // Each stream has room, all of them together have not.
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let mut client = host.h2();
    let streams = (0..20).map(|n| 2 * n + 1);
    let fill = |stream: u32| {
        let open = headers(stream).post("/chaos?do=sleep").end_headers();
        let size = [16_384, 16_384, 16_384, 16_383];
        let content = size.map(|size| data(stream, vec![0; size]));
        [open].into_iter().chain(content)
    };
    let bytes: Vec<u8> = streams.flat_map(fill).flat_map(|f| f.encode()).collect();
    client.raw(bytes);
    let got = client.next_of_exchange().expect("GOAWAY");
    let wanted = (kind::GOAWAY, Some(code::FLOW_CONTROL));
    assert_eq!((got.kind, got.code()), wanted);
    client.expect_close();
    host.wait_for_violation_by(client.address(), "RFC 9113 §6.9.1");
    host.stop();
}

#[test]
fn s6_9_1_more_content_than_a_window_lets_pass() {
    // Nobody reads it: the handler sleeps. The stream's window is smaller.
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let mut client = host.h2();
    let size = client.setting(setting::INITIAL_WINDOW_SIZE).unwrap();
    client.send(headers(1).post("/chaos?do=sleep").end_headers());
    let mut left = size;
    while left > 0 {
        let n = left.min(16_384);
        client.send(data(1, vec![0; n as usize]));
        left -= n;
    }
    client.expect_alive();
    client.send(data(1, b"x"));
    client.expect(reset(1, code::FLOW_CONTROL));
    host.wait_for_violation_by(client.address(), "RFC 9113 §6.9.1");
    client.expect_alive();
    drop(client);
    host.stop();
}
