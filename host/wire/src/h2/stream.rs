//! One stream: its state (RFC 9113 §5.1), its windows, and what waits for the
//! handler.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use bytes::Bytes;
use tokio::time::Instant;

use super::flow::{RecvWindow, SendWindow};
use crate::content::{Content, Method};
use crate::{Event, HeadersFrame};

/// What came after the request's HEADERS and waits for the handler.
#[derive(Debug)]
pub(super) enum Waiting {
    Data(WaitingData),
    Trailers(Box<HeadersFrame>),
    /// What a watching exchange sees beside the request.
    Beside(Event),
}

impl Waiting {
    pub(super) fn is_reset(&self) -> bool {
        matches!(self, Self::Beside(Event::Reset(_)))
    }
}

/// A DATA frame that waits.
#[derive(Debug)]
pub(super) struct WaitingData {
    pub flags: u8,
    pub data: Bytes,
    pub padding: Option<u8>,
    pub flow_controlled_length: u32,
}

/// How far the answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// No final head yet.
    Head,
    /// The head has been sent.
    Body,
    /// END_STREAM has been sent.
    Ended,
}

/// How much longer a request that nobody reads may go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Discarding {
    /// Bytes of the windows.
    pub left: u32,
    /// When something came of it last.
    pub since: Instant,
}

/// A stream that is open, or whose exchange still exists.
#[derive(Debug)]
pub(super) struct Stream {
    pub id: u32,
    /// The method of the request.
    pub method: Method,
    pub sending: Sending,
    /// The content that may still follow the answer's checked head.
    pub content: Content,
    /// END_STREAM has not come.
    pub receiving: bool,
    /// The stream was reset with this code, by either side.
    pub reset: Option<u32>,
    /// An [`Exchange`](super::Exchange) refers to it.
    pub held: bool,
    /// The answer is complete and its exchange gone, but the request goes on:
    /// what still comes of it is thrown away.
    pub discarding: Option<Discarding>,
    /// Something raw was written on it: what follows on our side is the
    /// handler's, and what the client makes of it is no error.
    pub raw: bool,
    /// Something raw stands in the answer's place: content, a final head, or
    /// what cannot be told from them.
    pub placed: bool,
    /// Other streams that its exchange wrote raw on, the last ones.
    pub foreign: VecDeque<u32>,
    /// Its exchange reset it itself.
    pub given_up: bool,
    /// The exchange that pushed it.
    pub pushed_by: Option<usize>,
    /// Its exchange wants to see what the client sends beside the request; so
    /// many such frames wait.
    pub watched: Option<usize>,
    /// Such frames that found no room.
    pub untold: u64,
    pub send_window: SendWindow,
    pub recv_window: RecvWindow,
    pub queue: VecDeque<Waiting>,
    /// The request's Content-Length less what has come of it (RFC 9113 §8.1.1).
    pub content_left: Option<u64>,
    /// The handler, waiting for something to come.
    pub reader: Option<Waker>,
    /// The handler, waiting to write.
    pub writer: Option<Waker>,
    /// Whether `writer` is in the connection's list of those that wait for
    /// their turn.
    pub listed: bool,
    /// Since when the handler has waited for the client to take something.
    pub stalled: Option<Instant>,
    /// Those who want to know when the client leaves.
    pub watchers: Vec<Waker>,
}

impl Stream {
    /// Nothing more is sent or received on it.
    pub(super) fn is_closed(&self) -> bool {
        self.reset.is_some() || (!self.receiving && self.sending == Sending::Ended)
    }

    /// The content that may still be sent: what was written raw is not counted.
    pub(super) fn content(&self) -> Content {
        match self.raw {
            true => Content::Any,
            false => self.content,
        }
    }

    pub(super) fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    pub(super) fn wake_writer(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
    }

    /// Tells everybody who waits that there is no more to wait for.
    pub(super) fn wake_all(&mut self) {
        self.wake_reader();
        self.wake_writer();
        for watcher in self.watchers.drain(..) {
            watcher.wake();
        }
    }

    /// The frames of the request that wait, and the bytes of the connection's
    /// window that they hold.
    pub(super) fn waiting(&self) -> (u32, u32) {
        let frames = self.queue.iter().map(|waiting| match waiting {
            Waiting::Data(data) => (1, data.flow_controlled_length),
            Waiting::Trailers(_) => (1, 0),
            Waiting::Beside(_) => (0, 0),
        });
        frames.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}

/// Remembers a waker, cloning it only if it is another one.
pub(super) fn remember(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}
