//! SETTINGS: what the client says and what we say (RFC 9113 §6.5.2).

use tokio::time::Instant;

use super::code;
use super::fault::Fault;
use super::flow::{DEFAULT_WINDOW, MAX_WINDOW};
use super::frame::{MAX_MAX_FRAME_SIZE, MIN_MAX_FRAME_SIZE, Setting, Settings};
use super::hpack::TABLE_SIZE;
use crate::{Limits, WireError};

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
    /// The largest table that it decodes with, bytes.
    pub header_table_size: u32,
    /// It takes pushed streams.
    pub enable_push: bool,
    /// How many of them at a time.
    pub max_concurrent_streams: Option<u32>,
    /// The window that it gives to each stream.
    pub initial_window: u32,
    /// The largest payload that it takes.
    pub max_frame_size: u32,
    /// The largest list of fields that it wants.
    pub max_header_list_size: Option<u32>,
}

impl Default for PeerSettings {
    fn default() -> Self {
        Self {
            header_table_size: TABLE_SIZE as u32,
            enable_push: true,
            max_concurrent_streams: None,
            initial_window: DEFAULT_WINDOW,
            max_frame_size: MIN_MAX_FRAME_SIZE,
            max_header_list_size: None,
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
                    self.header_table_size = value;
                    table(value);
                    continue;
                }
                id::ENABLE_PUSH if value <= 1 => {
                    self.enable_push = value == 1;
                    continue;
                }
                id::MAX_CONCURRENT_STREAMS => {
                    self.max_concurrent_streams = Some(value);
                    continue;
                }
                id::MAX_HEADER_LIST_SIZE => {
                    self.max_header_list_size = Some(value);
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
                // Unknown ones are ignored (§6.5.2).
                _ => continue,
            };
            return Err(Fault::connection(code, "RFC 9113 §6.5.2", what));
        }
        Ok(())
    }
}

/// What we said of ourselves and the client has not acknowledged yet.
#[derive(Debug)]
pub(super) struct Said {
    /// When, if the client must acknowledge it in time: what a handler wrote
    /// raw may be such that no client does.
    pub due: Option<Instant>,
    pub settings: Vec<Setting>,
}

/// Checks what a handler wants to say of us (§6.5.2).
pub(super) fn check(settings: &[Setting]) -> Result<(), WireError> {
    for (id, value) in settings {
        let (what, section) = match *id {
            id::ENABLE_PUSH if *value != 0 => {
                ("a server never enables push".to_owned(), "RFC 9113 §6.5.2")
            }
            id::INITIAL_WINDOW_SIZE if *value > MAX_WINDOW => (
                format!("SETTINGS_INITIAL_WINDOW_SIZE is {value}, more than 2^31-1"),
                "RFC 9113 §6.5.2",
            ),
            id::MAX_FRAME_SIZE if !(MIN_MAX_FRAME_SIZE..=MAX_MAX_FRAME_SIZE).contains(value) => (
                format!("SETTINGS_MAX_FRAME_SIZE is {value}, not 2^14 to 2^24-1"),
                "RFC 9113 §6.5.2",
            ),
            // The greeting said 1, which cannot be taken back.
            id::ENABLE_CONNECT_PROTOCOL if *value != 1 => (
                format!("SETTINGS_ENABLE_CONNECT_PROTOCOL is {value} after it was 1"),
                "RFC 8441 §3",
            ),
            _ => continue,
        };
        return Err(WireError::protocol(what, section));
    }
    Ok(())
}

/// What we say of ourselves at first.
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
