//! A connection and the message that it carries now: lent to the exchange, and
//! taken back for the next one.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::answer::Answer;
use super::body::{Body, Piece};
use super::encode::put_head;
use super::head::Request;
use super::refused::Refused;
use super::writer::Leave;
use crate::socket::{Arrival, READ_ROOM, Socket};
use crate::{Fields, Limits, Progress, Refusal, Violation, WireError, WireOp, journal};

/// What a read makes room for where a large body is known to come.
const BODY_ROOM: u64 = 64 * 1024;

/// Bytes of a body nobody read that are taken off the connection so that the
/// next request can be served: closing costs both sides about as much as
/// sending these.
const DISCARDED_BYTES: u64 = 256 * 1024;

/// The time that may take.
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// Bytes that are read and thrown away after the server's side was closed, so
/// that TCP does not reset the connection before the client has read the answer
/// (RFC 9112 §9.6).
const LINGER_BYTES: usize = 1024 * 1024;

/// The time that closing may take.
const LINGER_TIME: Duration = Duration::from_secs(2);

/// Bytes of an answer that wait for more to leave with, where the handler said
/// that more follows: larger ones gain nothing by waiting.
const HELD_BYTES: usize = 64 * 1024;

/// Bytes of the requests behind this one that are read while a handler watches
/// for the client's leaving.
const WATCHED_BYTES: usize = 64 * 1024;

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What a body gave.
pub(super) enum Received {
    Data(Bytes),
    Trailers(Fields),
    End,
    Gone,
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// The next request.
    Next,
    /// The answer is all that there is to be, and the last.
    Close,
    /// The answer was given up: nothing must look like a proper end.
    Drop,
}

/// See the module.
pub(super) struct Wire {
    pub(super) socket: Socket,
    limits: Arc<Limits>,
    message: Message,
}

/// What is to be known of one request and its answer. The default is none.
#[derive(Default)]
struct Message {
    body: Body,
    /// The client waits for `100 Continue`, and may not send the body if it
    /// gets a final status first.
    expects_continue: bool,
    /// The client would go on with the connection.
    persistent: bool,
    /// The request was HEAD.
    head: bool,
    /// The body can be read no further.
    broken: bool,
    /// The connection itself has answered, for a body against the rules.
    refused: bool,
    answer: Answer,
    violation: Option<Violation>,
    failed: Option<io::Error>,
}

impl Wire {
    pub(super) fn new(socket: Socket, limits: Arc<Limits>) -> Self {
        Self {
            socket,
            limits,
            message: Message::default(),
        }
    }

    /// Makes ready for a request's body and answer.
    pub(super) fn begin(&mut self, request: &Request) {
        self.message = Message {
            body: Body::new(request.length),
            expects_continue: request.expects_continue,
            persistent: request.persistent,
            head: request.head.method == "HEAD",
            answer: Answer::new(request),
            ..Message::default()
        };
    }

    pub(super) fn body_is_done(&self) -> bool {
        self.message.body.is_done()
    }

    pub(super) fn progress(&self) -> Progress {
        self.message.answer.progress()
    }

    /// What the client did against the rules in the last message.
    pub(super) fn take_violation(&mut self) -> Option<Violation> {
        self.message.violation.take()
    }

    /// The next piece of the body, as soon as there is one. Cancel-safe.
    pub(super) async fn next_piece(&mut self) -> Received {
        loop {
            if self.message.broken || self.message.answer.is_given_up() {
                return Received::Gone;
            }
            let taken = self.message.body.take(&mut self.socket.read, &self.limits);
            match taken {
                Ok(Some(Piece::Data(data))) => {
                    self.message.expects_continue = false;
                    return Received::Data(data);
                }
                Ok(Some(Piece::Trailers(fields))) => return Received::Trailers(fields),
                Ok(Some(Piece::End)) => return Received::End,
                Ok(None) => self.read_body().await,
                Err(refused) => self.refuse(refused).await,
            }
        }
    }

