//! What handlers write raw, read along: whatever the operation, the windows and
//! the streams' states follow what the client will see.

use bytes::Bytes;

use super::block::Block;
use super::frame::{HEAD_LEN, Head, Setting, flag, kind};
use super::limits;
use super::settings::Said;
use super::state::State;
use super::stream::Sending;
use super::streams::Ended;

/// Finds the frames among raw bytes, however they are cut.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    /// The head of the next frame, as far as it was written.
    head: Vec<u8>,
    /// The frame whose payload is being written, and the bytes that it lacks.
    frame: Option<Head>,
    left: usize,
    /// Its payload, where that has effects.
    kept: Vec<u8>,
    /// The header block that has not been ended.
    block: Option<Block>,
}

/// What a tracker found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A frame begins.
    Begin(Head),
    /// A frame is complete; its payload where that has effects.
    End(Head, Vec<u8>),
}

impl Tracker {
    /// Reads on to the next find and takes what it read off `bytes`.
    pub(super) fn read(&mut self, bytes: &mut &[u8]) -> Option<Found> {
        let Some(frame) = self.frame else {
            let n = bytes.len().min(HEAD_LEN - self.head.len());
            self.head.extend(bytes.split_off(..n)?);
            let head = Head::parse(*self.head.first_chunk()?);
            self.head.clear();
            self.frame = Some(head);
            self.left = head.length as usize;
            return Some(Found::Begin(head));
        };
        let taken = bytes.split_off(..bytes.len().min(self.left))?;
        let most = match frame.kind {
            kind::SETTINGS | kind::RST_STREAM | kind::WINDOW_UPDATE => limits::READ_ALONG,
            kind::HEADERS | kind::PUSH_PROMISE | kind::CONTINUATION => limits::RAW_BLOCK,
            _ => 0,
        };
        let room = most.saturating_sub(self.kept.len());
        self.kept.extend(&taken[..taken.len().min(room)]);
        self.left -= taken.len();
        if self.left > 0 {
            return None;
        }
        self.frame = None;
        Some(Found::End(frame, std::mem::take(&mut self.kept)))
    }

    /// Adds a complete frame to the header block that it belongs to; answers the
    /// block if that is its end.
    fn gather(&mut self, head: Head, payload: &[u8]) -> Option<Block> {
        let open = self.block.take();
        let block = match (head.kind, open) {
            (kind::CONTINUATION, Some(mut block)) => {
                block.go_on(head, payload);
                block
            }
            // It continues nothing, and nothing is open behind it.
            (kind::CONTINUATION, None) => return Some(Block::new(head, payload)),
            (kind::HEADERS | kind::PUSH_PROMISE, open) => {
                let mut block = Block::new(head, payload);
                if open.is_some() {
                    block.break_off();
                }
                block
            }
            (_, open) => {
                self.block = open;
                return None;
            }
        };
        if head.has(flag::END_HEADERS) {
            return Some(block);
        }
        self.block = Some(block);
        None
    }

    /// Whether a frame or a header block is not complete.
    pub(super) fn is_open(&self) -> bool {
        self.block.is_some() || self.is_in_frame()
    }

    /// Whether a frame is not complete.
    pub(super) fn is_in_frame(&self) -> bool {
        self.frame.is_some() || !self.head.is_empty()
    }
}

impl State {
    /// Appends what exchange `key` writes raw.
    pub(super) fn write_raw(&mut self, key: usize, pieces: [Bytes; 2]) {
        for piece in pieces {
            let mut rest = &piece[..];
            while let Some(found) = self.tracker.read(&mut rest) {
                match found {
                    Found::Begin(head) => self.raw_begins(key, head),
                    Found::End(head, payload) => self.raw_ends(key, head, &payload),
                }
            }
            self.out.content(piece);
        }
        if self.tracker.is_in_frame()
            && let Some(own) = self.streams.get_mut(key)
        {
            own.raw = true;
        }
        match self.tracker.is_open() {
            true => self.out.cork(key),
            false => self.uncork(),
        }
    }

