//! Field lists to header blocks (RFC 7541 §6).

use bytes::Bytes;

use super::table::{self, Found, Table};
use super::{TABLE_SIZE, field_size, huffman, integer};

/// What a field may do to the dynamic table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::h2) enum Indexing {
    /// Found there or added to it (§6.2.1).
    Incremental,
    /// Neither read nor changed: a static index or a literal (§6.2.2), right
    /// whatever the table holds. For values that seldom come twice.
    Stateless,
    /// The same, and no intermediary may index it either (§6.2.3).
    Never,
}

/// The sending end of a connection's compression.
#[derive(Debug)]
pub(in crate::h2) struct Encoder {
    table: Table,
    /// The smallest size that the peer set since the last block.
    lowest: Option<usize>,
}

impl Encoder {
    pub(in crate::h2) fn new() -> Self {
        Self {
            table: Table::new(),
            lowest: None,
        }
    }

    /// Takes the peer's SETTINGS_HEADER_TABLE_SIZE. The next block says so
    /// (§4.2): the smallest value since the last one, then the final one.
    pub(in crate::h2) fn set_peer_table_size(&mut self, size: usize) {
        let size = size.min(TABLE_SIZE);
        if size != self.table.max() {
            self.lowest = Some(self.lowest.map_or(size, |lowest| lowest.min(size)));
            self.table.set_max(size);
        }
    }

    /// Begins a block: writes the size updates that are due.
    pub(in crate::h2) fn begin(&mut self, out: &mut Vec<u8>) {
        if let Some(lowest) = self.lowest.take() {
            if lowest < self.table.max() {
                integer::encode(lowest, 5, 0x20, out);
            }
            integer::encode(self.table.max(), 5, 0x20, out);
        }
    }

    /// Writes a field. The name must be in lower case already.
    pub(in crate::h2) fn field(
        &mut self,
        name: &[u8],
        value: &[u8],
        indexing: Indexing,
        out: &mut Vec<u8>,
    ) {
        let in_static = table::find_static(name, value);
        if let (Found::Field(index), true) = (in_static, indexing != Indexing::Never) {
            return integer::encode(index, 7, 0x80, out);
        }
        // An entry that takes most of the table would only push the others out.
        let large = field_size(name, value) > self.table.max() / 4 * 3;
        if indexing != Indexing::Incremental || large {
            let never = indexing == Indexing::Never;
            return literal(in_static, name, value, if never { 0x10 } else { 0 }, out);
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
                string(name, out);
            }
        }
        string(value, out);
        // Copied, so that an entry never holds a handler's large buffer.
        let (name, value) = (Bytes::copy_from_slice(name), Bytes::copy_from_slice(value));
        self.table.insert(name, value, hash);
    }
}

/// A literal that leaves the dynamic table alone.
fn literal(known: Found, name: &[u8], value: &[u8], flags: u8, out: &mut Vec<u8>) {
    match known {
        Found::Field(index) | Found::Name(index) => integer::encode(index, 4, flags, out),
        Found::Nothing => {
            out.push(flags);
            string(name, out);
        }
    }
    string(value, out);
}

/// A string (§5.2), coded where that is shorter.
fn string(plain: &[u8], out: &mut Vec<u8>) {
    let coded = huffman::coded_len(plain);
    if coded < plain.len() {
        integer::encode(coded, 7, 0x80, out);
        huffman::encode(plain, out);
    } else {
        integer::encode(plain.len(), 7, 0, out);
        out.extend_from_slice(plain);
    }
}
