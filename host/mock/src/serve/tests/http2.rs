//! Responses on HTTP/2, as the h2 crate reads them.

use std::time::Duration;

use host_wire::Negotiated;
use serde_json::json;

use super::harness::{Got, serve, serve_board};
use crate::{Answer, Condition, Framing, Limits, Mock, Mocks, Response, respond};

/// What this response is, for a request of this method.
async fn got(response: Response, method: &str) -> Got {
    let mut client = serve([respond(response)]).h2().await;
    client.ask(method, "").await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_response_is_that_of_http1() {
    let hello = Response::new(200).header("X-A", "1").body("hello");
    let got = got(hello, "GET").await;
    let head = "200\nx-a: 1\nserver: host\ndate: D\ncontent-length: 5";
    assert_eq!((&*got.head, &*got.body()), (head, "hello"));
    assert_eq!(got.frames.len(), 1, "the end is in the frame");
}

#[tokio::test(start_paused = true)]
async fn heads_without_content_end_the_stream() {
    for (response, method, head) in [
        (Response::new(200).body("hi").bare(), "HEAD", "200"),
        (
            Response::new(200).body("hi"),
            "HEAD",
            "200\nserver: host\ndate: D\ncontent-length: 2",
        ),
        (Response::new(204).body("hi").bare(), "GET", "204"),
        (
            Response::new(304).body("hi"),
            "GET",
            "304\nserver: host\ndate: D",
        ),
        (Response::new(201).bare(), "GET", "201"),
    ] {
        let got = got(response, method).await;
        assert_eq!((&*got.head, got.frames.len()), (head, 0));
        assert!(got.error.is_none());
    }
}

/// What only HTTP/1 knows is left out, so that a response does on both.
#[tokio::test(start_paused = true)]
async fn fields_of_http1_are_left_out_unless_nothing_is_touched() {
    let close = Response::new(200)
        .header("Connection", "close")
        .header("Server", "s");
    let got1 = got(
        close.clone().header("Date", "d").framing(Framing::Close),
        "GET",
    )
    .await;
    assert_eq!(got1.head, "200\nserver: s\ndate: D");
    let got2 = got(close.bare(), "GET").await;
    assert!(got2.head.starts_with("555\n"), "{}", got2.head);
    assert_eq!(
        got2.body(),
        "protocol error: \\xe2\\x80\\x9cconnection\\xe2\\x80\\x9d belongs to HTTP/1\\'s \
         connections (RFC 9113 \\xc2\\xa78.2.2)\\n"
    );
}

#[tokio::test(start_paused = true)]
async fn trailers_pieces_and_large_bodies_come_whole() {
    let response = Response::new(200).bare().body("hi").trailer("X-End", "1");
    let got1 = got(response, "GET").await;
    assert_eq!(got1.body(), "hi");
    assert_eq!(got1.trailers.unwrap()["x-end"], "1");

    let second = Duration::from_secs(1);
    let pieces = Response::new(200)
        .piece(Duration::ZERO, "ab")
        .piece(second, "cde")
        .piece(second, "f");
    let got2 = got(pieces.bare(), "GET").await;
    assert_eq!(got2.frames, ["ab", "cde", "f"]);

    let large = "x".repeat(1_000_000);
    let got3 = got(Response::new(200).body(large.clone()), "GET").await;
    assert_eq!(got3.body().len(), large.len());
}

#[tokio::test(start_paused = true)]
async fn streams_are_answered_at_once() {
    let slow = respond(
        Response::new(200)
            .delay(Duration::from_secs(1))
            .body("slow"),
    )
    .always();
    let mut client = serve([slow]).h2().await;
    let start = tokio::time::Instant::now();
    let mut others = Vec::new();
    for _ in 0..20 {
        let request = http::Request::get("http://h/").body(()).unwrap();
        others.push(client.send.send_request(request, true).unwrap().0);
    }
    for other in others {
        assert_eq!(other.await.unwrap().status(), 200);
    }
    assert!(start.elapsed() < Duration::from_secs(2));
    client.ask("GET", "").await.unwrap();
    let streams: Vec<_> = client.mocks.requests(0).iter().map(|r| r.stream).collect();
    assert_eq!(streams.len(), 21);
    assert!(streams.iter().all(|stream| stream % 2 == 1));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_kept_with_its_frames() {
    let mut client = serve([respond("x")]).h2().await;
    client.ask("POST", "body").await.unwrap();
    let kept = client.mocks.take().unwrap();
    assert_eq!(
        (&*kept.protocol, kept.stream, &kept.body),
        ("HTTP/2.0", 1, &"body".into())
    );
    assert_eq!(kept.authority.as_ref().unwrap(), &"h");
    let frames = serde_json::to_value(&kept.frames).unwrap();
    assert_eq!(frames[0]["kind"], "HEADERS");
    assert_eq!(
        frames[1],
        json!({"kind": "DATA", "flags": 1, "length": 4, "end_stream": true, "padding": null})
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_looked_at_is_handed_on_as_it_came() {
    let looks = Condition::Not(Box::new(Condition::Body("nonsense".into())));
    let handler = respond(Answer::handler("tell")).when(looks);
    let mut client = serve([handler]).h2().await;
    let got = client.ask("POST", "body").await.unwrap();
    assert_eq!(got.body(), "handled headers(false) body end");

    let mocks = Mocks::new(Limits::default(), true);
    mocks
        .add(respond("x").when(Condition::Body("n".into())))
        .unwrap();
    let mut client = serve_board(mocks, Negotiated::Nothing).h2().await;
    let got = client.ask("GET", "").await.unwrap();
    assert_eq!(got.body(), "passed headers(true) end");
    // More than the windows let pass at once: what they took is given back.
    let long: &'static str = Box::leak("y".repeat(500_000).into_boxed_str());
    let got = client.ask("POST", long).await.unwrap();
    assert_eq!(got.body().matches('y').count(), long.len());
    assert_eq!(client.mocks.requests(1)[0].body_length, 500_000);
}

#[tokio::test(start_paused = true)]
async fn a_script_has_what_http2_has() {
    let steps = json!([
        {"op": "set-padding", "padding": 3},
        {"op": "write-headers", "status": 200, "headers": {"x-a": "1"}},
        {"op": "write-data-frame", "data": "a"},
        {"op": "write-data-frame", "data": ""},
        {"op": "write-data-frame", "data": "b"},
        {"op": "write-trailers", "headers": {"x-t": "2"}},
    ]);
    let mock: Mock = serde_json::from_value(json!({"wire": steps})).unwrap();
    let mut client = serve([mock]).h2().await;
    let got = client.ask("GET", "").await.unwrap();
    assert_eq!(got.head, "200\nx-a: 1");
    // The h2 crate does not tell of the empty one.
    assert_eq!(got.frames, ["a", "b"]);
    assert_eq!(got.trailers.unwrap()["x-t"], "2");
}

#[tokio::test(start_paused = true)]
async fn a_head_and_a_small_body_leave_in_one_write() {
    let mut client = serve([respond("hi").always()]).h2().await;
    client.ask("GET", "").await.unwrap();
    // What follows the handshake is over by now.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = client.server.writes();
    client.ask("GET", "").await.unwrap();
    assert_eq!(client.server.writes(), before + 1);
}