    /// Lets everybody write again: what was left open is complete, or given up.
    pub(super) fn uncork(&mut self) {
        if self.tracker.is_open() {
            // The client reads what follows as a part of it.
            self.encoder.forget();
            let owner = self.out.corked_by();
            if let Some(stream) = owner.and_then(|key| self.streams.get_mut(key)) {
                stream.placed = true;
            }
        }
        self.tracker = Tracker::default();
        if self.out.corked_since().is_some() {
            self.out.uncork();
            self.next_turns();
        }
    }

    fn raw_begins(&mut self, key: usize, head: Head) {
        let id = head.stream;
        self.note_foreign(key, id);
        let length = head.length as usize;
        let open = self.streams.key(id);
        match open.and_then(|key| self.streams.get_mut(key)) {
            Some(stream) => {
                stream.raw = true;
                if head.kind == kind::DATA {
                    stream.send_window.debit(length);
                }
            }
            None if id != 0 => self.streams.note_raw(id),
            None => {}
        }
        if let Some(own) = self.streams.of(key, id) {
            own.raw = true;
            own.placed |= head.kind == kind::DATA;
        }
        if head.kind == kind::DATA {
            self.send_window.debit(length);
            self.sent_frames += u32::from(length > 0);
        }
    }

    fn raw_ends(&mut self, key: usize, head: Head, payload: &[u8]) {
        let ends = head.has(flag::END_STREAM);
        let number = |at: usize| {
            let bytes = payload.get(at..)?.first_chunk()?;
            Some(u32::from_be_bytes(*bytes))
        };
        match head.kind {
            kind::DATA | kind::HEADERS if ends => self.raw_sent(head.stream, Sending::Ended),
            kind::RST_STREAM => {
                if let (Some(reset), Some(code)) = (self.streams.key(head.stream), number(0)) {
                    self.closed_by_reset(reset, code, Ended::ResetByUs);
                    self.given_up(key, reset);
                }
            }
            kind::WINDOW_UPDATE => {
                let by = number(0).unwrap_or(0) & 0x7fff_ffff;
                let stream = self.streams.key(head.stream);
                match stream.and_then(|key| self.streams.get_mut(key)) {
                    Some(stream) => stream.recv_window.widen_raw(by),
                    None if head.stream == 0 => self.recv_window.widen_raw(by),
                    None => {}
                }
            }
            kind::PUSH_PROMISE => {
                let at = usize::from(head.has(flag::PADDED));
                let promised = number(at).unwrap_or(0) & 0x7fff_ffff;
                if promised > 0 && self.streams.key(promised).is_none() {
                    self.streams.note_raw(promised);
                }
                self.note_foreign(key, promised);
                if promised.is_multiple_of(2) {
                    self.last_pushed = self.last_pushed.max(promised);
                }
            }
            kind::SETTINGS if !head.has(flag::ACK) && head.stream == 0 => {
                let settings = payload.chunks_exact(6).map(setting).collect();
                let due = None;
                // Beyond the bound they are not waited for.
                if self.said.len() < limits::UNACKNOWLEDGED {
                    self.said.push_back(Said { due, settings });
                }
            }
            _ => {}
        }
        if let Some(block) = self.tracker.gather(head, payload) {
            self.raw_block(&block);
        }
    }

    /// Takes a block at its end as the client takes it: its table changes now,
    /// before the next block that anybody writes.
    fn raw_block(&mut self, block: &Block) {
        let coded = block.coded().filter(|_| !self.out.is_crossed());
        let fields = match coded {
            Some(coded) => self.encoder.follow(coded),
            None => {
                self.encoder.forget();
                None
            }
        };
        let Head {
            kind: kind::HEADERS,
            stream,
            ..
        } = block.head
        else {
            return;
        };
        let mut fields = fields.iter().flatten();
        let status = fields.find(|(name, _)| name == ":status");
        // A head without a status that can be told is a final one.
        if !status.is_some_and(|(_, status)| status.len() == 3 && status[0] == b'1') {
            self.raw_sent(stream, Sending::Body);
        }
    }

    /// Notes how far a raw frame brought the answer on a stream.
    fn raw_sent(&mut self, id: u32, then: Sending) {
        let Some(key) = self.streams.key(id) else {
            return;
        };
        if let Some(stream) = self.streams.get_mut(key)
            && stream.sending != Sending::Ended
        {
            stream.sending = then;
            stream.placed = true;
            // Its handler may wait to write what it no longer may.
            stream.wake_writer();
            self.close_if_complete(key);
        }
    }

