//! `/{{name}}`: greets whom the query names, as in `/{{name}}?name=Ada`.
//!
//! Each request runs in a fresh instance. The other hooks are attributes as well:
//! `#[handle_data]`, `#[handle_trailers]`, `#[handle_frame]`, `#[handle_reset]`,
//! `#[handle_close]` and `#[handle_pipe]`; .host/guest-sdk/rust/README.md has all.

use host_guest::prelude::*;

/// Runs when the request's header section has come, before its content.
#[handle_headers]
fn on_headers(_frame: &HeadersFrame, _request: &Request, response: &mut Response) {
    response.headers().set("X-Hook", "headers");
}

/// Runs when no other hook is left to run. What it returns is the answer.
#[main]
fn main(request: &Request) -> impl IntoResponse {
    let greeting = match request.query().first("name") {
        Some(name) => format!("Hello, {name}!\n"),
        None => "Hello, world!\n".to_owned(),
    };
    ([("Content-Type", "text/plain")], greeting)
}
