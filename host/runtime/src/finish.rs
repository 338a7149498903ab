//! What others make of a handler's answer before it is sent, such as pipes. This
//! crate knows none: it hands the answer over as a value and sends what comes
//! back.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use host_wire::{Fields, Head};

use crate::Handler;

/// Works on answers that handlers left to the host: status, fields and content,
/// set on `response`. One that a handler wrote through its writer is as it is.
pub trait Finish: fmt::Debug + Send + Sync {
    /// Whether there is anything to do for the answer of `handler` to this
    /// request. If not, the answer takes no detour.
    fn touches(&self, handler: &Handler, head: &Head) -> bool;

    /// Makes what is sent of what `handler` left: a page that says why, where it
    /// cannot. Called once for an answer, before anything of it was sent.
    fn finish(&self, handler: Arc<Handler>, head: Head, draft: Draft) -> Finishing;
}

/// An answer that is being made.
pub type Finishing = Pin<Box<dyn Future<Output = Draft> + Send>>;

/// An answer of which nothing has been sent.
pub struct Draft {
    /// The final status code.
    pub status: u16,
    /// HTTP/1's reason phrase; `None` for the registered one.
    pub reason: Option<Bytes>,
    /// The field lines, in order.
    pub fields: Fields,
    /// The content.
    pub content: Box<dyn Content>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Content that is taken piece by piece.
pub trait Content: Send {
    /// Bytes that are still to come; `None` if that cannot be known before the
    /// end.
    fn length(&self) -> Option<u64>;

    /// The next piece; after an error or `None` it is not asked again.
    fn next(&mut self) -> Pull<'_>;
}

/// What a [`Content`] has next; `None` when it has ended.
pub type Pull<'a> = Pin<Box<dyn Future<Output = io::Result<Option<Piece>>> + Send + 'a>>;

/// A piece of a [`Content`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes to be sent.
    Data(Bytes),
    /// Time to wait before the next piece is asked for.
    Pause(Duration),
}

/// Content that is all there.
#[derive(Clone, Debug)]
pub struct Whole(pub Bytes);

impl Content for Whole {
    fn length(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn next(&mut self) -> Pull<'_> {
        let bytes = std::mem::take(&mut self.0);
        let piece = (!bytes.is_empty()).then_some(Piece::Data(bytes));
        Box::pin(std::future::ready(Ok(piece)))
    }
}

/// Who finishes the answers of one run.
#[derive(Clone, Debug)]
pub(crate) struct Finisher {
    pub(crate) finish: Arc<dyn Finish>,
    /// The handler that answers.
    pub(crate) handler: Arc<Handler>,
}
