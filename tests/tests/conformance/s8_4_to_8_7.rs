//! RFC 9113 §8.4 to §8.7: push, CONNECT, Upgrade, requests that may be tried
//! again.

use host_tests::Host;
use host_tests::h2::{Frame, code, data, flag, frame, headers, kind, setting};
use host_tests::rules::Outcome::{Either, GoAway, Malformed};
use host_tests::rules::{each_refused, fields, open, refused};

#[test]
fn s8_4_a_client_cannot_push() {
    let promise = [0, 0, 0, 3, 0x82, 0x86, 0x84];
    refused(
        "RFC 9113 §8.4",
        GoAway(code::PROTOCOL),
        [
            open(),
            frame(kind::PUSH_PROMISE, flag::END_HEADERS, 1, promise),
        ],
    );
}

/// The frames of stream 1 and of pushed streams that a script's checked writes
/// make, until stream 1 ends.
fn pushing(settings: &[(u16, u32)], script: &str) -> Vec<Frame> {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2_with(settings);
    client.post(1, "/wire", script);
    let mut frames = Vec::new();
    while !frames
        .last()
        .is_some_and(|last: &Frame| last.stream == 1 && last.ends_stream())
    {
        frames.push(client.next_of_exchange().expect("more"));
    }
    client.expect_alive();
    host.stop();
    frames
}

#[test]
fn s8_4_nothing_is_pushed_to_a_client_that_turned_it_off() {
    let frames = pushing(&[(setting::ENABLE_PUSH, 0)], "write-push /a\nreport");
    assert!(frames.iter().all(|f| f.kind != kind::PUSH_PROMISE));
}

#[test]
fn s8_4_1_a_promise_is_a_whole_request_on_an_open_stream() {
    let frames = pushing(&[], "write-push /a 200 x=y -- z\nwrite-data last end");
    let promise = &frames[0];
    assert_eq!((promise.kind, promise.stream), (kind::PUSH_PROMISE, 1));
    for name in [":method", ":scheme", ":authority", ":path"] {
        assert!(promise.value(name).is_some(), "{promise:?}");
    }
    // Behind the end of its stream there is none.
    let script = "write-data last end\nwrite-push /late";
    let frames = pushing(&[], script);
    assert!(frames.iter().all(|f| f.kind != kind::PUSH_PROMISE));
}

#[test]
fn s8_4_2_a_pushed_answer_is_on_the_promised_stream_which_is_even_and_new() {
    let script = "write-push /a 204\nwrite-push as=2 /again 204\nwrite-push as=7 /odd 204
        write-push /b 204\nwrite-data last end";
    let frames = pushing(&[], script);
    let promised = frames.iter().filter(|f| f.kind == kind::PUSH_PROMISE);
    let promised: Vec<&[u8]> = promised.map(|f| &f.payload[..]).collect();
    assert_eq!(promised, [[0, 0, 0, 2], [0, 0, 0, 4]]);
    let answered = frames.iter().filter(|f| f.kind == kind::HEADERS);
    let answered: Vec<u32> = answered.map(|f| f.stream).collect();
    assert_eq!(answered, [2, 4, 1]);
}

#[test]
fn s8_4_a_promised_request_is_safe() {
    let script = "write-push method=POST /a\nwrite-push method=DELETE /b
        write-push method=HEAD /c 200 content-length=9\nwrite-data last end";
    let frames = pushing(&[], script);
    let promised = frames.iter().filter(|f| f.kind == kind::PUSH_PROMISE);
    let methods: Vec<_> = promised.map(|f| f.value(":method").unwrap()).collect();
    assert_eq!(methods, ["HEAD"]);
}

#[test]
fn s8_5_a_tunnel_has_no_trailers() {
    let mut open = fields(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":authority", "test"),
        (":path", "/frames"),
        ("test", "pass"),
    ]);
    open.flags = flag::END_HEADERS;
    let trailers = headers(1).field("x", "y").end_headers().end_stream();
    refused(
        "RFC 9113 §8.5",
        Either(code::PROTOCOL),
        [open, data(1, b"abc"), trailers],
    );
}

#[test]
fn s8_5_connect_has_an_authority_and_neither_scheme_nor_path() {
    const CONNECT: (&str, &str) = (":method", "CONNECT");
    const TO: (&str, &str) = (":authority", "t:1");
    let cases: [(&str, &[(&str, &str)]); 5] = [
        ("a scheme", &[CONNECT, (":scheme", "http"), TO]),
        ("a path", &[CONNECT, (":path", "/"), TO]),
        ("no authority", &[CONNECT]),
        ("an empty one", &[CONNECT, (":authority", "")]),
        ("no port", &[CONNECT, (":authority", "t")]),
    ];
    each_refused(
        "RFC 9113 §8.5",
        Malformed,
        cases.map(|(what, list)| (what, [fields(list)])),
    );
}

#[test]
fn s8_5_a_server_that_is_no_proxy_says_so() {
    let host = Host::start(&[]);
    let mut client = host.h2();
    let to = [(":method", "CONNECT"), (":authority", "t:1")];
    client.send(fields(&to));
    assert_eq!(client.answer(1).status, 501);
    client.expect_alive();
    host.stop();
}

#[test]
fn s8_6_there_is_no_101() {
    refused(
        "RFC 9113 §8.2.2",
        Malformed,
        [headers(1)
            .get("/")
            .field("upgrade", "websocket")
            .end_headers()
            .end_stream()],
    );
    // A handler's is refused as a value.
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2();
    client.post(
        1,
        "/wire",
        "write-headers 101\nwrite-headers 101 last\nreport",
    );
    let answer = client.answer(1).expect(200);
    assert_eq!(answer.informational.len(), 0);
    assert_eq!(answer.text().matches("Protocol(").count(), 2, "{answer:?}");
    host.stop();
}

#[test]
fn s8_7_refused_stream_is_for_what_no_handler_saw() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    let most = client.setting(setting::MAX_CONCURRENT_STREAMS).unwrap();
    for n in 0..=most {
        client.send(open().on(2 * n + 1));
    }
    // One answer for each stream, or the refusal, never both.
    let mut answered = 0;
    let mut refused = 0;
    while answered + refused <= most {
        let got = client.next_of_exchange().expect("more");
        match got.kind {
            kind::HEADERS => answered += 1,
            kind::RST_STREAM => {
                assert_eq!(got.code(), Some(code::REFUSED_STREAM));
                assert_eq!(got.stream, 2 * most + 1);
                refused += 1;
            }
            _ => panic!("{got:?}"),
        }
    }
    assert_eq!((answered, refused), (most, 1));
    drop(client);
    host.stop();
}

#[test]
fn s8_7_goaway_names_every_stream_that_a_handler_saw() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    for stream in [1, 3, 5] {
        client.send(open().on(stream));
        client.expect(headers(stream).status(200));
    }
    client.send(data(0, b"x"));
    let got = client.next_of_exchange().expect("GOAWAY");
    assert_eq!(got.kind, kind::GOAWAY);
    assert!(got.last_stream() >= 5, "{got:?}");
    client.expect_close();
    host.stop();
}
