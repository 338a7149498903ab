//! What a head may be and what is refused, with the rule's section.

use host_wire::{Limits, Protocol, Refusal};

use crate::harness::{Server, hello, report, serve};

/// Sends bytes, ends the client's side, and wants exactly this refusal.
async fn refused(request: &[u8], status: u16, section: &str) {
    let shown = request[..request.len().min(200)].escape_ascii().to_string();
    let mut client = serve(|_| async { panic!("a refused request was served") });
    client.send(request).await;
    let answer = client.head().await;
    assert_eq!(answer.status, status, "{shown}");
    assert_eq!(answer.field("connection"), Some("close"), "{shown}");
    assert_eq!(answer.field("content-type"), Some("application/json"));
    let length: usize = answer.field("content-length").unwrap().parse().unwrap();
    let page = client.take(length).await;
    let page: serde_json::Value = serde_json::from_slice(&page).unwrap();
    assert_eq!(page["error"]["code"], status, "{shown}");
    let message = page["error"]["message"].as_str().unwrap();
    assert!(message.contains(section), "{shown}: {message}");
    client.finish().await;
    let violations = client.closed().await;
    assert_eq!(violations.len(), 1, "{shown}: {violations:?}");
    assert_eq!(violations[0].section, section, "{shown}: {violations:?}");
    assert_eq!(violations[0].refusal, Refusal::Status(status), "{shown}");
}

#[tokio::test]
async fn malformed_heads_are_refused_by_section() {
    const LINE: &str = "RFC 9112 §3";
    const TARGET: &str = "RFC 9112 §3.2";
    const VERSION: &str = "RFC 9112 §2.3";
    const LINES: &str = "RFC 9112 §2.2";
    const NAME: &str = "RFC 9110 §5.1";
    const VALUE: &str = "RFC 9110 §5.5";
    let lines: &[(&str, u16, &str)] = &[
        // The request line. It is refused before the head is complete.
        ("GET /\r\n", 400, LINE),
        ("GET\r\n", 400, LINE),
        ("hello\r\n", 400, LINE),
        (" GET / HTTP/1.1\r\n", 400, LINE),
        ("G(T / HTTP/1.1\r\n", 400, LINE),
        ("GET  / HTTP/1.1\r\n", 400, LINE),
        ("GET / HTTP/1.1 \r\n", 400, LINE),
        ("GET / x HTTP/1.1\r\n", 400, LINE),
        ("GET\t/\tHTTP/1.1\r\n", 400, LINE),
        ("\u{16}\u{3}\u{1}\u{2}", 400, LINE),
        ("\r\r\n", 400, LINE),
        ("\r\n\r\n\r\n\r\n\r\n", 400, LINE),
        ("\nGET / HTTP/1.1\r\n", 400, LINE),
        ("GET / HTTP/1.1\n", 400, LINES),
        ("GET / http/1.1\r\n", 400, VERSION),
        ("GET / HTTP/1\r\n", 400, VERSION),
        ("GET / HTTP/1.10\r\n", 400, VERSION),
        ("GET / HTTP/1.\u{e9}\r\n", 400, VERSION),
        ("GET / HTTPS/1.1\r\n", 400, VERSION),
        ("GET / HTTP/1.1\r\r\n", 400, VERSION),
        ("GET / HTTP/0.9\r\n", 505, "RFC 9110 §15.6.6"),
        ("GET / HTTP/2.0\r\n", 505, "RFC 9110 §15.6.6"),
        ("PRI * HTTP/2.0\r\n\r\nXX", 505, "RFC 9110 §15.6.6"),
        ("GET / HTTP/3.1\r\n", 505, "RFC 9110 §15.6.6"),
        ("GET * HTTP/1.1\r\n", 400, TARGET),
        ("GET x HTTP/1.1\r\n", 400, TARGET),
        ("GET /\0 HTTP/1.1\r\n", 400, TARGET),
        ("GET http://u@h/ HTTP/1.1\r\n", 400, TARGET),
        ("CONNECT / HTTP/1.1\r\n", 400, TARGET),
        ("CONNECT h HTTP/1.1\r\n", 400, TARGET),
    ];
    for (request, status, section) in lines {
        refused(request.as_bytes(), *status, section).await;
    }

    let heads: &[(&str, u16, &str)] = &[
        // Host.
        ("", 400, TARGET),
        ("Host: a\r\nHost: a\r\n", 400, TARGET),
        ("Host: a b\r\n", 400, TARGET),
        ("Host: a/b\r\n", 400, TARGET),
        ("Host: u@a\r\n", 400, TARGET),
        ("Host: a:b\r\n", 400, TARGET),
        ("Host: a, b\r\n", 400, TARGET),
        // Lines.
        ("Host: a\r\n X: folded\r\n", 400, "RFC 9112 §5.2"),
        ("Host: a\r\n\tfolded\r\n", 400, "RFC 9112 §5.2"),
        (" Host: a\r\n", 400, "RFC 9112 §2.2"),
        ("\tHost: a\r\n", 400, "RFC 9112 §2.2"),
        ("Host : a\r\n", 400, "RFC 9112 §5.1"),
        ("Host\t: a\r\n", 400, "RFC 9112 §5.1"),
        ("Host: a\r\nX\r\n", 400, "RFC 9112 §5"),
        ("Host: a\r\n: x\r\n", 400, NAME),
        ("Host: a\r\nX Y: x\r\n", 400, NAME),
        ("Host: a\r\nX\0: x\r\n", 400, NAME),
        ("Host: a\r\nX\u{e9}: x\r\n", 400, NAME),
        ("Host: a\r\nX\r: x\r\n", 400, NAME),
        ("Host: a\r\nX: a\0b\r\n", 400, VALUE),
        ("Host: a\r\nX: a\u{b}b\r\n", 400, VALUE),
        ("Host: a\r\nX: a\u{7f}b\r\n", 400, VALUE),
        ("Host: a\r\nX: a\rb\r\n", 400, LINES),
        ("Host: a\r\nX: a\r\r\n", 400, LINES),
        ("Host: a\nX: y\r\n", 400, LINES),
        ("Host: a\r\n\nX: y\r\n", 400, LINES),
        // Expectations.
        ("Host: a\r\nExpect: x\r\n", 417, "RFC 9110 §10.1.1"),
        (
            "Host: a\r\nExpect: 100-continue, x\r\n",
            417,
            "RFC 9110 §10.1.1",
        ),
        (
            "Host: a\r\nExpect: 100-continue\r\nExpect: x\r\n",
            417,
            "RFC 9110 §10.1.1",
        ),
    ];
    for (fields, status, section) in heads {
        let request = format!("POST / HTTP/1.1\r\n{fields}\r\n");
        refused(request.as_bytes(), *status, section).await;
    }
}

