//! The hooks that watch the client: trailers, frames beside the request, its
//! reset, its leaving.

use std::time::Duration;

use crate::common::frames::{frame, get, goaway, open, ping, reset};
use crate::common::{Client, handler, hooks, runtime, tenant};
use host_runtime::{Failure, Limits};
use host_wire::{Negotiated, WireError};

const HOUR: Duration = Duration::from_secs(3600);

fn limits() -> Limits {
    Limits {
        wall: HOUR,
        ..Limits::default()
    }
}

/// A hook that does `body`; `first` are the parameters that it alone has.
fn hook(name: &str, first: &str, body: &str) -> String {
    format!(
        r#"(func (export "{name}") {first} (param $request i32) (param $response i32) (result i32)
             (call $done (local.get $request) (local.get $response) (block (result i32) {body})))"#
    )
}

/// Writes a PING: from then on a client knows that it is watched.
const SAYS_SO: &str = "(call $ping (call $writer (local.get $response))
    (i32.const 16) (i32.const 8) (i32.const 512))";
const PING: u8 = 6;

/// `main` that watches for an hour, and says so.
fn watching() -> String {
    let hour = "(call $set_watch (local.get $response) (i64.const 3600000000000))";
    hook("main", "", &format!("{SAYS_SO} {hour} (call $ok)"))
}

const CONTROL: &str = "(param $type i32) (param $flags i32) (param $stream i32) (param i32 i32)";
const CLOSING: &str = "(param $case i32) (param $last i32) (param $code i32) (param i32 i32)";

/// Sets the status to `base` and something more.
fn status(base: u32, more: &str) -> String {
    format!(
        "(call $set_status (local.get $response) (i32.add (i32.const {base}) {more})
           (i32.const 0) (i32.const 0) (i32.const 0))"
    )
}

/// Fails with a status of `base` and something more: a hook that leaves a trace
/// where there is no answer.
fn fails(base: u32, more: &str) -> String {
    format!("(call $err (i32.add (i32.const {base}) {more}) (i32.const 0) (i32.const 0))")
}

fn failed(status: u16) -> Option<Failure> {
    let message = String::new();
    Some(Failure::Handler {
        status,
        message,
        limit: None,
    })
}

async fn client(names: &[&str], core: &[String]) -> Client {
    let handler = handler(&runtime(), &hooks(names, &core.concat())).await;
    Client::new(&handler, &tenant(limits()), Negotiated::Http2)
}

#[tokio::test]
async fn frames_come_behind_main_until_the_handler_has_seen_enough() {
    let seen = status(500, "(local.get $type)");
    let enough = format!("{seen} (call $set_watch (local.get $response) (i64.const 0)) (call $ok)");
    let core = [watching(), hook("handle-frame", CONTROL, &enough)];
    let mut client = client(&["main", "handle-frame"], &core).await;
    client.send(get()).await;
    client.until(PING).await;
    client.send(ping()).await;
    let outcome = client.outcome().await;
    assert_eq!(outcome.failure, None);
    assert_eq!(outcome.status, Some(506));
}

#[tokio::test]
async fn frames_that_come_while_a_body_is_read_wait_for_main() {
    let reads = format!("{SAYS_SO} (call $body (local.get $request) (i32.const 16)) (call $ok)");
    let seen = status(500, "(local.get $type)");
    let core = [
        hook("main", "", &reads),
        hook("handle-frame", CONTROL, &format!("{seen} (call $ok)")),
    ];
    let mut client = client(&["main", "handle-frame"], &core).await;
    client.send(open()).await;
    client.until(PING).await;
    client.send(ping()).await;
    client.send(frame(0, 0, 1, b"half")).await;
    client.send(frame(0xbb, 0, 1, b"")).await;
    client.send(frame(0, 1, 1, b"rest")).await;
    let outcome = client.outcome().await;
    assert_eq!(outcome.failure, None);
    assert_eq!(outcome.status, Some(500 + 0xbb));
}

#[tokio::test]
async fn a_reset_is_told_once_and_is_the_end() {
    let core = [
        watching(),
        hook(
            "handle-reset",
            "(param $code i32)",
            &fails(450, "(local.get $code)"),
        ),
    ];
    let mut client = client(&["main", "handle-reset"], &core).await;
    client.send(get()).await;
    client.send(reset(8)).await;
    assert_eq!(client.outcome().await.failure, failed(458));
}

