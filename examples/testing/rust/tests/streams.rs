//! A server that sends its clients away, as one does that is about to restart.

use host_testing::{At, Fault, Response, TestServer, respond};
use host_testing_examples::streams::{self, Error};

/// Says GOAWAY, and answers no stream: the last one that it will is 0.
fn sent_away() -> Response {
    Response::new(200).fault(Fault::GoAway {
        at: At::Start,
        code: 0,
        last_stream: Some(0),
    })
}

#[tokio::test]
async fn it_asks_again_on_another_connection() {
    let server = TestServer::start();
    server.respond(sent_away());
    server.respond("hello");

    let text = streams::get(server.address(), "/").await;
    assert_eq!(text.unwrap(), "hello");

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_ne!(requests[0].connection, requests[1].connection);
}

#[tokio::test]
async fn it_does_not_do_so_for_ever() {
    let server = TestServer::start();
    server.mock(respond(sent_away()).expect(3..=3));
    let error = streams::get(server.address(), "/").await.unwrap_err();
    assert!(matches!(error, Error::Http2(error) if error.is_go_away()));
}
