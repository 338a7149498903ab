//! RFC 9113 §6.10: CONTINUATION.

use host_tests::h2::{code, continuation, data, frame, headers, ping};
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
