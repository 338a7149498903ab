//! `/hello`: the smallest handler.
//!
//! `main` answers a request. What it returns is the answer: here header fields
//! and a body, as the pair of them. A body alone would do as well, and a
//! status can come first: `(410, [("X-Test", "test")], "Gone\n")`.

use host_guest::prelude::*;

#[main]
fn main() -> impl IntoResponse {
    ([("Content-Type", "text/plain")], "Hello, world!\n")
}
