//! The request's body: whole, by pieces, and what happens between the two.

use crate::common::{Client, component, content, handler, runtime, tenant};
use host_runtime::Limits;
use host_wire::Negotiated;

/// A handler whose `main` has these instructions before its end. The functions
/// answer with the whole body, with a piece of at most so many bytes, or with
/// `E` and the number of the error's case (too-large 0, incomplete 1,
/// malformed 2, taken 3, beyond-end 4); those of `raw-input` likewise.
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
               (func $answer (param $response i32)
                 (if (i32.load8_u (i32.const 512))
                   (then (call $error (local.get $response)))
                   (else (call $set_content (local.get $response)
                     (i32.load (i32.const 520)) (i32.load (i32.const 524))))))
               (func $input (param $request i32) (param $max i32) (param $response i32)
                 (call $input_read (call $raw_input (local.get $request))
                   (i32.const 1) (local.get $max) (i32.const 512))
                 (call $answer (local.get $response)))
               (func $line (param $request i32) (param $max i32) (param $response i32)
                 (call $input_read_line (call $raw_input (local.get $request))
                   (i32.const 1) (local.get $max) (i32.const 512))
                 (call $answer (local.get $response)))
               (func $seek (param $request i32) (param $place i64) (param $response i32)
                 (call $input_seek (call $raw_input (local.get $request))
                   (local.get $place) (i32.const 512))
                 (if (i32.load8_u (i32.const 512))
                   (then (call $error (local.get $response)))))
               (func (export "main") (param $request i32) (param $response i32) (result i32)
                 {body}
                 (call $done (local.get $request) (local.get $response) (call $ok)))"#
        ),
    )
}

const WHOLE: &str = "(call $whole (local.get $request) (local.get $response))";
const INPUT: &str = "(call $input (local.get $request) (i32.const 4) (local.get $response))";
const LINE: &str = "(call $line (local.get $request) (i32.const 9) (local.get $response))";
const TO_1: &str = "(call $seek (local.get $request) (i64.const 1) (local.get $response))";
const TO_9: &str = "(call $seek (local.get $request) (i64.const 9) (local.get $response))";
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
    // What is kept comes first, then what came after it.
    assert_eq!(chunked(&[WHOLE, TWO, TWO, TWO], limits()).await, "de");
    assert_eq!(
        chunked(&[WHOLE, TWO, TWO, TWO, WHOLE], limits()).await,
        "E3"
    );
}

#[tokio::test]
async fn raw_input_has_a_place_of_its_own() {
    let limits = Limits::default;
    assert_eq!(chunked(&[INPUT], limits()).await, "abcd");
    assert_eq!(chunked(&[INPUT, INPUT], limits()).await, "ef");
    assert_eq!(chunked(&[INPUT, TO_1, INPUT], limits()).await, "bcde");
    assert_eq!(chunked(&[INPUT, WHOLE, INPUT], limits()).await, "ef");
    assert_eq!(chunked(&[TO_1, LINE, LINE], limits()).await, "");
    assert_eq!(chunked(&[TO_1, LINE], limits()).await, "bcdef");
    assert_eq!(chunked(&[TO_9], limits()).await, "E4");
    assert_eq!(chunked(&[INPUT, TO_9, INPUT], limits()).await, "ef");
}

#[tokio::test]
async fn raw_input_and_pieces_take_nothing_from_each_other() {
    let limits = Limits::default;
    assert_eq!(chunked(&[INPUT, TWO, TWO], limits()).await, "cd");
    assert_eq!(
        chunked(&[INPUT, TWO, TWO, TWO, INPUT], limits()).await,
        "ef"
    );
    // Pieces first: what was not kept cannot be read again.
    assert_eq!(chunked(&[TWO, INPUT], limits()).await, "E3");
}

#[tokio::test]
async fn raw_input_keeps_no_more_than_the_limit() {
    let limits = || Limits {
        body_bytes: 5,
        ..Limits::default()
    };
    assert_eq!(chunked(&[INPUT], limits()).await, "E0");
    assert_eq!(chunked(&[INPUT, TO_1, TWO], limits()).await, "ab");
    assert_eq!(chunked(&[INPUT, TWO, TWO, TWO], limits()).await, "de");
}
