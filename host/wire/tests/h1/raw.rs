//! Raw bytes: they leave as they are, alone or among checked operations, and
//! the connection goes on or closes as they allow.

use bytes::Bytes;
use host_wire::{Event, Progress, WireError, WireOp};
use tokio::sync::mpsc;

use crate::answers::{GET, HEAD, written};
use crate::harness::{
    Client, END, apply, raw, raw_more, report, section, serve, trailers, write_data, write_headers,
};

const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

/// Serves these raw bytes, one write for each element, to every request.
fn writes_raw(pieces: &'static [&'static str]) -> Client {
    serve(move |mut exchange| async move {
        for piece in pieces {
            apply(&mut exchange, [raw(*piece)]).await;
        }
    })
}

/// Two pipelined requests: the bytes are the answer to the first, and to the
/// second as well if the connection can go on.
async fn raw_answer(request: &str, bytes: &'static str, goes_on: bool) {
    for pieces in [
        vec![raw(bytes)],
        bytes.bytes().map(|b| raw(vec![b])).collect(),
    ] {
        let mut client = serve(move |mut exchange| {
            let pieces = pieces.clone();
            async move { apply(&mut exchange, pieces).await }
        });
        client.send(format!("{request}{request}")).await;
        client.expect(bytes).await;
        if goes_on {
            client.expect(bytes).await;
        }
        client.finish().await;
        assert!(client.closed().await.is_empty(), "{bytes:?}");
    }
}

#[tokio::test]
async fn the_connection_goes_on_behind_a_complete_response() {
    for bytes in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nCONTENT-length: 5\r\n\r\nhello",
        "HTTP/1.1 299\r\ncontent-length:1\r\n\r\nx",
        "HTTP/1.1 204 Nothing here\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 \r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        // Case, order and duplicates are as written.
        "HTTP/1.1 200 oK\r\nzZ: 1\r\nAa:  2 \r\nzz: 3\r\nSet-Cookie: a\r\nset-cookie: b\r\ncontent-LENGTH: 0\r\n\r\n",
        // A field that was smuggled into another's value is a field.
        "HTTP/1.1 200 OK\r\nX: a\r\nInjected: b\r\nContent-Length: 0\r\n\r\n",
    ] {
        raw_answer(GET, bytes, true).await;
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    raw_answer(HEAD, head, true).await;
    let kept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let says_so = "HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok";
    raw_answer(kept, says_so, true).await;
}

#[tokio::test]
async fn it_closes_where_the_end_is_not_that_of_a_response() {
    for bytes in [
        // No status line, or none that everybody takes.
        "hello",
        "<html>no head</html>\r\n\r\n",
        "200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
        // Half a head.
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        // Heads with lines that are none.
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 0\r\n\r\n",
        // Lengths that are missing, wrong or many.
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // Content where there can be none.
        "HTTP/1.1 204 No Content\r\n\r\nx",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\n\r\nx",
        // Chunks that are none.
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX : y\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n0\r\n\r\n",
        // What says itself that it is the last.
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        // A second response, which answers nothing.
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        // A head that was put into another's field.
        "HTTP/1.1 200 OK\r\nX: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ] {
        raw_answer(GET, bytes, false).await;
    }
    let complete = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    raw_answer(HEAD, complete, false).await;
    raw_answer("GET / HTTP/1.0\r\n\r\n", complete, false).await;
    let kept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    raw_answer(kept, complete, false).await;
    let hint = "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n";
    raw_answer(kept, hint, false).await;
    let tunnel = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n";
    raw_answer(
        tunnel,
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        false,
    )
    .await;
}

