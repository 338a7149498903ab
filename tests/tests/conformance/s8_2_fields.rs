//! RFC 9113 §8.2: field names and values.

use host_tests::Host;
use host_tests::h2::{Client, Frame, code, headers, reset};
use host_tests::rules::Outcome::Malformed;
use host_tests::rules::{allowed, each_refused, open, refused};

/// A request on stream 1 with one field more.
fn with(name: &str, value: &str) -> [Frame; 1] {
    [headers(1)
        .get("/nothing")
        .field(name, value)
        .end_headers()
        .end_stream()]
}

/// One character of Latin-1 for a byte.
fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Sends these fields, each in a request of its own, and sees all refused.
fn all_malformed(client: &mut Client, fields: impl IntoIterator<Item = (String, String)>) {
    for (n, (name, value)) in fields.into_iter().enumerate() {
        let stream = 2 * n as u32 + 1;
        let [request] = with(&name, &value);
        client.send(request.on(stream));
        client.expect(reset(stream, code::PROTOCOL));
    }
}

#[test]
fn s8_2_the_names_that_are_sent_are_in_lower_case() {
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let mut client = host.h2();
    let answer = client.get(1, "/chaos?do=fields").answer(1).expect(200);
    let upper = |(name, _): &(String, String)| name.bytes().any(|b| b.is_ascii_uppercase());
    assert!(answer.fields.iter().any(|(name, _)| name == "x-order"));
    assert!(!answer.fields.iter().any(upper), "{:?}", answer.fields);
    host.stop();
}

#[test]
fn s8_2_1_bytes_that_no_name_has() {
    let host = Host::start(&[]);
    let forbidden = (0x00..=0x20).chain(0x41..=0x5a).chain(0x7f..=0xff_u8);
    let forbidden: Vec<u8> = forbidden.collect();
    // A client that is refused too often is sent away: by the hundred.
    for bytes in forbidden.chunks(100) {
        let mut client = host.h2();
        let name = |byte: &u8| (text(&[b'x', *byte, b'y']), "z".to_owned());
        all_malformed(&mut client, bytes.iter().map(name));
        host.wait_for_violation_by(client.address(), "RFC 9113 §8.2.1");
    }
    host.stop();
}

#[test]
fn s8_2_1_a_colon_is_in_no_name() {
    each_refused(
        "RFC 9113 §8",
        Malformed,
        [("within", with("x:y", "z")), ("behind", with("x:", "z"))],
    );
}

#[test]
fn s8_2_1_a_name_is_not_empty() {
    refused("RFC 9113 §8.2.1", Malformed, with("", "z"));
}

#[test]
fn s8_2_1_bytes_that_no_value_has() {
    let host = Host::start(&[]);
    let mut client = host.h2();
    let values = [b'\0', b'\n', b'\r']
        .into_iter()
        .flat_map(|b| [vec![b], vec![b'x', b], vec![b, b'x'], vec![b'x', b, b'y']]);
    all_malformed(&mut client, values.map(|v| ("x".to_owned(), text(&v))));
    host.wait_for_violation_by(client.address(), "RFC 9113 §8.2.1");
    host.stop();
}

#[test]
fn s8_2_1_no_value_begins_or_ends_with_white_space() {
    let host = Host::start(&[]);
    let mut client = host.h2();
    let values = [" x", "\tx", "x ", "x\t", " ", "\t"];
    let fields = values.map(|v| ("x".to_owned(), v.to_owned()));
    all_malformed(&mut client, fields);
    host.wait_for_violation_by(client.address(), "RFC 9113 §8.2.1");
    host.stop();
}

#[test]
fn s8_2_1_pseudo_header_fields_and_trailers_are_checked_too() {
    let path = headers(1).request("GET", "/a\nb");
    let trailers = headers(1).field("x", "a\0b").end_headers().end_stream();
    each_refused(
        "RFC 9113 §8.2.1",
        Malformed,
        [
            ("a path", vec![path.end_headers().end_stream()]),
            ("trailers", vec![open(), trailers]),
        ],
    );
}

#[test]
fn s8_2_1_what_is_not_forbidden_is_taken() {
    allowed(|client| {
        let request = headers(1)
            .get("/f.txt")
            .field("!#$%&'*+-.^_`|~09az", "")
            .field("x", "in\tner white")
            .field("x", &text(&(0x80..=0xff).collect::<Vec<u8>>()));
        client.send(request.end_headers().end_stream());
        client.answer(1).expect(200);
    });
}

