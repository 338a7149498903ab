//! The journal of the wire: what really passed, in order, and why.
//!
//! A connection whose [`ConnectionInfo::journal`] is set has a [`Page`]: its
//! transport is read along in both directions (`tap.rs`), as messages of HTTP/1
//! (`h1/journal.rs`) or as frames of HTTP/2 (`h2/journal.rs`), by readers that
//! ask nothing of the engines. So what a handler wrote raw, half frames and
//! blocks that cannot be decoded among them, is told as it was. Bytes are told
//! when they came from or went to the socket; bodies are not kept, but for
//! their first [`PREVIEW`] bytes.
//!
//! What was written tells which operation caused it ([`Cause`]): the operations
//! of an exchange say so by way of `cause.rs`, and everything else is the
//! engine's own. Whoever serves adds what only it knows, by [`Page::record`].
//!
//! A connection without a page is not wrapped, and an operation on it costs a
//! branch.
//!
//! [`ConnectionInfo::journal`]: crate::ConnectionInfo::journal

mod cause;
mod entry;
mod tap;
mod turns;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;

pub use entry::{
    Block, Cause, ClientHello, Direction, Entry, Exchange, Frame, MessageHead, Of, Payload, Piece,
    Preview, Span, Unread, What,
};

use self::cause::Marks;
use crate::{Head, Violation};

pub(crate) use cause::{Aside, appended, caused_by, queued};
pub(crate) use tap::Tap;
pub(crate) use turns::Turns;

/// Bytes of content that an entry keeps: enough to tell what it is.
pub const PREVIEW: usize = 64;

/// What is told of connections.
pub trait Journal: Send + Sync {
    /// Takes an entry. Those of a connection come in order, those of different
    /// connections at the same time. It must not wait: it is called where bytes
    /// are read and written.
    fn record(&self, entry: &Entry);

    /// Brings to its place what was put off: nothing more will come. It may wait for
    /// a while.
    fn finish(&self) {}
}

/// The page of one connection.
pub struct Page {
    journal: Arc<dyn Journal>,
    connection: u64,
    began: Instant,
    began_at: SystemTime,
    /// HTTP/1 exchanges so far.
    requests: AtomicU32,
    /// What is written from now on is HTTP/2.
    http2: AtomicBool,
    marks: Mutex<Marks>,
    /// The operation that ends the connection.
    ending: Mutex<Option<Cause>>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl Page {
    /// The page of a connection that begins now.
    pub fn new(journal: Arc<dyn Journal>, connection: u64) -> Arc<Self> {
        Arc::new(Self {
            journal,
            connection,
            began: Instant::now(),
            began_at: SystemTime::now(),
            requests: AtomicU32::new(0),
            http2: AtomicBool::new(false),
            marks: Mutex::default(),
            ending: Mutex::default(),
        })
    }

    /// Adds an entry.
    pub fn record(&self, what: What) {
        self.passed(what, None);
    }

    /// Adds an entry of what took its time.
    pub(crate) fn passed(&self, what: What, span: Option<Span>) {
        let since = self.since();
        self.journal.record(&Entry {
            // Steps of the system's clock do not change the order.
            time: self.began_at.checked_add(since).unwrap_or(self.began_at),
            since,
            span,
            connection: self.connection,
            what,
        });
    }

    /// The time since the connection was accepted, in whole microseconds.
    fn since(&self) -> Duration {
        let since = self.began.elapsed().as_micros();
        Duration::from_micros(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// Adds that the client broke a rule.
    pub fn violation(&self, violation: Violation) {
        let number = Some(self.requests()).filter(|number| *number > 0);
        self.record(What::Violation {
            request: number.filter(|_| violation.stream.is_none() && !self.is_http2()),
            violation,
        });
    }

    /// What an exchange is called: its stream, or on HTTP/1 its number on the
    /// connection.
    pub fn of(&self, head: &Head) -> Of {
        match head.stream_id {
            0 => Of::Request(self.requests()),
            stream => Of::Stream(stream),
        }
    }

    /// An HTTP/1 exchange begins.
    pub(crate) fn begin_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What is written from here on is HTTP/2, and all before has been.
    pub(crate) fn begin_http2(&self) {
        self.marks.lock().begin();
        self.http2.store(true, Ordering::Release);
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.http2.load(Ordering::Acquire)
    }

    /// Who wrote the byte at `offset` of what is written; the engine if `None`.
    /// To be asked in the order of bytes.
    pub(crate) fn cause(&self, offset: u64) -> Option<Cause> {
        self.marks.lock().cause(offset)
    }

    /// The operation that is about to end the connection; none where it was refused.
    pub(crate) fn ends_by(&self, cause: Option<Cause>) {
        *self.ending.lock() = cause;
    }

    fn ending(&self) -> Option<Cause> {
        *self.ending.lock()
    }

    fn appended(&self, from: u64, bytes: u64, cause: Cause) {
        self.marks.lock().appended(from, bytes, cause);
    }

    fn wrote(&self, bytes: usize) {
        self.marks.lock().wrote(bytes);
    }
}

#[cfg(test)]
mod tests;
