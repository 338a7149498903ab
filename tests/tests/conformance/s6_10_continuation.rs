//! RFC 9113 §6.10: CONTINUATION.

use host_tests::Host;
use host_tests::h2::{
    code, continuation, data, flag, frame, headers, kind, ping, setting, window_update,
};
use host_tests::rules::Outcome::GoAway;
use host_tests::rules::{allowed, each_refused, open, refused};

#[test]
fn s6_10_any_number_may_follow_headers() {
    allowed(|client| {
        client.send(headers(1).get("/f.txt").end_stream());
        for n in 0..50 {
            client.send(continuation(1, []).field(&format!("x-{n}"), "y"));
        }
        client.send(continuation(1, []).end_headers());
        client.answer(1).expect(200);
    });
}

#[test]
fn s6_10_continuation_on_stream_0() {
    refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        [headers(1).get("/"), continuation(0, []).end_headers()],
    );
}

#[test]
fn s6_10_continuation_without_an_open_block() {
    let end = || continuation(1, [0x82]).end_headers();
    each_refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        [
            ("behind nothing", vec![end()]),
            ("behind HEADERS", vec![open(), end()]),
            (
                "behind CONTINUATION",
                vec![
                    headers(1).post("/frames"),
                    continuation(1, []).end_headers(),
                    end(),
                ],
            ),
            ("behind DATA", vec![open(), data(1, b"x"), end()]),
        ],
    );
}

#[test]
fn s6_10_without_end_headers_only_continuation_may_follow() {
    let begun = |next| [headers(1).get("/"), continuation(1, []), next];
    each_refused(
        "RFC 9113 §6.10",
        GoAway(code::PROTOCOL),
        [
            ("DATA", begun(data(1, b"x"))),
            ("PING", begun(ping([0; 8]))),
            ("an unknown frame", begun(frame(0xbe, 0, 0, []))),
            ("another stream's", begun(continuation(3, []).end_headers())),
        ],
    );
}

#[test]
fn s6_10_a_large_head_is_sent_in_a_row() {
    // Beside content of another stream; in frames that the client allows.
    let host = Host::builder()
        .test_plugins(&["wire"])
        .file("large.bin", vec![b'x'; 1 << 20])
        .start();
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 1 << 20)]);
    client.send(window_update(0, 1 << 20));
    client.get(1, "/large.bin");
    let value: String = (0..4_000).map(|n| format!("{n:x}~")).collect();
    let fields: Vec<String> = (0..3).map(|n| format!("x-{n}={value}")).collect();
    let script = format!(
        "write-headers 200 {}\nwrite-data last end",
        fields.join(" ")
    );
    client.send(headers(3).post("/wire").end_headers());
    for piece in script.as_bytes().chunks(16_384) {
        client.send(data(3, piece));
    }
    client.send(data(3, b"").end_stream());
    let (mut block, mut frames, mut ended) = (Vec::new(), 0, false);
    while !ended {
        let got = client.raw_frame().expect("more");
        assert!(got.payload.len() <= 16_384, "{got:?}");
        let begins = got.kind == kind::HEADERS && got.stream == 3;
        if got.kind == kind::HEADERS && !begins {
            client.decode(&got.payload);
        }
        if begins || frames > 0 {
            let wanted = if begins {
                kind::HEADERS
            } else {
                kind::CONTINUATION
            };
            assert_eq!((got.kind, got.stream), (wanted, 3), "{got:?}");
            block.extend(&got.payload);
            frames += 1;
            ended = got.flags & flag::END_HEADERS != 0;
        }
    }
    assert!(frames > 2, "{frames}");
    let fields = client.decode(&block);
    assert_eq!(fields.iter().filter(|(_, v)| *v == value).count(), 3);
    drop(client);
    host.stop();
}
