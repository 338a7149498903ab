//! What a client may make the connection wait for. Time is tokio's, paused.

use std::sync::Arc;
use std::time::Duration;

use host_wire::{Event, Limits, Refusal, WireError};
use tokio::time::{Instant, sleep};

use crate::harness::{Server, apply, hello, report, serve, write_data, write_headers};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Each timeout its own, to be told apart.
fn server() -> Server {
    Server {
        limits: Limits {
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(100),
            stall_timeout: Duration::from_secs(30),
            ..Limits::default()
        },
        ..Server::default()
    }
}

fn seconds_since(start: Instant) -> u64 {
    start.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_closed_without_a_word() {
    let start = Instant::now();
    assert!(server().serve(hello).closed().await.is_empty());
    assert_eq!(seconds_since(start), 10);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_without_a_word() {
    let mut client = server().serve(hello);
    sleep(Duration::from_secs(5)).await;
    for _ in 0..3 {
        client.send(GET).await;
        assert_eq!(client.answer().await.body, b"hello");
        sleep(Duration::from_secs(99)).await;
    }
    client.send(GET).await;
    assert_eq!(client.answer().await.body, b"hello");
    let start = Instant::now();
    assert!(client.closed().await.is_empty());
    assert_eq!(seconds_since(start), 100);
}

/// A byte now and then does not help: the head as a whole has its time.
#[tokio::test(start_paused = true)]
async fn a_head_that_drips_is_answered_408() {
    for first in [true, false] {
        let mut client = server().serve(hello);
        if !first {
            client.send(GET).await;
            assert_eq!(client.answer().await.body, b"hello");
            sleep(Duration::from_secs(50)).await;
        }
        let start = Instant::now();
        for byte in &GET.as_bytes()[..12] {
            if start.elapsed() < Duration::from_secs(10) {
                client.send([*byte]).await;
                sleep(Duration::from_secs(1)).await;
            }
        }
        let answer = client.answer().await;
        assert_eq!(answer.status, 408);
        assert_eq!(answer.field("connection"), Some("close"));
        assert_eq!(seconds_since(start), 10);
        let violations = client.closed().await;
        assert_eq!(violations[0].section, "RFC 9110 §15.5.9");
        assert_eq!(violations[0].refusal, Refusal::Status(408));
    }
}

#[tokio::test(start_paused = true)]
async fn part_of_a_preface_is_waited_for_as_long_as_a_head() {
    let start = Instant::now();
    let mut client = server().serve(hello);
    client.send("PRI * HT").await;
    assert_eq!(client.answer().await.status, 408);
    assert_eq!(seconds_since(start), 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_may_be_slow_but_not_stand_still() {
    let mut client = server().serve(report);
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        .await;
    for _ in 0..5 {
        sleep(Duration::from_secs(29)).await;
        client.send("x").await;
    }
    let start = Instant::now();
    let answer = client.answer().await;
    assert_eq!(seconds_since(start), 30);
    assert!(answer.body.ends_with(b"xxxxx\nGone"));
    assert_eq!(answer.field("connection"), Some("close"));
    let violations = client.closed().await;
    assert_eq!(violations[0].section, "RFC 9110 §15.5.9");
}

/// Nor does a handler that asks again and again make the time longer.
#[tokio::test(start_paused = true)]
async fn asking_again_does_not_make_the_time_longer() {
    let mut client = server().serve(|mut exchange| async move {
        let start = Instant::now();
        loop {
            let next = tokio::time::timeout(Duration::from_secs(7), exchange.next()).await;
            if let Ok(Some(Event::Gone)) = next {
                break;
            }
        }
        assert_eq!(seconds_since(start), 30);
        apply(&mut exchange, [write_headers(200, &[], true)]).await;
    });
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_given_up() {
    let done = Arc::new(tokio::sync::Notify::new());
    let told = done.clone();
    let mut client = server().serve(move |mut exchange| {
        let told = told.clone();
        async move {
            apply(&mut exchange, [write_headers(200, &[], false)]).await;
            let start = Instant::now();
            let large = vec![b'x'; 1_000_000];
            let refused = exchange.apply(write_data(large, true)).await;
            assert_eq!(refused, Err(WireError::Gone));
            // It took a little after 29 seconds, and then nothing.
            assert_eq!(seconds_since(start), 29 + 30);
            told.notify_one();
        }
    });
    client.send(GET).await;
    sleep(Duration::from_secs(29)).await;
    client.take(10).await;
    done.notified().await;
    let (served, _) = client.left().await;
    assert_eq!(served.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn an_unread_body_is_waited_for_a_short_time_only() {
    let mut client = server().serve(hello);
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        .await;
    let start = Instant::now();
    assert_eq!(client.answer().await.body, b"hello");
    assert_eq!(client.rest().await, "", "closed");
    assert_eq!(seconds_since(start), 2);
    // Nor does the client's side stay open for long.
    assert!(client.dropped().await.is_empty());
    assert_eq!(seconds_since(start), 2 + 2);
}

/// The client sees the answer to a request that it is still sending: the
/// server listens on for a while instead of resetting the connection.
#[tokio::test(start_paused = true)]
async fn closing_lingers_until_the_client_closes() {
    let mut client = serve(hello);
    client.send("bad\r\n").await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 400);
    for _ in 0..10 {
        client.send(vec![b'x'; 10_000]).await;
    }
    let start = Instant::now();
    client.finish().await;
    assert_eq!(client.closed().await.len(), 1);
    assert_eq!(seconds_since(start), 0);
}
