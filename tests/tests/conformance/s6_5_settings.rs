//! RFC 9113 §6.5: SETTINGS.

use host_tests::Host;
use host_tests::h2::{code, data, flag, frame, headers, kind, reset, setting, settings};
use host_tests::rules::Outcome::GoAway;
use host_tests::rules::{allowed_with, each_refused, refused};

use crate::transcript::transcript;

#[test]
fn s6_5_an_ack_with_a_payload() {
    refused(
        "RFC 9113 §6.5",
        GoAway(code::FRAME_SIZE),
        [frame(kind::SETTINGS, flag::ACK, 0, [0; 6])],
    );
}

#[test]
fn s6_5_settings_on_a_stream() {
    refused(
        "RFC 9113 §6.5",
        GoAway(code::PROTOCOL),
        [frame(kind::SETTINGS, 0, 1, [])],
    );
}

#[test]
fn s6_5_a_length_that_is_no_multiple_of_6() {
    let of = |length| [frame(kind::SETTINGS, 0, 0, vec![0; length])];
    each_refused(
        "RFC 9113 §6.5",
        GoAway(code::FRAME_SIZE),
        [("1", of(1)), ("3", of(3)), ("7", of(7))],
    );
}

#[test]
fn s6_5_2_enable_push_other_than_0_or_1() {
    let to = |value| [settings(&[(setting::ENABLE_PUSH, value)])];
    each_refused(
        "RFC 9113 §6.5.2",
        GoAway(code::PROTOCOL),
        [("2", to(2)), ("the most", to(u32::MAX))],
    );
    allowed_with(&[(setting::ENABLE_PUSH, 1)], |client| {
        client.send(settings(&[(setting::ENABLE_PUSH, 0)]));
        client.expect(settings(&[]).ack());
    });
}

#[test]
fn s6_5_2_the_server_never_enables_push() {
    let host = Host::start(&[]);
    let client = host.h2();
    assert!(matches!(
        client.setting(setting::ENABLE_PUSH),
        None | Some(0)
    ));
    drop(client);
    host.stop();
}

#[test]
fn s6_5_2_an_initial_window_above_2_31_1() {
    let to = |value| [settings(&[(setting::INITIAL_WINDOW_SIZE, value)])];
    each_refused(
        "RFC 9113 §6.5.2",
        GoAway(code::FLOW_CONTROL),
        [("2^31", to(1 << 31)), ("the most", to(u32::MAX))],
    );
}

#[test]
fn s6_5_2_a_frame_size_below_2_14_or_above_2_24_1() {
    let to = |value| [settings(&[(setting::MAX_FRAME_SIZE, value)])];
    each_refused(
        "RFC 9113 §6.5.2",
        GoAway(code::PROTOCOL),
        [("0", to(0)), ("2^14-1", to(16_383)), ("2^24", to(1 << 24))],
    );
}

#[test]
fn s6_5_2_the_ends_of_the_ranges_are_taken() {
    for value in [16_384, (1 << 24) - 1] {
        allowed_with(&[(setting::MAX_FRAME_SIZE, value)], |client| {
            client.get(1, "/f.txt").answer(1).expect(200);
        });
    }
    for value in [0, 0x7fff_ffff] {
        allowed_with(&[(setting::INITIAL_WINDOW_SIZE, value)], |client| {
            client.get(1, "/f.txt");
            client.expect(headers(1).status(200));
        });
    }
}

#[test]
fn s6_5_2_what_the_server_announces_is_in_range() {
    let host = Host::start(&[]);
    let client = host.h2();
    let window = client.setting(setting::INITIAL_WINDOW_SIZE);
    assert!(window.is_none_or(|w| w <= 0x7fff_ffff));
    let size = client.setting(setting::MAX_FRAME_SIZE);
    assert!(size.is_none_or(|s| (16_384..1 << 24).contains(&s)));
    drop(client);
    host.stop();
}

#[test]
fn s6_5_3_the_last_value_of_a_setting_holds() {
    let window = setting::INITIAL_WINDOW_SIZE;
    allowed_with(&[(window, 100), (window, 1)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        client.expect(data(1, b"f"));
    });
}

#[test]
fn s6_5_3_each_settings_frame_is_acknowledged_once() {
    let host = Host::start(&[]);
    let sent = transcript(
        &host,
        [
            settings(&[]),
            settings(&[(setting::ENABLE_PUSH, 0)]),
            settings(&[]).ack(),
            settings(&[(0xf00, 1)]),
        ],
    );
    let acks = sent
        .iter()
        .filter(|f| f.kind == kind::SETTINGS && f.flags == flag::ACK);
    assert_eq!(acks.map(|f| f.payload.len()).collect::<Vec<_>>(), [0; 3]);
    host.stop();
}

