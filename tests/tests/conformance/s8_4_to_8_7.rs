//! RFC 9113 §8.4 to §8.7: push, CONNECT, Upgrade, requests that may be tried
//! again.

use host_tests::Host;
use host_tests::h2::{code, data, flag, frame, headers, kind, setting};
use host_tests::rules::Outcome::{GoAway, Malformed};
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

#[test]
fn s8_5_connect_has_an_authority_and_neither_scheme_nor_path() {
    const CONNECT: (&str, &str) = (":method", "CONNECT");
    const TO: (&str, &str) = (":authority", "t:1");
    let cases: [(&str, &[(&str, &str)]); 4] = [
        ("a scheme", &[CONNECT, (":scheme", "http"), TO]),
        ("a path", &[CONNECT, (":path", "/"), TO]),
        ("no authority", &[CONNECT]),
        ("an empty one", &[CONNECT, (":authority", "")]),
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
