//! The streams of a connection: those that live, and how others ended.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use slab::Slab;

use super::limits::REMEMBERED_STREAMS;
use super::stream::Stream;

/// How a stream ended, which decides what may still come on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Both sides said END_STREAM.
    Complete,
    /// We reset it: the client may not know yet.
    ResetByUs,
    /// The client reset it.
    ResetByClient,
    /// Too long ago to be known.
    Forgotten,
    /// It was never opened, for a later one was.
    Never,
}

/// Open streams by identifier, and all that an exchange refers to by key.
#[derive(Debug, Default)]
pub(super) struct Streams {
    slab: Slab<Stream>,
    open: HashMap<u32, usize, BuildHasherDefault<IdHasher>>,
    ended: VecDeque<(u32, Ended)>,
    /// The highest streams that were forgotten among those, the client's and
    /// ours.
    forgotten: [u32; 2],
    /// Streams that are not open and on which something raw was written.
    raw: VecDeque<u32>,
    /// Open streams that were pushed.
    pushed: usize,
    /// Exchanges that exist.
    pub held: usize,
}

impl Streams {
    /// The number of the client's streams that are open or half-closed
    /// (RFC 9113 §5.1.2).
    pub(super) fn open(&self) -> usize {
        self.open.len() - self.pushed
    }

    /// The number of pushed streams that are promised or open.
    pub(super) fn pushed(&self) -> usize {
        self.pushed
    }

    pub(super) fn insert(&mut self, stream: Stream) -> usize {
        let id = stream.id;
        match stream.pushed_by {
            Some(_) => self.pushed += 1,
            None => self.held += 1,
        }
        let key = self.slab.insert(stream);
        self.open.insert(id, key);
        key
    }

    /// The key of an open stream.
    pub(super) fn key(&self, id: u32) -> Option<usize> {
        self.open.get(&id).copied()
    }

    pub(super) fn get(&self, key: usize) -> Option<&Stream> {
        self.slab.get(key)
    }

    pub(super) fn get_mut(&mut self, key: usize) -> Option<&mut Stream> {
        self.slab.get_mut(key)
    }

    /// The stream of an exchange; `None` if the key is another's by now.
    pub(super) fn of(&mut self, key: usize, id: u32) -> Option<&mut Stream> {
        self.slab.get_mut(key).filter(|stream| stream.id == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Stream)> {
        self.slab.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut Stream)> {
        self.slab.iter_mut()
    }

    /// Notes that a stream has closed: it no longer counts as open, and is
    /// forgotten where no exchange refers to it.
    pub(super) fn close(&mut self, id: u32, how: Ended) {
        if let Some(key) = self.open.remove(&id)
            && let Some(stream) = self.slab.get(key)
        {
            let (held, raw) = (stream.held, stream.raw);
            self.pushed -= usize::from(stream.pushed_by.is_some());
            if !held {
                self.slab.remove(key);
            }
            if raw {
                self.note_raw(id);
            }
        }
        if self.ended.len() == REMEMBERED_STREAMS
            && let Some((oldest, _)) = self.ended.pop_front()
        {
            let highest = &mut self.forgotten[usize::from(oldest.is_multiple_of(2))];
            *highest = oldest.max(*highest);
        }
        self.ended.push_back((id, how));
    }

    /// How a stream that is not open, but was passed by others, ended.
    pub(super) fn how_ended(&self, id: u32) -> Ended {
        let known = self.ended.iter().rev().find(|(ended, _)| *ended == id);
        let old = id <= self.forgotten[usize::from(id.is_multiple_of(2))];
        match known {
            Some((_, how)) => *how,
            None if old => Ended::Forgotten,
            None => Ended::Never,
        }
    }

    /// Notes that something raw was written on a stream that is not open.
    pub(super) fn note_raw(&mut self, id: u32) {
        if self.raw.contains(&id) {
            return;
        }
        if self.raw.len() == REMEMBERED_STREAMS {
            self.raw.pop_front();
        }
        self.raw.push_back(id);
    }

    /// Whether something raw was written on a stream.
    pub(super) fn is_raw(&self, id: u32) -> bool {
        let open = self.key(id).and_then(|key| self.get(key));
        open.map_or_else(|| self.raw.contains(&id), |stream| stream.raw)
    }

    /// Notes that the exchange of a stream is gone while the stream is open.
    pub(super) fn let_go(&mut self, key: usize) {
        if let Some(stream) = self.slab.get_mut(key).filter(|stream| stream.held) {
            stream.held = false;
            stream.wake_all();
            self.held -= usize::from(stream.pushed_by.is_none());
        }
    }

    /// Forgets a closed stream whose exchange is gone.
    pub(super) fn remove(&mut self, key: usize) {
        self.let_go(key);
        self.slab.try_remove(key);
    }
}

/// Spreads stream identifiers over a table. They count up, so a client cannot
/// choose them to collide.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, id: u32) {
        self.0 = (self.0 ^ u64::from(id)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