#[test]
fn s6_5_3_settings_hold_from_their_acknowledgement() {
    allowed_with(&[(setting::INITIAL_WINDOW_SIZE, 0)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        client.send(settings(&[(setting::INITIAL_WINDOW_SIZE, 2)]));
        client.expect(settings(&[]).ack());
        client.expect(data(1, b"fi"));
    });
}

#[test]
fn s6_5_3_our_own_settings_hold_from_the_client_s_acknowledgement() {
    // Before it the client may open more streams than we say, and is refused
    // without blame.
    let host = Host::start(&[]);
    let mut bytes = crate::transcript::PREFACE.to_vec();
    bytes.extend(settings(&[]).encode());
    for n in 0..300 {
        let request = headers(2 * n + 1).get("/nothing");
        bytes.extend(request.end_headers().end_stream().encode());
    }
    let mut client = host_tests::h2::Client::connect_raw(host.http());
    client.raw(&bytes);
    let mut ended = 0;
    while ended < 300 {
        let got = client.next_of_exchange().expect("an answer");
        assert_ne!(got.kind, kind::GOAWAY, "{got:?}");
        if got.kind == kind::RST_STREAM {
            assert_eq!(got.code(), Some(code::REFUSED_STREAM));
        }
        ended += u32::from(got.kind == kind::RST_STREAM || got.ends_stream());
    }
    client.send(settings(&[]).ack());
    client.expect_alive();
    host.stop();
}

#[test]
fn s6_5_3_a_smaller_window_holds_from_the_client_s_acknowledgement() {
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .args(["--stream-window", "100 B"])
        .start();
    let sleeping = |stream| headers(stream).post("/chaos?do=sleep").end_headers();
    let mut client = host_tests::h2::Client::connect_raw(host.http());
    client.raw(crate::transcript::PREFACE);
    client.send(settings(&[])).send(sleeping(1));
    // Until then the window is what it is without a word.
    for _ in 0..3 {
        client.send(data(1, [0; 16_384]));
    }
    client.send(data(1, [0; 16_383]));
    client.send(settings(&[]).ack());
    client.expect_alive();
    client.send(sleeping(3)).send(data(3, [0; 100]));
    client.expect_alive();
    client.send(data(3, b"x"));
    client.expect(reset(3, code::FLOW_CONTROL));
    // The first stream's window is far below zero.
    client.send(data(1, b"x"));
    client.expect(reset(1, code::FLOW_CONTROL));
    drop(client);
    host.stop();
}

#[test]
fn s6_5_3_settings_that_are_not_acknowledged_in_time() {
    const SETTINGS_TIMEOUT: u32 = 4;
    let host = Host::builder().args(["--head-timeout", "1s"]).start();
    let mut client = host_tests::h2::Client::connect_raw(host.http());
    client.raw(crate::transcript::PREFACE).send(settings(&[]));
    let got = client.next_of_exchange().expect("GOAWAY");
    let wanted = (kind::GOAWAY, Some(SETTINGS_TIMEOUT));
    assert_eq!((got.kind, got.code()), wanted);
    client.expect_close();
    host.wait_for_violation_by(client.address(), "RFC 9113 §6.5.3");
    host.stop();
}

/// Sees a handler's SETTINGS refused, and not sent.
fn unsaid(wrong: &[&str]) {
    let host = Host::builder().test_plugins(&["wire"]).start();
    for setting in wrong {
        let mut client = host.h2();
        client.post(1, "/wire", format!("settings {setting}\nreport"));
        let said = loop {
            let got = client.next_frame().expect("an answer");
            assert_ne!(got.kind, kind::SETTINGS, "{got:?}");
            if got.kind == kind::DATA {
                break String::from_utf8(got.payload).unwrap();
            }
        };
        assert!(said.contains("Protocol("), "{setting}: {said}");
    }
    host.stop();
}

#[test]
fn s6_5_2_what_a_handler_says_is_in_range_too() {
    unsaid(&[
        "2=1",
        "2=2",
        "4=2147483648",
        "5=16383",
        "5=16777216",
        "240=1 5=0",
    ]);
}

#[test]
fn rfc8441_s3_what_was_announced_is_not_taken_back() {
    unsaid(&["8=0", "8=2"]);
}
