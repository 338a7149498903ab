//! The life of a request: which hook runs when, on what, and how the answer is
//! completed.

use crate::common::{
    Client, component, content, dev_tenant, get, handler, hooks, main, request, runtime, says,
    tenant,
};
use host_runtime::{Failure, Fault, Limits};
use host_wire::Negotiated;

#[tokio::test]
async fn main_answers() {
    let (answer, outcome) = get(&says("hello"), Limits::default()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    for field in ["Server: host", "Date: ", "Content-Length: 5"] {
        assert!(answer.contains(field), "{field} in {answer}");
    }
    assert_eq!(content(&answer), "hello");
    assert_eq!(outcome.status, Some(200));
    assert_eq!(outcome.failure, None);
    assert!(!outcome.instantiate.is_zero());
    assert!(!outcome.cpu.is_zero());
}

#[tokio::test]
async fn hooks_run_in_order_on_one_instance() {
    // The frames' records are flattened by the canonical ABI: `handle-data`
    // gets stream-id, flags, the data's place and length, end-stream, padding
    // (two), the flow-controlled length, request and response.
    let core = r#"
        (global $count (mut i32) (i32.const 48))
        (func $say (param $response i32) (param $letter i32) (param $last i32) (result i32)
          (i32.store8 (i32.const 1024) (local.get $letter))
          (i32.store8 (i32.const 1025) (global.get $count))
          (global.set $count (i32.add (global.get $count) (i32.const 1)))
          (call $write_data (call $writer (local.get $response)) (i32.const 1024) (i32.const 2)
            (local.get $last) (i32.const 0) (i32.const 0) (i32.const 512))
          (call $ok))
        (func (export "handle-headers")
          (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
          (param $request i32) (param $response i32) (result i32)
          (call $done (local.get $request) (local.get $response)
            (call $say (local.get $response) (i32.const 104) (i32.const 0))))
        (func (export "handle-data")
          (param i32 i32 i32 i32 i32 i32 i32 i32)
          (param $request i32) (param $response i32) (result i32)
          (call $done (local.get $request) (local.get $response)
            (call $say (local.get $response) (i32.const 100) (i32.const 0))))
        (func (export "main") (param $request i32) (param $response i32) (result i32)
          (call $done (local.get $request) (local.get $response)
            (call $say (local.get $response) (i32.const 109) (i32.const 1))))"#;
    let handler = handler(
        &runtime(),
        &hooks(&["handle-headers", "handle-data", "main"], core),
    )
    .await;
    let tenant = tenant(Limits::default());
    let (answer, outcome) = request(&handler, &tenant, "POST", "body").await;
    assert_eq!(outcome.failure, None);
    assert_eq!(
        content(&answer),
        "2\r\nh0\r\n2\r\nd1\r\n2\r\nm2\r\n0\r\n\r\n"
    );
    let (answer, _) = request(&handler, &tenant, "GET", "").await;
    assert_eq!(content(&answer), "2\r\nh0\r\n2\r\nm1\r\n0\r\n\r\n");
}

#[tokio::test]
async fn an_answer_that_nobody_began_is_completed() {
    let (answer, _) = get(&main("(call $ok)"), Limits::default()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(answer.contains("Content-Length: 0\r\n"));
}

#[tokio::test]
async fn a_head_sent_early_still_takes_the_content_at_the_end() {
    let wasm = main(
        r#"(call $set_status (local.get $response) (i32.const 201)
             (i32.const 0) (i32.const 0) (i32.const 0))
           (call $write_status_headers (local.get $response) (i32.const 512))
           (i32.store (i32.const 1024) (i32.const 0x6C696174)) ;; "tail"
           (call $set_content (local.get $response) (i32.const 1024) (i32.const 4))
           (call $ok)"#,
    );
    let (answer, outcome) = get(&wasm, Limits::default()).await;
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(!answer.contains("Content-Length"));
    assert_eq!(content(&answer), "4\r\ntail\r\n0\r\n\r\n");
    assert_eq!(outcome.status, Some(201));
}

#[tokio::test]
async fn required_headers_can_be_left_out() {
    let wasm = main("(call $set_required (local.get $response) (i32.const 0)) (call $ok)");
    let (answer, _) = get(&wasm, Limits::default()).await;
    assert!(!answer.contains("Server") && !answer.contains("Date"));
}

#[tokio::test]
async fn the_last_piece_of_an_answer_begun_by_it_has_a_length() {
    let wasm = main(
        r#"(call $write_data (call $writer (local.get $response)) (i32.const 1024) (i32.const 3)
             (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 512))
           (call $ok)"#,
    );
    let (answer, _) = get(&wasm, Limits::default()).await;
    assert!(answer.contains("Content-Length: 3\r\n"), "{answer}");
    assert_eq!(content(&answer), "\0\0\0");
}

#[tokio::test]
async fn head_has_the_length_and_no_content() {
    let handler = handler(&runtime(), &says("hello")).await;
    let (answer, outcome) = request(&handler, &tenant(Limits::default()), "HEAD", "").await;
    assert!(answer.contains("Content-Length: 5\r\n"));
    assert_eq!(content(&answer), "");
    assert_eq!(outcome.failure, None);
}

#[tokio::test]
async fn the_connection_closes_when_the_handler_says_so() {
    let keep = handler(&runtime(), &says("a")).await;
    let close = handler(
        &runtime(),
        &main("(call $set_close (local.get $response) (i32.const 1)) (call $ok)"),
    )
    .await;
    let tenant = tenant(Limits::default());
    let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    let mut client = Client::new(&close, &tenant, Negotiated::Http1);
    client.send(get).await;
    assert!(client.rest().await.contains("Connection: close\r\n"));

    let mut client = Client::new(&keep, &tenant, Negotiated::Http1);
    client.send(format!("{get}{get}")).await;
    assert_eq!(client.outcome().await.status, Some(200));
    assert_eq!(client.outcome().await.status, Some(200));
}

#[tokio::test]
async fn errors_of_a_hook_are_answered_with_their_status() {
    let runtime = runtime();
    let failing = |status: u16| {
        component(
            "main-handler",
            &format!(
                r#"(data (i32.const 1024) "secret")
                   (func (export "main") (param i32 i32) (result i32)
                     (call $done (local.get 0) (local.get 1)
                       (call $err (i32.const {status}) (i32.const 1024) (i32.const 6))))"#
            ),
        )
    };
    let strict = tenant(Limits::default());
    let dev = dev_tenant();

    let not_found = handler(&runtime, &failing(404)).await;
    let (answer, outcome) = request(&not_found, &strict, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert_eq!(
        content(&answer),
        r#"{"error": {"code": 404, "message": "secret"}}"#
    );
    assert_eq!(outcome.status, Some(404));
    assert_eq!(outcome.failure.unwrap().fault(), Fault::Handler);

    let broken = handler(&runtime, &failing(500)).await;
    let (answer, _) = request(&broken, &strict, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 500 "));
    assert!(!answer.contains("secret"), "{answer}");
    let (answer, _) = request(&broken, &dev, "GET", "").await;
    assert!(answer.contains("secret"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_sent_is_a_500() {
    for status in [42, 100, 1000] {
        let wasm = main(&format!(
            "(call $set_status (local.get $response) (i32.const {status})
               (i32.const 0) (i32.const 0) (i32.const 0))
             (call $ok)"
        ));
        let (answer, outcome) = get(&wasm, Limits::default()).await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        let failure = outcome.failure.unwrap();
        assert!(matches!(failure, Failure::Answer(_)), "{failure:?}");
        assert_eq!(outcome.status, Some(500));
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_nobodys_failure_but_its_own() {
    // Waits for a body that never comes.
    let wasm = main("(call $body (local.get $request) (i32.const 512)) (call $ok)");
    let handler = handler(&runtime(), &wasm).await;
    let mut client = Client::new(&handler, &tenant(Limits::default()), Negotiated::Http1);
    client
        .send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        .await;
    drop(std::mem::replace(
        &mut client.stream,
        tokio::io::duplex(1).0,
    ));
    let outcome = client.outcome().await;
    assert_eq!(outcome.failure.unwrap().fault(), Fault::Client);
}
