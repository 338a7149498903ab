//! GOAWAY (RFC 9113 §6.8).

use bytes::Bytes;

use super::{Fault, Head, kind, needs_connection, stream_id};
use crate::h2::code;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct GoAway {
    /// The highest stream that was or will be acted on.
    pub last: u32,
    pub code: u32,
    /// Words for whoever looks.
    pub debug: Bytes,
}

impl GoAway {
    const SECTION: &str = "RFC 9113 §6.8";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_connection(head, Self::SECTION, faults);
        let Some([l0, l1, l2, l3, c0, c1, c2, c3]) = payload.first_chunk::<8>().copied() else {
            let what = "the payload is shorter than 8 bytes";
            let code = code::FRAME_SIZE_ERROR;
            faults.push(Fault::connection(code, Self::SECTION, what));
            return None;
        };
        Some(Self {
            last: stream_id([l0, l1, l2, l3]),
            code: u32::from_be_bytes([c0, c1, c2, c3]),
            debug: payload.slice(8..),
        })
    }

    pub(in crate::h2) fn write(&self, out: &mut Vec<u8>) {
        let head = Head {
            length: 8 + self.debug.len() as u32,
            kind: kind::GOAWAY,
            flags: 0,
            stream: 0,
        };
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(&self.last.to_be_bytes());
        out.extend_from_slice(&self.code.to_be_bytes());
        out.extend_from_slice(&self.debug);
    }
}
