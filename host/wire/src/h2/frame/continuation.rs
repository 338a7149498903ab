//! CONTINUATION (RFC 9113 §6.10).

use bytes::Bytes;

use super::{Fault, Head, flag, needs_stream};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct Continuation {
    pub stream: u32,
    pub end_headers: bool,
    pub fragment: Bytes,
}

impl Continuation {
    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_stream(head, "RFC 9113 §6.10", faults);
        Some(Self {
            stream: head.stream,
            end_headers: head.has(flag::END_HEADERS),
            fragment: payload.clone(),
        })
    }
}
