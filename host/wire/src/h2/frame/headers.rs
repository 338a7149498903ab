//! HEADERS (RFC 9113 §6.2).

use bytes::Bytes;

use super::priority::read_priority;
use super::{Fault, HEAD_LEN, Head, flag, kind, needs_stream, unpad};
use crate::Priority;
use crate::h2::code;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct Headers {
    pub stream: u32,
    pub flags: u8,
    /// The field block, or the first piece of it.
    pub fragment: Bytes,
    pub padding: Option<u8>,
    pub priority: Option<Priority>,
}

impl Headers {
    const SECTION: &str = "RFC 9113 §6.2";

    pub(super) fn parse(head: Head, payload: &Bytes, faults: &mut Vec<Fault>) -> Option<Self> {
        needs_stream(head, Self::SECTION, faults);
        let (mut fragment, padding) = unpad(head, payload, Self::SECTION, faults)?;
        let mut priority = None;
        if head.has(flag::PRIORITY) {
            let Some(fields) = fragment.first_chunk() else {
                let what = "the frame is too short for its priority fields";
                let code = code::FRAME_SIZE_ERROR;
                faults.push(Fault::connection(code, Self::SECTION, what));
                return None;
            };
            priority = Some(read_priority(head.stream, *fields, faults));
            fragment = fragment.slice(5..);
        }
        Some(Self {
            stream: head.stream,
            flags: head.flags,
            fragment,
            padding,
            priority,
        })
    }

    pub(in crate::h2) fn end_headers(&self) -> bool {
        self.flags & flag::END_HEADERS != 0
    }
}

/// Writes a field block as HEADERS and as many CONTINUATIONs as a peer's
/// largest frame asks for (RFC 9113 §4.3). `encode` appends the block.
pub(in crate::h2) fn write_block(
    stream: u32,
    end_stream: bool,
    max_frame_size: u32,
    out: &mut Vec<u8>,
    encode: impl FnOnce(&mut Vec<u8>),
) {
    // Nearly every block fits one frame: encode in place, fill the head in.
    let start = out.len();
    out.extend_from_slice(&[0; HEAD_LEN]);
    encode(out);
    let max = max_frame_size as usize;
    let block_at = start + HEAD_LEN;
    let rest = match out.len() - block_at > max {
        true => out.split_off(block_at + max),
        false => Vec::new(),
    };
    let mut pieces = rest.chunks(max).peekable();
    let mut flags = if end_stream { flag::END_STREAM } else { 0 };
    if pieces.peek().is_none() {
        flags |= flag::END_HEADERS;
    }
    let head = Head {
        length: (out.len() - block_at) as u32,
        kind: kind::HEADERS,
        flags,
        stream,
    };
    out[start..block_at].copy_from_slice(&head.bytes());
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        let head = Head {
            length: piece.len() as u32,
            kind: kind::CONTINUATION,
            flags: if last { flag::END_HEADERS } else { 0 },
            stream,
        };
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(piece);
    }
}
