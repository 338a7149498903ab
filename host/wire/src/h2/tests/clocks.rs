//! Deadlines and graceful ends.

use std::time::Duration;

use tokio::sync::mpsc;

use super::answers::{body, head};
use super::*;
use crate::h2::code;
use crate::h2::flow::MAX_WINDOW;
use crate::h2::settings::id;
use crate::{Exchange, WireError};

async fn hold(x: Exchange) {
    x.gone().await;
}

/// Answers when it is told to.
fn on_demand() -> (mpsc::UnboundedSender<()>, impl Fn(Exchange) -> Answer) {
    let (tell, told) = mpsc::unbounded_channel();
    let told = std::sync::Arc::new(tokio::sync::Mutex::new(told));
    let answer = move |mut x: Exchange| -> Answer {
        let told = told.clone();
        Box::pin(async move {
            told.lock().await.recv().await;
            x.apply(head(200, true)).await.unwrap();
        })
    };
    (tell, answer)
}

type Answer = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

#[tokio::test(start_paused = true)]
async fn a_graceful_end_finishes_what_is_under_way() {
    let (tell, answer) = on_demand();
    let mut client = Client::new(answer).await;
    client.send(headers(1).get("/").end_stream()).await;
    client.send(ping(b"12345678")).await;
    client.expect(ping(b"12345678").ack()).await;
    client.drain.send(true).unwrap();
    client.expect(goaway(MAX_WINDOW, code::NO_ERROR)).await;
    client.expect(ping(b"draining")).await;
    // Sent before the client knew: still taken.
    client
        .send(headers(3).get("/").field("new", "entry").end_stream())
        .await;
    client.send(ping(b"draining").ack()).await;
    client.expect(goaway(3, code::NO_ERROR)).await;
    // Later ones are not.
    client.send(headers(5).post("/")).await;
    client
        .send_all([data(5, "abc"), window_update(5, 1), rst_stream(5, 8)])
        .await;
    tell.send(()).unwrap();
    client.expect(headers(1).status(200).end_stream()).await;
    tell.send(()).unwrap();
    client.expect(headers(3).status(200).end_stream()).await;
    client.expect_end().await;
    assert_eq!(client.violations(), []);
    client.server.abort();
}

#[tokio::test(start_paused = true)]
async fn a_graceful_end_does_not_wait_for_a_client_that_answers_no_ping() {
    let mut client = Client::new(hold).await;
    client.drain.send(true).unwrap();
    client.expect(goaway(MAX_WINDOW, code::NO_ERROR)).await;
    client.expect(ping(b"draining")).await;
    client.expect(goaway(0, code::NO_ERROR)).await;
    client.expect_end().await;
    client.server.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_answered_first() {
    let (tell, answer) = on_demand();
    let mut client = Client::new(answer).await;
    client.send(headers(1).get("/").end_stream()).await;
    client.send(goaway(0, code::NO_ERROR)).await;
    tell.send(()).unwrap();
    client.expect(headers(1).status(200).end_stream()).await;
    client.expect(goaway(1, code::NO_ERROR)).await;
    client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let limits = limits(|l| l.idle_timeout = Duration::from_secs(10));
    let (tell, answer) = on_demand();
    let mut client = Client::connect(limits, &[], answer).await;
    client.send(headers(1).get("/").end_stream()).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    tell.send(()).unwrap();
    client.expect(headers(1).status(200).end_stream()).await;
    client.expect(goaway(1, code::NO_ERROR)).await;
    client.expect_end().await;
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_left() {
    let mut client = Client::silent(Limits::default(), None, hold);
    client.receive().await.unwrap();
    client.receive().await.unwrap();
    client.expect(goaway(0, code::PROTOCOL_ERROR)).await;
    client.expect_end().await;
    assert_eq!(client.violation(), ("RFC 9113 §3.4", None));
}

#[tokio::test(start_paused = true)]
async fn settings_must_be_acknowledged() {
    let mut client = Client::silent(Limits::default(), None, hold);
    client.send_bytes(crate::detect::PREFACE).await;
    client.send(settings(&[])).await;
    for _ in 0..3 {
        client.receive().await.unwrap();
    }
    client.expect(goaway(0, code::SETTINGS_TIMEOUT)).await;
    assert_eq!(client.violation(), ("RFC 9113 §6.5.3", None));
}

#[tokio::test(start_paused = true)]
async fn a_header_block_must_end_in_time() {
    let mut client = Client::new(hold).await;
    client.send(headers(1).get("/").unfinished()).await;
    client.expect(goaway(0, code::ENHANCE_YOUR_CALM)).await;
    assert_eq!(client.violation(), ("CVE-2024-27316", None));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_no_window_loses_the_stream() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let said = [(id::INITIAL_WINDOW_SIZE, 0)];
    let mut client = Client::connect(Limits::default(), &said, move |mut x: Exchange| {
        let tell = tell.clone();
        async move {
            x.apply(head(200, false)).await.unwrap();
            tell.send(x.apply(body("abc", true)).await).unwrap();
        }
    })
    .await;
    client.send(headers(1).get("/").end_stream()).await;
    client.expect(headers(1).status(200)).await;
    client.expect(rst_stream(1, code::CANCEL)).await;
    assert_eq!(
        told.recv().await.unwrap(),
        Err(WireError::Reset(code::CANCEL))
    );
    assert_eq!(client.violation(), ("CVE-2019-9511", Some(1)));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_loses_the_connection() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let open = MAX_WINDOW - 65_535;
    let said = [(id::INITIAL_WINDOW_SIZE, open)];
    let mut client = Client::connect(Limits::default(), &said, move |mut x: Exchange| {
        let tell = tell.clone();
        async move {
            x.apply(head(200, false)).await.unwrap();
            tell.send(x.apply(body(vec![0; 10_000_000], true)).await)
                .unwrap();
        }
    })
    .await;
    client.send(window_update(0, open)).await;
    client.send(headers(1).get("/").end_stream()).await;
    assert_eq!(told.recv().await.unwrap(), Err(WireError::Gone));
    assert_eq!(client.violation(), ("CVE-2019-9517", None));
    client.server.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_given_up_waits_for_nobody() {
    let said = [(id::INITIAL_WINDOW_SIZE, 0)];
    let mut client = Client::connect(Limits::default(), &said, |mut x: Exchange| async move {
        x.apply(head(200, false)).await.unwrap();
        let write = x.apply(body("abc", true));
        let short = tokio::time::timeout(Duration::from_secs(1), write).await;
        assert!(short.is_err());
        // Longer than any client may let a write wait.
        tokio::time::sleep(Duration::from_secs(100)).await;
        x.apply(body("", true)).await.unwrap();
    })
    .await;
    client.send(headers(1).get("/").end_stream()).await;
    client.expect(headers(1).status(200)).await;
    client.expect(data(1, "").end_stream()).await;
    assert_eq!(client.violations(), []);
}
