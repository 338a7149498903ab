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

/// The frame that a block to be written begins with.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::h2) struct BlockHead {
    pub stream: u32,
    pub end_stream: bool,
    /// The stream that PUSH_PROMISE promises; it is HEADERS without one.
    pub promised: Option<u32>,
    /// Of that frame; CONTINUATION has none.
    pub padding: Option<u8>,
}

/// Writes a field block as HEADERS or PUSH_PROMISE and as many CONTINUATIONs
/// as a peer's largest frame asks for (RFC 9113 §4.3). `encode` appends the
/// block.
pub(in crate::h2) fn write_block(
    block: BlockHead,
    max_frame_size: u32,
    out: &mut Vec<u8>,
    encode: impl FnOnce(&mut Vec<u8>),
) {
    // Nearly every block fits one frame: encode in place, fill the head in.
    let start = out.len();
    out.extend_from_slice(&[0; HEAD_LEN]);
    out.extend(block.padding);
    if let Some(promised) = block.promised {
        out.extend_from_slice(&promised.to_be_bytes());
    }
    let payload_at = start + HEAD_LEN;
    let before = out.len() - payload_at;
    encode(out);
    let max = max_frame_size as usize;
    let padding = usize::from(block.padding.unwrap_or(0));
    let first = max.saturating_sub(padding);
    let rest = match out.len() - payload_at > first {
        true => out.split_off(payload_at + first.max(before)),
        false => Vec::new(),
    };
    out.resize(out.len() + padding, 0);
    let mut pieces = rest.chunks(max).peekable();
    let mut flags = match block.padding {
        Some(_) => flag::PADDED,
        None => 0,
    };
    if block.end_stream {
        flags |= flag::END_STREAM;
    }
    if pieces.peek().is_none() {
        flags |= flag::END_HEADERS;
    }
    let head = Head {
        length: (out.len() - payload_at) as u32,
        kind: match block.promised {
            Some(_) => kind::PUSH_PROMISE,
            None => kind::HEADERS,
        },
        flags,
        stream: block.stream,
    };
    out[start..payload_at].copy_from_slice(&head.bytes());
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        let head = Head {
            length: piece.len() as u32,
            kind: kind::CONTINUATION,
            flags: if last { flag::END_HEADERS } else { 0 },
            stream: block.stream,
        };
        out.extend_from_slice(&head.bytes());
        out.extend_from_slice(piece);
    }
}
