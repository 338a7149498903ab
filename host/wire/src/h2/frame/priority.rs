//! PRIORITY (RFC 9113 §6.3; its payload is RFC 7540 §6.3's).

use bytes::Bytes;

use super::{Fault, Head, kind, needs_stream, stream_id};
use crate::Priority;
use crate::h2::code;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct PriorityFrame {
    pub stream: u32,
    pub priority: Priority,
}

impl PriorityFrame {
    const SECTION: &str = "RFC 9113 §6.3";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_stream(head, Self::SECTION, faults);
        let Ok(fields) = payload.as_ref().try_into() else {
            let what = format!("a payload of {} bytes where 5 belong", payload.len());
            faults.push(Fault::stream(code::FRAME_SIZE_ERROR, Self::SECTION, what));
            return None;
        };
        Some(Self {
            stream: head.stream,
            priority: read_priority(head.stream, fields, faults),
        })
    }

    pub(in crate::h2) fn write(&self, out: &mut Vec<u8>) {
        let head = Head {
            length: 5,
            kind: kind::PRIORITY,
            flags: 0,
            stream: self.stream,
        };
        let exclusive = u32::from(self.priority.exclusive) << 31;
        let dependency = self.priority.dependency | exclusive;
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(&dependency.to_be_bytes());
        out.push(self.priority.weight);
    }
}

/// Reads the priority fields of a PRIORITY or HEADERS frame of `stream`.
pub(super) fn read_priority(stream: u32, fields: [u8; 5], faults: &mut Vec<Fault>) -> Priority {
    let [d0, d1, d2, d3, weight] = fields;
    let dependency = stream_id([d0, d1, d2, d3]);
    if dependency == stream && stream != 0 {
        let what = "a stream depends on itself";
        faults.push(Fault::stream(code::PROTOCOL_ERROR, "RFC 7540 §5.3.1", what));
    }
    Priority {
        dependency,
        weight,
        exclusive: d0 & 0x80 != 0,
    }
}
