//! What the client does beside its request, kept for the hooks that watch it.

use std::collections::VecDeque;
use std::time::Duration;

use host_wire::{ControlFrame, WireError};

use crate::bindings::frame_types::Goaway;

/// Frames that wait for their hook, as many as the wire keeps. What comes
/// beyond that while a hook runs is counted.
pub(crate) const WAITING: usize = 64;

/// What came and was not handed to a hook yet.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    waiting: VecDeque<Seen>,
    /// Frames that found no room.
    untold: u64,
    /// How the client left, once it has.
    pub(crate) left: Option<WireError>,
    /// Nothing more will come.
    pub(crate) over: bool,
    /// What `set-watch` said, until that begins.
    duration: Option<Duration>,
}

/// What a client did.
#[derive(Debug)]
pub(crate) enum Seen {
    Frame(ControlFrame),
    Goaway(Goaway),
}

impl Watch {
    pub(crate) fn push(&mut self, seen: Seen) {
        if self.waiting.len() < WAITING {
            self.waiting.push_back(seen);
        } else {
            self.untold += 1;
        }
    }

    /// Frames that found no room since this was asked last.
    pub(crate) fn take_untold(&mut self) -> u64 {
        std::mem::take(&mut self.untold)
    }

    pub(crate) fn pop(&mut self) -> Option<Seen> {
        self.waiting.pop_front()
    }

    /// The client leaves. How it left first counts.
    pub(crate) fn leave(&mut self, how: WireError) {
        self.left.get_or_insert(how);
        self.over = true;
    }

    pub(crate) fn set(&mut self, duration: Duration) {
        self.duration = Some(duration);
    }

    /// What `set-watch` said since this was asked last.
    pub(crate) fn take(&mut self) -> Option<Duration> {
        self.duration.take()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn what_waits_is_bounded_and_in_order() {
        let mut watch = Watch::default();
        for kind in 0..=255 {
            watch.push(Seen::Frame(ControlFrame {
                kind,
                flags: 0,
                stream_id: 0,
                payload: Bytes::new(),
            }));
        }
        let kinds: Vec<u8> = std::iter::from_fn(|| watch.pop())
            .map(|seen| match seen {
                Seen::Frame(frame) => frame.kind,
                Seen::Goaway(_) => panic!("there was none"),
            })
            .collect();
        let first: Vec<u8> = (0..WAITING as u8).collect();
        assert_eq!(kinds, first);
        assert_eq!(watch.take_untold(), 256 - WAITING as u64);
        assert_eq!(watch.take_untold(), 0);
    }

    #[test]
    fn a_client_leaves_once() {
        let mut watch = Watch::default();
        watch.leave(WireError::Reset(8));
        watch.leave(WireError::Gone);
        assert_eq!(watch.left, Some(WireError::Reset(8)));
    }
}
