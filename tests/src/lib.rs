//! The harness of the end-to-end tests: it starts the real binary, speaks to
//! it over real sockets, and watches what it says of itself.
//!
//! - [`Host`] runs `host serve` on free ports with a plugins folder of its own;
//!   [`run`] runs any other command to its end.
//! - [`h1`] is an HTTP/1 client that sends any bytes; [`h2`] one that sends any
//!   HTTP/2 frames, so that a test of a frame sequence reads like the sequence.
//! - [`tls`] shakes hands; [`tools`] runs curl, nghttp and python, [`chromium`] a
//!   browser, [`redis`] a Redis; [`load`] keeps a server busy; [`rules`] breaks one
//!   of RFC 9113's rules after the other, [`attack`] says what an attack costs.
//!
//! Nothing here sleeps: everything waits for an event or an answer until
//! [`DEADLINE`], then panics with what it waited for. A test that panics prints
//! the host's log. The tests are in `tests/tests`, one file per capability.
//!
//! # What this crate never does
//! It uses no code of host's own: HPACK, framing and HTTP/1 parsing here are
//! independent, so that a mistake is not made twice.

mod command;
mod events;
mod host;
mod plugins;
mod socket;

pub mod attack;
pub mod chromium;
pub mod compiled;
pub mod h1;
pub mod h2;
pub mod load;
pub mod redis;
pub mod rules;
pub mod tls;
pub mod tools;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use command::{Finished, run, run_with};
pub use host::{Host, HostBuilder};
pub use plugins::{PluginsDir, example, host_binary, plugin, target_dir, test_plugin};

/// How long anything is waited for. Far more than it should take: it only says
/// when a test gives up, on a busy machine too.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A UUID that no other call in this process gives.
pub fn uuid() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("0f51c35d-c5a6-41c9-a18e-{number:012x}")
}

/// Text as the value of a query's parameter, percent-encoded where it must be.
pub fn query(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'/' | b':' | b'=' | b'_' => char::from(byte).to_string(),
        b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
        b => format!("%{b:02x}"),
    };
    text.bytes().map(encode).collect()
}
