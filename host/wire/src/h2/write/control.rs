//! Frames that carry no content, and the end of the connection.

use std::future::poll_fn;
use std::task::{Poll, ready};

use bytes::Bytes;
use tokio::time::Instant;

use super::raw::uncorked;
use super::{Target, alive, room};
use crate::h2::Exchange;
use crate::h2::flow::MAX_WINDOW;
use crate::h2::frame::{GoAway, MAX_STREAM, Ping, PriorityFrame, Setting, Settings, WindowUpdate};
use crate::h2::limits::UNACKNOWLEDGED;
use crate::h2::settings::{self, Said};
use crate::h2::state::{Ending, State};
use crate::{Priority, WireError};

impl Exchange {
    /// Writes frames when there is room, if they are right then.
    async fn control(
        &self,
        mut write: impl FnMut(&mut State) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                if state.over {
                    return Poll::Ready(Err(WireError::Gone));
                }
                ready!(room(state, self.key, &self.shared.limits, cx));
                state.had_turn(self.key);
                Poll::Ready(write(state))
            })
        })
        .await
    }

    pub(super) async fn goaway(
        &self,
        last: Option<u32>,
        code: u32,
        debug: &Bytes,
    ) -> Result<(), WireError> {
        const SECTION: &str = "RFC 9113 §6.8";
        self.control(|state| {
            let last = last.unwrap_or(state.last_stream);
            fits(state, 8 + debug.len())?;
            if last > MAX_STREAM {
                return Err(WireError::protocol("no stream has this number", SECTION));
            }
            if state.named.is_some_and(|named| last > named) {
                let what = "an earlier GOAWAY named a lower stream";
                return Err(WireError::protocol(what, SECTION));
            }
            state.named = Some(last);
            let debug = debug.clone();
            let goaway = GoAway { last, code, debug };
            state.out.frames(|out| goaway.write(out));
            Ok(())
        })
        .await
    }

    pub(super) async fn ping(&self, data: [u8; 8]) -> Result<(), WireError> {
        let ping = Ping { ack: false, data };
        self.control(|state| {
            state.out.frames(|out| ping.write(out));
            Ok(())
        })
        .await
    }

    pub(super) async fn settings(&self, ours: &[Setting]) -> Result<(), WireError> {
        settings::check(ours)?;
        self.control(|state| {
            fits(state, 6 * ours.len())?;
            if state.said.len() == UNACKNOWLEDGED {
                let what = format!("{UNACKNOWLEDGED} SETTINGS wait for their acknowledgement");
                return Err(WireError::protocol(what, "RFC 9113 §6.5.3"));
            }
            state.said.push_back(Said {
                due: Some(Instant::now()),
                settings: ours.to_vec(),
            });
            state.out.frames(|out| Settings::write(ours, out));
            Ok(())
        })
        .await
    }

    pub(super) async fn window_update(&self, id: u32, increment: u32) -> Result<(), WireError> {
        const SECTION: &str = "RFC 9113 §6.9.1";
        if !(1..=MAX_WINDOW).contains(&increment) {
            let what = format!("an increment of {increment}, not 1 to 2^31-1");
            return Err(WireError::protocol(what, "RFC 9113 §6.9"));
        }
        let own = (id != 0).then(|| self.target(Some(id))).transpose()?;
        self.control(|state| {
            let window = match own {
                Some(target) => {
                    alive(state, target.key)?;
                    let stream = state.streams.get_mut(target.key);
                    &mut stream.ok_or(WireError::Gone)?.recv_window
                }
                None => &mut state.recv_window,
            };
            if window.widen(increment).is_err() {
                let what = "the window would pass 2^31-1";
                return Err(WireError::protocol(what, SECTION));
            }
            let update = WindowUpdate {
                stream: id,
                increment,
            };
            state.out.frames(|out| update.write(out));
            Ok(())
        })
        .await
    }

    pub(super) async fn priority(
        &self,
        target: Target,
        priority: Priority,
    ) -> Result<(), WireError> {
        let what = match priority.dependency {
            id if id == target.id => "a stream cannot depend on itself",
            id if id > MAX_STREAM => "no stream has this number",
            _ => "",
        };
        if !what.is_empty() {
            return Err(WireError::protocol(what, "RFC 7540 §5.3.1"));
        }
        let frame = PriorityFrame {
            stream: target.id,
            priority,
        };
        self.control(|state| {
            state.out.frames(|out| frame.write(out));
            Ok(())
        })
        .await
    }

    /// Ends the connection behind what was queued.
    pub(super) async fn close(&self, ending: Ending) -> Result<(), WireError> {
        poll_fn(|cx| {
            self.shared.write(self.key, |state| {
                if state.over {
                    return Poll::Ready(Err(WireError::Gone));
                }
                ready!(uncorked(state, self.key, cx));
                state.ending = Some(ending);
                state.end();
                Poll::Ready(Ok(()))
            })
        })
        .await
    }
}

/// Whether the client takes a frame with so long a payload.
fn fits(state: &State, length: usize) -> Result<(), WireError> {
    let max = state.peer.max_frame_size as usize;
    if length > max {
        let what = format!(
            "a frame of {length} bytes, more than the client's SETTINGS_MAX_FRAME_SIZE, {max}"
        );
        return Err(WireError::protocol(what, "RFC 9113 §4.2"));
    }
    Ok(())
}
