//! `/state`: counts a request's frames from hook to hook.
//!
//! Every request has an instance of its own, with a memory of its own, and all
//! of the request's hooks run on it. So a static is the place for what a stream
//! has to remember: it begins afresh with each request and nobody else sees it.
//!
//! `curl --http2-prior-knowledge --data-binary @file http://127.0.0.1:8000/state`

use std::cell::Cell;

use host_guest::prelude::*;

#[derive(Clone, Copy, Default)]
struct Seen {
    headers: u32,
    frames: u32,
    bytes: usize,
}

thread_local! {
    static SEEN: Cell<Seen> = Cell::default();
}

#[handle_headers]
fn on_headers(frame: &HeadersFrame) {
    SEEN.set(Seen {
        headers: frame.headers.len() as u32,
        ..SEEN.get()
    });
}

#[handle_data]
fn on_data(frame: &DataFrame) {
    let seen = SEEN.get();
    SEEN.set(Seen {
        frames: seen.frames + 1,
        bytes: seen.bytes + frame.data.len(),
        ..seen
    });
}

#[main]
fn main() -> String {
    let Seen {
        headers,
        frames,
        bytes,
    } = SEEN.get();
    format!("{headers} header fields, {frames} DATA frames, {bytes} bytes\n")
}
