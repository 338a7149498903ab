//! One request and what may be written for it, whatever the protocol.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::journal::{self, Cause, Page, What};
use crate::observe::Observed;
use crate::{Credit, Event, Head, Observer, Protocol, Reply, WireError, WireOp, detached, h1, h2};

/// One request, as a stream of [`Event`]s, and the answer to it, as a series of
/// [`WireOp`]s.
///
/// Dropping an exchange whose answer is not complete gives it up: RST_STREAM
/// with INTERNAL_ERROR on HTTP/2, the end of the connection on HTTP/1. What was
/// written raw on HTTP/1 is left as it is: all of it is sent, and the connection
/// closes in good order unless it is a complete response.
#[derive(Debug)]
pub struct Exchange {
    inner: Inner,
    /// What was put back, for [`next`](Self::next) to give once more.
    front: VecDeque<Event>,
    /// Who writes, for the journal.
    writer: &'static str,
    /// Dropped last: then all of the exchange is over.
    observed: Observed,
}

#[derive(Debug)]
enum Inner {
    H1(h1::Exchange),
    H2(h2::Exchange),
    Detached(detached::Exchange),
}

/// How far the answer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The final head (status 200 or above) has been written.
    pub headers: bool,
    /// The answer is complete, or was given up.
    pub ended: bool,
    /// Something raw was written in its place: it is not for others to
    /// complete beyond [`WireOp::EndStream`].
    pub raw: bool,
}

/// An HTTP/2 client's settings (RFC 9113 §6.5.2) and the windows that it has
/// left to us (§6.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// SETTINGS_HEADER_TABLE_SIZE, bytes.
    pub header_table_size: u32,
    /// SETTINGS_ENABLE_PUSH.
    pub enable_push: bool,
    /// SETTINGS_MAX_CONCURRENT_STREAMS: of streams that we push.
    pub max_concurrent_streams: Option<u32>,
    /// SETTINGS_INITIAL_WINDOW_SIZE, bytes.
    pub initial_window_size: u32,
    /// SETTINGS_MAX_FRAME_SIZE, bytes.
    pub max_frame_size: u32,
    /// SETTINGS_MAX_HEADER_LIST_SIZE, bytes.
    pub max_header_list_size: Option<u32>,
    /// What may be sent on the connection, bytes; negative where more was sent
    /// than allowed.
    pub connection_window: i64,
    /// The same of the stream.
    pub stream_window: i64,
}

/// Completes when nobody waits for the answer any more; see [`Exchange::gone`].
pub type Gone = Pin<Box<dyn Future<Output = WireError> + Send>>;

