//! The operations of an exchange: checked, then queued, waiting where the
//! client or the socket make them wait.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::time::Instant;

use super::Exchange;
use super::frame::{Head, flag, kind, write_block};
use super::limits::WRITE_TURN;
use super::response;
use super::state::State;
use super::stream::{Sending, Stream, remember};
use crate::{Fields, Limits, Reply, WireError, WireOp};

impl Exchange {
    pub(crate) async fn apply(&mut self, op: WireOp) -> Result<Reply, WireError> {
        match op {
            WireOp::WriteHeaders {
                stream,
                status,
                reason: _,
                fields,
                end,
            } => {
                self.own(stream)?;
                self.write_headers(status, &fields, end).await
            }
            WireOp::WriteData { stream, data, end } => {
                self.own(stream)?;
                self.write_data(data, end).await
            }
            WireOp::Trailers { stream, fields } => {
                self.own(stream)?;
                self.write_trailers(&fields).await
            }
            WireOp::EndStream { stream } => {
                self.own(stream)?;
                self.end_stream().await
            }
            WireOp::Reset { stream, code } => {
                self.own(stream)?;
                self.shared.update(|state| {
                    alive(state, self.key)?;
                    state.reset(self.key, code);
                    Ok(())
                })
            }
            WireOp::Flush => self.flush().await,
            _ => Err(WireError::Gone),
        }
        .map(|()| Reply::Done)
    }

    /// Checked operations are for the exchange's own stream.
    fn own(&self, stream: Option<u32>) -> Result<(), WireError> {
        match stream {
            Some(id) if id != self.id() => {
                let what = format!("stream {id} belongs to another exchange");
                Err(WireError::protocol(what, "RFC 9113 §5.1"))
            }
            _ => Ok(()),
        }
    }

    async fn write_headers(
        &self,
        status: u16,
        fields: &Fields,
        end: bool,
    ) -> Result<(), WireError> {
        let informational = (100..200).contains(&status);
        let (what, section) = match status {
            0..=99 | 1000.. => ("a status has three digits", "RFC 9110 §15"),
            101 => ("HTTP/2 has no status 101", "RFC 9113 §8.6"),
            _ if informational && end => {
                let what = "an informational answer cannot end the stream";
                (what, "RFC 9113 §8.1")
            }
            _ => ("", ""),
        };
        if !what.is_empty() {
            return Err(WireError::protocol(what, section));
        }
        response::check(fields)?;
        let check = |stream: &Stream| match stream.sending {
            Sending::Head => Ok(()),
            _ => {
                let what = "the head has been sent: only trailers may follow";
                Err(WireError::protocol(what, "RFC 9113 §8.1"))
            }
        };
        let then = match (end, informational) {
            (true, _) => Sending::Ended,
            (false, true) => Sending::Head,
            (false, false) => Sending::Body,
        };
        self.write_fields(Some(status), fields, check, then).await
    }

    async fn write_trailers(&self, fields: &Fields) -> Result<(), WireError> {
        response::check(fields)?;
        self.write_fields(None, fields, body_open, Sending::Ended)
            .await
    }

    /// Writes a block of fields when there is room, if `check` lets it.
    async fn write_fields(
        &self,
        status: Option<u16>,
        fields: &Fields,
        check: impl Fn(&Stream) -> Result<(), WireError>,
        then: Sending,
    ) -> Result<(), WireError> {
        poll_fn(|cx| {
            self.shared.update(|state| {
                check(alive(state, self.key)?)?;
                ready!(room(state, self.key, &self.shared.limits, cx));
                let max = state.peer.max_frame_size;
                let encoder = &mut state.encoder;
                let end = then == Sending::Ended;
                state.out.frames(|out| {
                    write_block(self.id(), end, max, out, |out| {
                        response::encode(encoder, status, fields, out);
                    });
                });
                sent(state, self.key, then);
                Poll::Ready(Ok(()))
            })
        })
        .await
    }

    async fn write_data(&self, mut data: Bytes, end: bool) -> Result<(), WireError> {
        let mut stalls = Stalls {
            exchange: self,
            waited: false,
        };
        poll_fn(|cx| {
            let poll = self
                .shared
                .update(|state| self.poll_data(state, &mut data, end, cx));
            stalls.waited |= poll.is_pending();
            poll
        })
        .await
    }

