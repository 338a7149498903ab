//! Requests that somebody looked at before they were answered.

use std::time::Duration;

use host_wire::{Event, Exchange};

use crate::harness::{hello, report, serve};

/// Takes so many events, puts them back, and reports all of them.
async fn looked_at(mut exchange: Exchange, most: usize) {
    let mut events = Vec::new();
    while events.len() < most
        && let Some(event) = exchange.next().await
    {
        events.push(event);
    }
    exchange.put_back(events);
    report(exchange).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_put_back_comes_again_as_it_came() {
    let requests = [
        "GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nab\r\n1\r\nc\r\n0\r\nX-t: 1\r\n\r\n",
    ];
    for request in requests {
        let mut client = serve(report);
        client.send(request).await;
        let expected = client.answer().await.body;
        for most in 0..7 {
            let mut client = serve(move |exchange| looked_at(exchange, most));
            client.send(request).await;
            assert_eq!(client.answer().await.body, expected, "{request:?}, {most}");
            // And the connection goes on.
            client.send(requests[0]).await;
            assert_eq!(client.answer().await.status, 200);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_told_again() {
    let mut client = serve(|exchange| looked_at(exchange, 99));
    client
        .send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf")
        .await;
    client.finish().await;
    let answer = client.answer().await;
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.ends_with("half\nGone"), "{text}");
}

/// Work is waited for, and the body's own time begins behind it.
#[tokio::test(start_paused = true)]
async fn work_does_not_outlast_its_client() {
    let mut client = serve(|mut exchange: Exchange| async move {
        let slept = exchange.unless_gone(tokio::time::sleep(Duration::from_secs(300)));
        slept.await.unwrap();
        let mut n = 0;
        while let Some(event) = exchange.next().await {
            n += usize::from(matches!(event, Event::Data(_)));
        }
        assert_eq!(n, 1);
        hello(exchange).await;
    });
    client
        .send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n")
        .await;
    tokio::time::sleep(Duration::from_secs(310)).await;
    client.send("hi").await;
    assert_eq!(client.answer().await.body, b"hello");

    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = parking_lot::Mutex::new(Some(tell));
    let mut client = serve(move |mut exchange: Exchange| {
        let tell = tell.lock().take().unwrap();
        async move {
            let gone = exchange.unless_gone(std::future::pending::<()>()).await;
            let _ = tell.send(gone);
        }
    });
    client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").await;
    client.finish().await;
    assert_eq!(told.await.unwrap(), Err(host_wire::WireError::Gone));
}

#[tokio::test(start_paused = true)]
async fn stopping_is_told() {
    let mut client = serve(|exchange: Exchange| async move {
        exchange.stopping().await;
        hello(exchange).await;
    });
    client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").await;
    client.drain();
    let answer = client.answer().await;
    assert_eq!(answer.body, b"hello");
    assert_eq!(answer.field("connection"), Some("close"));
}
