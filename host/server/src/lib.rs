//! Joins wire, runtime and content: listeners, TLS, hosts, routes, limits.
//!
//! The entry point is [`Server`]: [`Server::bind`] with a
//! [`config::ServerConfig`], then [`Server::run`] until told to stop. The way of
//! a request: `listener.rs` takes a connection (after `tls.rs`), wire makes
//! exchanges of it, `dispatch.rs` asks `sites.rs` whose it is, [`routes`] and
//! `find.rs` what answers, and hands it to a handler or to host-content.
//!
//! # Invariants
//! - Nothing here is global: several servers live in one process, and none of
//!   them ends it.
//! - What a client can make the server hold or wait for is bounded by
//!   [`config::limits`].
//! - Which version of a handler answers is decided by the file that is there
//!   when the request comes; `watch.rs` only saves waiting.
//! - No path leaves its tenant's folder.
//!
//! # What this crate never does
//! It prints nothing: what there is to say goes to `tracing` under the targets
//! of [`access`], `handler`, and those of its modules.

pub mod access;
mod bad_ports;
mod builds;
mod certs;
mod commons;
pub mod config;
mod dispatch;
mod error;
mod faults;
mod find;
mod idle;
pub mod journal;
mod listener;
mod mocks;
mod names;
mod near;
mod pipes;
mod router;
pub mod routes;
mod running;
mod server;
mod sites;
mod tls;
mod uploads;
mod watch;

pub use builds::Builds;
pub use certs::CertError;
pub use commons::Commons;
pub use error::ServerError;
pub use listener::serve_plain;
pub use names::Astray;
pub use near::{Near, PROJECT};
pub use running::Running;
pub use server::{Listening, Server, Stopped};
pub use uploads::{UploadError, Uploads};
