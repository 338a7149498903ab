//! Heads and trailers.

use std::future::poll_fn;
use std::task::{Poll, ready};

use bytes::Bytes;

use super::data::body_open;
use super::{Target, alive, room, sent};
use crate::content::Content;
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
            Sending::Head if informational => {
                Content::check_informational(fields)?;
                Ok(stream.content)
            }
            Sending::Head => Content::behind(stream.method, status, fields)?.take(0, end),
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
        let check = |stream: &Stream| {
            body_open(stream)?;
            stream.content().take(0, true)
        };
        self.write_fields(target, None, fields, check, Sending::Ended)
            .await
    }

    /// Says `100 Continue` to a client that waits for it before it sends its
    /// content, and has sent none (RFC 9110 §10.1.1).
    pub(in crate::h2) fn ask_for_content(&self) {
        self.shared.write(self.key, |state| {
            let waits = |stream: &Stream| {
                let waits = stream.receiving && stream.queue.is_empty();
                waits && stream.sending == Sending::Head && !stream.raw && !stream.is_closed()
            };
            if !state.over && state.streams.get(self.key).is_some_and(waits) {
                let head = BlockHead {
                    stream: self.id(),
                    ..BlockHead::default()
                };
                self.write_block(state, head, Some(100), &Fields::new());
            }
        });
    }

    /// Writes a block of fields when there is room, if `check` lets it, which
    /// answers the content that may follow.
    async fn write_fields(
        &self,
        target: Target,
        status: Option<u16>,
        fields: &Fields,
        check: impl Fn(&Stream) -> Result<Content, WireError>,
        then: Sending,
    ) -> Result<(), WireError> {
        poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                let content = check(alive(state, target.key)?)?;
                ready!(room(state, target.key, &self.shared.limits, cx));
                let head = BlockHead {
                    stream: target.id,
                    end_stream: then == Sending::Ended,
                    promised: None,
                    padding: self.padding,
                };
                self.write_block(state, head, status, fields);
                if let Some(stream) = state.streams.get_mut(target.key) {
                    stream.content = content;
                }
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
