//! Raw writes: nothing is checked but what frames cannot express.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::{room, wait};
use crate::h2::Exchange;
use crate::h2::frame::{HEAD_LEN, MAX_MAX_FRAME_SIZE, flag, kind};
use crate::h2::response::{self, Style, Updates};
use crate::h2::state::State;
use crate::{Fields, WireError};

impl Exchange {
    pub(super) async fn raw_headers(
        &mut self,
        stream: Option<u32>,
        fields: &Fields,
        end_stream: bool,
        end_headers: bool,
    ) -> Result<(), WireError> {
        let id = stream.unwrap_or_else(|| self.id());
        let mut flags = 0;
        if end_stream {
            flags |= flag::END_STREAM;
        }
        if end_headers {
            flags |= flag::END_HEADERS;
        }
        self.raw(|state| {
            let block = self.raw_block(state, fields, true);
            self.padded(kind::HEADERS, flags, id, block.into())
        })
        .await
    }

    pub(super) async fn raw_continuation(
        &mut self,
        stream: Option<u32>,
        fields: &Fields,
        end_headers: bool,
    ) -> Result<(), WireError> {
        let id = stream.unwrap_or_else(|| self.id());
        let flags = if end_headers { flag::END_HEADERS } else { 0 };
        self.raw(|state| {
            let block = self.raw_block(state, fields, false);
            frame(kind::CONTINUATION, flags, id, block.into())
        })
        .await
    }

    pub(super) async fn raw_data(
        &mut self,
        stream: Option<u32>,
        data: Bytes,
        end_stream: bool,
    ) -> Result<(), WireError> {
        let id = stream.unwrap_or_else(|| self.id());
        let flags = if end_stream { flag::END_STREAM } else { 0 };
        self.raw(|_| self.padded(kind::DATA, flags, id, data.clone()))
            .await
    }

    pub(super) async fn raw_frame(
        &mut self,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: Bytes,
    ) -> Result<(), WireError> {
        self.raw(|_| frame(kind, flags, stream, payload.clone()))
            .await
    }

    pub(super) async fn raw_bytes(&mut self, bytes: Bytes) -> Result<(), WireError> {
        self.raw(|_| Ok([bytes.clone(), Bytes::new()])).await
    }

    /// Writes what `make` makes when it is this exchange's turn and there is
    /// room.
    async fn raw(
        &self,
        make: impl Fn(&mut State) -> Result<[Bytes; 2], WireError>,
    ) -> Result<(), WireError> {
        poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                if state.over {
                    return Poll::Ready(Err(WireError::Gone));
                }
                ready!(uncorked(state, self.key, cx));
                ready!(room(state, self.key, &self.shared.limits, cx));
                state.had_turn(self.key);
                let pieces = make(state)?;
                state.write_raw(self.key, pieces);
                Poll::Ready(Ok(()))
            })
        })
        .await
    }

    /// Encodes fields without the dynamic table.
    fn raw_block(&self, state: &mut State, fields: &Fields, begin: bool) -> Vec<u8> {
        let usual = self.style(state);
        let style = Style {
            stateless: true,
            updates: match begin {
                true => usual.updates,
                false => Updates::Left,
            },
            ..usual
        };
        let mut block = Vec::new();
        response::encode_raw(&mut state.encoder, style, fields, &mut block);
        block
    }

    /// A frame that this exchange's padding is for.
    fn padded(
        &self,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: Bytes,
    ) -> Result<[Bytes; 2], WireError> {
        let Some(padding) = self.padding else {
            return frame(kind, flags, stream, payload);
        };
        let mut padded = Vec::with_capacity(payload.len() + 1 + usize::from(padding));
        padded.push(padding);
        padded.extend_from_slice(&payload);
        padded.resize(padded.len() + usize::from(padding), 0);
        frame(kind, flags | flag::PADDED, stream, padded.into())
    }
}

/// A frame's head and its payload. The reserved bit of `stream` is kept.
fn frame(kind: u8, flags: u8, stream: u32, payload: Bytes) -> Result<[Bytes; 2], WireError> {
    if payload.len() > MAX_MAX_FRAME_SIZE as usize {
        let what = format!("a payload of {} bytes, more than 2^24-1", payload.len());
        return Err(WireError::protocol(what, "RFC 9113 §4.1"));
    }
    let [_, l0, l1, l2] = (payload.len() as u32).to_be_bytes();
    let [s0, s1, s2, s3] = stream.to_be_bytes();
    let head: [u8; HEAD_LEN] = [l0, l1, l2, kind, flags, s0, s1, s2, s3];
    Ok([Bytes::copy_from_slice(&head), payload])
}

/// Ready when no other exchange has a frame or a header block open.
pub(super) fn uncorked(state: &mut State, key: usize, cx: &Context<'_>) -> Poll<()> {
    if !state.out.is_held_back() {
        return Poll::Ready(());
    }
    wait(state, key, cx);
    Poll::Pending
}
