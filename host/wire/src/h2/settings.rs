//! SETTINGS: what the client says and what we say (RFC 9113 §6.5.2).

use super::code;
use super::fault::Fault;
use super::flow::{DEFAULT_WINDOW, MAX_WINDOW};
use super::frame::{MAX_MAX_FRAME_SIZE, MIN_MAX_FRAME_SIZE, Setting, Settings};
use crate::Limits;

/// The identifiers of RFC 9113 §6.5.2 and RFC 8441 §3.
pub(super) mod id {
    pub(crate) const HEADER_TABLE_SIZE: u16 = 1;
    pub(crate) const ENABLE_PUSH: u16 = 2;
    pub(crate) const MAX_CONCURRENT_STREAMS: u16 = 3;
    pub(crate) const INITIAL_WINDOW_SIZE: u16 = 4;
    pub(crate) const MAX_FRAME_SIZE: u16 = 5;
    pub(crate) const MAX_HEADER_LIST_SIZE: u16 = 6;
    pub(crate) const ENABLE_CONNECT_PROTOCOL: u16 = 8;
}

/// What the client has said of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeerSettings {
    /// The window that it gives to each stream.
    pub initial_window: u32,
    /// The largest payload that it takes.
    pub max_frame_size: u32,
}

impl Default for PeerSettings {
    fn default() -> Self {
        Self {
            initial_window: DEFAULT_WINDOW,
            max_frame_size: MIN_MAX_FRAME_SIZE,
        }
    }
}

impl PeerSettings {
    /// Takes the settings of a frame, in order, so that the last of each holds
    /// (§6.5.3). The lowest table size is told to `table`, which needs every one.
    pub(super) fn take(
        &mut self,
        settings: &Settings,
        mut table: impl FnMut(u32),
    ) -> Result<(), Fault> {
        for (id, value) in settings.iter() {
            let (code, what) = match id {
                id::HEADER_TABLE_SIZE => {
                    table(value);
                    continue;
                }
                id::INITIAL_WINDOW_SIZE if value <= MAX_WINDOW => {
                    self.initial_window = value;
                    continue;
                }
                id::MAX_FRAME_SIZE
                    if (MIN_MAX_FRAME_SIZE..=MAX_MAX_FRAME_SIZE).contains(&value) =>
                {
                    self.max_frame_size = value;
                    continue;
                }
                id::INITIAL_WINDOW_SIZE => (
                    code::FLOW_CONTROL_ERROR,
                    format!("SETTINGS_INITIAL_WINDOW_SIZE is {value}"),
                ),
                id::MAX_FRAME_SIZE => (
                    code::PROTOCOL_ERROR,
                    format!("SETTINGS_MAX_FRAME_SIZE is {value}"),
                ),
                id::ENABLE_PUSH | id::ENABLE_CONNECT_PROTOCOL if value > 1 => (
                    code::PROTOCOL_ERROR,
                    format!("setting {id} is {value}, not 0 or 1"),
                ),
                // Unknown ones are ignored (§6.5.2), and so is advice.
                _ => continue,
            };
            return Err(Fault::connection(code, "RFC 9113 §6.5.2", what));
        }
        Ok(())
    }
}

/// What we say of ourselves.
pub(super) fn ours(limits: &Limits) -> [Setting; 4] {
    let head_bytes = u32::try_from(limits.head_bytes).unwrap_or(u32::MAX);
    [
        (id::MAX_CONCURRENT_STREAMS, limits.concurrent_streams),
        (id::INITIAL_WINDOW_SIZE, stream_window(limits)),
        (id::MAX_HEADER_LIST_SIZE, head_bytes),
        (id::ENABLE_CONNECT_PROTOCOL, 1),
    ]
}

/// The window that each stream gets, within what the protocol allows.
pub(super) fn stream_window(limits: &Limits) -> u32 {
    limits.stream_window.clamp(1, MAX_WINDOW)
}
