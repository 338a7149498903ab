//! DATA (RFC 9113 §6.1).

use bytes::Bytes;

use super::{Fault, Head, flag, needs_stream, unpad};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct Data {
    pub stream: u32,
    pub flags: u8,
    pub data: Bytes,
    pub padding: Option<u8>,
    /// What it takes from the windows: the whole payload.
    pub flow_controlled_length: u32,
}

impl Data {
    const SECTION: &str = "RFC 9113 §6.1";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_stream(head, Self::SECTION, faults);
        let (data, padding) = unpad(head, payload, Self::SECTION, faults)?;
        Some(Self {
            stream: head.stream,
            flags: head.flags,
            data,
            padding,
            flow_controlled_length: head.length,
        })
    }

    pub(in crate::h2) fn end_stream(&self) -> bool {
        self.flags & flag::END_STREAM != 0
    }
}
