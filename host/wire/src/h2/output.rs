//! Frames on their way to the socket.

use std::io::IoSlice;

use bytes::Bytes;
use tokio::time::Instant;

use crate::journal::{self, Aside};

/// DATA from this size on is sent from where it is; what is smaller is copied
/// beside the frame heads, which costs less than a slice of its own.
const IN_PLACE: usize = 4 * 1024;

/// Slices given to one write.
pub(super) const SLICES: usize = 32;

/// A buffer that has grown beyond this is not kept.
const KEPT_CAPACITY: usize = 64 * 1024;

/// A run of bytes: a buffer, and large pieces that belong between its parts.
#[derive(Debug, Default)]
pub(super) struct Batch {
    buffer: Vec<u8>,
    /// Each piece with the length of the buffer that goes before it.
    pieces: Vec<(usize, Bytes)>,
    piece_bytes: usize,
    /// What has been sent: bytes of the buffer, whole pieces, and bytes of the
    /// piece that comes next.
    sent: (usize, usize, usize),
}

impl Batch {
    /// The buffer, to append frames to.
    #[cfg(test)]
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Appends content.
    pub(super) fn push(&mut self, data: Bytes) {
        if data.len() < IN_PLACE {
            self.buffer.extend_from_slice(&data);
        } else {
            self.piece_bytes += data.len();
            self.pieces.push((self.buffer.len(), data));
        }
    }

    /// Appends all of another batch, of which nothing has been sent.
    fn append(&mut self, other: &mut Self) {
        let before = self.buffer.len();
        self.buffer.append(&mut other.buffer);
        let pieces = other.pieces.drain(..);
        self.pieces
            .extend(pieces.map(|(at, piece)| (before + at, piece)));
        self.piece_bytes += std::mem::take(&mut other.piece_bytes);
    }

    /// All bytes, sent or not.
    pub(super) fn len(&self) -> usize {
        self.buffer.len() + self.piece_bytes
    }

    /// Whether everything has been sent.
    pub(super) fn is_done(&self) -> bool {
        self.sent.0 == self.buffer.len() && self.sent.1 == self.pieces.len()
    }

    /// What comes next, as slices; answers their number, 0 only when done.
    pub(super) fn slices<'a>(&'a self, out: &mut [IoSlice<'a>; SLICES]) -> usize {
        let (mut at, first, mut skip) = self.sent;
        let mut used = 0;
        for (before, piece) in &self.pieces[first..] {
            if used + 2 > SLICES {
                return used;
            }
            if at < *before {
                out[used] = IoSlice::new(&self.buffer[at..*before]);
                used += 1;
                at = *before;
            }
            out[used] = IoSlice::new(&piece[skip..]);
            used += 1;
            skip = 0;
        }
        if used < SLICES && at < self.buffer.len() {
            out[used] = IoSlice::new(&self.buffer[at..]);
            used += 1;
        }
        used
    }

    /// Notes that the first `bytes` of what came next were sent.
    pub(super) fn advance(&mut self, mut bytes: usize) {
        while bytes > 0 {
            let before = self.pieces.get(self.sent.1).map(|piece| piece.0);
            let buffered = before.unwrap_or(self.buffer.len()) - self.sent.0;
            let n = buffered.min(bytes);
            self.sent.0 += n;
            bytes -= n;
            let Some((_, piece)) = self.pieces.get(self.sent.1) else {
                return;
            };
            if n < buffered {
                return;
            }
            let left = piece.len() - self.sent.2;
            let n = left.min(bytes);
            self.sent.2 += n;
            bytes -= n;
            if n == left {
                self.sent.1 += 1;
                self.sent.2 = 0;
            }
        }
    }

    fn clear(&mut self) {
        if self.buffer.capacity() > KEPT_CAPACITY {
            self.buffer = Vec::new();
        }
        self.buffer.clear();
        self.pieces.clear();
        self.piece_bytes = 0;
        self.sent = (0, 0, 0);
    }
}

/// Who has left a frame or a header block open, within which nobody else may
/// write (RFC 9113 §4.3).
#[derive(Clone, Copy, Debug)]
struct Cork {
    /// The exchange.
    owner: usize,
    since: Instant,
    /// It has written whole frames of its own into what it left open.
    crossed: bool,
}

/// The queue: what writers append to, while the task sends what it took before.
#[derive(Debug, Default)]
pub(super) struct Output {
    batch: Batch,
    /// Bytes appended and bytes handed to the socket since the beginning.
    appended: u64,
    written: u64,
    /// Bytes among them that answer what the client sent: in the batch, and in
    /// the one that the task holds.
    control: usize,
    control_held: usize,
    cork: Option<Cork>,
    /// What others than the cork's owner have written since.
    behind: Batch,
    control_behind: usize,
    causes_behind: Aside,
    /// The exchange that writes now; `None` for the engine itself.
    pub writer: Option<usize>,
}

