//! The static table (RFC 7541 appendix A) and the dynamic one (§2.3.2).

use std::collections::VecDeque;

use bytes::Bytes;

use super::{TABLE_SIZE, field_size};

/// Appendix A. Index 1 is the first.
#[rustfmt::skip]
const STATIC: [(&[u8], &[u8]); 61] = [
    (b":authority", b""),
    (b":method", b"GET"),
    (b":method", b"POST"),
    (b":path", b"/"),
    (b":path", b"/index.html"),
    (b":scheme", b"http"),
    (b":scheme", b"https"),
    (b":status", b"200"),
    (b":status", b"204"),
    (b":status", b"206"),
    (b":status", b"304"),
    (b":status", b"400"),
    (b":status", b"404"),
    (b":status", b"500"),
    (b"accept-charset", b""),
    (b"accept-encoding", b"gzip, deflate"),
    (b"accept-language", b""),
    (b"accept-ranges", b""),
    (b"accept", b""),
    (b"access-control-allow-origin", b""),
    (b"age", b""),
    (b"allow", b""),
    (b"authorization", b""),
    (b"cache-control", b""),
    (b"content-disposition", b""),
    (b"content-encoding", b""),
    (b"content-language", b""),
    (b"content-length", b""),
    (b"content-location", b""),
    (b"content-range", b""),
    (b"content-type", b""),
    (b"cookie", b""),
    (b"date", b""),
    (b"etag", b""),
    (b"expect", b""),
    (b"expires", b""),
    (b"from", b""),
    (b"host", b""),
    (b"if-match", b""),
    (b"if-modified-since", b""),
    (b"if-none-match", b""),
    (b"if-range", b""),
    (b"if-unmodified-since", b""),
    (b"last-modified", b""),
    (b"link", b""),
    (b"location", b""),
    (b"max-forwards", b""),
    (b"proxy-authenticate", b""),
    (b"proxy-authorization", b""),
    (b"range", b""),
    (b"referer", b""),
    (b"refresh", b""),
    (b"retry-after", b""),
    (b"server", b""),
    (b"set-cookie", b""),
    (b"strict-transport-security", b""),
    (b"transfer-encoding", b""),
    (b"user-agent", b""),
    (b"vary", b""),
    (b"via", b""),
    (b"www-authenticate", b""),
];

/// The longest name of the static table.
const LONGEST: usize = 27;

/// For each length of name where its entries begin in [`BY_LENGTH`].
const STARTS: [u8; LONGEST + 2] = {
    let mut starts = [0u8; LONGEST + 2];
    let mut i = 0;
    while i < STATIC.len() {
        let mut after = STATIC[i].0.len() + 1;
        while after < starts.len() {
            starts[after] += 1;
            after += 1;
        }
        i += 1;
    }
    starts
};

/// The static entries (from 0) sorted by the length of their names, in the
/// table's order within a length.
const BY_LENGTH: [u8; 61] = {
    let mut sorted = [0u8; 61];
    let mut next = STARTS;
    let mut i = 0;
    while i < STATIC.len() {
        let length = STATIC[i].0.len();
        sorted[next[length] as usize] = i as u8;
        next[length] += 1;
        i += 1;
    }
    sorted
};

/// What a table knows of a field to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Name and value are at this index.
    Field(usize),
    /// The name is at this index.
    Name(usize),
    Nothing,
}

/// Looks a field up in the static table.
pub(super) fn find_static(name: &[u8], value: &[u8]) -> Found {
    if name.len() > LONGEST {
        return Found::Nothing;
    }
    let (from, to) = (STARTS[name.len()], STARTS[name.len() + 1]);
    let mut found = Found::Nothing;
    for at in &BY_LENGTH[usize::from(from)..usize::from(to)] {
        let at = usize::from(*at);
        if STATIC[at].0 == name {
            if STATIC[at].1 == value {
                return Found::Field(at + 1);
            }
            if found == Found::Nothing {
                found = Found::Name(at + 1);
            }
        }
    }
    found
}

#[derive(Debug)]
struct Entry {
    name: Bytes,
    value: Bytes,
    /// Makes a search compare numbers; 0 where nobody searches.
    hash: u64,
}