/// What two readers could understand differently, and so be made to disagree
/// where the next request begins.
#[tokio::test]
async fn smuggling_is_refused() {
    const LENGTH: &str = "RFC 9112 §6.3";
    const CODING: &str = "RFC 9112 §6.1";
    let cases: &[(&str, u16, &str)] = &[
        (
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            400,
            LENGTH,
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
            400,
            LENGTH,
        ),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", 400, LENGTH),
        ("Content-Length: 5, 6\r\n", 400, LENGTH),
        ("Content-Length: 5,\r\n", 400, LENGTH),
        ("Content-Length:\r\n", 400, LENGTH),
        ("Content-Length: +5\r\n", 400, LENGTH),
        ("Content-Length: -5\r\n", 400, LENGTH),
        ("Content-Length: 0x5\r\n", 400, LENGTH),
        ("Content-Length: 5 5\r\n", 400, LENGTH),
        ("Content-Length: 5_0\r\n", 400, LENGTH),
        ("Content-Length: 5.0\r\n", 400, LENGTH),
        ("Content-Length: \"5\"\r\n", 400, LENGTH),
        ("Content-Length: \u{664}\r\n", 400, LENGTH),
        ("Content-Length: 18446744073709551616\r\n", 400, LENGTH),
        ("Transfer-Encoding: chunked, identity\r\n", 400, LENGTH),
        ("Transfer-Encoding: identity\r\n", 400, LENGTH),
        ("Transfer-Encoding: xchunked\r\n", 400, LENGTH),
        ("Transfer-Encoding: chunkedx\r\n", 400, LENGTH),
        ("Transfer-Encoding: chunked;q=1\r\n", 400, LENGTH),
        ("Transfer-Encoding: \"chunked\"\r\n", 400, LENGTH),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
            400,
            LENGTH,
        ),
        ("Transfer-Encoding:\r\n", 400, LENGTH),
        ("Transfer-Encoding: gzip\r\n", 400, LENGTH),
        ("Transfer-Encoding: chunked, chunked\r\n", 400, CODING),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            400,
            CODING,
        ),
        ("Transfer-Encoding: gzip, chunked\r\n", 501, CODING),
        (
            "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n",
            501,
            CODING,
        ),
        ("Transfer-Encoding: \u{b}chunked\r\n", 400, "RFC 9110 §5.5"),
        ("Transfer-Encoding : chunked\r\n", 400, "RFC 9112 §5.1"),
        ("Transfer-Encoding\r\n : chunked\r\n", 400, "RFC 9112 §5"),
        ("X: y\rTransfer-Encoding: chunked\r\n", 400, "RFC 9112 §2.2"),
        ("X: y\nTransfer-Encoding: chunked\r\n", 400, "RFC 9112 §2.2"),
    ];
    for (fields, status, section) in cases {
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        refused(request.as_bytes(), *status, section).await;
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    refused(old.as_bytes(), 400, CODING).await;
    let old = "POST / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n";
    refused(old.as_bytes(), 400, "RFC 9112 §3.2").await;
}

