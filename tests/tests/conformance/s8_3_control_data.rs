//! RFC 9113 §8.3: pseudo-header fields.

use host_tests::Host;
use host_tests::h2::headers;
use host_tests::rules::Outcome::Malformed;
use host_tests::rules::{allowed, each_refused, fields};

type Field = (&'static str, &'static str);

const METHOD: Field = (":method", "GET");
const SCHEME: Field = (":scheme", "http");
const AUTHORITY: Field = (":authority", "test");
const PATH: Field = (":path", "/");

/// Sees requests of these fields refused.
fn malformed(section: &str, cases: &[(&str, &[Field])]) {
    let cases = cases.iter().map(|(what, list)| (*what, [fields(list)]));
    each_refused(section, Malformed, cases);
}

#[test]
fn s8_3_undefined_pseudo_header_fields() {
    malformed(
        "RFC 9113 §8.3",
        &[
            ("a made-up one", &[METHOD, SCHEME, PATH, (":x", "y")]),
            ("a bare colon", &[METHOD, SCHEME, PATH, (":", "y")]),
            ("in upper case", &[METHOD, SCHEME, PATH, (":PATH", "/")]),
        ],
    );
}

#[test]
fn s8_3_a_response_s_in_a_request() {
    malformed(
        "RFC 9113 §8.3",
        &[("it", &[METHOD, SCHEME, PATH, (":status", "200")])],
    );
}

#[test]
fn s8_3_behind_a_field() {
    malformed(
        "RFC 9113 §8.3",
        &[
            ("the path", &[METHOD, SCHEME, ("x", "y"), PATH]),
            (
                "one too many",
                &[METHOD, SCHEME, PATH, ("x", "y"), AUTHORITY],
            ),
        ],
    );
}

#[test]
fn s8_3_repeated() {
    malformed(
        "RFC 9113 §8.3",
        &[
            ("method", &[METHOD, METHOD, SCHEME, PATH]),
            ("scheme", &[METHOD, SCHEME, SCHEME, PATH]),
            ("path", &[METHOD, SCHEME, PATH, PATH]),
            ("authority", &[METHOD, SCHEME, PATH, AUTHORITY, AUTHORITY]),
        ],
    );
}

#[test]
fn s8_3_any_order_will_do() {
    allowed(|client| {
        client.send(fields(&[(":path", "/f.txt"), AUTHORITY, SCHEME, METHOD]));
        client.answer(1).expect(200);
    });
}

#[test]
fn s8_3_1_mandatory_ones_are_missing() {
    malformed(
        "RFC 9113 §8.3.1",
        &[
            ("method", &[SCHEME, PATH, AUTHORITY]),
            ("scheme", &[METHOD, PATH, AUTHORITY]),
            ("path", &[METHOD, SCHEME, AUTHORITY]),
            ("all", &[("x", "y")]),
        ],
    );
}

#[test]
fn s8_3_1_a_request_without_any_field() {
    malformed("RFC 9113 §8.3.1", &[("it", &[])]);
}

#[test]
fn s8_3_1_values_that_are_not_valid() {
    malformed(
        "RFC 9113 §8",
        &[
            ("an empty method", &[(":method", ""), SCHEME, PATH]),
            ("a method with a space", &[(":method", "G T"), SCHEME, PATH]),
            ("an empty scheme", &[METHOD, (":scheme", ""), PATH]),
            ("a scheme that is none", &[METHOD, (":scheme", "1:"), PATH]),
            ("an empty path", &[METHOD, SCHEME, (":path", "")]),
            ("a relative path", &[METHOD, SCHEME, (":path", "x")]),
            ("a path with a space", &[METHOD, SCHEME, (":path", "/a b")]),
        ],
    );
}

#[test]
fn s8_3_1_the_asterisk_is_for_options_alone() {
    malformed(
        "RFC 9113 §8.3.1",
        &[("GET", &[METHOD, SCHEME, (":path", "*")])],
    );
    allowed(|client| {
        let options = [(":method", "OPTIONS"), SCHEME, AUTHORITY, (":path", "*")];
        client.send(fields(&options));
        assert!(client.answer(1).reset.is_none());
    });
}

