//! What is written: framing, the lines that are added, and what is refused.

use bytes::Bytes;
use host_wire::{Fields, WireError, WireOp};

use crate::harness::{Client, END, apply, section, serve, trailers, write_data, write_headers};

pub(crate) const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
pub(crate) const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
const OLD: &str = "GET / HTTP/1.0\r\n\r\n";
const OLD_KEPT: &str = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
const LAST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// A server that applies these operations to each exchange.
fn writes(ops: Vec<WireOp>) -> Client {
    serve(move |mut exchange| {
        let ops = ops.clone();
        async move { apply(&mut exchange, ops).await }
    })
}

/// One request, these operations, exactly these bytes; then the connection is
/// open or not.
pub(crate) async fn written(request: &str, ops: Vec<WireOp>, expected: &str, open: bool) {
    let shown = format!("{request:?} {ops:?}");
    let mut client = writes(ops);
    client.send(request).await;
    client.expect(expected).await;
    if open {
        client.send(request).await;
        client.expect(expected).await;
    }
    client.finish().await;
    assert!(client.closed().await.is_empty(), "{shown}");
}

#[tokio::test]
async fn framing_follows_the_head() {
    let ok = |lines| write_headers(200, lines, false);
    let data = |data: &'static str, end| write_data(data, end);
    let length = &[("content-LENGTH", "5")];

    let by_length = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\nhello";
    let ops = vec![ok(length), data("hello", true)];
    written(GET, ops.clone(), by_length, true).await;
    let ops = vec![
        ok(length),
        data("he", false),
        data("", false),
        data("llo", false),
        END,
    ];
    written(GET, ops, by_length, true).await;

    let ops = vec![
        ok(&[]),
        data("hello", false),
        data("", false),
        data("!", true),
    ];
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";
    written(GET, ops.clone(), chunked, true).await;
    let until_close = "HTTP/1.1 200 OK\r\n\r\nhello!";
    written(OLD, ops.clone(), until_close, false).await;
    written(OLD_KEPT, ops, until_close, false).await;

    let given = vec![ok(&[("transfer-encoding", "Chunked")]), END];
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n0\r\n\r\n";
    written(GET, given, chunked, true).await;
    let given = vec![write_headers(
        200,
        &[("transfer-encoding", "chunked")],
        true,
    )];
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    written(GET, given, chunked, true).await;
    let coded = vec![ok(&[("Transfer-Encoding", "gzip")]), data("zip", true)];
    let until_close = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\nzip";
    written(GET, coded, until_close, false).await;

    let nothing = vec![write_headers(404, &[], true)];
    let empty = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    written(GET, nothing.clone(), empty, true).await;
    let empty = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n";
    written(OLD_KEPT, nothing.clone(), empty, true).await;
    written(HEAD, nothing, "HTTP/1.1 404 Not Found\r\n\r\n", true).await;

    let ops = vec![
        ok(&[]),
        data("x", false),
        trailers(&[("X-a", "1"), ("x-B", "")]),
    ];
    let trailed = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-a: 1\r\nx-B: \r\n\r\n";
    written(GET, ops.clone(), trailed, true).await;
    written(HEAD, ops, "HTTP/1.1 200 OK\r\n\r\n", true).await;
}

#[tokio::test]
async fn what_has_no_content_gets_none() {
    let head = vec![
        write_headers(200, &[("Content-Length", "5")], false),
        write_data("hello", true),
    ];
    let expected = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    written(HEAD, head, expected, true).await;
    for end in [true, false] {
        let mut ops = vec![write_headers(204, &[], end)];
        ops.extend((!end).then_some(END));
        written(GET, ops, "HTTP/1.1 204 No Content\r\n\r\n", true).await;
    }
    let unchanged = vec![write_headers(304, &[("Content-Length", "5")], true)];
    let expected = "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n";
    written(GET, unchanged, expected, true).await;
    // A tunnel begins behind the head.
    let connect = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n";
    let tunnel = vec![write_headers(200, &[], false), write_data("raw", true)];
    let expected = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nraw";
    written(connect, tunnel, expected, false).await;
}

#[tokio::test]
async fn the_last_answer_says_so() {
    let length = ("Content-Length", "0");
    let plain = vec![write_headers(200, &[length], true)];
    let closing = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    written(LAST, plain.clone(), closing, false).await;
    written(
        OLD,
        plain,
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        false,
    )
    .await;
    let own = vec![write_headers(
        200,
        &[("connection", "foo, Close"), length],
        true,
    )];
    let expected = "HTTP/1.1 200 OK\r\nconnection: foo, Close\r\nContent-Length: 0\r\n\r\n";
    written(GET, own.clone(), expected, false).await;
    written(OLD_KEPT, own, expected, false).await;
}

