//! RFC 9113 §8: what a request may be made of.

use host_tests::h2::{data, headers};
use host_tests::rules::{Case, Outcome::Malformed, case, check, open, pseudo};

#[test]
fn s8_2_fields() {
    let with = |name: &str, value: &str| {
        [headers(1)
            .get("/frames")
            .field(name, value)
            .end_headers()
            .end_stream()]
    };
    check(&[
        case(
            "a name in upper case",
            "RFC 9113 §8.2.1",
            with("Test", "x"),
            Malformed,
        ),
        case(
            "a name with a space",
            "RFC 9113 §8.2.1",
            with("te st", "x"),
            Malformed,
        ),
        case("an empty name", "RFC 9113 §8.2.1", with("", "x"), Malformed),
        case(
            "a name above ASCII",
            "RFC 9113 §8.2.1",
            with("t\u{e9}st", "x"),
            Malformed,
        ),
        case(
            "a colon in a name",
            "RFC 9113 §8.2.1",
            with("te:st", "x"),
            Malformed,
        ),
        case(
            "a NUL in a value",
            "RFC 9113 §8.2.1",
            with("test", "a\0b"),
            Malformed,
        ),
        case(
            "a line end in a value",
            "RFC 9113 §8.2.1",
            with("test", "a\r\nb: c"),
            Malformed,
        ),
        case(
            "a space before a value",
            "RFC 9113 §8.2.1",
            with("test", " x"),
            Malformed,
        ),
        case(
            "Connection",
            "RFC 9113 §8.2.2",
            with("connection", "close"),
            Malformed,
        ),
        case(
            "Transfer-Encoding",
            "RFC 9113 §8.2.2",
            with("transfer-encoding", "chunked"),
            Malformed,
        ),
        case(
            "Upgrade",
            "RFC 9113 §8.2.2",
            with("upgrade", "h2c"),
            Malformed,
        ),
        case(
            "TE other than trailers",
            "RFC 9113 §8.2.2",
            with("te", "gzip"),
            Malformed,
        ),
    ]);
}

#[test]
fn s8_3_pseudo_header_fields() {
    const METHOD: (&str, &str) = (":method", "GET");
    const SCHEME: (&str, &str) = (":scheme", "http");
    const PATH: (&str, &str) = (":path", "/");
    let cases: &[(&'static str, &[(&str, &str)])] = &[
        (
            "an unknown one",
            &[METHOD, SCHEME, PATH, (":status", "200")],
        ),
        ("a made-up one", &[METHOD, SCHEME, PATH, (":x", "y")]),
        ("one behind a field", &[METHOD, SCHEME, ("x", "y"), PATH]),
        ("no method", &[SCHEME, PATH]),
        ("no scheme", &[METHOD, PATH]),
        ("no path", &[METHOD, SCHEME]),
        ("an empty path", &[METHOD, SCHEME, (":path", "")]),
        ("two methods", &[METHOD, METHOD, SCHEME, PATH]),
        ("two paths", &[METHOD, SCHEME, PATH, PATH]),
        (
            "CONNECT with a path",
            &[(":method", "CONNECT"), SCHEME, PATH, (":authority", "t:1")],
        ),
        ("CONNECT without authority", &[(":method", "CONNECT")]),
        (
            ":authority and Host that differ",
            &[METHOD, SCHEME, PATH, (":authority", "a"), ("host", "b")],
        ),
    ];
    let cases: Vec<Case> = cases
        .iter()
        .map(|(what, fields)| case(what, "RFC 9113 §8", [pseudo(fields)], Malformed))
        .chain([
            case(
                "one among trailers",
                "RFC 9113 §8.1",
                [
                    open(),
                    headers(1).field(":path", "/").end_headers().end_stream(),
                ],
                Malformed,
            ),
            case(
                "trailers that do not end the stream",
                "RFC 9113 §8.1",
                [open(), headers(1).field("x", "y").end_headers()],
                Malformed,
            ),
        ])
        .collect();
    check(&cases);
}

#[test]
fn s8_1_1_content_length() {
    let announced = |n: &str| {
        headers(1)
            .post("/frames")
            .field("content-length", n)
            .field("test", "pass")
            .end_headers()
    };
    check(&[
        case(
            "more content than announced",
            "RFC 9113 §8.1.1",
            [announced("2"), data(1, b"abc")],
            Malformed,
        ),
        case(
            "less content than announced",
            "RFC 9113 §8.1.1",
            [announced("5"), data(1, b"abc").end_stream()],
            Malformed,
        ),
        case(
            "no content where some was announced",
            "RFC 9113 §8.1.1",
            [announced("5").end_stream()],
            Malformed,
        ),
        case(
            "a length that is no number",
            "RFC 9113 §8",
            [announced("x")],
            Malformed,
        ),
    ]);
}
