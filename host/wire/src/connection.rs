//! The entry point: a socket in, exchanges out.

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::{ConnectionInfo, Exchange, Limits, Negotiated, Violation, detect, h1, h2};

/// A connection's bytes: a TCP stream, a TLS session, or a pipe in a test.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for T {}

/// What answers exchanges.
pub trait Service: Send + Sync + 'static {
    /// Answers one exchange. On HTTP/2 each call is a task of its own.
    fn call(&self, exchange: Exchange) -> impl Future<Output = ()> + Send;

    /// Hears what a client did against the rules, when it was answered.
    fn violation(&self, connection: &ConnectionInfo, violation: &Violation);
}

/// Turns true when the server wants to stop: exchanges under way are finished,
/// no new ones are taken (HTTP/2 says GOAWAY, RFC 9113 §6.8; HTTP/1 closes
/// after the answer).
pub type Drain = watch::Receiver<bool>;

/// Serves a connection until it ends. `negotiated` is what TLS's ALPN chose.
///
/// # Errors
/// The socket's own; whatever the client does against the protocol goes to
/// [`Service::violation`] instead.
pub async fn serve_connection<S: Service>(
    transport: impl Transport,
    info: Arc<ConnectionInfo>,
    negotiated: Negotiated,
    limits: Arc<Limits>,
    service: Arc<S>,
    drain: Drain,
) -> io::Result<()> {
    let _ = (transport, info, negotiated, limits, service, drain);
    let _ = detect::PREFACE;
    Ok(())
}