impl Output {
    /// Appends frames through `write`.
    pub(super) fn frames<R>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        self.append(write).0
    }

    /// The same for frames that a client can provoke at will.
    pub(super) fn control<R>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let (result, bytes) = self.append(write);
        match self.is_held_back() {
            true => self.control_behind += bytes,
            false => self.control += bytes,
        }
        result
    }

    fn append<R>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> R) -> (R, usize) {
        let held_back = self.is_held_back();
        let batch = match held_back {
            true => &mut self.behind,
            false => &mut self.batch,
        };
        if let (false, Some(cork)) = (held_back, &mut self.cork) {
            cork.crossed = true;
        }
        let before = batch.buffer.len();
        let result = write(&mut batch.buffer);
        let bytes = batch.buffer.len() - before;
        match held_back {
            true => self.causes_behind.queued(bytes),
            false => self.note(bytes),
        }
        (result, bytes)
    }

    /// Appends a DATA frame's content, or what a handler wrote raw.
    pub(super) fn content(&mut self, data: Bytes) {
        if self.is_held_back() {
            self.causes_behind.queued(data.len());
            return self.behind.push(data);
        }
        self.note(data.len());
        self.batch.push(data);
    }

    /// Counts what is appended, and lets a journal know whose it is.
    fn note(&mut self, bytes: usize) {
        journal::appended(self.appended, bytes);
        self.appended += bytes as u64;
    }

    /// Keeps others than `owner` from writing until [`uncork`](Self::uncork).
    pub(super) fn cork(&mut self, owner: usize) {
        self.cork.get_or_insert_with(|| Cork {
            owner,
            since: Instant::now(),
            crossed: false,
        });
    }

    /// Appends what was held back.
    pub(super) fn uncork(&mut self) {
        if self.cork.take().is_some() {
            self.causes_behind.appended(self.appended);
            self.appended += self.behind.len() as u64;
            self.control += std::mem::take(&mut self.control_behind);
            self.batch.append(&mut self.behind);
        }
    }

    /// Since when others have been kept from writing.
    pub(super) fn corked_since(&self) -> Option<Instant> {
        self.cork.map(|cork| cork.since)
    }

    /// Whether exchange `key` is the one that keeps others from writing.
    pub(super) fn is_corked_by(&self, key: usize) -> bool {
        self.cork.is_some_and(|cork| cork.owner == key)
    }

    /// Who keeps others from writing.
    pub(super) fn corked_by(&self) -> Option<usize> {
        self.cork.map(|cork| cork.owner)
    }

    /// Whether there are other frames within what was left open.
    pub(super) fn is_crossed(&self) -> bool {
        self.cork.is_some_and(|cork| cork.crossed)
    }

    /// Whether what is written now is held back.
    pub(super) fn is_held_back(&self) -> bool {
        self.cork
            .is_some_and(|cork| self.writer != Some(cork.owner))
    }

    /// Bytes that wait for the socket, those that the task holds included.
    pub(super) fn unsent(&self) -> usize {
        (self.appended - self.written) as usize
    }

    /// Bytes that wait before what is written now, or with it.
    pub(super) fn waiting(&self) -> usize {
        let behind = match self.is_held_back() {
            true => self.behind.len(),
            // The owner would wait for itself.
            false => 0,
        };
        self.unsent() + behind
    }

    pub(super) fn control_waiting(&self) -> usize {
        self.control + self.control_held + self.control_behind
    }

    pub(super) fn appended(&self) -> u64 {
        self.appended
    }

    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Gives unused memory back.
    pub(super) fn forget_capacity(&mut self) {
        if self.batch.buffer.is_empty() && self.batch.pieces.is_empty() {
            self.batch = Batch::default();
        }
    }

    /// Notes that the task wrote `bytes`, and gives it what waits in exchange
    /// for its batch if that is done. Answers whether there is more to write.
    pub(super) fn swap(&mut self, bytes: usize, held: &mut Batch) -> bool {
        self.written += bytes as u64;
        if held.is_done() {
            held.clear();
            std::mem::swap(held, &mut self.batch);
            self.control_held = std::mem::take(&mut self.control);
        }
        !held.is_done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is appended leaves in order, however writes are cut.
        #[test]
        fn bytes_leave_in_order(
            appends in proptest::collection::vec((0usize..9_000, any::<bool>()), 1..20),
            cuts in proptest::collection::vec(1usize..20_000, 1..20),
        ) {
            let mut batch = Batch::default();
            let mut expected = Vec::new();
            for (i, (length, head)) in appends.iter().enumerate() {
                let bytes: Vec<u8> = (0..*length).map(|b| (b + i) as u8).collect();
                expected.extend_from_slice(&bytes);
                match head {
                    true => batch.buffer().extend_from_slice(&bytes),
                    false => batch.push(bytes.into()),
                }
            }
            prop_assert_eq!(batch.len(), expected.len());
            let mut sent = Vec::new();
            let mut cuts = cuts.iter().cycle();
            while !batch.is_done() {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let used = batch.slices(&mut slices);
                let bytes: Vec<u8> = slices[..used].iter().flat_map(|s| s.to_vec()).collect();
                let n = bytes.len().min(*cuts.next().unwrap());
                prop_assert!(n > 0);
                sent.extend_from_slice(&bytes[..n]);
                batch.advance(n);
            }
            prop_assert!(sent == expected);
        }
    }
}
