//! The entry point: a socket in, exchanges out.

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::detect::{self, Spoken};
use crate::journal::Tap;
use crate::socket::Socket;
use crate::{ConnectionInfo, Exchange, Limits, Negotiated, Violation, h1, h2};

/// A connection's bytes: a TCP stream, a TLS session, or a pipe in a test.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Makes the connection end with a reset (TCP's RST) instead of an orderly
    /// close when this is dropped.
    ///
    /// # Errors
    /// The system's own.
    fn reset_when_dropped(&mut self) -> io::Result<()>;
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn reset_when_dropped(&mut self) -> io::Result<()> {
        (**self).reset_when_dropped()
    }
}

impl Transport for TcpStream {
    fn reset_when_dropped(&mut self) -> io::Result<()> {
        self.set_zero_linger()
    }
}

/// A pipe within the process has no reset: its end is an end.
impl Transport for DuplexStream {
    fn reset_when_dropped(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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

/// Serves a connection until it ends. `negotiated` is what TLS's ALPN chose;
/// TLS without it is HTTP/1 (RFC 9113 §3.3). Over plaintext the first bytes tell
/// HTTP/2's preface from HTTP/1, which may upgrade to HTTP/2 (RFC 7540 §3.2).
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
    // Boxed here so that each protocol's code exists once.
    let mut transport: Box<dyn Transport> = Box::new(transport);
    if let Some(page) = &info.journal {
        transport = Box::new(Tap::new(transport, Arc::clone(page)));
    }
    let mut socket = Socket::new(transport, drain.clone());
    let spoken = match negotiated {
        Negotiated::Http1 => Spoken::Http1,
        Negotiated::Http2 => Spoken::Http2,
        // Over TLS it takes ALPN to speak HTTP/2 (RFC 9113 §3.3).
        Negotiated::Nothing if info.tls.is_some() => Spoken::Http1,
        Negotiated::Nothing => detect::spoken(&mut socket, &limits).await?,
    };
    let (socket, upgraded) = match spoken {
        Spoken::Nothing => return Ok(()),
        Spoken::Http2 => (socket, None),
        Spoken::Http1 => match h1::serve(socket, &info, &limits, &*service).await? {
            Some(switched) => (switched.socket, Some(switched.upgraded)),
            None => return Ok(()),
        },
    };
    if let Some(page) = &info.journal {
        page.begin_http2();
    }
    let (transport, read) = socket.into_parts();
    h2::serve(transport, read, upgraded, info, limits, service, drain).await
}
