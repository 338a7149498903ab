//! PING (RFC 9113 §6.7).

use bytes::Bytes;

use super::{Fault, Head, exactly, flag, kind, needs_connection};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::h2) struct Ping {
    pub ack: bool,
    pub data: [u8; 8],
}

impl Ping {
    const SECTION: &str = "RFC 9113 §6.7";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_connection(head, Self::SECTION, faults);
        Some(Self {
            ack: head.has(flag::ACK),
            data: exactly(payload, Self::SECTION, faults)?,
        })
    }

    pub(in crate::h2) fn write(self, out: &mut Vec<u8>) {
        let head = Head {
            length: 8,
            kind: kind::PING,
            flags: if self.ack { flag::ACK } else { 0 },
            stream: 0,
        };
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(&self.data);
    }
}