    /// Reads more of the body, or finds it broken.
    async fn read_body(&mut self) {
        // A client may wait for the head that was held back.
        if self.flush().await.is_err() {
            return;
        }
        if self.message.expects_continue && !self.progress().headers {
            self.message.expects_continue = false;
            // Who has sent some of it does not wait (RFC 9110 §10.1.1).
            if self.socket.read.is_empty() {
                self.socket.out.buffer().extend_from_slice(CONTINUE);
                if self.flush().await.is_err() {
                    return;
                }
            }
        }
        let room = self.message.body.left().clamp(READ_ROOM as u64, BODY_ROOM) as usize;
        let (what, section) = match self.socket.fill(room, self.limits.stall_timeout).await {
            Ok(Arrival::Bytes) => return self.socket.alarm.clear(),
            Ok(Arrival::End | Arrival::Drained) => {
                ("the connection ends before the body does", "RFC 9112 §8")
            }
            Ok(Arrival::Late) => ("no byte of the body comes any more", "RFC 9110 §15.5.9"),
            Err(error) => {
                self.fail(error);
                return;
            }
        };
        self.message.broken = true;
        self.message.violation = Some(Violation {
            section,
            what: what.into(),
            stream: None,
            refusal: Refusal::Closed,
        });
    }

    /// A body against the rules: the connection answers, unless the handler
    /// has.
    async fn refuse(&mut self, refused: Refused) {
        // What was written comes first. A failure is kept for the end.
        let _ = self.flush().await;
        let message = &mut self.message;
        message.broken = true;
        let mut refusal = Refusal::Closed;
        if !message.answer.progress().headers {
            refusal = Refusal::Status(refused.status);
            message.refused = true;
            message.answer.give_up();
            put_refusal(&mut self.socket, &refused, message.head);
        }
        message.violation = Some(refused.violation(refusal));
        let _ = self.flush().await;
    }

    /// Waits until the client closes its side: true. What it sends meanwhile
    /// are its next requests; they are kept, and when there are too many of
    /// them nobody looks any more: false. Cancel-safe.
    pub(super) async fn client_closes(&mut self) -> bool {
        // A client may wait for what was held back before it closes.
        if self.flush().await.is_err() {
            return true;
        }
        while self.socket.read.len() < WATCHED_BYTES {
            self.socket.alarm.clear();
            match self.socket.fill(READ_ROOM, self.limits.idle_timeout).await {
                Ok(Arrival::Bytes | Arrival::Late) => {}
                Ok(Arrival::End | Arrival::Drained) => return true,
                Err(error) => {
                    self.fail(error);
                    return true;
                }
            }
        }
        false
    }

    /// After [`Self::client_closes`] was dropped: what is waited for next has its
    /// own time.
    pub(super) fn stop_waiting(&mut self) {
        self.socket.alarm.clear();
    }

    /// Writes. Cancel-safe in that the order of bytes holds whatever comes
    /// next.
    pub(super) async fn apply(&mut self, op: WireOp) -> Result<(), WireError> {
        if self.socket.out.has_piece() {
            // Left behind by a write that was cancelled.
            self.flush().await?;
        }
        let message = &mut self.message;
        let closing = matches!(op, WireOp::WriteHeaders { .. })
            && (message.broken || message.expects_continue || self.socket.draining());
        let out = &mut self.socket.out;
        let before = out.len();
        let leave = message.answer.apply(op, closing, &self.limits, out)?;
        journal::queued(before, out.len());
        if message.answer.continued {
            message.expects_continue = false;
        }
        match leave {
            Leave::Later if self.socket.out.len() < HELD_BYTES => Ok(()),
            Leave::Later | Leave::Now => self.flush().await,
            Leave::Last => {
                self.flush().await?;
                let shut = self.socket.shutdown().await;
                shut.map_err(|error| self.fail(error))
            }
            Leave::Dropped => {
                self.flush().await?;
                self.socket.abort();
                Ok(())
            }
        }
    }

