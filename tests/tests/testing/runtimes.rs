//! Tests of every kind: plain functions, and async ones with one thread and with
//! several; the server never needs theirs.

use std::time::Duration;

use bytes::Bytes;
use host_testing::{Answer, TestServer, path, respond};
use host_tests::{DEADLINE, host_binary};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// One GET by hyper, on the test's own runtime.
async fn get(server: &TestServer, protocol: &str) -> (u16, String) {
    let socket = TcpStream::connect(server.address()).await.unwrap();
    let request = match protocol {
        "h2" => http::Request::get(server.url("/a")),
        _ => http::Request::get("/a").header("host", "test"),
    };
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let driver: JoinHandle<_>;
    let response = match protocol {
        "http/1.1" => {
            let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.unwrap();
            driver = tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        }
        _ => {
            let io = TokioIo::new(socket);
            let shaken = http2::handshake(TokioExecutor::new(), io).await;
            let (mut sender, connection) = shaken.unwrap();
            driver = tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        }
    };
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    driver.abort();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// What an async test does with a server.
async fn whole(server: TestServer) {
    server.respond("hello");
    server.mock(respond(Answer::function(|r| r.path().to_string())).when(path("/a")));
    assert_eq!(get(&server, "http/1.1").await, (200, "/a".to_owned()));
    assert_eq!(get(&server, "h2").await, (200, "hello".to_owned()));
    assert_eq!(server.num_requests(), 2);
    assert_eq!(server.wait_request_async(DEADLINE).await.unwrap().id, 1);
    assert_eq!(server.take_request_async(DEADLINE).await.unwrap().id, 2);
    // Each comes while it is waited for, from a task of the same runtime.
    for n in 3..6 {
        server.respond("x");
        let ask = get(&server, "h2");
        let wait = server.wait_request_async(DEADLINE);
        let (_, request) = tokio::join!(ask, wait);
        assert_eq!(request.unwrap().id, n);
    }
    assert!(server.wait_answered_async(5, DEADLINE).await);
    // One that is given up takes nothing.
    let moment = Duration::from_millis(1);
    assert!(server.take_request_async(moment).await.is_none());
    let given_up = tokio::time::timeout(moment, server.take_request_async(DEADLINE));
    assert!(given_up.await.is_err());
    server.respond("x");
    get(&server, "http/1.1").await;
    assert_eq!(server.take_request_async(DEADLINE).await.unwrap().id, 6);
    server.stop();
    server.start_again().unwrap();
    server.respond("again");
    assert_eq!(get(&server, "h2").await.1, "again");
}

#[tokio::test]
async fn one_thread() {
    whole(TestServer::start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_threads() {
    whole(TestServer::start()).await;
}

#[tokio::test]
async fn one_thread_and_a_process() {
    whole(TestServer::builder().binary(host_binary()).start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_threads_and_a_process() {
    whole(TestServer::builder().binary(host_binary()).start()).await;
}

/// No runtime of tokio's is asked of the test: any that polls will do.
#[test]
fn no_runtime_at_all() {
    let server = TestServer::start();
    server.respond("x");
    let address = server.address();
    let client = std::thread::spawn(move || host_tests::h1::Client::connect(address).get("/"));
    let request = futures_block_on(server.wait_request_async(DEADLINE));
    assert_eq!(request.unwrap().path(), "/");
    assert_eq!(client.join().unwrap().text(), "x");
}

/// An executor in a few lines.
fn futures_block_on<F: Future>(future: F) -> F::Output {
    struct Wake(std::thread::Thread);
    impl std::task::Wake for Wake {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Wake(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(output) => return output,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

/// Blocking in an async test is well where the client has another thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_without_a_twin() {
    let server = TestServer::start();
    server.respond("x");
    let url = server.address();
    let client = tokio::task::spawn_blocking(move || host_tests::h1::Client::connect(url).get("/"));
    assert!(server.take_request(DEADLINE).is_some());
    assert_eq!(client.await.unwrap().text(), "x");
}
