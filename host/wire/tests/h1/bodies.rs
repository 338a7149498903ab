//! Request bodies: their framing, their pieces, and what breaks them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use host_wire::{Event, Fields, Refusal, WireError};

use crate::harness::{END, apply, hello, report, serve, write_data, write_headers};

const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// The end of `report`'s answer: what is behind the head's fields.
fn of_body(report: Vec<u8>) -> String {
    let report = String::from_utf8(report).unwrap();
    report.split_once("end_stream=").unwrap().1.to_owned()
}

#[tokio::test]
async fn bodies_by_length_and_by_chunks() {
    let cases = [
        ("Content-Length: 5\r\n\r\nhello", "false\nhello\nEnd"),
        (
            "Content-Length: 5, 5\r\nContent-Length: 05\r\n\r\nhello",
            "false\nhello\nEnd",
        ),
        ("Content-Length: 0\r\n\r\n", "true\n\nEnd"),
        ("\r\n", "true\n\nEnd"),
        (
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "false\n\nEnd",
        ),
        (
            "Transfer-Encoding: ,Chunked ,\r\n\r\n000\r\n\r\n",
            "false\n\nEnd",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0a;x=\"y\"\r\n, the rest\r\n0\r\n\r\n",
            "false\nhello, the rest\nEnd",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n2 \t;x\r\n\r\n\r\n0;y\r\n\r\n",
            "false\n\\r\\n\nEnd",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX-One: 1\r\nx-two:\r\n\r\n",
            "false\ntrailer X-One=1\ntrailer x-two=\n0123456789\nEnd",
        ),
    ];
    let mut client = serve(report);
    for (rest, expected) in cases {
        client
            .send(format!("POST / HTTP/1.1\r\nHost: a\r\n{rest}"))
            .await;
        let answer = client.answer().await;
        assert_eq!(of_body(answer.body), expected, "{rest:?}");
    }
    let (served, violations) = client.left().await;
    assert!(served.is_ok() && violations.is_empty());
}

#[tokio::test]
async fn malformed_chunks_are_refused_by_section() {
    const CHUNK: &str = "RFC 9112 §7.1";
    let cases: &[(&str, &str)] = &[
        ("\r\n", CHUNK),
        ("x\r\n", CHUNK),
        ("-1\r\n", CHUNK),
        ("+1\r\n", CHUNK),
        (" 1\r\n", CHUNK),
        ("0x1\r\n", CHUNK),
        ("1 \r\n", CHUNK),
        ("1 1\r\n", CHUNK),
        ("1_1\r\n", CHUNK),
        ("1\n", CHUNK),
        ("1;x\ny\r\n", CHUNK),
        ("1;x\ry\r\n", CHUNK),
        ("1;x\0\r\n", CHUNK),
        ("00000000000000001\r\n", CHUNK),
        ("fffffffffffffffff\r\n", CHUNK),
        ("1\r\nab\r\n", CHUNK),
        ("1\r\na\n0\r\n", CHUNK),
        ("1\r\na0\r\n\r\n", CHUNK),
        ("0\r\nX : y\r\n\r\n", "RFC 9112 §5.1"),
        ("0\r\n X: y\r\n\r\n", "RFC 9112 §5.2"),
        ("0\r\nX: y\n\r\n", "RFC 9112 §2.2"),
        ("0\r\n\n", "RFC 9112 §2.2"),
        ("0\r\nX: \0\r\n\r\n", "RFC 9110 §5.5"),
    ];
    for (body, section) in cases {
        let mut client = serve(|mut exchange| async move {
            let mut last = None;
            while let Some(event) = exchange.next().await {
                last = Some(event);
            }
            assert!(matches!(last, Some(Event::Gone)));
            // The connection has answered.
            assert!(exchange.progress().ended);
            let late = exchange.apply(write_headers(200, &[], true)).await;
            assert_eq!(late, Err(WireError::Gone));
        });
        client.send(format!("{CHUNKED}{body}")).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 400, "{body:?}");
        assert_eq!(answer.field("connection"), Some("close"));
        client.finish().await;
        let violations = client.closed().await;
        assert_eq!(violations.len(), 1, "{body:?}");
        assert_eq!(violations[0].section, *section, "{body:?}");
        assert_eq!(violations[0].refusal, Refusal::Status(400));
    }
}

