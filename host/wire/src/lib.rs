//! Bytes ⇄ exchanges: HTTP/1.1 and HTTP/2 on the wire.
//!
//! This page is the whole vocabulary. An [`Exchange`] is one request and what
//! may be written for it: an HTTP/1 request on its connection or an HTTP/2
//! stream. What the client sends arrives as [`Event`]s, in order, one for each
//! frame; everything that is sent in answer is a [`WireOp`], given to
//! [`Exchange::apply`], the one place where policy, journal and pacing hook in.
//!
//! The entry point is [`serve_connection`]: it is given a [`Transport`] (a
//! socket, TLS already done) and a [`Service`], and calls the service with each
//! exchange until the connection ends.
//!
//! # Invariants
//! - Nothing is refused silently: what breaks a rule of RFC 9112 or RFC 9113 is
//!   reported to [`Service::violation`] with its section.
//! - Nothing is normalised away: fields keep their order, duplicates and, on
//!   HTTP/1, their case.
//! - The order of writes on an exchange is the order of its [`WireOp`]s.
//! - Every queue, window and wait is bounded by [`Limits`].
//!
//! # What this crate never does
//! It knows no wasm, no files, no routes and no TLS, and it never logs: it
//! reports.

mod answer;
mod authority;
mod connection;
mod content;
mod detached;
mod detect;
mod error;
mod event;
mod exchange;
mod fields;
mod head;
mod limits;
mod observe;
mod op;
mod reason;
mod socket;
mod violation;

#[cfg(any(test, feature = "fuzz"))]
#[doc(hidden)]
pub mod fuzz;
pub mod h1;
pub mod h2;
pub mod journal;
pub mod query;

pub use answer::error_page;
pub use connection::{Drain, Service, Transport, serve_connection};
pub use detect::Negotiated;
pub use error::WireError;
pub use event::{ControlFrame, Credit, DataFrame, Event, HeadersFrame, Priority};
pub use exchange::{Exchange, Gone, Peer, Progress, Stopping};
pub use fields::{Field, Fields};
pub use h2::check_fields;
pub use head::{ConnectionInfo, Head, Protocol, TlsInfo};
pub use limits::Limits;
pub use observe::Observer;
pub use op::{Coding, Indexing, Reply, WireOp};
pub use reason::reason_phrase;
pub use violation::{Refusal, Violation};