#[tokio::test]
async fn checked_operations_go_on_behind_a_raw_head() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let ops = vec![
        raw(head),
        write_data("hello", false),
        WireOp::WriteDataFrame {
            stream: None,
            data: "!".into(),
            end: false,
        },
        raw("1;x\r\n?\r\n"),
        trailers(&[("X", "y")]),
    ];
    let chunks = "5\r\nhello\r\n1\r\n!\r\n1;x\r\n?\r\n0\r\nX: y\r\n\r\n";
    written(GET, ops, &format!("{head}{chunks}"), true).await;

    let head = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
    let ops = vec![raw(head), write_data("he", false), raw("llo"), END];
    written(GET, ops, &format!("{head}hello"), true).await;
    // Nothing is added for a HEAD request, whose content is not sent.
    let ops = vec![raw(head), write_data("hello", true)];
    written(HEAD, ops, head, true).await;

    let hint = "HTTP/1.1 103 \r\n\r\n";
    let ops = vec![raw(hint), write_headers(200, &[], true)];
    let expected = format!("{hint}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    written(GET, ops, &expected, true).await;

    let unknown = "HTTP/1.1 200 OK\r\n\r\n";
    let ops = vec![raw(unknown), write_data("until close", true)];
    written(GET, ops, &format!("{unknown}until close"), false).await;
    let ops = vec![raw("no head "), write_data("at all", false), END];
    written(GET, ops, "no head at all", false).await;
}

#[tokio::test]
async fn raw_bytes_go_on_in_a_checked_answer() {
    let length = || write_headers(200, &[("Content-Length", "5")], false);
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    for (ops, content, open) in [
        (vec![write_data("he", false), raw("llo")], "hello", true),
        (vec![raw("hello"), END], "hello", true),
        (vec![raw("hell")], "hell", false),
        (vec![raw("hello!"), END], "hello!", false),
        (vec![write_data("hello", true), raw("!")], "hello!", false),
    ] {
        let ops = [vec![length()], ops].concat();
        written(GET, ops, &format!("{head}{content}"), open).await;
    }
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (ops, content, open) in [
        (
            vec![raw("1\r\nx\r\n"), write_data("y", true)],
            "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n",
            true,
        ),
        (vec![raw("0\r\n\r\n")], "0\r\n\r\n", true),
        (vec![raw("0\r\n\r\n"), END], "0\r\n\r\n", true),
        (vec![raw("zzz\r\n"), END], "zzz\r\n", false),
        (vec![END, raw("\r\n")], "0\r\n\r\n\r\n", false),
    ] {
        let ops = [vec![write_headers(200, &[], false)], ops].concat();
        written(GET, ops, &format!("{head}{content}"), open).await;
    }
}

#[tokio::test]
async fn within_half_a_head_or_chunk_checked_operations_are_refused() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let cases = [
        ("", "HTTP/1.1 200 OK\r\n", "\r\n", "RFC 9112 §2.1"),
        (chunked, "5", "\r\nhello\r\n0\r\n\r\n", "RFC 9112 §7.1"),
        (chunked, "5\r\nhe", "llo\r\n0\r\n\r\n", "RFC 9112 §7.1"),
        (chunked, "5\r\nhello\r", "\n0\r\n\r\n", "RFC 9112 §7.1"),
        (chunked, "0\r\n", "\r\n", "RFC 9112 §7.1"),
    ];
    for (before, begun, rest, expected) in cases {
        let mut client = serve(move |mut exchange| async move {
            apply(&mut exchange, [raw(before), raw(begun)]).await;
            let checked = [
                write_data("x", false),
                write_data("", true),
                END,
                trailers(&[]),
            ];
            for op in checked {
                assert_eq!(section(exchange.apply(op).await), expected, "{begun:?}");
            }
            if before.is_empty() {
                for status in [103, 200] {
                    let head = exchange.apply(write_headers(status, &[], false)).await;
                    assert_eq!(section(head), expected);
                }
            }
            apply(&mut exchange, [raw(rest)]).await;
        });
        client.send(GET).await;
        client.expect(format!("{before}{begun}{rest}")).await;
    }
}

