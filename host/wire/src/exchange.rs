//! One request and what may be written for it, whatever the protocol.

use std::future::Future;
use std::pin::Pin;

use crate::{Event, Head, Reply, WireError, WireOp, h1, h2};

/// One request, as a stream of [`Event`]s, and the answer to it, as a series of
/// [`WireOp`]s.
///
/// Dropping an exchange whose answer is not complete gives it up: RST_STREAM
/// with INTERNAL_ERROR on HTTP/2, the end of the connection on HTTP/1.
#[derive(Debug)]
pub struct Exchange(Inner);

#[derive(Debug)]
enum Inner {
    H1(h1::Exchange),
    H2(h2::Exchange),
}

/// How far the answer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The final head (status 200 or above) has been written.
    pub headers: bool,
    /// The answer is complete, or was given up.
    pub ended: bool,
}

/// Completes when nobody waits for the answer any more; see [`Exchange::gone`].
pub type Gone = Pin<Box<dyn Future<Output = WireError> + Send>>;

impl Exchange {
    /// What the request's first frame said.
    pub fn head(&self) -> &Head {
        match &self.0 {
            Inner::H1(x) => x.head(),
            Inner::H2(x) => x.head(),
        }
    }

    /// The next thing that the client sent; `None` after the last one.
    ///
    /// Cancel-safe: nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        match &mut self.0 {
            Inner::H1(x) => x.next().await,
            Inner::H2(x) => x.next().await,
        }
    }

    /// Writes. Returns when the operation is done, that is queued in order;
    /// waits where the client's window or a full socket make it wait.
    ///
    /// # Errors
    /// See [`WireError`]; after [`WireError::Protocol`] nothing was written and
    /// the exchange goes on.
    pub async fn apply(&mut self, op: WireOp) -> Result<Reply, WireError> {
        match &mut self.0 {
            Inner::H1(x) => x.apply(op).await,
            Inner::H2(x) => x.apply(op).await,
        }
    }

    /// How far the answer has come on the exchange's own stream.
    pub fn progress(&self) -> Progress {
        match &self.0 {
            Inner::H1(x) => x.progress(),
            Inner::H2(x) => x.progress(),
        }
    }

    /// A future of its own that completes when the client resets the stream or
    /// the connection ends, to be raced against a handler's work.
    ///
    /// On HTTP/1 a client that leaves is only noticed by reading or writing, so
    /// there it never completes.
    pub fn gone(&self) -> Gone {
        match &self.0 {
            Inner::H1(_) => Box::pin(std::future::pending()),
            Inner::H2(x) => x.gone(),
        }
    }
}

impl From<h1::Exchange> for Exchange {
    fn from(x: h1::Exchange) -> Self {
        Self(Inner::H1(x))
    }
}

impl From<h2::Exchange> for Exchange {
    fn from(x: h2::Exchange) -> Self {
        Self(Inner::H2(x))
    }
}
