//! The frames of RFC 9113 §4 and §6, as values.
//!
//! Nothing is lost in [`parse`]: what breaks a rule of its own layout still
//! becomes a frame, beside the [`Fault`]s that were found in it. Rules that
//! need a connection's state are not known here.

mod continuation;
mod data;
mod goaway;
mod headers;
mod ping;
mod priority;
mod push_promise;
mod rst_stream;
mod settings;
mod window_update;

use bytes::Bytes;

pub(super) use continuation::Continuation;
pub(super) use data::Data;
pub(super) use goaway::GoAway;
pub(super) use headers::{BlockHead, Headers, write_block};
pub(super) use ping::Ping;
pub(super) use priority::PriorityFrame;
pub(super) use push_promise::PushPromise;
pub(super) use rst_stream::RstStream;
pub(super) use settings::{Setting, Settings};
pub(super) use window_update::WindowUpdate;

use super::code;
use super::fault::Fault;

/// The size of a frame's header in bytes (RFC 9113 §4.1).
pub(super) const HEAD_LEN: usize = 9;

/// The largest payload before a peer allows more, and all that we allow unless
/// a handler says otherwise (RFC 9113 §4.2).
pub(super) const MIN_MAX_FRAME_SIZE: u32 = 16_384;

/// The largest payload that a peer may allow.
pub(super) const MAX_MAX_FRAME_SIZE: u32 = (1 << 24) - 1;

/// The highest number that a stream can have (RFC 9113 §4.1).
pub(super) const MAX_STREAM: u32 = 0x7fff_ffff;

/// The types that RFC 9113 §6 defines.
pub(super) mod kind {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const PRIORITY: u8 = 2;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const PUSH_PROMISE: u8 = 5;
    pub(crate) const PING: u8 = 6;
    pub(crate) const GOAWAY: u8 = 7;
    pub(crate) const WINDOW_UPDATE: u8 = 8;
    pub(crate) const CONTINUATION: u8 = 9;
}

/// The flags that RFC 9113 §6 defines.
pub(super) mod flag {
    pub(crate) const END_STREAM: u8 = 0x1;
    pub(crate) const ACK: u8 = 0x1;
    pub(crate) const END_HEADERS: u8 = 0x4;
    pub(crate) const PADDED: u8 = 0x8;
    pub(crate) const PRIORITY: u8 = 0x20;
}

/// A frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub length: u32,
    pub kind: u8,
    pub flags: u8,
    /// Without the reserved bit, which a receiver ignores (RFC 9113 §4.1).
    pub stream: u32,
}

impl Head {
    pub(super) fn parse(bytes: [u8; HEAD_LEN]) -> Self {
        let [l0, l1, l2, kind, flags, s0, s1, s2, s3] = bytes;
        Self {
            length: u32::from_be_bytes([0, l0, l1, l2]),
            kind,
            flags,
            stream: stream_id([s0, s1, s2, s3]),
        }
    }

    pub(super) fn bytes(self) -> [u8; HEAD_LEN] {
        let [_, l0, l1, l2] = self.length.to_be_bytes();
        let [s0, s1, s2, s3] = self.stream.to_be_bytes();
        [l0, l1, l2, self.kind, self.flags, s0, s1, s2, s3]
    }

    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Reads a stream identifier, without its reserved bit.
fn stream_id(bytes: [u8; 4]) -> u32 {
    u32::from_be_bytes(bytes) & 0x7fff_ffff
}

/// A frame of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Data(Data),
    Headers(Headers),
    Priority(PriorityFrame),
    RstStream(RstStream),
    Settings(Settings),
    PushPromise(PushPromise),
    Ping(Ping),
    GoAway(GoAway),
    WindowUpdate(WindowUpdate),
    Continuation(Continuation),
    /// A type that nobody defined, or a payload too broken for its type.
    Unknown(Unknown),
}

/// A frame as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    pub head: Head,
    pub payload: Bytes,
}

/// A frame and what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub frame: Frame,
    /// In the order of gravity; empty for nearly every frame.
    pub faults: Vec<Fault>,
}

/// Reads a frame whose payload is complete.
pub(super) fn parse(head: Head, payload: Bytes) -> Parsed {
    let mut faults = Vec::new();
    let known = match head.kind {
        kind::DATA => Data::parse(head, &payload, &mut faults).map(Frame::Data),
        kind::HEADERS => Headers::parse(head, &payload, &mut faults).map(Frame::Headers),
        kind::PRIORITY => PriorityFrame::parse(head, &payload, &mut faults).map(Frame::Priority),
        kind::RST_STREAM => RstStream::parse(head, &payload, &mut faults).map(Frame::RstStream),
        kind::SETTINGS => Settings::parse(head, &payload, &mut faults).map(Frame::Settings),
        kind::PUSH_PROMISE => {
            PushPromise::parse(head, &payload, &mut faults).map(Frame::PushPromise)
        }
        kind::PING => Ping::parse(head, &payload, &mut faults).map(Frame::Ping),
        kind::GOAWAY => GoAway::parse(head, &payload, &mut faults).map(Frame::GoAway),
        kind::WINDOW_UPDATE => {
            WindowUpdate::parse(head, &payload, &mut faults).map(Frame::WindowUpdate)
        }
        kind::CONTINUATION => {
            Continuation::parse(head, &payload, &mut faults).map(Frame::Continuation)
        }
        _ => None,
    };
    Parsed {
        frame: known.unwrap_or(Frame::Unknown(Unknown { head, payload })),
        faults,
    }
}

/// Notes a frame of a stream that came on stream 0.
fn needs_stream(head: Head, section: &'static str, faults: &mut Vec<Fault>) {
    if head.stream == 0 {
        let what = "a frame of a stream came on stream 0";
        faults.push(Fault::connection(code::PROTOCOL_ERROR, section, what));
    }
}

/// Notes a frame of the connection that came on a stream.
fn needs_connection(head: Head, section: &'static str, faults: &mut Vec<Fault>) {
    if head.stream != 0 {
        let what = "a frame of the connection came on a stream";
        faults.push(Fault::connection(code::PROTOCOL_ERROR, section, what));
    }
}

/// Takes the padding off a payload (RFC 9113 §6.1), whose length is `None`
/// where the frame is not padded.
///
/// `None` where the padding is as long as the payload or longer.
fn unpad(
    head: Head,
    payload: &Bytes,
    section: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<(Bytes, Option<u8>)> {
    if !head.has(flag::PADDED) {
        return Some((payload.clone(), None));
    }
    let Some(padding) = payload.first().copied() else {
        let what = "a padded frame has no padding length";
        faults.push(Fault::connection(code::FRAME_SIZE_ERROR, section, what));
        return None;
    };
    match payload.len().checked_sub(1 + usize::from(padding)) {
        Some(length) => Some((payload.slice(1..1 + length), Some(padding))),
        None => {
            let what = "the padding is as long as the payload or longer";
            faults.push(Fault::connection(code::PROTOCOL_ERROR, section, what));
            None
        }
    }
}

/// The payload as an array, if it has exactly that length; otherwise a fault.
fn exactly<const N: usize>(
    payload: &Bytes,
    section: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<[u8; N]> {
    let array = payload.as_ref().try_into().ok();
    if array.is_none() {
        let what = format!("a payload of {} bytes where {N} belong", payload.len());
        faults.push(Fault::connection(code::FRAME_SIZE_ERROR, section, what));
    }
    array
}

#[cfg(test)]
mod tests;
