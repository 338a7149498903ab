//! What is different on HTTP/2: a client that gives up is noticed at once, and
//! gets its window back when a hook has returned.

use std::time::Duration;

use crate::common::{Client, handler, hooks, main, runtime, says, tenant};
use bytes::Bytes;
use host_runtime::{Failure, Limits};
use host_wire::{Negotiated, WireError};
use tokio::io::DuplexStream;

type Sender = h2::client::SendRequest<Bytes>;

/// Connects the h2 crate's client to a handler.
async fn connect(client: &mut Client) -> Sender {
    let stream: DuplexStream = std::mem::replace(&mut client.stream, tokio::io::duplex(1).0);
    let (sender, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    sender.ready().await.unwrap()
}

fn post() -> http::Request<()> {
    let request = http::Request::post("http://x.test/test");
    request.body(()).unwrap()
}

#[tokio::test]
async fn a_reset_ends_the_handlers_work_at_once() {
    let hour = Duration::from_secs(3600);
    let limits = Limits {
        wall: hour,
        cpu: hour,
        ..Limits::default()
    };
    let runtime = runtime();
    for body in ["(call $sleep (i64.const -1))", "(loop $l (br $l))"] {
        let handler = handler(&runtime, &main(&format!("{body} (call $ok)"))).await;
        let mut client = Client::new(&handler, &tenant(limits.clone()), Negotiated::Http2);
        let mut sender = connect(&mut client).await;
        let (_response, mut stream) = sender.send_request(post(), false).unwrap();
        stream.send_reset(h2::Reason::CANCEL);
        let failure = client.outcome().await.failure;
        let cancelled = Failure::Client(WireError::Reset(h2::Reason::CANCEL.into()));
        assert_eq!(failure, Some(cancelled));
    }
}

#[tokio::test]
async fn every_data_frame_reaches_the_hook_and_windows_come_back() {
    // Says how many frames and bytes came, by its status.
    let wasm = hooks(
        &["handle-headers", "handle-data", "main"],
        r#"(global $bytes (mut i32) (i32.const 0))
           (func (export "handle-headers")
             (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
             (param $request i32) (param $response i32) (result i32)
             (call $done (local.get $request) (local.get $response) (call $ok)))
           (func (export "handle-data")
             (param i32 i32 i32 i32 i32 i32 i32 i32)
             (param $request i32) (param $response i32) (result i32)
             ;; The frame's data is not needed: its place is free again.
             (global.set $next (i32.const 65536))
             (global.set $bytes (i32.add (global.get $bytes) (local.get 3)))
             (call $done (local.get $request) (local.get $response) (call $ok)))
           (func (export "main") (param $request i32) (param $response i32) (result i32)
             (call $set_status (local.get $response)
               (select (i32.const 201) (i32.const 202)
                 (i32.eq (global.get $bytes) (i32.const 1000000)))
               (i32.const 0) (i32.const 0) (i32.const 0))
             (call $done (local.get $request) (local.get $response) (call $ok)))"#,
    );
    let handler = handler(&runtime(), &wasm).await;
    let mut client = Client::new(&handler, &tenant(Limits::default()), Negotiated::Http2);
    let mut sender = connect(&mut client).await;
    let (response, mut stream) = sender.send_request(post(), false).unwrap();
    // Far more than the windows hold.
    stream.send_data(vec![7; 1_000_000].into(), true).unwrap();
    assert_eq!(response.await.unwrap().status(), 201);
    assert_eq!(client.outcome().await.failure, None);
}

#[tokio::test]
async fn many_streams_of_a_connection_run_side_by_side() {
    let handler = handler(&runtime(), &says("hello")).await;
    let mut client = Client::new(&handler, &tenant(Limits::default()), Negotiated::Http2);
    let mut sender = connect(&mut client).await;
    let responses: Vec<_> = (0..10)
        .map(|_| sender.send_request(post(), true).unwrap().0)
        .collect();
    for response in responses {
        let response = response.await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-length"], "5");
    }
}
