//! A header block that a handler writes raw, gathered from its frames as a client
//! gathers it (RFC 9113 §4.3).

use super::frame::{Head, flag, kind};
use super::limits;

/// What is there of a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The frame that it began with.
    pub head: Head,
    coded: Vec<u8>,
    /// A client cannot make sense of its frames, or it is too long to be kept.
    unclear: bool,
}

impl Block {
    /// Begins with HEADERS or PUSH_PROMISE, or with a CONTINUATION that continues
    /// nothing.
    pub(super) fn new(head: Head, payload: &[u8]) -> Self {
        let mut block = Self {
            head,
            coded: Vec::new(),
            unclear: false,
        };
        block.add(head, fragment(head, payload));
        block
    }

    /// Takes a CONTINUATION.
    pub(super) fn go_on(&mut self, head: Head, payload: &[u8]) {
        let belongs = head.stream == self.head.stream;
        self.add(head, Some(payload).filter(|_| belongs));
    }

    fn add(&mut self, head: Head, fragment: Option<&[u8]>) {
        match fragment {
            Some(fragment) if self.coded.len() + fragment.len() <= limits::RAW_BLOCK => {
                self.coded.extend_from_slice(fragment);
            }
            _ => self.unclear = true,
        }
        // More of the payload than is kept.
        self.unclear |= head.length as usize > limits::RAW_BLOCK;
    }

    /// Another frame came where this one should have gone on.
    pub(super) fn break_off(&mut self) {
        self.unclear = true;
    }

    /// The whole block, if it can be told.
    pub(super) fn coded(&self) -> Option<&[u8]> {
        (!self.unclear).then_some(&self.coded)
    }
}

/// What a frame has of a block: its payload without padding, priority and
/// promised stream. `None` where it has no room for these.
fn fragment(head: Head, payload: &[u8]) -> Option<&[u8]> {
    let mut rest = payload;
    if head.has(flag::PADDED) {
        let (padding, padded) = rest.split_first()?;
        rest = padded;
        rest.split_off(rest.len().checked_sub(usize::from(*padding))?..)?;
    }
    let fixed = match head.kind {
        kind::HEADERS if head.has(flag::PRIORITY) => 5,
        kind::HEADERS => 0,
        kind::PUSH_PROMISE => 4,
        _ => return None,
    };
    rest.get(fixed..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: u8, flags: u8, stream: u32) -> Head {
        Head {
            length: 0,
            kind,
            flags,
            stream,
        }
    }

    #[test]
    fn what_goes_around_a_fragment_is_left_out() {
        let both = flag::PADDED | flag::PRIORITY;
        for (kind, flags, payload, expected) in [
            (kind::HEADERS, 0, &b"ab"[..], Some(&b"ab"[..])),
            (kind::HEADERS, flag::PADDED, b"\x02abPP", Some(b"ab")),
            (kind::HEADERS, flag::PRIORITY, b"ppppwab", Some(b"ab")),
            (kind::HEADERS, both, b"\x01ppppwabP", Some(b"ab")),
            (kind::PUSH_PROMISE, 0, b"ssssab", Some(b"ab")),
            (
                kind::PUSH_PROMISE,
                flag::PADDED,
                b"\x01ssssabP",
                Some(b"ab"),
            ),
            (kind::HEADERS, flag::PADDED, b"", None),
            (kind::HEADERS, flag::PADDED, b"\x03ab", None),
            (kind::HEADERS, both, b"\x02ppppwP", None),
            (kind::PUSH_PROMISE, 0, b"sss", None),
            (kind::CONTINUATION, 0, b"ab", None),
        ] {
            assert_eq!(fragment(head(kind, flags, 1), payload), expected);
        }
    }

    #[test]
    fn a_block_is_clear_while_its_frames_follow_each_other_and_it_is_not_too_long() {
        let begin = || Block::new(head(kind::HEADERS, 0, 1), b"ab");
        let more = |stream| head(kind::CONTINUATION, 0, stream);
        let mut block = begin();
        block.go_on(more(1), b"cd");
        assert_eq!(block.coded(), Some(&b"abcd"[..]));
        block.go_on(more(3), b"ef");
        assert_eq!(block.coded(), None);
        let mut block = begin();
        block.go_on(more(1), &vec![0; limits::RAW_BLOCK - 2]);
        assert!(block.coded().is_some());
        block.go_on(more(1), b"x");
        assert_eq!(block.coded(), None);
    }
}
