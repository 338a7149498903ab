//! HTTP/2 (RFC 9113): an engine of our own, over frames.
//!
//! `serve` runs a connection as one task (`connection`). What the client sends
//! is parsed (`frame`), decoded (`hpack`), checked and given to its stream
//! (`ingress`). Each request is answered in a task of its own, which holds an
//! [`Exchange`]: it reads what came (`exchange`) and writes (`write`); what it
//! writes raw is read along (`raw`, `block`), so that the state stays right. Both
//! sides share one `state`, under one lock, which holds the streams, the
//! windows, the compression and the queue of what is to be sent.
//!
//! # Invariants
//! - Frames are encoded and queued under one lock, so they leave in the order
//!   in which the compression met them.
//! - While an exchange has a raw frame or header block open, nobody else's
//!   bytes go to the socket; they wait in order.
//! - Every header block that comes is decoded, whatever becomes of its stream.
//! - Every byte that a DATA frame takes from a window is given back, by the
//!   handler that had it or in its place.

mod block;
mod code;
mod connection;
mod exchange;
mod fault;
mod field;
mod flood;
mod flow;
mod frame;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod hpack;
mod ingress;
pub(crate) mod journal;
mod limits;
mod output;
mod raw;
mod request;
mod response;
mod settings;
mod state;
mod stream;
mod streams;
mod watch;
mod write;

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

pub(crate) use exchange::Credit;
pub use exchange::Exchange;
pub use response::check_fields;

use self::connection::Connection;
use self::ingress::Ingress;
use crate::{ConnectionInfo, Drain, Head, Limits, Service, Transport};

/// A request that came by HTTP/1's `Upgrade: h2c` (RFC 7540 §3.2) and is
/// answered on stream 1, which the client has already ended.
#[derive(Debug)]
pub(crate) struct Upgraded {
    /// The payload of the HTTP2-Settings field, decoded from base64url.
    pub settings: Bytes,
    /// The request; its `stream_id` is 1.
    pub head: Head,
}

/// Serves an HTTP/2 connection until it ends. `read` is what was read of it
/// already, the client's preface not yet taken off.
///
/// # Errors
/// The socket's own.
pub(crate) async fn serve<S: Service>(
    transport: impl Transport,
    read: BytesMut,
    upgraded: Option<Upgraded>,
    info: Arc<ConnectionInfo>,
    limits: Arc<Limits>,
    service: Arc<S>,
    drain: Drain,
) -> io::Result<()> {
    let mut ingress = Ingress::new(info, limits, service, drain.clone(), Instant::now());
    ingress.greet();
    if let Some(upgraded) = upgraded
        && let Err(fault) = ingress.upgrade(upgraded)
    {
        ingress.fail(fault);
    }
    Connection::new(transport, read, ingress).run(drain).await
}

#[cfg(test)]
mod tests;
