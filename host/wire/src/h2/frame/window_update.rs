//! WINDOW_UPDATE (RFC 9113 §6.9).

use bytes::Bytes;

use super::{Fault, Head, exactly, kind, stream_id};
use crate::h2::code;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::h2) struct WindowUpdate {
    /// 0 for the connection's window.
    pub stream: u32,
    pub increment: u32,
}

impl WindowUpdate {
    const SECTION: &str = "RFC 9113 §6.9";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        let increment = stream_id(exactly(payload, Self::SECTION, faults)?);
        if increment == 0 {
            let what = "an increment of 0";
            let fault = match head.stream {
                0 => Fault::connection,
                _ => Fault::stream,
            };
            faults.push(fault(code::PROTOCOL_ERROR, Self::SECTION, what));
        }
        Some(Self {
            stream: head.stream,
            increment,
        })
    }

    pub(in crate::h2) fn write(self, out: &mut Vec<u8>) {
        let head = Head {
            length: 4,
            kind: kind::WINDOW_UPDATE,
            flags: 0,
            stream: self.stream,
        };
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(&self.increment.to_be_bytes());
    }
}
