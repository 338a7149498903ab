//! host/stash: what handlers leave for later requests (wptserve's stash).
//!
//! What it does: keeps a tenant's values and queues under keys, and has a lock
//! for whoever must do several things with them at once. [`Store`] is all that
//! one server keeps, in its memory or in a Redis that several servers share;
//! [`Stash`] is the part of one tenant. What it never does: HTTP, wasm, choose
//! who is whose tenant.
//!
//! Entry points: [`Store::open`], [`Store::tenant`], [`Key::new`].
//!
//! Invariants:
//! - No tenant can read, count or block what is another's.
//! - A value is taken once, however many ask for it at the same time.
//! - What a tenant keeps is bounded, and nothing is ever thrown away for room.
//! - A Redis that does not answer is waited for a few seconds and not longer.

#![forbid(unsafe_code)]

mod error;
mod key;
mod limits;
mod location;
mod memory;
mod redis;
mod store;

pub use error::{Limit, OpenError, StashError};
pub use key::Key;
pub use limits::Limits;
pub use location::{Location, LocationError};
pub use store::{Guard, Stash, Store};
