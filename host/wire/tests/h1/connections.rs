//! One connection, many requests: keep-alive, pipelining, draining.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::harness::{apply, hello, report, serve, write_data, write_headers};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let mut client = serve(report);
    let mut all = String::new();
    for i in 0..500 {
        all += &match i % 3 {
            0 => format!("GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n"),
            1 => format!("PUT /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\n"),
            _ => format!(
                "PUT /{i} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            ),
        };
    }
    let (mut read, mut write) = {
        // The answers do not fit in the pipe: they must be read meanwhile.
        let io = std::mem::replace(&mut client.io, tokio::io::duplex(1).0);
        tokio::io::split(io)
    };
    let sending = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        write.write_all(all.as_bytes()).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let mut answers = String::new();
    use tokio::io::AsyncReadExt;
    read.read_to_string(&mut answers).await.unwrap();
    sending.await.unwrap();
    let mut rest = &answers[..];
    for i in 0..500 {
        let at = rest.find(&format!(" /{i}\n")).expect("in order");
        let body = if i % 3 == 0 {
            "true\n\nEnd"
        } else {
            "false\nabc\nEnd"
        };
        rest = &rest[at..];
        let end = rest.find("End").unwrap() + 3;
        assert!(rest[..end].ends_with(body), "{i}: {}", &rest[..end]);
    }
    let (served, violations) = client.left().await;
    assert!(served.is_ok() && violations.is_empty(), "{violations:?}");
}

#[tokio::test]
async fn requests_behind_the_last_are_not_served() {
    let mut client = serve(hello);
    let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    client.send(format!("{GET}{last}{GET}")).await;
    assert_eq!(client.answer().await.field("connection"), None);
    assert_eq!(client.answer().await.field("connection"), Some("close"));
    client.finish().await;
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn an_exchange_may_outlive_its_call() {
    let (exchanges, mut taken) = mpsc::unbounded_channel();
    let mut client = serve(move |exchange| {
        let exchanges = exchanges.clone();
        async move { exchanges.send(exchange).unwrap() }
    });
    client.send(format!("{GET}{GET}")).await;
    for _ in 0..2 {
        let exchange = taken.recv().await.unwrap();
        assert!(taken.try_recv().is_err(), "one at a time");
        hello(exchange).await;
        assert_eq!(client.answer().await.body, b"hello");
    }
}

#[tokio::test]
async fn an_idle_connection_is_drained_at_once() {
    for requests in [0, 1] {
        let mut client = serve(hello);
        for _ in 0..requests {
            client.send(GET).await;
            assert_eq!(client.answer().await.body, b"hello");
        }
        client.drain();
        assert!(client.closed().await.is_empty());
    }
}

#[tokio::test]
async fn a_running_exchange_is_answered_and_the_last() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = (begun.clone(), go_on.clone());
    let mut client = serve(move |mut exchange| {
        let (begun, go_on) = handler.clone();
        async move {
            begun.notify_one();
            go_on.notified().await;
            let head = write_headers(200, &[("Content-Length", "1")], false);
            apply(&mut exchange, [head, write_data("x", true)]).await;
        }
    });
    client.send(format!("{GET}{GET}")).await;
    begun.notified().await;
    client.drain();
    go_on.notify_one();
    let answer = client.answer().await;
    assert_eq!(answer.field("connection"), Some("close"));
    client.finish().await;
    assert!(client.closed().await.is_empty());
}

/// The answer of a request whose head was under way when draining began is
/// written, too.
#[tokio::test]
async fn a_head_under_way_is_not_cut_by_draining() {
    let mut client = serve(hello);
    client.send(&GET[..10]).await;
    tokio::task::yield_now().await;
    client.drain();
    client.send(&GET[10..]).await;
    let answer = client.answer().await;
    assert_eq!(answer.body, b"hello");
    assert_eq!(answer.field("connection"), Some("close"));
}

#[tokio::test]
async fn a_client_that_left_is_noticed_by_writing() {
    let (results, mut seen) = mpsc::unbounded_channel();
    let mut client = serve(move |mut exchange| {
        let results = results.clone();
        async move {
            while exchange.next().await.is_some() {}
            let head = write_headers(200, &[], true);
            results.send(exchange.apply(head).await).unwrap();
            let after = exchange.apply(write_headers(200, &[], true)).await;
            results.send(after).unwrap();
        }
    });
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
        .await;
    let (served, _) = client.left().await;
    assert!(served.is_err());
    for _ in 0..2 {
        let result = seen.recv().await.unwrap();
        assert_eq!(result, Err(host_wire::WireError::Gone));
    }
}
