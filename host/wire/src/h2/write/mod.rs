//! The operations of an exchange: checked, then queued, waiting where the
//! client or the socket make them wait.

mod control;
mod data;
mod fields;
mod push;
mod raw;

use std::future::poll_fn;
use std::task::{Context, Poll};

use super::Exchange;
use super::state::State;
use super::stream::{Sending, Stream, remember};
use crate::{Limits, Reply, WireError, WireOp};

/// A stream that an operation is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub key: usize,
    pub id: u32,
}

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
                let target = self.target(stream)?;
                self.expects_continue &= status != 100 || target.key != self.key;
                self.write_headers(target, status, &fields, end).await
            }
            WireOp::WriteData { stream, data, end } => {
                let target = self.target(stream)?;
                self.write_data(target, data, end, false).await
            }
            WireOp::WriteDataFrame { stream, data, end } => {
                let target = self.target(stream)?;
                self.write_data(target, data, end, true).await
            }
            WireOp::Trailers { stream, fields } => {
                let target = self.target(stream)?;
                self.write_trailers(target, &fields).await
            }
            WireOp::EndStream { stream } => {
                let target = self.target(stream)?;
                self.end_stream(target).await
            }
            WireOp::Reset { stream, code } => {
                let target = self.target(stream)?;
                self.shared.write(self.key, |state| {
                    if alive(state, target.key)?.is_closed() {
                        let what = "the stream has been ended by both sides";
                        return Err(WireError::protocol(what, "RFC 9113 §5.1"));
                    }
                    state.write_reset(target.key, code);
                    state.given_up(self.key, target.key);
                    Ok(())
                })
            }
            WireOp::Flush => self.flush().await,
            WireOp::Push { promised, fields } => {
                return self.push(promised, &fields).await.map(Reply::Stream);
            }
            WireOp::GoAway {
                last_stream,
                code,
                debug,
            } => self.goaway(last_stream, code, &debug).await,
            WireOp::Ping { data } => self.ping(data).await,
            WireOp::Settings { settings } => self.settings(&settings).await,
            WireOp::WindowUpdate { stream, increment } => {
                self.window_update(stream, increment).await
            }
            WireOp::Priority { stream, priority } => {
                let target = self.target(stream)?;
                self.priority(target, priority).await
            }
            WireOp::Padding(padding) => {
                self.padding = padding;
                Ok(())
            }
            WireOp::Coding(coding) => {
                self.coding = coding;
                Ok(())
            }
            WireOp::TableSize(size) => self.table_size(size),
            WireOp::EncodeFields(fields) => return Ok(Reply::Block(self.encode(&fields))),
            WireOp::RawHeaders {
                stream,
                fields,
                end_stream,
                end_headers,
            } => {
                self.raw_headers(stream, &fields, end_stream, end_headers)
                    .await
            }
            WireOp::RawContinuation {
                stream,
                fields,
                end_headers,
            } => self.raw_continuation(stream, &fields, end_headers).await,
            WireOp::RawData {
                stream,
                data,
                end_stream,
            } => self.raw_data(stream, data, end_stream).await,
            WireOp::RawFrame {
                kind,
                flags,
                stream,
                payload,
            } => self.raw_frame(kind, flags, stream, payload).await,
            // They wait for nothing: the task writes when it has its turn.
            WireOp::RawBytes { bytes, more: _ } => self.raw_bytes(bytes).await,
            WireOp::Close => self.close(super::state::Ending::Close).await,
            WireOp::Abort => self.close(super::state::Ending::Abort).await,
        }
        .map(|()| Reply::Done)
    }

    /// Checked operations are for the exchange's own stream and those that it
    /// has pushed.
    pub(super) fn target(&self, stream: Option<u32>) -> Result<Target, WireError> {
        let (key, own) = (self.key, self.id());
        let Some(id) = stream.filter(|id| *id != own) else {
            return Ok(Target { key, id: own });
        };
        match self.pushed.iter().find(|(pushed, _)| *pushed == id) {
            Some((_, key)) => Ok(Target { key: *key, id }),
            None => {
                let what = format!("stream {id} is not this exchange's");
                Err(WireError::protocol(what, "RFC 9113 §5.1"))
            }
        }
    }

    async fn flush(&self) -> Result<(), WireError> {
        let mut target = None;
        poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                if state.over {
                    return Poll::Ready(Err(WireError::Gone));
                }
                if target.is_none() && state.out.is_held_back() {
                    wait(state, self.key, cx);
                    return Poll::Pending;
                }
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

/// The stream, if the client still listens to it.
fn alive(state: &State, key: usize) -> Result<&Stream, WireError> {
    let stream = state.streams.get(key).ok_or(WireError::Gone)?;
    match stream.reset {
        Some(code) => Err(WireError::Reset(code)),
        None if state.over => Err(WireError::Gone),
        None => Ok(stream),
    }
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
