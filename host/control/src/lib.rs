//! The control API: servers, their mocks and their requests, over HTTP, as JSON.
//!
//! [`Control`] is a [`host_wire::Service`] that makes servers, says what they
//! answer and tells what came to them, for tests in any language. [`Port`] is where
//! it listens. The way of a request: `guard.rs` says whether it may be made at all,
//! `routes.rs` has the table of what there is, and a file for each kind of resource
//! does it. docs/control.md is the manual, docs/control.openapi.json the contract.
//!
//! # Invariants
//! - A page in a browser gets nothing done here, whatever its name leads to.
//! - Off the loopback interface nothing is done without a token.
//! - A request for several things does all of them or none.
//! - What a client can make it hold or wait for is bounded by `limits.rs`.
//!
//! # What this crate never does
//! It prints nothing, and knows nothing of how requests are matched or answered.

mod answer;
mod body;
mod calls;
#[cfg(test)]
mod contract;
mod control;
mod faults;
mod guard;
mod handlers;
mod hosted;
mod json;
mod limits;
mod mocks;
mod parameters;
mod port;
mod problem;
mod requests;
mod routes;
mod servers;
mod token;
mod verify;
mod wait;
mod wire;

pub use control::{Control, Taken};
pub use port::{Port, PortError};
pub use token::{BadToken, Token};

/// The contract, as it is served.
pub const OPENAPI: &str = include_str!("../../../docs/control.openapi.json");