/// A dynamic table.
#[derive(Debug)]
pub(super) struct Table {
    /// The newest first.
    entries: VecDeque<Entry>,
    size: usize,
    max: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            entries: VecDeque::new(),
            size: 0,
            max: TABLE_SIZE,
        }
    }

    /// The field at an index of both tables (RFC 7541 §2.3.3).
    pub(super) fn get(&self, index: usize) -> Option<(Bytes, Bytes)> {
        let index = index.checked_sub(1)?;
        if let Some((name, value)) = STATIC.get(index) {
            return Some((Bytes::from_static(name), Bytes::from_static(value)));
        }
        let entry = self.entries.get(index - STATIC.len())?;
        Some((entry.name.clone(), entry.value.clone()))
    }

    /// Evicts what no longer fits (RFC 7541 §4.3).
    pub(super) fn set_max(&mut self, max: usize) {
        self.max = max;
        self.evict(0);
    }

    pub(super) fn max(&self) -> usize {
        self.max
    }

    /// Adds a field, evicting old ones; one larger than the table empties it
    /// (RFC 7541 §4.4). `hash` is [`hash`]'s, or 0 if the table is not searched.
    pub(super) fn insert(&mut self, name: Bytes, value: Bytes, hash: u64) {
        let size = field_size(&name, &value);
        self.evict(size);
        if size <= self.max {
            self.size += size;
            self.entries.push_front(Entry { name, value, hash });
        }
    }

    /// Looks a field up, `hash` being its [`hash`].
    pub(super) fn find(&self, name: &[u8], value: &[u8], hash: u64) -> Found {
        let mut found = Found::Nothing;
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.hash == hash && entry.name == name && entry.value == value {
                return Found::Field(STATIC.len() + 1 + at);
            }
            if found == Found::Nothing && entry.hash >> 32 == hash >> 32 && entry.name == name {
                found = Found::Name(STATIC.len() + 1 + at);
            }
        }
        found
    }

    /// Lets [`find`](Self::find) see what was added with the hash 0.
    pub(super) fn rehash(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| entry.hash == 0) {
            entry.hash = hash(&entry.name, &entry.value);
        }
    }

    fn evict(&mut self, room: usize) {
        while self.size + room > self.max {
            let Some(old) = self.entries.pop_back() else {
                return;
            };
            self.size -= field_size(&old.name, &old.value);
        }
    }

    #[cfg(any(test, feature = "fuzz"))]
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

/// A field's hash: the name's in the upper half, the whole field's in the
/// lower. Collisions cost a comparison, nothing else.
pub(super) fn hash(name: &[u8], value: &[u8]) -> u64 {
    let of_name = mix(name, 0);
    of_name & 0xffff_ffff_0000_0000 | mix(value, of_name) >> 32
}

fn mix(bytes: &[u8], seed: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(ODD);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(ODD);
    }
    for byte in words.remainder() {
        hash = (hash.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(ODD);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_static_entry_is_found() {
        for (at, (name, value)) in STATIC.iter().enumerate() {
            assert_eq!(find_static(name, value), Found::Field(at + 1));
        }
        assert_eq!(find_static(b":status", b"201"), Found::Name(8));
        assert_eq!(find_static(b"accept-ranges", b"none"), Found::Name(18));
        assert_eq!(find_static(b"x", b""), Found::Nothing);
        assert_eq!(find_static(&[b'x'; 28], b""), Found::Nothing);
        assert_eq!(find_static(b"", b""), Found::Nothing);
    }

    #[test]
    fn the_oldest_go_first_and_a_giant_empties_the_table() {
        let mut table = Table::new();
        table.set_max(2 * 34);
        for name in ["a", "b", "c"] {
            table.insert(name.into(), "1".into(), hash(name.as_bytes(), b"1"));
        }
        assert_eq!(table.get(62).unwrap().0, "c");
        assert_eq!(table.get(63).unwrap().0, "b");
        assert_eq!(table.get(64), None);
        assert_eq!(table.find(b"b", b"1", hash(b"b", b"1")), Found::Field(63));
        assert_eq!(table.find(b"b", b"2", hash(b"b", b"2")), Found::Name(63));
        table.insert(vec![b'x'; 100].into(), Bytes::new(), 0);
        assert_eq!((table.size(), table.get(62)), (0, None));
    }
}