#[tokio::test]
async fn a_handler_that_is_told_of_a_reset_has_not_failed() {
    // The writes of `main` fail, as it says; then comes the hook.
    let core = [
        hook(
            "main",
            "",
            "(call $body (local.get $request) (i32.const 16))
             (call $err (i32.const 599) (i32.const 0) (i32.const 0))",
        ),
        hook("handle-reset", "(param $code i32)", "(call $ok)"),
    ];
    let mut client = client(&["main", "handle-reset"], &core).await;
    client.send(open()).await;
    client.send(reset(8)).await;
    let outcome = client.outcome().await;
    assert_eq!(outcome.failure, None);
    assert_eq!(outcome.status, None);
}

#[tokio::test]
async fn who_is_not_told_is_cut_off() {
    let sleeps = hook("main", "", "(call $sleep (i64.const -1)) (call $ok)");
    let told = hook("handle-close", CLOSING, "(call $ok)");
    let mut first = client(&["main", "handle-close"], &[sleeps.clone(), told]).await;
    first.send(get()).await;
    first.send(reset(8)).await;
    let cut_off = Failure::Client(WireError::Reset(8));
    assert_eq!(first.outcome().await.failure, Some(cut_off));

    let told = hook("handle-reset", "(param $code i32)", "(call $ok)");
    let mut second = client(&["main", "handle-reset"], &[sleeps, told]).await;
    second.send(get()).await;
    drop(std::mem::replace(
        &mut second.stream,
        tokio::io::duplex(1).0,
    ));
    let cut_off = Failure::Client(WireError::Gone);
    assert_eq!(second.outcome().await.failure, Some(cut_off));
}

#[tokio::test]
async fn goaway_and_the_end_of_the_connection_are_told_apart() {
    // Case 0 is GOAWAY, which goes on; case 1 is the end.
    let body = format!(
        "(drop (br_if 0 (call $ok) (i32.eqz (local.get $case)))) {}",
        fails(450, "(local.get $case)")
    );
    let core = [watching(), hook("handle-close", CLOSING, &body)];
    let mut client = client(&["main", "handle-close"], &core).await;
    client.send(get()).await;
    client.until(PING).await;
    client.send(goaway()).await;
    drop(std::mem::replace(
        &mut client.stream,
        tokio::io::duplex(1).0,
    ));
    assert_eq!(client.outcome().await.failure, failed(451));
}

#[tokio::test]
async fn trailers_come_before_main_which_has_the_body() {
    let twice = "(global.set $seen (i32.add (global.get $seen) (i32.const 1)))";
    let frame = "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)";
    let core = [
        "(global $seen (mut i32) (i32.const 0))".to_owned(),
        hook("handle-trailers", frame, &format!("{twice} (call $ok)")),
        // 500 for the hook's turn, and the body's length.
        hook(
            "main",
            "",
            &format!(
                "(call $body (local.get $request) (i32.const 16)) {} (call $ok)",
                status(
                    400,
                    "(i32.add (i32.mul (global.get $seen) (i32.const 100))
                       (i32.load (i32.const 28)))"
                )
            ),
        ),
    ];
    let wasm = hooks(&["handle-trailers", "main"], &core.concat());
    let handler = handler(&runtime(), &wasm).await;
    let mut client = Client::new(&handler, &tenant(limits()), Negotiated::Http1);
    let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (end, expected) in [("0\r\nx: y\r\n\r\n", 504), ("0\r\n\r\n", 404)] {
        client.send(format!("{head}4\r\nbody\r\n{end}")).await;
        let outcome = client.outcome().await;
        assert_eq!(outcome.failure, None);
        assert_eq!(outcome.status, Some(expected));
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_to_keep_for_main_is_refused() {
    let frame = "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)";
    let wasm = hooks(
        &["handle-trailers"],
        &hook("handle-trailers", frame, "(call $ok)"),
    );
    let handler = handler(&runtime(), &wasm).await;
    let limits = Limits {
        body_bytes: 3,
        ..limits()
    };
    let (_, outcome) = crate::common::request(&handler, &tenant(limits), "POST", "body").await;
    assert_eq!(outcome.status, Some(413));
}