#[tokio::test]
async fn progress_says_whose_answer_it_is() {
    let progress = |headers, ended, raw| Progress {
        headers,
        ended,
        raw,
    };
    let mut client = serve(move |mut exchange| async move {
        let steps = [
            (raw(""), progress(false, false, false)),
            (raw("HTTP/1.1 103 \r\n\r\n"), progress(false, false, false)),
            (raw("HTTP/1.1"), progress(true, false, true)),
            (raw(" 200 OK\r\n\r\n"), progress(true, false, true)),
            (END, progress(true, true, true)),
        ];
        for (op, expected) in steps {
            apply(&mut exchange, [op]).await;
            assert_eq!(exchange.progress(), expected);
        }
    });
    client.send(GET).await;
    client
        .expect("HTTP/1.1 103 \r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        .await;
    client.finish().await;
    assert!(client.closed().await.is_empty());

    // What is complete is at its end before anybody says so.
    let mut client = serve(move |mut exchange| async move {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
        apply(&mut exchange, [raw(answer)]).await;
        assert_eq!(exchange.progress(), progress(true, true, true));
        exchange
            .refuse(500, Default::default(), "late")
            .await
            .unwrap();
        apply(&mut exchange, [END]).await;
        assert_eq!(exchange.progress(), progress(true, true, true));
    });
    for _ in 0..2 {
        client.send(GET).await;
        assert_eq!(client.answer().await.body, b"x");
    }
}

/// An exchange that only ever wrote no byte is one that wrote nothing.
#[tokio::test]
async fn no_raw_byte_is_no_answer() {
    let mut client = writes_raw(&["", ""]);
    client.send(GET).await;
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_raw_answer_may_come_before_the_body() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let (events, mut seen) = mpsc::unbounded_channel();
    let mut client = serve(move |mut exchange| {
        let events = events.clone();
        async move {
            // Held back, until the body is waited for.
            apply(&mut exchange, [raw_more(answer)]).await;
            let mut body = Vec::new();
            while let Some(event) = exchange.next().await {
                if let Event::Data(frame) = event {
                    body.extend_from_slice(&frame.data);
                }
            }
            events.send(body).unwrap();
        }
    });
    for _ in 0..2 {
        client.send(POST).await;
        client.expect(answer).await;
        client.send("hello").await;
        assert_eq!(seen.recv().await.unwrap(), b"hello");
    }
    // A body that nobody reads is in nobody's way.
    let mut client = writes_raw(&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
    client.send(format!("{POST}hello{POST}hello")).await;
    client.expect(answer.repeat(2)).await;
    // A client that waits for leave to send its body need not send it now.
    let mut client = writes_raw(&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
    client
        .send(POST.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"))
        .await;
    client.expect(answer).await;
    client.finish().await;
    assert!(client.closed().await.is_empty());
}

/// `100 Continue` is the handler's own where it has written one.
#[tokio::test]
async fn a_raw_continue_counts() {
    let mut client = serve(|mut exchange| async move {
        apply(&mut exchange, [raw("HTTP/1.1 100 Go on\r\n\r\n")]).await;
        report(exchange).await;
    });
    for _ in 0..2 {
        client
            .send(POST.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"))
            .await;
        client.expect("HTTP/1.1 100 Go on\r\n\r\n").await;
        client.send("hello").await;
        let answer = client.answer().await;
        assert!(answer.body.ends_with(b"hello\nEnd"));
        assert_eq!(answer.field("connection"), None);
    }
}

#[tokio::test]
async fn what_http2_alone_has_is_refused_by_name() {
    let ops = vec![
        WireOp::Push {
            promised: None,
            fields: Default::default(),
        },
        WireOp::GoAway {
            last_stream: None,
            code: 0,
            debug: Bytes::new(),
        },
        WireOp::Ping { data: [0; 8] },
        WireOp::Settings { settings: vec![] },
        WireOp::WindowUpdate {
            stream: 0,
            increment: 1,
        },
        WireOp::Padding(Some(1)),
        WireOp::Coding(Default::default()),
        WireOp::TableSize(0),
        WireOp::EncodeFields(Default::default()),
        WireOp::RawHeaders {
            stream: None,
            fields: Default::default(),
            end_stream: true,
            end_headers: true,
        },
        WireOp::RawContinuation {
            stream: None,
            fields: Default::default(),
            end_headers: true,
        },
        WireOp::RawData {
            stream: None,
            data: Bytes::new(),
            end_stream: true,
        },
        WireOp::RawFrame {
            kind: 0,
            flags: 0,
            stream: 1,
            payload: Bytes::new(),
        },
    ];
    let mut client = serve(move |mut exchange| {
        let ops = ops.clone();
        async move {
            for op in ops {
                let refused = WireError::WrongProtocol {
                    operation: op.name(),
                    protocol: "HTTP/1.1",
                };
                assert_eq!(exchange.apply(op).await, Err(refused));
            }
            apply(&mut exchange, [write_headers(204, &[], true)]).await;
        }
    });
    client.send(GET).await;
    client.expect("HTTP/1.1 204 No Content\r\n\r\n").await;
}