#[tokio::test]
async fn heads_are_written_as_they_are() {
    let lines = &[
        ("x-lower", "1"),
        ("X-UPPER", " spaced \t"),
        ("x-Lower", "caf\u{e9}"),
        ("Set-Cookie", "a=b"),
        ("Content-Length", "0"),
        ("Set-Cookie", "c=d"),
    ];
    let expected = "HTTP/1.1 299 \r\nx-lower: 1\r\nX-UPPER:  spaced \t\r\nx-Lower: caf\u{e9}\r\n\
                    Set-Cookie: a=b\r\nContent-Length: 0\r\nSet-Cookie: c=d\r\n\r\n";
    written(GET, vec![write_headers(299, lines, true)], expected, true).await;
    let teapot = WireOp::WriteHeaders {
        stream: Some(0),
        status: 418,
        reason: Some("sh\u{f6}rt & stout".into()),
        fields: Fields::new(),
        end: true,
    };
    let expected = "HTTP/1.1 418 sh\u{f6}rt & stout\r\nContent-Length: 0\r\n\r\n";
    written(GET, vec![teapot], expected, true).await;
    let unknown = vec![write_headers(999, &[], true)];
    written(
        GET,
        unknown,
        "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n",
        true,
    )
    .await;
}

#[tokio::test]
async fn informational_heads_come_first_and_at_once() {
    let mut client = serve(|mut exchange| async move {
        let hint = [("Link", "</a.css>")];
        apply(
            &mut exchange,
            [
                write_headers(103, &hint, false),
                write_headers(102, &[], false),
            ],
        )
        .await;
        // The client has them already: it sends the body only then.
        while exchange.next().await.is_some() {}
        apply(&mut exchange, [write_headers(200, &[], true)]).await;
        let late = exchange.apply(write_headers(103, &[], false)).await;
        assert_eq!(section(late), "RFC 9112 §6.3");
    });
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
        .await;
    client
        .expect("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
        .await;
    client.send("x").await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn an_old_client_is_spared_informational_heads() {
    let ops = vec![
        write_headers(103, &[("Link", "</a.css>")], false),
        write_headers(200, &[], true),
    ];
    let only = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    written(OLD, ops, only, false).await;
}

/// Operations, the last of which is refused with the section and leaves no
/// byte; then the answer can still be completed by what follows.
#[tokio::test]
async fn what_breaks_a_rule_is_refused_as_a_value() {
    let ok = || write_headers(200, &[], false);
    let with = |lines| write_headers(200, lines, false);
    let (data, reset) = (
        write_data("x", false),
        WireOp::Reset {
            stream: None,
            code: 0,
        },
    );
    let five = || with(&[("Content-Length", "5")]);
    let reason = |reason: &'static str| WireOp::WriteHeaders {
        stream: None,
        status: 200,
        reason: Some(Bytes::from(reason)),
        fields: Fields::new(),
        end: true,
    };
    let cases: Vec<(&str, Vec<WireOp>, &str)> = vec![
        (GET, vec![data.clone()], "RFC 9112 §2.1"),
        (GET, vec![END], "RFC 9112 §2.1"),
        (GET, vec![trailers(&[])], "RFC 9112 §2.1"),
        (GET, vec![ok(), ok()], "RFC 9110 §15"),
        (
            GET,
            vec![ok(), write_headers(103, &[], false)],
            "RFC 9110 §15.2",
        ),
        (GET, vec![ok(), END, ok()], "RFC 9112 §6.3"),
        (GET, vec![ok(), END, data.clone()], "RFC 9112 §6.3"),
        (GET, vec![ok(), END, END], "RFC 9112 §6.3"),
        (GET, vec![ok(), END, reset], "RFC 9112 §6.3"),
        (GET, vec![write_headers(99, &[], true)], "RFC 9112 §4"),
        (GET, vec![write_headers(1000, &[], true)], "RFC 9112 §4"),
        (GET, vec![reason("O\rK")], "RFC 9112 §4"),
        (GET, vec![reason("O\nK")], "RFC 9112 §4"),
        (GET, vec![reason("O\0K")], "RFC 9112 §4"),
        (GET, vec![with(&[("X", "a\r\nY: b")])], "RFC 9110 §5.5"),
        (GET, vec![with(&[("X", "a\nb")])], "RFC 9110 §5.5"),
        (GET, vec![with(&[("X", "a\0b")])], "RFC 9110 §5.5"),
        (GET, vec![with(&[("X\r\nY", "a")])], "RFC 9110 §5.1"),
        (GET, vec![with(&[("X Y", "a")])], "RFC 9110 §5.1"),
        (GET, vec![with(&[(":status", "a")])], "RFC 9110 §5.1"),
        (GET, vec![with(&[("", "a")])], "RFC 9110 §5.1"),
        (GET, vec![with(&[("Content-Length", "x")])], "RFC 9110 §8.6"),
        (
            GET,
            vec![with(&[("Content-Length", "1"), ("content-length", "2")])],
            "RFC 9110 §8.6",
        ),
        (
            GET,
            vec![with(&[
                ("Content-Length", "1"),
                ("Transfer-Encoding", "chunked"),
            ])],
            "RFC 9112 §6.2",
        ),
        (
            GET,
            vec![write_headers(204, &[("Content-Length", "0")], true)],
            "RFC 9110 §8.6",
        ),
        (
            GET,
            vec![write_headers(200, &[("Content-Length", "1")], true)],
            "RFC 9110 §8.6",
        ),
        (
            GET,
            vec![five(), write_data("123456", true)],
            "RFC 9110 §8.6",
        ),
        (
            GET,
            vec![five(), data.clone(), write_data("12345", false)],
            "RFC 9110 §8.6",
        ),
        (GET, vec![five(), data.clone(), END], "RFC 9110 §8.6"),
        (GET, vec![five(), write_data("1234", true)], "RFC 9110 §8.6"),
        (GET, vec![five(), trailers(&[])], "RFC 9112 §7.1.2"),
        (GET, vec![ok(), trailers(&[("X", "\n")])], "RFC 9110 §5.5"),
        (
            GET,
            vec![ok(), trailers(&[("Content-length", "1")])],
            "RFC 9110 §6.5.1",
        ),
        (
            GET,
            vec![write_headers(204, &[], false), data],
            "RFC 9110 §6.4.1",
        ),
        (
            GET,
            vec![write_headers(103, &[("Content-Length", "0")], false)],
            "RFC 9110 §8.6",
        ),
        (GET, vec![write_headers(103, &[], true)], "RFC 9110 §15.2"),
        (
            GET,
            vec![write_headers(101, &[], false)],
            "RFC 9110 §15.2.2",
        ),
        (
            OLD,
            vec![with(&[("Transfer-Encoding", "chunked")])],
            "RFC 9112 §6.1",
        ),
        (OLD, vec![ok(), trailers(&[])], "RFC 9112 §7.1.2"),
    ];
    for (request, mut ops, expected) in cases {
        let shown = format!("{request:?} {ops:?}");
        let refused = ops.pop().unwrap();
        let mut client = serve(move |mut exchange| {
            let (ops, refused) = (ops.clone(), refused.clone());
            async move {
                apply(&mut exchange, ops).await;
                let before = exchange.progress();
                let found = section(exchange.apply(refused.clone()).await);
                assert_eq!(found, expected, "{refused:?}");
                assert_eq!(exchange.progress(), before, "{refused:?}");
                // The exchange goes on.
                if !before.headers {
                    apply(&mut exchange, [write_headers(200, &[("X", "ok")], true)]).await;
                } else if !before.ended {
                    let missing = [
                        write_data("", false),
                        write_data("xxxxx", false),
                        write_data("xxxx", false),
                    ];
                    for more in missing {
                        let _ = exchange.apply(more).await;
                    }
                    apply(&mut exchange, [END]).await;
                }
                assert!(exchange.progress().ended);
            }
        });
        client.send(request).await;
        let answer = client.answer().await;
        assert!(matches!(answer.status, 200 | 204), "{shown}");
        client.finish().await;
        assert!(client.closed().await.is_empty(), "{shown}");
    }
}

#[tokio::test]
async fn other_streams_are_of_the_other_protocol() {
    let mut client = serve(|mut exchange| async move {
        let ops = [
            WireOp::WriteHeaders {
                stream: Some(1),
                status: 200,
                reason: None,
                fields: Fields::new(),
                end: true,
            },
            WireOp::WriteData {
                stream: Some(2),
                data: Bytes::new(),
                end: true,
            },
            WireOp::Trailers {
                stream: Some(3),
                fields: Fields::new(),
            },
            WireOp::EndStream { stream: Some(4) },
            WireOp::Reset {
                stream: Some(5),
                code: 0,
            },
        ];
        for op in ops {
            let refused = exchange.apply(op).await;
            assert!(matches!(
                refused,
                Err(WireError::WrongProtocol {
                    protocol: "HTTP/1.1",
                    ..
                })
            ));
        }
        apply(&mut exchange, [write_headers(200, &[], true)]).await;
    });
    client.send(GET).await;
    assert_eq!(client.answer().await.status, 200);
}
