//! PUSH_PROMISE (RFC 9113 §8.4).

use std::future::poll_fn;
use std::task::{Poll, ready};

use super::{alive, room};
use crate::content::Method;
use crate::h2::Exchange;
use crate::h2::frame::{BlockHead, MAX_STREAM};
use crate::h2::limits::PUSHED_STREAMS;
use crate::h2::request;
use crate::h2::response::check_size;
use crate::h2::state::State;
use crate::h2::stream::Sending;
use crate::{Fields, WireError};

impl Exchange {
    pub(super) async fn push(
        &mut self,
        promised: Option<u32>,
        fields: &Fields,
    ) -> Result<u32, WireError> {
        check_size(fields)?;
        request::check_promised(fields)?;
        let method = Method::of(fields.get(":method").map_or(&b""[..], |method| method));
        let (id, key) = poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                let id = self.may_push(state, promised)?;
                ready!(room(state, self.key, &self.shared.limits, cx));
                state.had_turn(self.key);
                let head = BlockHead {
                    stream: self.id(),
                    end_stream: false,
                    promised: Some(id),
                    padding: self.padding,
                };
                self.write_block(state, head, None, fields);
                let key = state.promise(id, self.key, method);
                Poll::Ready(Ok::<_, WireError>((id, key)))
            })
        })
        .await?;
        self.pushed.push((id, key));
        Ok(id)
    }

    /// The stream to promise, if one may be promised now.
    fn may_push(&self, state: &State, promised: Option<u32>) -> Result<u32, WireError> {
        const SECTION: &str = "RFC 9113 §8.4";
        let mut next = state.last_pushed + 2;
        while promised.is_none() && state.streams.is_raw(next) {
            next += 2;
        }
        let id = promised.unwrap_or(next);
        let most = state.peer.max_concurrent_streams.unwrap_or(u32::MAX);
        let (what, section) = if alive(state, self.key)?.sending == Sending::Ended {
            ("the stream has been ended", "RFC 9113 §5.1")
        } else if !state.peer.enable_push {
            ("the client takes no pushed streams", "RFC 9113 §6.5.2")
        } else if state.client_leaves {
            ("the client said GOAWAY", "RFC 9113 §6.8")
        } else if state.streams.pushed() >= most as usize {
            ("the client takes no more pushed streams", "RFC 9113 §5.1.2")
        } else if self.pushed.len() >= PUSHED_STREAMS {
            ("the exchange has pushed too many streams", SECTION)
        } else if !id.is_multiple_of(2) || id < next {
            (
                "a promised stream is even and above those before",
                "RFC 9113 §5.1.1",
            )
        } else if id > MAX_STREAM {
            ("no stream has this number", "RFC 9113 §5.1.1")
        } else {
            return Ok(id);
        };
        Err(WireError::protocol(what, section))
    }
}

impl State {
    /// The exchange that promised these streams is gone: those that are not
    /// complete are given up.
    pub(in crate::h2) fn release_pushed(&mut self, pushed: &[(u32, usize)]) {
        for (_, key) in pushed {
            self.release(*key);
        }
    }
}
