//! Raw writes: what goes out, who may, and what becomes of an answer that was
//! begun that way.

use crate::common::{
    Client, component, content, handler, main, raw_tenant, request, runtime, tenant,
};
use host_runtime::{Failure, Limit, Limits};
use host_wire::Negotiated;

const GET: &str = "GET /test HTTP/1.1\r\nHost: x\r\n\r\n";

/// `main` that writes this text raw and then does the rest.
fn writes(text: &str, rest: &str) -> Vec<u8> {
    let len = text.len();
    let escaped: String = text.bytes().map(|b| format!("\\{b:02x}")).collect();
    component(
        "main-handler",
        &format!(
            r#"(data (i32.const 1024) "{escaped}")
               (func (export "main") (param $request i32) (param $response i32) (result i32)
                 (call $write_raw_bytes (call $writer (local.get $response))
                   (i32.const 1024) (i32.const {len}) (i32.const 0))
                 (call $done (local.get $request) (local.get $response)
                   (block (result i32) {rest})))"#
        ),
    )
}

/// `main` that says by its status which error the call left: 100 times the
/// case, counted from 2, or 200 for none.
fn tells(call: &str) -> Vec<u8> {
    main(&format!(
        r#"{call}
           (call $set_status (local.get $response)
             (select
               (i32.mul (i32.const 100) (i32.add (i32.const 2) (i32.load8_u (i32.const 4))))
               (i32.const 200)
               (i32.load8_u (i32.const 0)))
             (i32.const 0) (i32.const 0) (i32.const 0))
           (call $ok)"#
    ))
}

#[tokio::test]
async fn bytes_go_out_as_they_are_and_the_connection_goes_on_where_they_allow_it() {
    let answer = "HTTP/1.1 299 Odd\r\nx-Case:  kept\r\nContent-Length: 2\r\n\r\nhi";
    let handler = handler(&runtime(), &writes(answer, "(call $ok)")).await;
    let tenant = raw_tenant(Limits::default());
    let mut client = Client::new(&handler, &tenant, Negotiated::Http1);
    for _ in 0..2 {
        client.send(GET).await;
        client.exactly(answer).await;
        assert_eq!(client.outcome().await.failure, None);
    }
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_left_as_it_is() {
    for text in ["no status line\n", "HTTP/1.1 200 OK\r\nContent-Le"] {
        // What is set on the response is not for a handler that wrote.
        let rest = "(call $set_content (local.get $response) (i32.const 0) (i32.const 4))
                    (call $ok)";
        let handler = handler(&runtime(), &writes(text, rest)).await;
        let tenant = raw_tenant(Limits::default());
        let (answer, outcome) = request(&handler, &tenant, "GET", "").await;
        assert_eq!(answer, text);
        assert_eq!(outcome.failure, None);
    }
}

#[tokio::test]
async fn a_trap_adds_nothing_to_what_was_written_raw() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    let handler = handler(&runtime(), &writes(text, "(unreachable)")).await;
    let tenant = raw_tenant(Limits::default());
    let (answer, outcome) = request(&handler, &tenant, "GET", "").await;
    assert_eq!(answer, text);
    assert!(matches!(outcome.failure, Some(Failure::Trap { .. })));
}

#[tokio::test]
async fn without_the_grant_raw_writes_are_refused_as_a_value() {
    let raw = "(call $write_raw_bytes (call $writer (local.get $response))
                 (i32.const 0) (i32.const 1) (i32.const 0))";
    let head = "(call $end_headers (call $writer (local.get $response)) (i32.const 0))";
    let runtime = runtime();
    for call in [raw, head] {
        let handler = handler(&runtime, &tells(call)).await;
        let tenant = tenant(Limits::default());
        let (_, outcome) = request(&handler, &tenant, "GET", "").await;
        // `not-granted` is the third case.
        assert_eq!(outcome.status, Some(400), "{call}");
        assert_eq!(outcome.failure, None);
    }
}

#[tokio::test]
async fn frames_do_not_exist_on_http1() {
    let ping = "(call $ping (call $writer (local.get $response))
                  (i32.const 0) (i32.const 8) (i32.const 0))";
    let handler = handler(&runtime(), &tells(ping)).await;
    let tenant = raw_tenant(Limits::default());
    let (_, outcome) = request(&handler, &tenant, "GET", "").await;
    // `wrong-protocol` is the second case.
    assert_eq!(outcome.status, Some(300));
}

#[tokio::test]
async fn a_head_by_wptserves_names() {
    let head = "(call $write_status (call $writer (local.get $response))
          (i32.const 103) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
        (call $end_headers (call $writer (local.get $response)) (i32.const 512))
        (i32.store8 (i32.const 16) (i32.const 88))
        (call $write_header (call $writer (local.get $response))
          (i32.const 16) (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 512))
        (call $write_content (call $writer (local.get $response))
          (i32.const 16) (i32.const 1) (i32.const 512))
        (call $write_content (call $writer (local.get $response))
          (i32.const 16) (i32.const 1) (i32.const 512))
        (call $ok)";
    let handler = handler(&runtime(), &main(head)).await;
    let tenant = raw_tenant(Limits::default());
    let (answer, outcome) = request(&handler, &tenant, "GET", "").await;
    assert_eq!(outcome.failure, None);
    assert_eq!(outcome.status, Some(200));
    let final_head = answer
        .strip_prefix("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nX: X\r\n")
        .unwrap_or_else(|| panic!("{answer}"));
    // As in wptserve, the length is that of what was written first.
    for line in ["Server: ", "\r\nDate: ", "\r\nContent-Length: 1\r\n"] {
        assert!(final_head.contains(line), "{answer}");
    }
    assert_eq!(content(final_head), "XX");
}

#[tokio::test]
async fn content_for_head_needs_the_grant_on_http1() {
    let wasm = main(
        "(call $set_send_body_for_head (local.get $response) (i32.const 1))
         (call $set_content (local.get $response) (i32.const 512) (i32.const 4))
         (call $ok)",
    );
    let handler = handler(&runtime(), &wasm).await;
    for (tenant, expected) in [
        (tenant(Limits::default()), ""),
        (raw_tenant(Limits::default()), "\0\0\0\0"),
    ] {
        let (answer, outcome) = request(&handler, &tenant, "HEAD", "").await;
        assert_eq!(outcome.failure, None);
        assert!(answer.contains("Content-Length: 4"), "{answer}");
        assert_eq!(content(&answer), expected);
    }
}

#[tokio::test]
async fn frames_that_carry_nothing_count_as_written() {
    let limits = Limits {
        response_bytes: 10_000,
        ..Limits::default()
    };
    let wasm = main(
        "(loop $again
           (call $ping (call $writer (local.get $response))
             (i32.const 16) (i32.const 8) (i32.const 0))
           (br_if $again (i32.eqz (i32.load8_u (i32.const 0)))))
         (call $ok)",
    );
    let handler = handler(&runtime(), &wasm).await;
    let mut client = Client::new(&handler, &tenant(limits), Negotiated::Http2);
    client.send(crate::common::frames::get()).await;
    let failure = client.outcome().await.failure;
    let limit = Limit::ResponseBytes(10_000);
    assert_eq!(failure, Some(Failure::Overrun(limit)));
}