/// Completes when the server wants to stop; see [`Exchange::stopping`].
pub type Stopping = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Exchange {
    fn new(inner: Inner) -> Self {
        Self {
            inner,
            front: VecDeque::new(),
            writer: "host",
            observed: Observed::default(),
        }
    }

    /// A request that somebody is shown and does not answer, such as a pipe that
    /// works on the answer to it: what `head` says, without a body. Every write
    /// is refused with [`WireError::Protocol`].
    pub fn detached(head: Head) -> Self {
        Self::new(Inner::Detached(detached::Exchange::new(head)))
    }

    /// What the request's first frame said.
    pub fn head(&self) -> &Head {
        match &self.inner {
            Inner::H1(x) => x.head(),
            Inner::H2(x) => x.head(),
            Inner::Detached(x) => x.head(),
        }
    }

    /// From now on the request is for this target, as if the client had sent it.
    pub fn retarget(&mut self, target: Bytes) {
        match &mut self.inner {
            Inner::H1(x) => x.head_mut().target = target,
            Inner::H2(x) => x.head_mut().target = target,
            Inner::Detached(x) => x.head_mut().target = target,
        }
    }

    /// Waits, for this long or until the client leaves. What it sends meanwhile
    /// is not lost: [`next`](Self::next) gives it afterwards.
    ///
    /// On HTTP/1 a client has left when it closes its side. Behind 64 KiB of
    /// what it sends nobody looks any more: then the wait goes on to its end.
    ///
    /// # Errors
    /// [`WireError::Gone`] and [`WireError::Reset`]: nobody waits for the answer.
    pub async fn wait(&mut self, time: Duration) -> Result<(), WireError> {
        self.unless_gone(sleep(time)).await
    }

    /// Waits for `work`, or until the client leaves, by the same rules as
    /// [`wait`](Self::wait).
    ///
    /// # Errors
    /// [`WireError::Gone`] and [`WireError::Reset`]: nobody waits for the answer.
    pub async fn unless_gone<F: Future>(&mut self, work: F) -> Result<F::Output, WireError> {
        match &mut self.inner {
            Inner::H1(x) => x.unless_gone(work).await,
            Inner::H2(x) => tokio::select! {
                biased;
                done = work => Ok(done),
                left = x.gone() => Err(left),
            },
            // Nobody waits for it.
            Inner::Detached(_) => Ok(work.await),
        }
    }

    /// A future of its own that completes when the server wants to stop
    /// ([`Drain`](crate::Drain)): for answers that would otherwise never end.
    pub fn stopping(&self) -> Stopping {
        let drain = match &self.inner {
            Inner::H1(x) => x.drain(),
            Inner::H2(x) => Some(x.drain()),
            Inner::Detached(_) => None,
        };
        Box::pin(async move {
            if let Some(mut drain) = drain
                && drain.wait_for(|drain| *drain).await.is_ok()
            {
                return;
            }
            // Nobody is there who could ask for it.
            std::future::pending().await
        })
    }

    /// The next thing that the client sent; `None` after the last one.
    ///
    /// Cancel-safe: nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.front.pop_front() {
            return Some(event);
        }
        let event = match &mut self.inner {
            Inner::H1(x) => x.next().await,
            Inner::H2(x) => x.next().await,
            Inner::Detached(x) => x.next(),
        };
        self.observed.came(event.as_ref());
        event
    }

    /// Puts back what [`next`](Self::next) gave, in the order in which it gave
    /// it: it gives these once more, before all that comes after them. So whoever
    /// looked at a request hands it on as if nobody had.
    ///
    /// What the frames took of the client's window is given back at once, since
    /// they are held here: who puts back bounds how much. The head, which no
    /// event changes, still says how long the body is.
    pub fn put_back(&mut self, events: impl IntoIterator<Item = Event>) {
        let mut events: VecDeque<Event> = events.into_iter().collect();
        for event in &mut events {
            if let Event::Data(frame) = event {
                frame.credit = Credit::default();
            }
        }
        events.append(&mut self.front);
        self.front = events;
    }

    /// From now on this hears what is taken from the exchange and written to it,
    /// until both are dropped. What was put back it is not told.
    pub fn observe(&mut self, observer: Box<dyn Observer>) {
        self.observed = Observed(Some(observer));
    }

    /// Names who writes from now on, for the journal: an operation of a handler's by
    /// its name in the WIT, or else `response` for what a handler has set or returned,
    /// `file`, `mock`, and `host` for what is none of these, as it is at first.
    pub fn write_as(&mut self, writer: &'static str) {
        self.writer = writer;
    }

    /// Writes. Returns when the operation is done, that is queued in order;
    /// waits where the client's window or a full socket make it wait.
    ///
    /// # Errors
    /// See [`WireError`]; after [`WireError::Protocol`] nothing was written and
    /// the exchange goes on.
    pub async fn apply(&mut self, op: WireOp) -> Result<Reply, WireError> {
        self.observed.writes(&op);
        let Some(page) = self.head().connection.journal.clone() else {
            return self.write(op).await;
        };
        let cause = self.cause(&page);
        let ends = match op {
            WireOp::Close | WireOp::Abort => true,
            WireOp::Reset { .. } => self.head().protocol != Protocol::Http2,
            _ => false,
        };
        if ends {
            page.ends_by(Some(cause));
        }
        let written = journal::caused_by(Arc::clone(&page), cause, self.write(op)).await;
        if ends && written.is_err() {
            page.ends_by(None);
        }
        match &written {
            Err(WireError::Protocol { what, section }) => {
                self.tell_refused(what.clone(), Some(section));
            }
            Err(error @ WireError::WrongProtocol { .. }) => self.refused(error),
            _ => {}
        }
        written
    }

    /// Tells the journal, if there is one, of an operation that was refused
    /// before it came to [`apply`](Self::apply), which tells of its own.
    pub fn refused(&self, why: impl fmt::Display) {
        if self.head().connection.journal.is_some() {
            self.tell_refused(why.to_string().into(), None);
        }
    }

    fn tell_refused(&self, what: Cow<'static, str>, section: Option<&'static str>) {
        if let Some(page) = &self.head().connection.journal {
            page.record(What::Refused {
                cause: self.cause(page),
                what,
                section,
            });
        }
    }

    fn cause(&self, page: &Page) -> Cause {
        Cause {
            operation: self.writer,
            of: page.of(self.head()),
        }
    }

    async fn write(&mut self, op: WireOp) -> Result<Reply, WireError> {
        match &mut self.inner {
            Inner::H1(x) => x.apply(op).await,
            Inner::H2(x) => x.apply(op).await,
            Inner::Detached(x) => x.apply(&op),
        }
    }

    /// From now on [`next`](Self::next) also gives what the client sends beside
    /// the request: [`Event::Control`], [`Event::GoAway`], and after
    /// [`Event::End`] a late [`Event::Reset`] or [`Event::Gone`]. At most 64
    /// such frames wait, and each has at most 16,384 bytes:
    /// [`take_untold`](Self::take_untold) counts the others.
    ///
    /// A reset by the exchange itself is only told where the request had not
    /// ended; then it goes on to be watched.
    ///
    /// On HTTP/1 there is only [`Event::Gone`], when the client closes its side.
    /// Requests that come meanwhile are served afterwards; behind 64 KiB of
    /// them nobody looks any more, and `next` answers `None`.
    pub fn watch(&mut self) {
        match &mut self.inner {
            Inner::H1(x) => x.watch(),
            Inner::H2(x) => x.watch(),
            Inner::Detached(_) => {}
        }
    }

    /// How many frames a watching exchange was not told of since this was asked
    /// last, for want of room.
    pub fn take_untold(&mut self) -> u64 {
        match &mut self.inner {
            Inner::H2(x) => x.take_untold(),
            Inner::H1(_) | Inner::Detached(_) => 0,
        }
    }

    /// Whether the exchange has itself reset its HTTP/2 stream: an
    /// [`Event::Reset`] is its own then.
    pub fn has_given_up(&self) -> bool {
        match &self.inner {
            Inner::H2(x) => x.has_given_up(),
            Inner::H1(_) | Inner::Detached(_) => false,
        }
    }

    /// What an HTTP/2 client has said of itself, and the windows that are left
    /// to `stream`, the exchange's own if `None`.
    ///
    /// # Errors
    /// [`WireError::WrongProtocol`] on HTTP/1, [`WireError::Protocol`] for a
    /// stream that is not the exchange's.
    pub fn peer(&self, stream: Option<u32>) -> Result<Peer, WireError> {
        match &self.inner {
            Inner::H1(x) => x.peer(),
            Inner::H2(x) => x.peer(stream),
            Inner::Detached(x) => x.peer(),
        }
    }

    /// How far the answer has come on the exchange's own stream.
    pub fn progress(&self) -> Progress {
        match &self.inner {
            Inner::H1(x) => x.progress(),
            Inner::H2(x) => x.progress(),
            Inner::Detached(_) => detached::Exchange::progress(),
        }
    }

    /// A future of its own that completes when the client resets the stream or
    /// the connection ends, to be raced against a handler's work.
    ///
    /// On HTTP/1 a client that leaves is only noticed by reading or writing, so
    /// there it never completes.
    pub fn gone(&self) -> Gone {
        match &self.inner {
            Inner::H1(_) | Inner::Detached(_) => Box::pin(std::future::pending()),
            Inner::H2(x) => x.gone(),
        }
    }
}

impl From<h1::Exchange> for Exchange {
    fn from(x: h1::Exchange) -> Self {
        if let Some(page) = &x.head().connection.journal {
            page.begin_request();
        }
        Self::new(Inner::H1(x))
    }
}

impl From<h2::Exchange> for Exchange {
    fn from(x: h2::Exchange) -> Self {
        Self::new(Inner::H2(x))
    }
}