#[tokio::test]
async fn chunk_extensions_and_trailers_are_bounded() {
    let line = format!("1;{}\r\nx\r\n", "e".repeat(1000));
    let long = format!("1;{}\r\n", "e".repeat(1022));
    let trailer = format!("0\r\nX: {}\r\n\r\n", "y".repeat(70_000));
    let trailers = format!("0\r\n{}\r\n", "X: y\r\n".repeat(600));
    let cases = [
        (line.repeat(17), 400, "CVE-2023-39326"),
        (long, 400, "RFC 9112 §7.1"),
        (trailer, 431, "RFC 6585 §5"),
        (trailers, 431, "RFC 6585 §5"),
    ];
    for (body, status, section) in cases {
        let server = crate::harness::Server {
            pipe: 128 * 1024,
            ..Default::default()
        };
        let mut client = server.serve(report);
        client.send(format!("{CHUNKED}{body}")).await;
        assert_eq!(client.answer().await.status, status);
        client.finish().await;
        assert_eq!(client.closed().await[0].section, section);
    }
}

/// What comes too late to be answered is reported all the same.
#[tokio::test]
async fn a_body_that_breaks_behind_the_head_of_the_answer() {
    let mut client = serve(|mut exchange| async move {
        apply(&mut exchange, [write_headers(200, &[], false)]).await;
        while let Some(event) = exchange.next().await {
            if let Event::Gone = event {
                apply(&mut exchange, [write_data("partial", false), END]).await;
            }
        }
    });
    client.send(CHUNKED).await;
    // The head does not wait for a write that waits for the body.
    assert_eq!(client.head().await.status, 200);
    client.send("x\r\n").await;
    client.expect("7\r\npartial\r\n0\r\n\r\n").await;
    client.finish().await;
    let violations = client.closed().await;
    assert_eq!(violations[0].refusal, Refusal::Closed);
    assert_eq!(violations[0].section, "RFC 9112 §7.1");
}

#[tokio::test]
async fn a_client_that_leaves_within_a_body() {
    for sent in [
        "Content-Length: 5\r\n\r\nhell",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhell",
    ] {
        let mut client = serve(report);
        client
            .send(format!("POST / HTTP/1.1\r\nHost: a\r\n{sent}"))
            .await;
        client.finish().await;
        let answer = client.answer().await;
        assert_eq!(of_body(answer.body), "false\nhell\nGone");
        assert!(answer.head.contains("Connection: close"));
        let violations = client.closed().await;
        assert_eq!(violations[0].section, "RFC 9112 §8");
    }
}

