//! Field lists to header blocks (RFC 7541 §6).

use bytes::Bytes;

use super::decode::Decoder;
use super::table::{self, Found, Table};
use super::{TABLE_SIZE, field_size, huffman, integer};
use crate::h2::limits::{FOLLOWED_LIST, MOST_TABLE};
use crate::{Field, Indexing};

/// The sending end of a connection's compression.
#[derive(Debug)]
pub(in crate::h2) struct Encoder {
    table: Table,
    /// The size that the peer lets us use, and the one that we want.
    peer: usize,
    wanted: usize,
    /// The smallest size that the table had since the last block, if its size
    /// is to be said.
    lowest: Option<usize>,
}

impl Encoder {
    pub(in crate::h2) fn new() -> Self {
        Self {
            table: Table::new(),
            peer: TABLE_SIZE,
            wanted: TABLE_SIZE,
            lowest: None,
        }
    }

    /// Takes the peer's SETTINGS_HEADER_TABLE_SIZE. The next block says so
    /// (§4.2): the smallest value since the last one, then the final one.
    pub(in crate::h2) fn set_peer_table_size(&mut self, size: usize) {
        self.peer = size;
        if self.peer.min(self.wanted) != self.table.max() {
            self.resize();
        }
    }

    /// Uses a table of this size from now on, as far as the peer lets us. The
    /// next block says so.
    pub(in crate::h2) fn set_table_size(&mut self, size: usize) {
        self.wanted = size;
        self.resize();
    }

    fn resize(&mut self) {
        let size = self.peer.min(self.wanted);
        self.lowest = Some(self.lowest.map_or(size, |lowest| lowest.min(size)));
        self.table.set_max(size);
    }

    /// Begins a block: writes the size updates that are due.
    pub(in crate::h2) fn begin(&mut self, out: &mut Vec<u8>) {
        self.updates(out);
        self.lowest = None;
    }

    /// Writes the size updates that are due, and lets the next block do so
    /// too, for nobody knows whether this one is sent.
    pub(in crate::h2) fn updates(&self, out: &mut Vec<u8>) {
        if let Some(lowest) = self.lowest {
            if lowest < self.table.max() {
                integer::encode(lowest, 5, 0x20, out);
            }
            integer::encode(self.table.max(), 5, 0x20, out);
        }
    }

    /// Takes a block that somebody else made and that leaves now, as the peer's
    /// decoder takes it: what it adds to the table and the sizes that it sets
    /// hold for the blocks that follow. Answers its fields, the first of them if
    /// there are many; `None` where nobody can say what the peer makes of it.
    pub(in crate::h2) fn follow(&mut self, block: &[u8]) -> Option<Vec<Field>> {
        let before = self.table.max();
        let allowed = self.peer.min(MOST_TABLE as usize);
        let table = std::mem::replace(&mut self.table, Table::new());
        let mut reader = Decoder::with(table, allowed);
        let list = reader.decode(block, FOLLOWED_LIST);
        self.table = reader.into_table();
        self.table.rehash();
        let Ok(list) = list else {
            self.forget();
            return None;
        };
        if self.table.max() != before {
            self.wanted = self.table.max();
        }
        // An update that was due went by another way, or not at all.
        if self.lowest.is_some() {
            self.forget();
        }
        Some(list.fields)
    }

    /// The peer's table may hold anything: the next block empties it.
    pub(in crate::h2) fn forget(&mut self) {
        self.table.set_max(0);
        self.table.set_max(self.peer.min(self.wanted));
        self.lowest = Some(0);
    }

    /// Bytes that the table takes.
    #[cfg(any(test, feature = "fuzz"))]
    pub(in crate::h2) fn table_size(&self) -> usize {
        self.table.size()
    }

    /// Whether an entry would take most of the table, and only push the others
    /// out.
    pub(in crate::h2) fn is_large(&self, name: &[u8], value: &[u8]) -> bool {
        field_size(name, value) > self.table.max() / 4 * 3
    }

    /// Writes a field as it is. `huffman` is whether strings are coded; `None`
    /// for where that is shorter.
    pub(in crate::h2) fn field(
        &mut self,
        name: &[u8],
        value: &[u8],
        indexing: Indexing,
        huffman: Option<bool>,
        out: &mut Vec<u8>,
    ) {
        let in_static = table::find_static(name, value);
        if let (Found::Field(index), true) = (in_static, indexing != Indexing::Never) {
            return integer::encode(index, 7, 0x80, out);
        }
        if indexing != Indexing::Incremental {
            let flags = match indexing {
                Indexing::Never => 0x10,
                _ => 0,
            };
            return literal(in_static, (name, value), flags, huffman, out);
        }
        let hash = table::hash(name, value);
        let in_dynamic = self.table.find(name, value, hash);
        if let Found::Field(index) = in_dynamic {
            return integer::encode(index, 7, 0x80, out);
        }
        let known = match in_static {
            Found::Nothing => in_dynamic,
            known => known,
        };
        match known {
            Found::Field(index) | Found::Name(index) => integer::encode(index, 6, 0x40, out),
            Found::Nothing => {
                out.push(0x40);
                string(name, huffman, out);
            }
        }
        string(value, huffman, out);
        // Copied, so that an entry never holds a handler's large buffer.
        let (name, value) = (Bytes::copy_from_slice(name), Bytes::copy_from_slice(value));
        self.table.insert(name, value, hash);
    }
}

/// A literal that leaves the dynamic table alone.
fn literal(
    known: Found,
    (name, value): (&[u8], &[u8]),
    flags: u8,
    huffman: Option<bool>,
    out: &mut Vec<u8>,
) {
    match known {
        Found::Field(index) | Found::Name(index) => integer::encode(index, 4, flags, out),
        Found::Nothing => {
            out.push(flags);
            string(name, huffman, out);
        }
    }
    string(value, huffman, out);
}

/// A string (§5.2).
fn string(plain: &[u8], huffman: Option<bool>, out: &mut Vec<u8>) {
    let coded = match huffman {
        Some(false) => usize::MAX,
        _ => huffman::coded_len(plain),
    };
    if huffman.unwrap_or(coded < plain.len()) {
        integer::encode(coded, 7, 0x80, out);
        huffman::encode(plain, out);
    } else {
        integer::encode(plain.len(), 7, 0, out);
        out.extend_from_slice(plain);
    }
}
