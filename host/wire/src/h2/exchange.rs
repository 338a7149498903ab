//! A stream as its handler sees it: what came, and whether anybody still waits.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::frame::flag;
use super::state::Shared;
use super::stream::{Sending, Waiting, WaitingData, remember};
use crate::{DataFrame, Event, Gone, Head, HeadersFrame, Progress, WireError};

/// An HTTP/2 exchange: one stream of a connection.
#[derive(Debug)]
pub struct Exchange {
    pub(super) shared: Arc<Shared>,
    pub(super) key: usize,
    head: Head,
    /// The event that is always the first, until it was given.
    first: Option<Box<HeadersFrame>>,
    /// Nothing comes after HEADERS.
    bodiless: bool,
    /// The last event was given.
    finished: bool,
}

impl Exchange {
    pub(super) fn new(shared: Arc<Shared>, key: usize, head: Head, first: HeadersFrame) -> Self {
        Self {
            shared,
            key,
            head,
            bodiless: first.end_stream,
            first: Some(Box::new(first)),
            finished: false,
        }
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// The stream's identifier.
    pub(super) fn id(&self) -> u32 {
        self.head.stream_id
    }

    pub(crate) async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return Some(Event::Headers(*first));
        }
        if self.finished {
            return None;
        }
        if self.bodiless {
            self.finished = true;
            return Some(Event::End);
        }
        let event = poll_fn(|cx| self.poll_event(cx)).await;
        self.finished = matches!(event, Event::End | Event::Reset(_) | Event::Gone);
        Some(event)
    }

    fn poll_event(&self, cx: &Context<'_>) -> Poll<Event> {
        let mut state = self.shared.lock();
        let over = state.over;
        let Some(stream) = state.streams.get_mut(self.key) else {
            return Poll::Ready(Event::Gone);
        };
        if let Some(waiting) = stream.queue.pop_front() {
            state.waiting_frames -= 1;
            drop(state);
            return Poll::Ready(match waiting {
                Waiting::Data(data) => Event::Data(self.data_frame(data)),
                Waiting::Trailers(trailers) => Event::Trailers(*trailers),
            });
        }
        if !stream.receiving {
            return Poll::Ready(Event::End);
        }
        if let Some(code) = stream.reset {
            return Poll::Ready(Event::Reset(code));
        }
        if over {
            return Poll::Ready(Event::Gone);
        }
        remember(&mut stream.reader, cx);
        Poll::Pending
    }

    fn data_frame(&self, data: WaitingData) -> DataFrame {
        let bytes = data.flow_controlled_length;
        let credit = (bytes > 0).then(|| Credit {
            shared: Arc::clone(&self.shared),
            stream: self.id(),
            bytes,
        });
        DataFrame {
            stream_id: self.id(),
            flags: data.flags,
            data: data.data,
            end_stream: data.flags & flag::END_STREAM != 0,
            padding: data.padding,
            flow_controlled_length: bytes,
            credit: crate::Credit(credit),
        }
    }

    pub(crate) fn watch(&mut self) {}

    pub(crate) fn peer(&self, _: Option<u32>) -> Result<crate::Peer, WireError> {
        Err(WireError::Gone)
    }

    pub(crate) fn progress(&self) -> Progress {
        let state = self.shared.lock();
        let over = state.over;
        match state.streams.get(self.key) {
            Some(stream) => Progress {
                headers: stream.sending != Sending::Head,
                ended: over || stream.reset.is_some() || stream.sending == Sending::Ended,
                raw: false,
            },
            None => Progress {
                headers: true,
                ended: true,
                raw: false,
            },
        }
    }

    pub(crate) fn gone(&self) -> Gone {
        let (shared, key, id) = (Arc::clone(&self.shared), self.key, self.id());
        Box::pin(poll_fn(move |cx| {
            let mut state = shared.lock();
            let over = state.over;
            let Some(stream) = state.streams.of(key, id) else {
                return Poll::Ready(WireError::Gone);
            };
            if let Some(code) = stream.reset {
                return Poll::Ready(WireError::Reset(code));
            }
            if over {
                return Poll::Ready(WireError::Gone);
            }
            if !stream.watchers.iter().any(|w| w.will_wake(cx.waker())) {
                stream.watchers.push(cx.waker().clone());
            }
            Poll::Pending
        }))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.shared.update(|state| state.release(self.key));
    }
}

/// The window that a DATA frame took; gives it back when it is dropped.
#[derive(Debug)]
pub(crate) struct Credit {
    shared: Arc<Shared>,
    stream: u32,
    bytes: u32,
}

impl Drop for Credit {
    fn drop(&mut self) {
        self.shared
            .update(|state| state.consume_of(self.stream, self.bytes));
    }
}