#[tokio::test]
async fn heads_over_the_limits_are_refused() {
    let limits = Limits::default();
    let long = "x".repeat(limits.head_bytes);
    let request = format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n");
    refused(request.as_bytes(), 414, "RFC 9112 §3").await;
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n");
    refused(request.as_bytes(), 431, "RFC 6585 §5").await;
    let many = "X: y\r\n".repeat(limits.head_fields);
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n");
    refused(request.as_bytes(), 431, "RFC 6585 §5").await;
    // Endless, and never a line end.
    refused(long.as_bytes(), 414, "RFC 9112 §3").await;
}

#[tokio::test]
async fn heads_at_the_limits_are_served() {
    let limits = Limits::default();
    let frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".len();
    let long = "x".repeat(limits.head_bytes - frame);
    let many = "X: y\r\n".repeat(limits.head_fields - 1);
    let mut client = serve(hello);
    for fields in [format!("X: {long}\r\n"), many] {
        client
            .send(format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n"))
            .await;
        assert_eq!(client.answer().await.body, b"hello");
    }
}

#[tokio::test]
async fn what_ends_within_a_head_is_refused() {
    for request in [
        "G",
        "PRI",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n",
    ] {
        let mut client = serve(hello);
        client.send(request).await;
        client.finish().await;
        assert_eq!(client.answer().await.status, 400, "{request:?}");
        assert_eq!(client.closed().await[0].section, "RFC 9112 §8");
    }
}

#[tokio::test]
async fn a_refused_head_request_gets_no_page() {
    let mut client = serve(hello);
    client.send("HEAD / HTTP/1.1\r\n\r\n").await;
    client.finish().await;
    let answer = client.head().await;
    assert_eq!(answer.status, 400);
    assert_eq!(client.closed().await.len(), 1);
}

#[tokio::test]
async fn a_head_is_told_as_it_came() {
    let mut client = serve(report);
    let request = "PoST /a%20b?c=|d HTTP/1.1\r\nhOsT: Example:80\r\nX-Empty:\r\n\
                   x-TWICE: 1\r\nX-twice: \t 2 \t\r\nX-Latin: caf\u{e9}\r\n\r\n";
    client.send(request).await;
    let answer = client.answer().await;
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        "PoST /a%20b?c=|d\nhOsT=Example:80\nX-Empty=\nx-TWICE=1\nX-twice=2\n\
         X-Latin=caf\\xc3\\xa9\nend_stream=true\n\nEnd"
    );
}

#[tokio::test]
async fn the_facts_of_a_head() {
    /// A request, its protocol, its authority.
    type Case = (&'static str, Protocol, Option<&'static str>);
    const CASES: &[Case] = &[
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("a"),
        ),
        (
            "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            Protocol::Http11,
            Some(""),
        ),
        (
            "GET / HTTP/1.7\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("a"),
        ),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            Protocol::Http10,
            None,
        ),
        (
            "GET http://B:1/x HTTP/1.1\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("B:1"),
        ),
        (
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("a"),
        ),
        (
            "!#$%&'*+-.^_`|~09aZ / HTTP/1.1\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("a"),
        ),
        (
            "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("a"),
        ),
        (
            "GET / HTTP/1.0\r\nExpect: x\r\nConnection: keep-alive\r\n\r\n",
            Protocol::Http10,
            None,
        ),
        (
            "CONNECT h:1 HTTP/1.1\r\nHost: a\r\n\r\n",
            Protocol::Http11,
            Some("h:1"),
        ),
    ];
    let (heads, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let mut client = serve(move |exchange| {
        heads.send(exchange.head().clone()).unwrap();
        async move {
            let mut exchange = exchange;
            exchange
                .respond(404, host_wire::Fields::new(), "".into())
                .await
                .unwrap();
        }
    });
    for (request, protocol, authority) in CASES {
        client.send(request).await;
        assert_eq!(client.answer().await.status, 404, "{request:?}");
        let head = seen.recv().await.unwrap();
        assert_eq!(head.protocol, *protocol, "{request:?}");
        assert_eq!(
            head.authority.as_deref(),
            authority.map(str::as_bytes),
            "{request:?}"
        );
        assert_eq!(head.scheme, "http");
        let request = request.trim_start();
        let line = &request[..request.find('\n').unwrap() + 1];
        assert_eq!(head.request_line, line);
        let words: Vec<_> = line.split(' ').collect();
        assert_eq!(
            (&head.method[..], &head.target[..]),
            (words[0].as_bytes(), words[1].as_bytes())
        );
    }
}

#[tokio::test]
async fn garbage_over_tls_and_http2_by_mistake_are_refused_too() {
    let server = Server {
        negotiated: host_wire::Negotiated::Http1,
        tls: true,
        ..Server::default()
    };
    let mut client = server.serve(hello);
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    client.finish().await;
    assert_eq!(client.answer().await.status, 505);
    assert_eq!(client.closed().await[0].section, "RFC 9110 §15.6.6");
}
