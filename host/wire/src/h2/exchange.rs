//! A stream as its handler sees it: what came, and whether anybody still waits.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::frame::flag;
use super::state::Shared;
use super::stream::{Sending, Waiting, WaitingData, remember};
use crate::{Coding, DataFrame, Drain, Event, Gone, Head, HeadersFrame, Peer, Progress, WireError};

/// An HTTP/2 exchange: one stream of a connection.
#[derive(Debug)]
pub struct Exchange {
    pub(super) shared: Arc<Shared>,
    pub(super) key: usize,
    /// The streams that it pushed, with their keys.
    pub(super) pushed: Vec<(u32, usize)>,
    /// How its next frames are padded and its next blocks coded.
    pub(super) padding: Option<u8>,
    pub(super) coding: Coding,
    head: Head,
    /// The event that is always the first, until it was given.
    first: Option<Box<HeadersFrame>>,
    /// Nothing comes after HEADERS.
    bodiless: bool,
    /// The client waits for `100 Continue` before it sends the content.
    pub(super) expects_continue: bool,
    /// The request's last event was given.
    ended: bool,
    /// The last event of all was given.
    finished: bool,
    /// It is told what comes beside the request.
    watches: bool,
}

impl Exchange {
    pub(super) fn new(shared: Arc<Shared>, key: usize, head: Head, first: HeadersFrame) -> Self {
        Self {
            shared,
            key,
            pushed: Vec::new(),
            padding: None,
            coding: Coding::default(),
            bodiless: first.end_stream,
            expects_continue: head.fields.has_token("expect", "100-continue"),
            head,
            first: Some(Box::new(first)),
            ended: false,
            finished: false,
            watches: false,
        }
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    pub(crate) fn drain(&self) -> Drain {
        self.shared.drain.clone()
    }

    /// The stream's identifier.
    pub(super) fn id(&self) -> u32 {
        self.head.stream_id
    }

    pub(crate) async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return Some(Event::Headers(*first));
        }
        if self.finished || (self.ended && !self.watches) {
            return None;
        }
        let event = if self.bodiless && !self.ended {
            Event::End
        } else {
            if std::mem::take(&mut self.expects_continue) {
                self.ask_for_content();
            }
            poll_fn(|cx| self.poll_event(cx)).await
        };
        self.finished = match event {
            // What is left of the request never comes, but the client may answer.
            Event::Reset(_) => self.ended || !self.has_given_up(),
            Event::Gone => true,
            _ => false,
        };
        self.ended |= matches!(event, Event::End | Event::Reset(_));
        Some(event)
    }

    fn poll_event(&self, cx: &Context<'_>) -> Poll<Event> {
        let mut guard = self.shared.lock();
        let state = &mut *guard;
        let over = state.over;
        let Some(stream) = state.streams.get_mut(self.key) else {
            return Poll::Ready(Event::Gone);
        };
        if let Some(waiting) = stream.queue.pop_front() {
            let event = match waiting {
                Waiting::Beside(event) => {
                    stream.watched = stream.watched.map(|n| n - 1);
                    return Poll::Ready(event);
                }
                Waiting::Trailers(trailers) => Event::Trailers(*trailers),
                Waiting::Data(data) => {
                    state.waiting_bytes -= data.flow_controlled_length as usize;
                    Event::Data(self.data_frame(data))
                }
            };
            state.waiting_frames -= 1;
            return Poll::Ready(event);
        }
        if !stream.receiving && !self.ended {
            return Poll::Ready(Event::End);
        }
        // Its own doing ends the request, and is no news afterwards.
        if let Some(code) = stream.reset.filter(|_| !(stream.given_up && self.ended)) {
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

    pub(crate) fn watch(&mut self) {
        if !self.watches {
            self.watches = true;
            self.shared.update(|state| state.watch(self.key));
        }
    }

    /// Frames that it should have been told of since this was asked last, and was
    /// not, since too many waited or they were too large.
    pub(crate) fn take_untold(&mut self) -> u64 {
        let mut state = self.shared.lock();
        let stream = state.streams.get_mut(self.key);
        stream.map_or(0, |stream| std::mem::take(&mut stream.untold))
    }

    /// Whether it has reset its own stream.
    pub(crate) fn has_given_up(&self) -> bool {
        let state = self.shared.lock();
        let stream = state.streams.get(self.key);
        stream.is_some_and(|stream| stream.given_up)
    }

    pub(crate) fn peer(&self, stream: Option<u32>) -> Result<Peer, WireError> {
        let target = self.target(stream)?;
        let state = self.shared.lock();
        let settings = &state.peer;
        let stream = state.streams.get(target.key).ok_or(WireError::Gone)?;
        Ok(Peer {
            header_table_size: settings.header_table_size,
            enable_push: settings.enable_push,
            max_concurrent_streams: settings.max_concurrent_streams,
            initial_window_size: settings.initial_window,
            max_frame_size: settings.max_frame_size,
            max_header_list_size: settings.max_header_list_size,
            connection_window: state.send_window.signed(),
            stream_window: stream.send_window.signed(),
        })
    }

    pub(crate) fn progress(&self) -> Progress {
        let state = self.shared.lock();
        let over = state.over;
        match state.streams.get(self.key) {
            Some(stream) => Progress {
                headers: stream.sending != Sending::Head,
                ended: over || stream.reset.is_some() || stream.sending == Sending::Ended,
                raw: stream.placed || state.out.is_corked_by(self.key),
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
            // Who gave it up itself may have more to do.
            if let Some(code) = stream.reset.filter(|_| !stream.given_up) {
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
        self.shared.update(|state| {
            state.release_pushed(&self.pushed);
            state.release(self.key);
        });
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
