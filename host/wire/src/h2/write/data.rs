//! Content: by windows and frame size, or frame by frame.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::time::Instant;

use super::{Target, alive, room, sent};
use crate::WireError;
use crate::content::Content as Allowed;
use crate::h2::Exchange;
use crate::h2::frame::{Head, flag, kind};
use crate::h2::limits::{DRIBBLE, WRITE_TURN};
use crate::h2::state::State;
use crate::h2::stream::{Sending, Stream, remember};

/// What is to be sent.
struct Content {
    data: Bytes,
    end: bool,
    /// In one frame.
    whole: bool,
    padding: Option<u8>,
}

impl Content {
    /// What padding and its length add to a frame.
    fn overhead(&self) -> usize {
        self.padding.map_or(0, |padding| 1 + usize::from(padding))
    }
}

impl Exchange {
    /// Writes content; `whole`: in one frame.
    pub(super) async fn write_data(
        &self,
        target: Target,
        data: Bytes,
        end: bool,
        whole: bool,
    ) -> Result<(), WireError> {
        let content = Content {
            data,
            end,
            whole,
            padding: self.padding,
        };
        self.write_content(target, content, body_open).await
    }

    pub(super) async fn end_stream(&self, target: Target) -> Result<(), WireError> {
        let content = Content {
            data: Bytes::new(),
            end: true,
            whole: false,
            padding: self.padding,
        };
        // What a raw head would be is not known for sure.
        let check = |stream: &Stream| match stream.sending {
            Sending::Head if stream.raw => Ok(()),
            _ => body_open(stream),
        };
        self.write_content(target, content, check).await
    }

    async fn write_content(
        &self,
        target: Target,
        mut content: Content,
        check: impl Fn(&Stream) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        let mut stalls = Stalls {
            exchange: self,
            key: target.key,
            waited: false,
        };
        poll_fn(|cx| {
            let poll = self.shared.write(self.key, |state| {
                let stream = alive(state, target.key)?;
                check(stream)?;
                let left = content.data.len() as u64;
                stream.content().take(left, content.end)?;
                self.poll_data(state, target, &mut content, cx)
            });
            stalls.waited |= poll.is_pending();
            poll
        })
        .await
    }

    /// Writes as much as the windows and the queue take. What was written is
    /// off `content` when it must wait.
    fn poll_data(
        &self,
        state: &mut State,
        target: Target,
        content: &mut Content,
        cx: &Context<'_>,
    ) -> Poll<Result<(), WireError>> {
        let mut turn = WRITE_TURN;
        let overhead = content.overhead();
        loop {
            let max = state.peer.max_frame_size as usize;
            let left = content.data.len();
            if content.whole && left + overhead > max {
                let what = format!(
                    "a frame of {} bytes, more than the client's SETTINGS_MAX_FRAME_SIZE, {max}",
                    left + overhead
                );
                return Poll::Ready(Err(WireError::protocol(what, "RFC 9113 §4.2")));
            }
            ready!(room(state, target.key, &self.shared.limits, cx));
            let connection = state.send_window.available();
            let Some(stream) = state.streams.get_mut(target.key) else {
                return Poll::Ready(Err(WireError::Gone));
            };
            let least = match content.whole {
                true => left,
                false => left.min(1),
            };
            let window = stream.send_window.available().min(connection);
            if !content.whole && turn < least + overhead {
                // Enough for now: let the others write first.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if window < least + overhead {
                stall(stream, cx);
                if connection < least + overhead {
                    state.wait_for_turn(target.key);
                }
                return Poll::Pending;
            }
            let most = match content.whole {
                true => left,
                false => max.min(turn).min(window) - overhead,
            };
            let n = left.min(most);
            let last = n == left;
            stream.send_window.debit(n + overhead);
            if let Allowed::Left(left) = &mut stream.content {
                *left = left.saturating_sub(n as u64);
            }
            stream.stalled = None;
            state.had_turn(target.key);
            state.send_window.debit(n + overhead);
            let dribble = !last && n + overhead == window && n < DRIBBLE;
            state.dribbles += u32::from(dribble);
            state.sent_frames += u32::from(n > 0 && !dribble);
            let ends = last && content.end;
            let padding = content.padding;
            data_frame(state, target.id, content.data.split_to(n), ends, padding);
            if last {
                let then = match content.end {
                    true => Sending::Ended,
                    false => Sending::Body,
                };
                sent(state, target.key, then);
                return Poll::Ready(Ok(()));
            }
            turn -= n + overhead;
        }
    }
}

/// Appends a DATA frame.
fn data_frame(state: &mut State, stream: u32, data: Bytes, end: bool, padding: Option<u8>) {
    let overhead = padding.map_or(0, |padding| 1 + u32::from(padding));
    let mut flags = if end { flag::END_STREAM } else { 0 };
    if padding.is_some() {
        flags |= flag::PADDED;
    }
    let head = Head {
        length: data.len() as u32 + overhead,
        kind: kind::DATA,
        flags,
        stream,
    };
    state.out.frames(|out| {
        out.extend_from_slice(&head.bytes());
        out.extend(padding);
    });
    state.out.content(data);
    if let Some(padding) = padding {
        let zeros = [0; u8::MAX as usize];
        state
            .out
            .frames(|out| out.extend_from_slice(&zeros[..usize::from(padding)]));
    }
}

/// A write that may wait for window. However it ends, dropped by the handler
/// perhaps, nobody waits for the client on its behalf any longer.
struct Stalls<'a> {
    exchange: &'a Exchange,
    key: usize,
    waited: bool,
}

impl Drop for Stalls<'_> {
    fn drop(&mut self) {
        if self.waited {
            let mut state = self.exchange.shared.lock();
            if let Some(stream) = state.streams.get_mut(self.key) {
                stream.stalled = None;
            }
        }
    }
}

/// Whether content or trailers may be sent now.
pub(super) fn body_open(stream: &Stream) -> Result<(), WireError> {
    let what = match stream.sending {
        Sending::Body => return Ok(()),
        Sending::Head => "no head has been sent",
        Sending::Ended => "the stream has been ended",
    };
    let section = match stream.sending {
        Sending::Head => "RFC 9113 §8.1",
        _ => "RFC 9113 §5.1",
    };
    Err(WireError::protocol(what, section))
}

/// Lets the handler wait for window.
fn stall(stream: &mut Stream, cx: &Context<'_>) {
    remember(&mut stream.writer, cx);
    stream.stalled.get_or_insert_with(Instant::now);
}