#[tokio::test]
async fn continue_is_said_when_the_body_is_asked_for() {
    let mut client = serve(report);
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n";
    client.send(head).await;
    client.expect("HTTP/1.1 100 Continue\r\n\r\n").await;
    client.send("hello").await;
    let answer = client.answer().await;
    assert_eq!(answer.field("connection"), None);
    assert_eq!(of_body(answer.body), "false\nhello\nEnd");

    // Not where the client has not waited…
    client.send(format!("{head}hello")).await;
    assert_eq!(client.answer().await.status, 200);
    // …has nothing to send, or speaks HTTP/1.0.
    client
        .send("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.status, 200);
    client
        .send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        .await;
    client.send("x").await;
    assert_eq!(client.answer().await.status, 200);
    assert!(client.closed().await.is_empty());
}

/// Whether the body will come is then not known, so the connection ends.
#[tokio::test]
async fn an_answer_in_place_of_continue_closes() {
    let mut client = serve(hello);
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        .await;
    let answer = client.answer().await;
    assert_eq!(answer.field("connection"), Some("close"));
    client.finish().await;
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_handler_may_say_continue_itself() {
    let mut client = serve(|mut exchange| async move {
        apply(&mut exchange, [write_headers(100, &[("X", "y")], false)]).await;
        report(exchange).await;
    });
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        .await;
    client.expect("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n").await;
    client.send("x").await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("connection"), None);
}

#[tokio::test]
async fn an_unread_body_is_passed_over_within_bounds() {
    let mut client = serve(hello);
    for body in [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: 1\r\n\r\n",
    ] {
        client
            .send(format!("POST / HTTP/1.1\r\nHost: a\r\n{body}"))
            .await;
        assert_eq!(client.answer().await.body, b"hello");
    }
    // What is announced beyond the bound is not waited for.
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.body, b"hello");
    client.finish().await;
    assert!(client.closed().await.is_empty());

    // What turns out malformed is reported.
    let mut client = serve(hello);
    client.send(format!("{CHUNKED}x\r\n")).await;
    assert_eq!(client.answer().await.body, b"hello");
    client.finish().await;
    let violations = client.closed().await;
    assert_eq!(violations[0].section, "RFC 9112 §7.1");
    assert_eq!(violations[0].refusal, Refusal::Closed);
}

/// 64 MB each way through a pipe of 16 KB: pieces are taken as they come, none
/// is larger than what a read makes room for, and no piece is read before the
/// last one was taken.
#[tokio::test]
async fn large_bodies_stream() {
    const SIZE: usize = 64 * 1024 * 1024;
    let largest = Arc::new(AtomicUsize::new(0));
    let seen = largest.clone();
    let server = crate::harness::Server {
        pipe: 16 * 1024,
        ..Default::default()
    };
    let client = server.serve(move |mut exchange| {
        let seen = seen.clone();
        async move {
            apply(&mut exchange, [write_headers(200, &[], false)]).await;
            while let Some(event) = exchange.next().await {
                if let Event::Data(frame) = event {
                    seen.fetch_max(frame.data.len(), Ordering::Relaxed);
                    apply(&mut exchange, [write_data(frame.data, false)]).await;
                }
            }
            apply(&mut exchange, [END]).await;
        }
    });
    let (mut read, mut write) = tokio::io::split(client.io);
    let sending = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {SIZE}\r\n\r\n");
        write.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b'x'; 100_000];
        let mut left = SIZE;
        while left > 0 {
            let now = left.min(piece.len());
            write.write_all(&piece[..now]).await.unwrap();
            left -= now;
        }
        write
    });
    use tokio::io::AsyncReadExt;
    let mut buffer = vec![0; 64 * 1024];
    let (mut received, mut tail) = (0, Vec::new());
    while !tail.ends_with(b"\r\n0\r\n\r\n") {
        let n = read.read(&mut buffer).await.unwrap();
        assert_ne!(n, 0);
        received += buffer[..n].iter().filter(|b| **b == b'x').count();
        tail.extend_from_slice(&buffer[..n]);
        tail.drain(..tail.len().saturating_sub(16));
    }
    assert_eq!(received, SIZE);
    sending.await.unwrap();
    let largest = largest.load(Ordering::Relaxed);
    assert!(largest <= 128 * 1024, "{largest}");
}

#[tokio::test]
async fn waiting_for_a_piece_can_be_given_up() {
    let mut client = serve(|mut exchange| async move {
        let mut data = Vec::new();
        loop {
            let next = tokio::select! {
                biased;
                next = exchange.next() => next,
                () = tokio::task::yield_now() => continue,
            };
            match next {
                Some(Event::Data(frame)) => data.extend_from_slice(&frame.data),
                Some(_) => {}
                None => break,
            }
        }
        let answered = exchange.respond(200, Fields::new(), data.into()).await;
        answered.unwrap();
    });
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
        .await;
    client.expect("HTTP/1.1 100 Continue\r\n\r\n").await;
    for piece in ["ab", "cd", "ef"] {
        client.send(piece).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.answer().await.body, b"abcdef");
}
