//! The handler's lines in host's log, and what host says of a handler there.

use crate::common::log::Log;
use crate::common::{component, handler, main, request, runtime, tenant};
use host_runtime::Limits;

/// What is logged while a request runs through `wasm`.
async fn logged(wasm: &[u8], limits: Limits) -> String {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let handler = handler(&runtime(), wasm).await;
    {
        let _guard = tracing::subscriber::set_default(subscriber);
        request(&handler, &tenant(limits), "GET", "").await;
    }
    log.text()
}

#[tokio::test]
async fn lines_have_level_tenant_and_route() {
    let wasm = main(
        r#"(i32.store (i32.const 1024) (i32.const 0x6F206968)) ;; "hi o"
           (call $log (i32.const 3) (i32.const 1024) (i32.const 4))
           (call $ok)"#,
    );
    let log = logged(&wasm, Limits::default()).await;
    let line = log.lines().find(|line| line.contains("hi o")).unwrap();
    for word in ["WARN", "handler:", "tenant=test", "route=/test"] {
        assert!(line.contains(word), "no {word} in: {line}");
    }
}

#[tokio::test]
async fn what_is_over_the_limit_is_dropped_and_said_once() {
    let wasm = component(
        "main-handler",
        r#"(data (i32.const 1024) "0123456789")
           (func (export "main") (param $request i32) (param $response i32) (result i32)
             (local $i i32)
             (loop $next
               (call $log (i32.const 2) (i32.const 1024) (i32.const 10))
               (local.set $i (i32.add (local.get $i) (i32.const 1)))
               (br_if $next (i32.lt_u (local.get $i) (i32.const 100))))
             (call $done (local.get $request) (local.get $response) (call $ok)))"#,
    );
    let limits = Limits {
        log_bytes: 55,
        ..Limits::default()
    };
    let log = logged(&wasm, limits).await;
    assert_eq!(log.matches("0123456789").count(), 5, "{log}");
    assert_eq!(
        log.matches("over its limit of 55 bytes").count(),
        1,
        "{log}"
    );
}

#[tokio::test]
async fn a_trap_is_logged_with_handler_and_backtrace() {
    let wasm = component(
        "main-handler",
        r#"(func $inner (result i32) unreachable)
           (func (export "main") (param i32 i32) (result i32) (call $inner))"#,
    );
    let log = logged(&wasm, Limits::default()).await;
    let line = log.lines().find(|line| line.contains("ERROR")).unwrap();
    for word in ["trapped", "route=\"/test\"", "file=test.wasm", "!inner"] {
        assert!(line.contains(word), "no {word} in: {log}");
    }
}

#[tokio::test]
async fn errors_are_logged_with_their_message() {
    let wasm = component(
        "main-handler",
        r#"(data (i32.const 1024) "secret")
           (func (export "main") (param i32 i32) (result i32)
             (call $done (local.get 0) (local.get 1)
               (call $err (i32.const 500) (i32.const 1024) (i32.const 6))))"#,
    );
    let log = logged(&wasm, Limits::default()).await;
    assert!(
        log.contains("returned an error with status 500: secret"),
        "{log}"
    );
}
