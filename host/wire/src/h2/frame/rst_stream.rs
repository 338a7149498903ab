//! RST_STREAM (RFC 9113 §6.4).

use bytes::Bytes;

use super::{Fault, Head, exactly, kind, needs_stream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::h2) struct RstStream {
    pub stream: u32,
    pub code: u32,
}

impl RstStream {
    const SECTION: &str = "RFC 9113 §6.4";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_stream(head, Self::SECTION, faults);
        Some(Self {
            stream: head.stream,
            code: u32::from_be_bytes(exactly(payload, Self::SECTION, faults)?),
        })
    }

    pub(in crate::h2) fn write(self, out: &mut Vec<u8>) {
        let head = Head {
            length: 4,
            kind: kind::RST_STREAM,
            flags: 0,
            stream: self.stream,
        };
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(&self.code.to_be_bytes());
    }
}