#[test]
fn s8_3_1_user_information_in_the_authority() {
    let authority = (":authority", "user:secret@test");
    malformed(
        "RFC 9113 §8.3.1",
        &[("it", &[METHOD, SCHEME, PATH, authority])],
    );
}

#[test]
fn s8_3_1_an_authority_and_a_host_that_differ() {
    malformed(
        "RFC 9113 §8.3.1",
        &[("it", &[METHOD, SCHEME, PATH, AUTHORITY, ("host", "other")])],
    );
    allowed(|client| {
        let same = [
            METHOD,
            SCHEME,
            (":path", "/f.txt"),
            AUTHORITY,
            ("host", "TEST"),
        ];
        client.send(fields(&same));
        client.answer(1).expect(200);
    });
}

#[test]
fn s8_3_1_more_than_one_host() {
    let same = ("host", "test");
    malformed(
        "RFC 9113 §8.3.1",
        &[
            ("the same", &[METHOD, SCHEME, PATH, AUTHORITY, same, same]),
            (
                "the second differs",
                &[METHOD, SCHEME, PATH, AUTHORITY, same, ("host", "other")],
            ),
            (
                "without an authority",
                &[METHOD, SCHEME, PATH, same, ("host", "other")],
            ),
        ],
    );
}

#[test]
fn s8_3_1_an_authority_that_names_no_host() {
    // RFC 9110 §4.2.1, RFC 3986 §3.2.
    let wrong = [
        "", ":80", "a b", "a/b", "a:b", "a:80:80", "[::1", "%zz", "a#",
    ];
    let request = |to| [fields(&[METHOD, SCHEME, PATH, (":authority", to)])];
    let cases = wrong.map(|to| (to, request(to)));
    each_refused("RFC 9113 §8.3.1", Malformed, cases);
    let host = |to| [fields(&[METHOD, SCHEME, PATH, ("host", to)])];
    let cases = ["a b", "a/b", "u@a"].map(|to| (to, host(to)));
    each_refused("RFC 9113 §8.3.1", Malformed, cases);
    allowed(|client| {
        for (n, to) in ["[::1]:80", "a_b.test", "127.0.0.1:"].iter().enumerate() {
            let stream = 2 * n as u32 + 1;
            let path = (":path", "/f.txt");
            client.send(fields(&[METHOD, SCHEME, path, (":authority", to)]).on(stream));
            client.answer(stream).expect(200);
        }
    });
}

#[test]
fn s8_3_1_the_authority_is_the_target_s() {
    let host = Host::start(&["echo"]);
    let mut client = host.h2();
    client.send(fields(&[
        METHOD,
        SCHEME,
        (":path", "/echo"),
        (":authority", "a.test:81"),
        ("host", "A.TEST:81"),
    ]));
    let echo = client.answer(1).expect(200).json();
    assert_eq!(echo["url_parts"]["netloc"], "a.test:81");
    // Without it, Host says.
    let host_only = [METHOD, SCHEME, (":path", "/echo"), ("host", "b.test:82")];
    client.send(fields(&host_only).on(3));
    let echo = client.answer(3).expect(200).json();
    assert_eq!(echo["url_parts"]["netloc"], "b.test:82");
    host.stop();
}

#[test]
fn s8_3_2_every_answer_has_a_status_first() {
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let mut client = host.h2();
    let cases = ["informational", "fields", "trailers", "nothing-like-it"];
    for (n, what) in cases.iter().enumerate() {
        let stream = 2 * n as u32 + 1;
        let answer = client
            .get(stream, &format!("/chaos?do={what}"))
            .answer(stream);
        for head in answer.informational.iter().chain([&answer.fields]) {
            let names = head.iter().map(|(name, _)| name.as_str());
            let colons: Vec<bool> = names.map(|name| name.starts_with(':')).collect();
            assert_eq!(head[0].0, ":status");
            assert_eq!(colons.iter().filter(|c| **c).count(), 1, "{head:?}");
        }
        assert_eq!(answer.trailers.is_empty(), *what != "trailers");
        let mut trailers = answer.trailers.iter();
        assert!(trailers.all(|(name, _)| !name.starts_with(':')));
    }
    client.send(headers(9).get("/").end_headers().end_stream());
    assert_eq!(client.answer(9).fields[0].0, ":status");
    host.stop();
}
