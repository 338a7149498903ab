//! When requests are kept, and as what.

use std::sync::Arc;

use host_wire::Negotiated;

use super::harness::{GET, answered, serve, serve_board};
use crate::{Limits, Mocks, Response, respond};

/// A request is there before the last byte of its answer is: the client that has
/// all of it finds it.
#[tokio::test(start_paused = true)]
async fn a_request_is_kept_before_its_answer_ends() {
    let ok = Response::new(200)
        .bare()
        .header("Content-Length", "2")
        .body("ok");
    let mut client = serve([respond(ok).always()]);
    for n in 1..=100 {
        client.send(GET).await;
        client
            .take("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".len())
            .await;
        assert_eq!(client.mocks.counts().received, n);
        assert_eq!(client.mocks.requests(n - 1).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_kept_as_not_done() {
    let mut client = serve([respond("x")]);
    client
        .send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf")
        .await;
    drop(client.io);
    answered(&client.mocks, 1).await;
    let kept = client.mocks.requests(0);
    assert_eq!(
        (&kept[0].body, kept[0].body_length, kept[0].done),
        (&"half".into(), 4, false)
    );
    // Nobody was there for the answer.
    assert!(client.server.served.await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_long_body_is_counted() {
    let limits = Limits {
        body: 10,
        ..Limits::default()
    };
    let mocks = Mocks::new(limits, false);
    mocks.add(respond("x")).unwrap();
    let client = serve_board(Arc::clone(&mocks), Negotiated::Nothing);
    let body = "y".repeat(200_000);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    client.ask(&(head + &body)).await;
    let kept = mocks.requests(0);
    assert_eq!((kept[0].body.len(), kept[0].body_length), (10, 200_000));
    assert!(kept[0].done);
}

#[tokio::test(start_paused = true)]
async fn the_frames_of_a_request_are_bounded() {
    let client = serve([respond("x")]);
    let mocks = Arc::clone(&client.mocks);
    let chunks = "1\r\na\r\n".repeat(3_000);
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.ask(&format!("{head}{chunks}0\r\n\r\n")).await;
    let kept = mocks.requests(0);
    assert_eq!((kept[0].frames.len(), kept[0].body_length), (1_000, 3_000));
}
