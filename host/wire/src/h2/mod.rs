//! HTTP/2.

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::{
    ConnectionInfo, Drain, Event, Head, Limits, Progress, Reply, Service, Transport, WireError,
    WireOp,
};

/// An HTTP/2 exchange.
#[derive(Debug)]
pub struct Exchange(Head);

impl Exchange {
    pub(crate) fn head(&self) -> &Head {
        &self.0
    }
    pub(crate) async fn next(&mut self) -> Option<Event> {
        None
    }
    pub(crate) async fn apply(&mut self, _op: WireOp) -> Result<Reply, WireError> {
        Err(WireError::Gone)
    }
    pub(crate) fn progress(&self) -> Progress {
        Progress::default()
    }
}

impl Exchange {
    pub(crate) fn gone(&self) -> crate::Gone {
        Box::pin(std::future::pending())
    }
}

#[derive(Debug)]
pub(crate) struct Credit;

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
pub(crate) async fn serve<S: Service>(
    transport: impl Transport,
    read: BytesMut,
    upgraded: Option<Upgraded>,
    info: Arc<ConnectionInfo>,
    limits: Arc<Limits>,
    service: Arc<S>,
    drain: Drain,
) -> io::Result<()> {
    let _ = (transport, read, upgraded, info, limits, service, drain);
    Ok(())
}
