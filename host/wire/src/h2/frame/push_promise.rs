//! PUSH_PROMISE (RFC 9113 §6.6). Only servers send it; a client's is parsed to
//! be refused by name.

use bytes::Bytes;

use super::{Fault, Head, needs_stream, stream_id, unpad};
use crate::h2::code;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct PushPromise {
    pub stream: u32,
    pub flags: u8,
    pub promised: u32,
    pub fragment: Bytes,
    pub padding: Option<u8>,
}

impl PushPromise {
    const SECTION: &str = "RFC 9113 §6.6";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_stream(head, Self::SECTION, faults);
        let (fragment, padding) = unpad(head, payload, Self::SECTION, faults)?;
        let Some(promised) = fragment.first_chunk() else {
            let what = "the frame is too short for a promised stream";
            let code = code::FRAME_SIZE_ERROR;
            faults.push(Fault::connection(code, Self::SECTION, what));
            return None;
        };
        Some(Self {
            stream: head.stream,
            flags: head.flags,
            promised: stream_id(*promised),
            fragment: fragment.slice(4..),
            padding,
        })
    }
}
