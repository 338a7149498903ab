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
        if self.watching == 0 || payload.len() > WATCHED_BYTES {
            return;
        }
        let pushed_by = self
            .streams
            .key(head.stream)
            .and_then(|key| self.streams.get(key)?.pushed_by);
        let concerns = |key: usize, stream: &Stream| match head.kind {
            kind::SETTINGS | kind::PING | kind::GOAWAY => true,
            _ => head.stream == 0 || head.stream == stream.id || pushed_by == Some(key),
        };
        // Copied, so that what waits never holds a large buffer.
        let payload = Bytes::copy_from_slice(payload);
        for (key, stream) in self.streams.iter_mut() {
            let Some(waiting) = stream.watched.filter(|n| *n < WATCHED_FRAMES) else {
                continue;
            };
            if !concerns(key, stream) {
                continue;
            }
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
            stream.watched = Some(waiting + 1);
            stream.queue.push_back(Waiting::Beside(event));
            stream.wake_reader();
        }
    }
}