#[test]
fn s8_2_2_connection_specific_fields() {
    let names = [
        ("connection", "close"),
        ("proxy-connection", "close"),
        ("keep-alive", "timeout=5"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
    ];
    each_refused(
        "RFC 9113 §8.2.2",
        Malformed,
        names.map(|(name, value)| (name, with(name, value))),
    );
}

#[test]
fn s8_2_2_te_other_than_trailers() {
    let values = ["gzip", "trailers, deflate", ""];
    each_refused(
        "RFC 9113 §8.2.2",
        Malformed,
        values.map(|value| (value, with("te", value))),
    );
    allowed(|client| {
        let request = headers(1).get("/f.txt").field("te", "trailers");
        client.send(request.end_headers().end_stream());
        client.answer(1).expect(200);
    });
}

#[test]
fn s8_2_2_no_connection_specific_field_is_sent() {
    // On HTTP/1 this handler's answer says Connection: close.
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let one = host.get("/chaos?do=close").expect(200);
    assert_eq!(one.field("connection"), Some("close"));
    let mut client = host.h2();
    let two = client.get(1, "/chaos?do=close").answer(1).expect(200);
    for name in CONNECTION {
        assert_eq!(two.field(name), None);
    }
    host.stop();
    // What a handler writes itself is refused as a value, in trailers too.
    let host = Host::builder().test_plugins(&["wire"]).start();
    for name in CONNECTION {
        let script = format!(
            "write-headers 200 {name}=x\nwrite-headers 103 {name}=x\nwrite-headers 200
            write-trailers {name}=x\nreport"
        );
        let mut client = host.h2();
        let answer = client.post(1, "/wire", script).answer(1).expect(200);
        assert_eq!(answer.text().matches("Protocol(").count(), 3, "{answer:?}");
        assert_eq!(answer.informational.len() + answer.trailers.len(), 0);
        assert_eq!(answer.field(name), None);
    }
    host.stop();
}

/// What no message on HTTP/2 has; `te` may be `trailers` in a request.
const CONNECTION: [&str; 6] = [
    "connection",
    "proxy-connection",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
    "te",
];

#[test]
fn s8_2_2_connection_specific_fields_in_trailers() {
    let with = |name| {
        let trailers = headers(1).field(name, "x");
        [open(), trailers.end_headers().end_stream()]
    };
    each_refused(
        "RFC 9113 §8.2.2",
        Malformed,
        CONNECTION.map(|name| (name, with(name))),
    );
}

#[test]
fn s8_2_1_nothing_invalid_is_sent() {
    // Heads, interim heads and trailers, each with a name or a value that no
    // field has: refused as values, and the answer is as it should be.
    let host = Host::builder().test_plugins(&["wire"]).start();
    for field in [
        "a%20b=c", "a%00=c", "%e9=c", "a:b=c", "a=b%0ac", "a=b%00", "a=b%0d",
    ] {
        let script = format!(
            "write-headers 103 {field}\nwrite-headers 200 {field}\nwrite-headers 200
            write-trailers {field}\nreport"
        );
        let mut client = host.h2();
        let answer = client.post(1, "/wire", script).answer(1).expect(200);
        assert_eq!(answer.text().matches("Protocol(").count(), 3, "{answer:?}");
        assert_eq!(answer.informational.len() + answer.trailers.len(), 0);
    }
    host.stop();
}

#[test]
fn s8_2_3_cookie_crumbs_are_one_cookie() {
    let host = Host::start(&["echo"]);
    let mut client = host.h2();
    let crumbs = headers(1).get("/echo").field("cookie", "a=b");
    let crumbs = crumbs.field("cookie", "c=d; e=f");
    client.send(crumbs.end_headers().end_stream());
    let one = headers(3).get("/echo").field("cookie", "a=b; c=d; e=f");
    client.send(one.end_headers().end_stream());
    let answers = client.answers(&[1, 3]);
    let cookies = answers[0].json()["cookies"].clone();
    assert_eq!(cookies.as_array().unwrap().len(), 3);
    assert_eq!(cookies, answers[1].json()["cookies"]);
    host.stop();
}
