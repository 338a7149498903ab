//! The request's body: whole, by pieces, and what happens between the two.

mod common;

use common::{Client, component, content, handler, runtime, tenant};
use host_runtime::Limits;
use host_wire::Negotiated;

/// A handler whose `main` has these instructions before its end. The functions
/// answer with the whole body, with a piece of at most so many bytes, or with
/// `E` and the number of the error's case (too-large 0, incomplete 1,
/// malformed 2, taken 3).
fn wasm(body: &str) -> Vec<u8> {
    component(
        "main-handler",
        &format!(
            r#"(func $error (param $response i32)
                 (i32.store8 (i32.const 1024) (i32.const 69))
                 (i32.store8 (i32.const 1025)
                   (i32.add (i32.const 48) (i32.load8_u (i32.const 520))))
                 (call $set_content (local.get $response) (i32.const 1024) (i32.const 2)))
               (func $whole (param $request i32) (param $response i32)
                 (call $body (local.get $request) (i32.const 512))
                 (if (i32.load8_u (i32.const 512))
                   (then (call $error (local.get $response)))
                   (else (call $set_content (local.get $response)
                     (i32.load (i32.const 520)) (i32.load (i32.const 524))))))
               (func $piece (param $request i32) (param $max i32) (param $response i32)
                 (call $read_body (local.get $request) (local.get $max) (i32.const 512))
                 (if (i32.load8_u (i32.const 512))
                   (then (call $error (local.get $response)))
                   (else (call $set_content (local.get $response)
                     (i32.load (i32.const 524))
                     (select (i32.load (i32.const 528)) (i32.const 0)
                       (i32.load8_u (i32.const 520)))))))
               (func (export "main") (param $request i32) (param $response i32) (result i32)
                 {body}
                 (call $done (local.get $request) (local.get $response) (call $ok)))"#
        ),
    )
}

const WHOLE: &str = "(call $whole (local.get $request) (local.get $response))";
const TWO: &str = "(call $piece (local.get $request) (i32.const 2) (local.get $response))";

/// Sends a body in two chunks, of no declared length.
async fn chunked(steps: &[&str], limits: Limits) -> String {
    let handler = handler(&runtime(), &wasm(&steps.concat())).await;
    let mut client = Client::new(&handler, &tenant(limits), Negotiated::Http1);
    client
        .send(
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
        )
        .await;
    let answer = client.rest().await;
    assert_eq!(client.outcome().await.failure, None, "{answer}");
    content(&answer).to_owned()
}

#[tokio::test]
async fn the_whole_body_can_be_had_again_and_again() {
    let limits = Limits::default;
    assert_eq!(chunked(&[WHOLE], limits()).await, "abcdef");
    assert_eq!(chunked(&[WHOLE, WHOLE], limits()).await, "abcdef");
    // Pieces after it come from its beginning, and do not take anything away.
    assert_eq!(chunked(&[WHOLE, TWO, TWO], limits()).await, "cd");
    assert_eq!(chunked(&[WHOLE, TWO, WHOLE], limits()).await, "abcdef");
}

#[tokio::test]
async fn pieces_come_in_order_and_take_the_whole() {
    let limits = Limits::default;
    assert_eq!(chunked(&[TWO], limits()).await, "ab");
    // As it came: a piece is never joined with the next.
    assert_eq!(chunked(&[TWO, TWO], limits()).await, "c");
    assert_eq!(chunked(&[TWO, TWO, TWO], limits()).await, "de");
    assert_eq!(chunked(&[TWO; 5], limits()).await, "");
    assert_eq!(chunked(&[TWO, WHOLE], limits()).await, "E3");
}

#[tokio::test]
async fn a_body_that_is_too_large_can_still_be_read_by_pieces() {
    let limits = || Limits {
        body_bytes: 5,
        ..Limits::default()
    };
    assert_eq!(chunked(&[WHOLE], limits()).await, "E0");
    assert_eq!(chunked(&[WHOLE, WHOLE], limits()).await, "E0");
    assert_eq!(chunked(&[WHOLE, TWO], limits()).await, "ab");
    assert_eq!(chunked(&[WHOLE, TWO, TWO, TWO], limits()).await, "ef");
}
