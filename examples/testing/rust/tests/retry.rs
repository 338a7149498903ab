//! A server that resets the connection once, and then answers.

use host_testing::{At, Fault, Response, TestServer, path, respond};
use host_testing_examples::retry;

#[test]
fn it_tries_again_after_a_reset() {
    let server = TestServer::start();
    // Answers wait in a queue: the first request gets the first one.
    server.respond(Response::new(200).fault(Fault::Reset {
        at: At::Start,
        code: None,
    }));
    server.respond("hello");

    assert_eq!(retry::get(&server.url("/"), 3).unwrap(), "hello");
    assert_eq!(server.num_requests(), 2);
}

#[test]
fn it_tries_again_wherever_an_answer_breaks() {
    let server = TestServer::start();
    for at in [At::Head, At::Bytes(3), At::End] {
        let broken = Response::new(200).body("hello");
        server.respond(broken.fault(Fault::Reset { at, code: None }));
    }
    server.respond("hello");
    assert_eq!(retry::get(&server.url("/"), 4).unwrap(), "hello");
}

#[test]
fn it_gives_up_in_the_end() {
    let server = TestServer::start();
    // Of four that would be answered so, it asks three: the server counts, and fails
    // the test at its end if that is not so.
    server.mock(respond(503).when(path("/busy")).expect(3..=3));
    let error = retry::get(&server.url("/busy"), 3).unwrap_err();
    assert!(matches!(error, ureq::Error::StatusCode(503)), "{error}");
}

#[test]
fn a_no_is_an_answer() {
    let server = TestServer::start();
    server.mock(respond(404).expect(1..=1));
    retry::get(&server.url("/"), 3).unwrap_err();
}
