//! Requests by the rules and against them.

use bytes::Bytes;

use super::*;

const GET: [(&str, &str); 4] = [
    (":method", "GET"),
    (":scheme", "http"),
    (":authority", "test"),
    (":path", "/"),
];

fn fields(lines: &[(&str, &str)]) -> Vec<Field> {
    let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    lines.iter().map(|(n, v)| (bytes(n), bytes(v))).collect()
}

fn checked(lines: &[(&str, &str)]) -> Result<Request, &'static str> {
    let info = crate::h2::tests::info();
    request(1, &fields(lines), false, &info).map_err(|fault| {
        assert_eq!(fault.code, code::PROTOCOL_ERROR);
        fault.section
    })
}

/// A GET with more fields.
fn with(lines: &[(&str, &str)]) -> Result<Request, &'static str> {
    checked(&[&GET, lines].concat())
}

/// A GET with one pseudo-header field changed, or left out.
fn but(name: &str, value: Option<&str>) -> Result<Request, &'static str> {
    let lines: Vec<_> = GET
        .iter()
        .filter_map(|(n, v)| match *n == name {
            true => value.map(|value| (*n, value)),
            false => Some((*n, *v)),
        })
        .collect();
    checked(&lines)
}

#[test]
fn what_the_rules_allow() {
    let request = with(&[
        ("host", "TEST"),
        ("te", "trailers"),
        ("content-length", "5"),
    ])
    .unwrap();
    assert_eq!(request.content_length, Some(5));
    assert_eq!(request.head.authority.unwrap(), "test");
    assert_eq!(request.head.fields.len(), 3);
    let request = but(":authority", None).unwrap();
    assert_eq!(request.head.authority, None);
    assert!(but(":path", Some("/%00?ä")).is_ok());
    assert!(but(":scheme", Some("coap+tcp")).is_ok());
    assert!(but(":method", Some("M!x")).is_ok());
    assert!(with(&[("content-length", "5"), ("content-length", "5")]).is_ok());
    assert!(with(&[("a", ""), ("a", "b\tc d")]).is_ok());
    let options = [(":method", "OPTIONS"), (":scheme", "http"), (":path", "*")];
    assert!(checked(&options).is_ok());
}

#[test]
fn pseudo_header_fields() {
    for (name, value) in [
        (":method", None),
        (":scheme", None),
        (":path", None),
        (":method", Some("")),
        (":method", Some("G T")),
        (":scheme", Some("1http")),
        (":path", Some("")),
        (":path", Some("*")),
        (":path", Some("http://test/")),
        (":path", Some("/a b")),
        (":authority", Some("user@test")),
        (":authority", Some("")),
        (":authority", Some(":80")),
        (":authority", Some("test:http")),
        (":authority", Some("te st")),
        (":authority", Some("test/")),
        (":authority", Some("[::1")),
    ] {
        assert_eq!(
            but(name, value).unwrap_err(),
            "RFC 9113 §8.3.1",
            "{name} {value:?}"
        );
    }
    for (name, value) in [
        (":path", "/again"),
        (":status", "200"),
        (":unknown", ""),
        (":", ""),
    ] {
        assert_eq!(
            with(&[(name, value)]).unwrap_err(),
            "RFC 9113 §8.3",
            "{name}"
        );
    }
    assert_eq!(
        with(&[("a", "b"), (":path", "/")]).unwrap_err(),
        "RFC 9113 §8.3"
    );
    assert_eq!(with(&[(":protocol", "x")]).unwrap_err(), "RFC 8441 §4");
    for hosts in [
        &["other"][..],
        &["test", "test"],
        &["test", "other"],
        &["a b"],
    ] {
        let lines: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
        assert_eq!(with(&lines).unwrap_err(), "RFC 9113 §8.3.1", "{hosts:?}");
    }
    assert!(but(":authority", Some("[::1]:80")).is_ok());
    let connect = (":method", "CONNECT");
    assert_eq!(checked(&[connect]).unwrap_err(), "RFC 9113 §8.5");
    for to in ["", "a", "a:", ":1", "a:b"] {
        let lines = [connect, (":authority", to)];
        assert_eq!(checked(&lines).unwrap_err(), "RFC 9113 §8.5", "{to}");
    }
    assert!(checked(&[connect, (":authority", "a:1")]).is_ok());
    let lines = [connect, (":authority", "a:1"), (":path", "/")];
    assert_eq!(checked(&lines).unwrap_err(), "RFC 9113 §8.5");
}

#[test]
fn fields_that_are_refused() {
    for (name, value) in [
        ("Upper", ""),
        ("", "empty"),
        ("a b", ""),
        ("a:", ""),
        ("a\0", ""),
        ("ä", ""),
        ("a", "b\0"),
        ("a", "b\r"),
        ("a", "b\n"),
        ("a", " b"),
        ("a", "b\t"),
    ] {
        assert_eq!(
            with(&[(name, value)]).unwrap_err(),
            "RFC 9113 §8.2.1",
            "{name:?} {value:?}"
        );
    }
    for name in [
        "connection",
        "proxy-connection",
        "keep-alive",
        "transfer-encoding",
        "upgrade",
        "te",
    ] {
        assert_eq!(
            with(&[(name, "gzip")]).unwrap_err(),
            "RFC 9113 §8.2.2",
            "{name}"
        );
    }
    for lengths in [&["x"][..], &[""], &["-1"], &["+1"], &["1, 1"], &["1", "2"]] {
        let lines: Vec<_> = lengths.iter().map(|l| ("content-length", *l)).collect();
        assert_eq!(with(&lines).unwrap_err(), "RFC 9113 §8.1.1", "{lengths:?}");
    }
}

#[test]
fn promised_requests_are_safe_and_have_no_content() {
    let promised = |more: &[(&str, &str)]| {
        let lines = [&GET, more].concat();
        check_promised(&fields(&lines).into()).is_ok()
    };
    assert!(promised(&[]));
    assert!(promised(&[("content-length", "0")]));
    assert!(!promised(&[("content-length", "1")]));
    let mut post = fields(&GET);
    post[0].1 = "POST".into();
    assert!(check_promised(&post.into()).is_err());
}

#[test]
fn trailers_have_no_pseudo_header_fields() {
    assert_eq!(check_trailers(&fields(&[("a", "b")]).into()), Ok(()));
    let section = |lines| check_trailers(&fields(lines).into()).unwrap_err().section;
    assert_eq!(section(&[(":path", "/")]), "RFC 9113 §8.1");
    assert_eq!(section(&[("connection", "close")]), "RFC 9113 §8.2.2");
}
