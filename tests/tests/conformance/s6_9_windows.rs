//! RFC 9113 §6.9.1 to §6.9.2: how the server keeps to the client's windows.

use host_tests::h2::{data, headers, kind, setting, settings, window_update};
use host_tests::rules::allowed_with;

const WINDOW: u16 = setting::INITIAL_WINDOW_SIZE;

#[test]
fn s6_9_1_content_stays_within_the_stream_s_window() {
    allowed_with(&[(WINDOW, 1)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        for byte in [b"f", b"i", b"n"] {
            client.expect(data(1, byte));
            client.expect_alive();
            client.send(window_update(1, 1));
        }
        client.expect(data(1, b"e").end_stream());
    });
}

#[test]
fn s6_9_1_content_stays_within_the_connection_s_window() {
    allowed_with(&[(WINDOW, 1 << 20)], |client| {
        client.get(1, "/large.bin");
        client.expect(headers(1).status(200));
        let mut got = 0;
        while got < 65_535 {
            got += client.expect(data(1, []).any_payload()).payload.len();
        }
        assert_eq!(got, 65_535);
        client.expect_alive();
        client.send(window_update(0, 7));
        let mut more = 0;
        while more < 7 {
            more += client.expect(data(1, []).any_payload()).payload.len();
        }
        assert_eq!(more, 7);
        client.expect_alive();
    });
}

#[test]
fn s6_9_1_an_empty_last_frame_needs_no_window() {
    allowed_with(&[(WINDOW, 0)], |client| {
        client.get(1, "/frames");
        client.expect(headers(1).status(403));
        client.expect(data(1, b"").end_stream());
    });
}

#[test]
fn s6_9_2_a_new_initial_window_moves_those_of_open_streams() {
    allowed_with(&[(WINDOW, 0)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        client.send(settings(&[(WINDOW, 1)]));
        client.expect(settings(&[]).ack());
        client.expect(data(1, b"f"));
        client.send(settings(&[(WINDOW, 3)]));
        client.expect(settings(&[]).ack());
        client.expect(data(1, b"in"));
    });
}

#[test]
fn s6_9_2_a_window_below_zero_must_be_filled_first() {
    allowed_with(&[(WINDOW, 3)], |client| {
        client.get(1, "/f.txt");
        client.expect(headers(1).status(200));
        client.expect(data(1, b"fin"));
        client.send(settings(&[(WINDOW, 0)]));
        client.expect(settings(&[]).ack());
        // From -3 to 0, which lets nothing pass.
        client.send(window_update(1, 2));
        client.expect_alive();
        client.send(window_update(1, 1));
        client.expect_alive();
        client.send(window_update(1, 1));
        client.expect(data(1, b"e").end_stream());
    });
}

#[test]
fn s6_9_2_settings_leave_the_connection_s_window_alone() {
    allowed_with(&[(WINDOW, 1 << 20)], |client| {
        client.get(1, "/large.bin");
        client.expect(headers(1).status(200));
        let mut got = 0;
        while got < 65_535 {
            got += client.expect(data(1, []).any_payload()).payload.len();
        }
        client.send(settings(&[(WINDOW, 1 << 21)]));
        let ack = client.next_frame().expect("an ACK");
        assert_eq!(ack.kind, kind::SETTINGS);
        // Nothing more comes of it.
        client.expect_alive();
    });
}
