//! SETTINGS (RFC 9113 §6.5).

use bytes::Bytes;

use super::{Fault, Head, flag, kind, needs_connection};
use crate::h2::code;

/// A list of settings in order, or an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct Settings {
    pub ack: bool,
    payload: Bytes,
}

/// One setting: its identifier and its value.
pub(in crate::h2) type Setting = (u16, u32);

impl Settings {
    const SECTION: &str = "RFC 9113 §6.5";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_connection(head, Self::SECTION, faults);
        let ack = head.has(flag::ACK);
        let what = match (ack, payload.len()) {
            (true, 1..) => "an acknowledgement has a payload",
            (false, length) if length % 6 != 0 => "the payload is no list of settings",
            _ => {
                let payload = payload.clone();
                return Some(Self { ack, payload });
            }
        };
        let code = code::FRAME_SIZE_ERROR;
        faults.push(Fault::connection(code, Self::SECTION, what));
        None
    }

    /// Settings from the payload of a SETTINGS frame, as HTTP2-Settings has it
    /// (RFC 7540 §3.2.1). What is no multiple of six bytes is left off.
    pub(in crate::h2) fn from_payload(payload: Bytes) -> Self {
        Self {
            ack: false,
            payload,
        }
    }

    pub(in crate::h2) fn iter(&self) -> impl Iterator<Item = Setting> {
        self.payload.chunks_exact(6).map(|setting| {
            let id = u16::from_be_bytes([setting[0], setting[1]]);
            let value = [setting[2], setting[3], setting[4], setting[5]];
            (id, u32::from_be_bytes(value))
        })
    }

    pub(in crate::h2) fn write(settings: &[Setting], out: &mut Vec<u8>) {
        let head = Head {
            length: settings.len() as u32 * 6,
            kind: kind::SETTINGS,
            flags: 0,
            stream: 0,
        };
        out.extend_from_slice(&head.bytes());
        for (id, value) in settings {
            out.extend_from_slice(&id.to_be_bytes());
            out.extend_from_slice(&value.to_be_bytes());
        }
    }

    pub(in crate::h2) fn write_ack(out: &mut Vec<u8>) {
        let head = Head {
            length: 0,
            kind: kind::SETTINGS,
            flags: flag::ACK,
            stream: 0,
        };
        out.extend_from_slice(&head.bytes());
    }
}