    async fn flush(&mut self) -> Result<(), WireError> {
        match self.socket.flush(self.limits.stall_timeout).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// The socket is no good any more.
    fn fail(&mut self, error: io::Error) -> WireError {
        self.message.broken = true;
        self.message.failed = Some(error);
        self.message.answer.give_up();
        WireError::Gone
    }

    /// After the exchange: writes what is left of the answer, takes what is
    /// left of the body, and says how to go on.
    ///
    /// # Errors
    /// The socket's, from any time since the message began.
    pub(super) async fn finish(&mut self) -> io::Result<After> {
        if let Some(error) = self.message.failed.take() {
            return Err(error);
        }
        let Message {
            answer, refused, ..
        } = &self.message;
        if answer.is_given_up() && !refused {
            // Unless it is done already: the operation may have been cancelled.
            self.socket.abort();
            return Ok(After::Drop);
        }
        let complete = answer.is_complete();
        if !complete && !refused && !answer.is_meant() {
            return Ok(After::Drop);
        }
        let goes_on = complete && answer.persistent;
        self.socket.flush(self.limits.stall_timeout).await?;
        if goes_on && self.discard_body().await? {
            self.socket.shrink();
            return Ok(After::Next);
        }
        Ok(After::Close)
    }

    /// Takes what nobody read of the body, within bounds. Whether the next
    /// request can be found.
    async fn discard_body(&mut self) -> io::Result<bool> {
        let message = &mut self.message;
        if message.broken || message.expects_continue {
            return Ok(false);
        }
        self.socket.alarm.clear();
        let mut allowed = DISCARDED_BYTES;
        loop {
            match message.body.take(&mut self.socket.read, &self.limits) {
                Ok(Some(Piece::End)) => break,
                Ok(Some(Piece::Trailers(_))) => {}
                Ok(Some(Piece::Data(data))) => {
                    allowed = allowed.saturating_sub(data.len() as u64);
                }
                Ok(None) if message.body.left() > allowed || allowed == 0 => return Ok(false),
                Ok(None) => match self.socket.fill(READ_ROOM, DISCARD_TIME).await? {
                    Arrival::Bytes => {}
                    _ => return Ok(false),
                },
                Err(refused) => {
                    message.violation = Some(refused.violation(Refusal::Closed));
                    return Ok(false);
                }
            }
        }
        self.socket.alarm.clear();
        Ok(true)
    }

    /// Closes after a complete answer so that the client can read it.
    pub(super) async fn close(mut self) -> io::Result<()> {
        // A client that announced the end, and sent nothing we have not read,
        // needs no lingering.
        let message = &self.message;
        let expected = !message.persistent && message.body.is_done() && self.socket.read.is_empty();
        linger(&mut self.socket, !expected).await
    }
}

/// Refuses a request whose head was not understood. `head`: the method was HEAD.
pub(super) async fn refuse_head(
    socket: &mut Socket,
    refused: &Refused,
    head: bool,
    limits: &Limits,
) -> io::Result<()> {
    put_refusal(socket, refused, head);
    socket.flush(limits.stall_timeout).await
}

fn put_refusal(socket: &mut Socket, refused: &Refused, head: bool) {
    let (fields, page) = refused.answer();
    let status = refused.status;
    put_head(socket.out.buffer(), status, None, &fields, &[]);
    if !head {
        socket.out.push(page, b"");
    }
}

/// Closes the server's side, and with `listen` waits within bounds until the
/// client has closed its own.
pub(super) async fn linger(socket: &mut Socket, listen: bool) -> io::Result<()> {
    let closing = async {
        socket.shutdown().await?;
        let mut heard = 0;
        socket.alarm.clear();
        while listen && heard < LINGER_BYTES {
            socket.read.clear();
            if socket.fill(READ_ROOM, LINGER_TIME).await? != Arrival::Bytes {
                break;
            }
            heard += socket.read.len();
        }
        Ok(())
    };
    // A client that does not let itself be closed is dropped.
    timeout(LINGER_TIME, closing).await.unwrap_or(Ok(()))
}

/// Where a connection waits for what it lent to an exchange.
#[derive(Default)]
pub(super) struct Slot {
    wire: Mutex<Option<Box<Wire>>>,
    returned: Notify,
}

impl Slot {
    pub(super) fn give_back(&self, wire: Box<Wire>) {
        *self.wire.lock() = Some(wire);
        self.returned.notify_one();
    }

    /// Waits for the exchange to end: it may outlive the call that served it.
    pub(super) async fn take(&self) -> Box<Wire> {
        loop {
            if let Some(wire) = self.wire.lock().take() {
                return wire;
            }
            self.returned.notified().await;
        }
    }
}
