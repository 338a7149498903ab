//! Heads and trailers.

use std::future::poll_fn;
use std::task::{Poll, ready};

use bytes::Bytes;

use super::data::body_open;
use super::{Target, alive, room, sent};
use crate::h2::Exchange;
use crate::h2::frame::{BlockHead, write_block};
use crate::h2::response::{self, Style, Updates};
use crate::h2::state::State;
use crate::h2::stream::{Sending, Stream};
use crate::{Fields, WireError};

impl Exchange {
    pub(super) async fn write_headers(
        &self,
        target: Target,
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
        self.write_fields(target, Some(status), fields, check, then)
            .await
    }

    pub(super) async fn write_trailers(
        &self,
        target: Target,
        fields: &Fields,
    ) -> Result<(), WireError> {
        response::check(fields)?;
        self.write_fields(target, None, fields, body_open, Sending::Ended)
            .await
    }

    /// Writes a block of fields when there is room, if `check` lets it.
    async fn write_fields(
        &self,
        target: Target,
        status: Option<u16>,
        fields: &Fields,
        check: impl Fn(&Stream) -> Result<(), WireError>,
        then: Sending,
    ) -> Result<(), WireError> {
        poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                check(alive(state, target.key)?)?;
                ready!(room(state, target.key, &self.shared.limits, cx));
                let head = BlockHead {
                    stream: target.id,
                    end_stream: then == Sending::Ended,
                    promised: None,
                    padding: self.padding,
                };
                self.write_block(state, head, status, fields);
                sent(state, target.key, then);
                Poll::Ready(Ok(()))
            })
        })
        .await
    }

    /// Appends a block and its frames.
    pub(super) fn write_block(
        &self,
        state: &mut State,
        head: BlockHead,
        status: Option<u16>,
        fields: &Fields,
    ) {
        let max = state.peer.max_frame_size;
        let style = self.style(state);
        let encoder = &mut state.encoder;
        state.out.frames(|out| {
            write_block(head, max, out, |out| {
                response::encode(encoder, style, status, fields, out);
            });
        });
    }

    /// How a block is made that this exchange writes now.
    pub(super) fn style(&self, state: &State) -> Style {
        Style {
            coding: self.coding,
            ..state.style(Some(self.key))
        }
    }

    /// A block for raw frames.
    pub(super) fn encode(&self, fields: &Fields) -> Bytes {
        let mut state = self.shared.lock();
        let style = Style {
            coding: self.coding,
            stateless: true,
            updates: Updates::Repeated,
        };
        let mut block = Vec::new();
        response::encode_raw(&mut state.encoder, style, fields, &mut block);
        block.into()
    }

    /// The table's size for the blocks that follow.
    pub(super) fn table_size(&self, size: u32) -> Result<(), WireError> {
        let mut state = self.shared.lock();
        let most = state
            .peer
            .header_table_size
            .min(crate::h2::limits::MOST_TABLE);
        if size > most {
            let what = format!("a dynamic table of {size} bytes, more than {most}");
            return Err(WireError::protocol(what, "RFC 7541 §6.3"));
        }
        state.encoder.set_table_size(size as usize);
        Ok(())
    }
}
