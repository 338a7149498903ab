//! What watching exchanges are told beside their requests.

use bytes::Bytes;

use super::frame::{Frame, Head, kind};
use super::limits::{WATCHED_BYTES, WATCHED_FRAMES};
use super::state::State;
use super::stream::{Stream, Waiting};
use crate::{ControlFrame, Event};

impl State {
    /// From now on an exchange is told.
    pub(super) fn watch(&mut self, key: usize) {
        if let Some(stream) = self.streams.get_mut(key) {
            stream.watched = Some(0);
            self.watching += 1;
        }
    }

    /// Tells those whom a frame concerns.
    pub(super) fn tell(&mut self, head: Head, frame: &Frame, payload: &Bytes) {
        if self.watching == 0 {
            return;
        }
        let pushed_by = self.pushed_by(head.stream);
        let mut kept = None;
        for (key, stream) in self.streams.iter_mut() {
            let Some(waiting) = stream.watched else {
                continue;
            };
            if !concerns(head, key, stream, pushed_by) {
                continue;
            }
            if waiting >= WATCHED_FRAMES || payload.len() > WATCHED_BYTES {
                stream.untold += 1;
                continue;
            }
            // Copied, so that what waits never holds a large buffer.
            let payload = kept.get_or_insert_with(|| Bytes::copy_from_slice(payload));
            let event = match frame {
                Frame::GoAway(goaway) => Event::GoAway {
                    last_stream: goaway.last,
                    code: goaway.code,
                    debug: payload.slice(8..),
                },
                _ => Event::Control(ControlFrame {
                    kind: head.kind,
                    flags: head.flags,
                    stream_id: head.stream,
                    payload: payload.clone(),
                }),
            };
            stream.tell(event);
        }
    }

    /// Tells the exchange of a stream that is closed on our side that the client
    /// has reset it: because of the answer, or before it knew of our own reset.
    pub(super) fn tell_late_reset(&mut self, id: u32, code: u32) {
        if self.watching == 0 {
            return;
        }
        let mut streams = self.streams.iter_mut().map(|(_, stream)| stream);
        let Some(stream) = streams.find(|s| s.id == id && s.watched.is_some()) else {
            return;
        };
        if stream.given_up {
            stream.given_up = false;
            stream.reset = Some(code);
            stream.wake_all();
        } else if stream.reset.is_none() && !stream.queue.iter().any(Waiting::is_reset) {
            stream.tell(Event::Reset(code));
        }
    }

    /// The exchange that pushed a stream and still exists.
    fn pushed_by(&self, id: u32) -> Option<usize> {
        let mut streams = self.streams.iter().map(|(_, stream)| stream);
        let pushed = streams.find(|s| s.id == id && s.held && s.pushed_by.is_some());
        pushed.and_then(|stream| stream.pushed_by)
    }
}

/// Whether a frame is told to the exchange `key` of a stream. What its request
/// consists of, and a reset, it is told otherwise.
fn concerns(head: Head, key: usize, stream: &Stream, pushed_by: Option<usize>) -> bool {
    let id = head.stream;
    let is_beside = !matches!(
        head.kind,
        kind::DATA | kind::HEADERS | kind::CONTINUATION | kind::RST_STREAM | kind::PUSH_PROMISE
    );
    match head.kind {
        kind::SETTINGS | kind::PING | kind::GOAWAY => true,
        _ if id == 0 || id == stream.id => is_beside,
        _ if pushed_by == Some(key) => true,
        _ if !stream.foreign.contains(&id) => false,
        // The client's own streams are requests, perhaps to somebody else: what
        // they say is for nobody but who answers them.
        kind::RST_STREAM | kind::WINDOW_UPDATE | kind::PRIORITY => true,
        _ => id.is_multiple_of(2),
    }
}

impl Stream {
    fn tell(&mut self, event: Event) {
        self.watched = self.watched.map(|waiting| waiting + 1);
        self.queue.push_back(Waiting::Beside(event));
        self.wake_reader();
    }
}
