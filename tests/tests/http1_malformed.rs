//! HTTP/1 that is refused: by which status, which rule is named, and that nobody
//! else notices.

use std::io::Write;

use host_tests::Host;

/// One malformed request: what it is, its bytes, the status, the rule.
type Malformed = (&'static str, &'static str, u16, &'static str);

const MALFORMED: &[Malformed] = &[
    ("no Host", "GET / HTTP/1.1\r\n\r\n", 400, "RFC 9112 §3.2"),
    (
        "two Hosts",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        400,
        "RFC 9112 §3.2",
    ),
    (
        "two lengths",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        400,
        "RFC 9112 §6.3",
    ),
    (
        "a length that is no number",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: +5\r\n\r\nhello",
        400,
        "RFC 9112 §6.3",
    ),
    (
        "a length and chunks: smuggling",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        "RFC 9112 §6",
    ),
    (
        "a coding behind chunked",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        400,
        "RFC 9112 §6",
    ),
    (
        "chunks in HTTP/1.0",
        "POST / HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        "RFC 9112 §6.1",
    ),
    (
        "a space before the colon",
        "GET / HTTP/1.1\r\nHost: t\r\nX : y\r\n\r\n",
        400,
        "RFC 9112 §5.1",
    ),
    (
        "a folded line",
        "GET / HTTP/1.1\r\nHost: t\r\nX: y\r\n z\r\n\r\n",
        400,
        "RFC 9112 §5.2",
    ),
    (
        "a space before the first field",
        "GET / HTTP/1.1\r\n Host: t\r\n\r\n",
        400,
        "RFC 9112 §2.2",
    ),
    (
        "a bare CR",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\rb\r\n\r\n",
        400,
        "RFC 9112 §2.2",
    ),
    (
        "a NUL in a value",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n",
        400,
        "RFC 9110 §5.5",
    ),
    (
        "a method that is no token",
        "G(T / HTTP/1.1\r\nHost: t\r\n\r\n",
        400,
        "RFC 9112 §3",
    ),
    (
        "a target that is none",
        "GET nowhere HTTP/1.1\r\nHost: t\r\n\r\n",
        400,
        "RFC 9112 §3.2",
    ),
    ("no version", "GET /\r\nHost: t\r\n\r\n", 400, "RFC 9112 §"),
    (
        "a version in lower case",
        "GET / http/1.1\r\nHost: t\r\n\r\n",
        400,
        "RFC 9112 §2.3",
    ),
    (
        "a major version that is not spoken",
        "GET / HTTP/3.0\r\nHost: t\r\n\r\n",
        505,
        "RFC 9110 §15.6.6",
    ),
    (
        "something else than HTTP",
        "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
        400,
        "RFC 9112 §",
    ),
];

#[test]
fn malformed_requests_are_refused_and_their_rule_is_named() {
    let host = Host::start(&["hello"]);
    for (what, bytes, status, section) in MALFORMED {
        let mut client = host.h1();
        client.send(bytes);
        let answer = client
            .try_response(false)
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(answer.status, *status, "{what}: {answer:?}");
        client.expect_close();
        let address = client.address();
        // The server waits a while for clients that have more to say.
        drop(client);
        host.wait_for_violation_by(address, section);
        host.get("/hello").expect(200);
    }
    host.stop();
}

#[test]
fn heads_are_bounded() {
    let host = Host::start(&["hello"]);
    let cases = [
        (
            "a long target",
            format!("GET /{} HTTP/1.1\r\nHost: t\r\n\r\n", "x".repeat(100_000)),
            &[414, 431][..],
        ),
        (
            "a long field",
            format!(
                "GET / HTTP/1.1\r\nHost: t\r\nX: {}\r\n\r\n",
                "x".repeat(100_000)
            ),
            &[431],
        ),
        (
            "many fields",
            format!(
                "GET / HTTP/1.1\r\nHost: t\r\n{}\r\n",
                "X: y\r\n".repeat(10_000)
            ),
            &[431],
        ),
        (
            "a line without an end",
            "x".repeat(200_000),
            &[400, 414, 431],
        ),
    ];
    for (what, bytes, statuses) in cases {
        let mut client = host.h1();
        // The server may have answered and closed before everything is sent.
        let mut sender = client.sender();
        let sending = std::thread::spawn(move || sender.write_all(bytes.as_bytes()).ok());
        let answer = client
            .try_response(false)
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(statuses.contains(&answer.status), "{what}: {answer:?}");
        drop(client);
        sending.join().unwrap();
        host.get("/hello").expect(200);
    }
    host.stop();
}

#[test]
fn malformed_chunks_end_the_connection_and_no_other() {
    let mut host = Host::start(&["echo"]);
    for body in [
        "zz\r\nabc\r\n0\r\n\r\n",
        "3\r\nabcX\r\n0\r\n\r\n",
        "-1\r\n\r\n",
        "fffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        "3 \nabc\r\n0\r\n\r\n",
    ] {
        let mut client = host.h1();
        client.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send(body);
        // Whatever is still said, it is no 200, and nothing follows.
        if let Ok(answer) = client.try_response(false) {
            assert!(answer.status >= 400, "{body:?}: {answer:?}");
        }
        client.expect_close();
        host.get("/echo").expect(200);
    }
    host.wait_for_violation("RFC 9112 §7.1");
    host.assert_well();
    host.stop();
}