    /// Writes as much as the windows and the queue take. What was written is
    /// off `data` when it must wait.
    fn poll_data(
        &self,
        state: &mut State,
        data: &mut Bytes,
        end: bool,
        cx: &Context<'_>,
    ) -> Poll<Result<(), WireError>> {
        let mut turn = WRITE_TURN;
        body_open(alive(state, self.key)?)?;
        loop {
            ready!(room(state, self.key, &self.shared.limits, cx));
            let connection = state.send_window.available();
            let max = (state.peer.max_frame_size as usize).min(turn);
            let Some(stream) = state.streams.get_mut(self.key) else {
                return Poll::Ready(Err(WireError::Gone));
            };
            let n = data.len().min(max);
            let n = n.min(stream.send_window.available()).min(connection);
            if n == 0 && !data.is_empty() {
                if turn == 0 {
                    // Enough for now: let the others write first.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                stall(stream, cx);
                if connection == 0 {
                    state.wait_for_turn(self.key);
                }
                return Poll::Pending;
            }
            let last = n == data.len();
            let head = Head {
                length: n as u32,
                kind: kind::DATA,
                flags: if last && end { flag::END_STREAM } else { 0 },
                stream: self.id(),
            };
            stream.send_window.debit(n);
            stream.stalled = None;
            state.had_turn(self.key);
            state.send_window.debit(n);
            state.out.frames(|out| out.extend_from_slice(&head.bytes()));
            state.out.content(data.split_to(n));
            state.sent_frames += u32::from(n > 0);
            if last {
                let then = if end { Sending::Ended } else { Sending::Body };
                sent(state, self.key, then);
                return Poll::Ready(Ok(()));
            }
            turn -= n;
        }
    }

    async fn end_stream(&self) -> Result<(), WireError> {
        self.write_data(Bytes::new(), true).await
    }

    async fn flush(&self) -> Result<(), WireError> {
        let mut target = None;
        poll_fn(|cx| {
            self.shared.update(|state| {
                alive(state, self.key)?;
                let target = *target.get_or_insert(state.out.appended());
                if state.out.written() >= target {
                    state.had_turn(self.key);
                    return Poll::Ready(Ok(()));
                }
                wait(state, self.key, cx);
                Poll::Pending
            })
        })
        .await
    }
}

/// A write that may wait for window. However it ends, dropped by the handler
/// perhaps, nobody waits for the client on its behalf any longer.
struct Stalls<'a> {
    exchange: &'a Exchange,
    waited: bool,
}

impl Drop for Stalls<'_> {
    fn drop(&mut self) {
        if self.waited {
            let mut state = self.exchange.shared.lock();
            if let Some(stream) = state.streams.get_mut(self.exchange.key) {
                stream.stalled = None;
            }
        }
    }
}

/// The stream, if the client still listens to it.
fn alive(state: &State, key: usize) -> Result<&Stream, WireError> {
    let stream = state.streams.get(key).ok_or(WireError::Gone)?;
    match stream.reset {
        Some(code) => Err(WireError::Reset(code)),
        None if state.over => Err(WireError::Gone),
        None => Ok(stream),
    }
}

/// Whether content or trailers may be sent now.
fn body_open(stream: &Stream) -> Result<(), WireError> {
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

/// Ready when the output queue takes more.
fn room(state: &mut State, key: usize, limits: &Limits, cx: &Context<'_>) -> Poll<()> {
    if !state.is_full(limits) {
        return Poll::Ready(());
    }
    wait(state, key, cx);
    Poll::Pending
}

/// Lets the handler wait until the socket has taken something.
fn wait(state: &mut State, key: usize, cx: &Context<'_>) {
    if let Some(stream) = state.streams.get_mut(key) {
        remember(&mut stream.writer, cx);
    }
    state.wait_for_turn(key);
}

/// Lets the handler wait for window.
fn stall(stream: &mut Stream, cx: &Context<'_>) {
    remember(&mut stream.writer, cx);
    stream.stalled.get_or_insert_with(Instant::now);
}

/// Notes how far the answer has come.
fn sent(state: &mut State, key: usize, then: Sending) {
    state.had_turn(key);
    if let Some(stream) = state.streams.get_mut(key) {
        stream.sending = then;
        if then == Sending::Ended {
            state.close_if_complete(key);
        }
    }
}
