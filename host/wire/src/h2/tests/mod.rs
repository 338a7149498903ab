//! Connections over a pipe, frame by frame. A test reads like the sequence:
//!
//! ```ignore
//! client.send(headers(1).get("/").end_stream()).await;
//! client.expect(headers(1).status(200)).await;
//! ```
//!
//! Time is tokio's paused clock: it jumps when nobody has anything to do, so
//! what never comes ends a test at once by one of the engine's own deadlines.

mod answers;
mod chaos;
mod client;
mod clocks;
mod coding;
mod control;
mod cork;
mod floods;
mod flow;
mod frame;
mod handed;
mod journal;
mod oracle;
mod padding;
mod push;
mod put_back;
mod raw;
mod raw_blocks;
mod raw_random;
mod rules;
mod settings;
mod watch;

pub(super) use client::*;
pub(super) use frame::*;
pub(super) use handed::*;

use crate::Limits;

/// Limits that differ from the usual ones in what a test names.
pub(super) fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}