    /// Notes that exchange `key` wrote raw on a stream, if it is not its own.
    fn note_foreign(&mut self, key: usize, id: u32) {
        let Some(own) = self.streams.get_mut(key) else {
            return;
        };
        if id == 0 || id == own.id || own.foreign.contains(&id) {
            return;
        }
        if own.foreign.len() == limits::FOREIGN_STREAMS {
            own.foreign.pop_front();
        }
        own.foreign.push_back(id);
    }
}

fn setting(bytes: &[u8]) -> Setting {
    let [i0, i1, v0, v1, v2, v3] = *bytes.first_chunk().unwrap_or(&[0; 6]);
    (
        u16::from_be_bytes([i0, i1]),
        u32::from_be_bytes([v0, v1, v2, v3]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads all of it, in these pieces.
    fn read(tracker: &mut Tracker, pieces: &[&[u8]]) -> Vec<Found> {
        let mut all = Vec::new();
        for piece in pieces {
            let mut rest = *piece;
            all.extend(std::iter::from_fn(|| tracker.read(&mut rest)));
            assert!(rest.is_empty());
        }
        all
    }

    fn head(kind: u8, flags: u8, length: u32) -> Head {
        Head {
            length,
            kind,
            flags,
            stream: 5,
        }
    }

    #[test]
    fn a_block_is_open_from_headers_to_end_headers() {
        let mut tracker = Tracker::default();
        for (kind, flags, open) in [
            (kind::HEADERS, 0, true),
            (kind::DATA, 0, true),
            (kind::CONTINUATION, 0, true),
            (kind::CONTINUATION, flag::END_HEADERS, false),
            (kind::CONTINUATION, 0, false),
            (kind::PUSH_PROMISE, 0, true),
            (kind::HEADERS, flag::END_HEADERS, false),
        ] {
            let head = head(kind, flags, 0);
            let seen = read(&mut tracker, &[&head.bytes()]);
            assert_eq!(seen, [Found::Begin(head), Found::End(head, vec![])]);
            tracker.gather(head, &[]);
            assert_eq!(tracker.is_open(), open, "{head:?}");
        }
    }

    #[test]
    fn only_payloads_that_have_effects_are_kept_and_only_so_much_of_them() {
        let mut tracker = Tracker::default();
        let length = limits::RAW_BLOCK + 1;
        let payload = vec![1; length];
        for (kind, kept) in [
            (kind::DATA, 0),
            (kind::SETTINGS, limits::READ_ALONG),
            (kind::CONTINUATION, limits::RAW_BLOCK),
        ] {
            let head = head(kind, 0, length as u32);
            let seen = read(&mut tracker, &[&head.bytes(), &payload]);
            assert_eq!(seen[1], Found::End(head, vec![1; kept]));
        }
    }

    proptest! {
        /// The same frames are found however they are cut.
        #[test]
        fn frames_are_found_however_they_are_cut(
            frames in proptest::collection::vec((0u8..12, 0u8..16, 0u32..40), 1..8),
            cuts in proptest::collection::vec(0usize..400, 0..12),
        ) {
            let (mut bytes, mut expected) = (Vec::new(), Vec::new());
            for (kind, flags, length) in frames {
                let head = head(kind, flags, length);
                bytes.extend(head.bytes());
                bytes.extend(vec![kind; length as usize]);
                let kept = matches!(kind, 1 | 3 | 4 | 5 | 8 | 9).then_some(length);
                expected.push(Found::Begin(head));
                expected.push(Found::End(head, vec![kind; kept.unwrap_or(0) as usize]));
            }
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(bytes.len())).collect();
            cuts.sort_unstable();
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let starts = std::iter::once(0).chain(cuts.iter().copied());
            let pieces: Vec<&[u8]> = starts.zip(ends).map(|(a, b)| &bytes[a..b]).collect();
            let mut tracker = Tracker::default();
            prop_assert_eq!(read(&mut tracker, &pieces), expected);
            prop_assert!(!tracker.is_in_frame());
        }
    }
}
