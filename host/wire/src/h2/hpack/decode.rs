//! Header blocks to field lists (RFC 7541 §3, §6).

use bytes::Bytes;

use super::table::Table;
use super::{TABLE_SIZE, field_size, huffman, integer};
use crate::Field;

/// Why a block cannot be decoded. Each is a connection error of type
/// COMPRESSION_ERROR (RFC 9113 §4.3), for the tables no longer agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::h2) enum Error {
    #[error("a header block ends within a field")]
    Truncated,
    #[error("a header block refers to an entry that no table has")]
    Index,
    #[error("a table size update exceeds the size that was announced")]
    TableSize,
    #[error("a table size update comes after a field")]
    LateUpdate,
    #[error("a header block does not begin with the table size update that is due")]
    NoUpdate,
    #[error("a string's Huffman code holds EOS or wrong padding")]
    Huffman,
}

impl Error {
    /// The rule that is broken.
    pub(in crate::h2) fn section(self) -> &'static str {
        match self {
            Self::Truncated => "RFC 7541 §5",
            Self::Index => "RFC 7541 §2.3.3",
            Self::TableSize => "RFC 7541 §6.3",
            Self::LateUpdate | Self::NoUpdate => "RFC 7541 §4.2",
            Self::Huffman => "RFC 7541 §5.2",
        }
    }
}

/// How much of a list is kept.
#[derive(Clone, Copy, Debug)]
pub(in crate::h2) struct Bounds {
    /// Bytes as RFC 9113 §10.5.1 counts them.
    pub bytes: usize,
    /// Field lines.
    pub fields: usize,
}

/// A decoded list.
#[derive(Debug, Default)]
pub(in crate::h2) struct List {
    pub fields: Vec<Field>,
    /// The list passed its bounds: it has been decoded to its end, so that the
    /// tables stay right, but `fields` is not complete.
    pub over: bool,
}

/// The receiving end of a connection's compression.
#[derive(Debug)]
pub(in crate::h2) struct Decoder {
    table: Table,
    scratch: Vec<u8>,
    /// The largest size that the table may have, as we announced.
    allowed: usize,
    /// The lowest size among those announced since the last block that are below
    /// the table's: the next block must come down to it (RFC 7541 §4.2).
    due: Option<usize>,
}

impl Decoder {
    pub(in crate::h2) fn new() -> Self {
        Self {
            table: Table::new(),
            scratch: Vec::new(),
            allowed: TABLE_SIZE,
            due: None,
        }
    }

    /// One that goes on with a table which may have this size.
    pub(super) fn with(table: Table, allowed: usize) -> Self {
        Self {
            table,
            allowed,
            ..Self::new()
        }
    }

    /// Its table.
    pub(super) fn into_table(self) -> Table {
        self.table
    }

    /// Takes our SETTINGS_HEADER_TABLE_SIZE, once the peer has acknowledged it.
    pub(in crate::h2) fn allow(&mut self, size: usize) {
        self.allowed = size;
        if self.due.is_some() || self.table.max() > size {
            self.due = Some(self.due.map_or(size, |due| due.min(size)));
        }
    }

    /// Decodes a whole block.
    pub(in crate::h2) fn decode(
        &mut self,
        mut block: &[u8],
        bounds: Bounds,
    ) -> Result<List, Error> {
        let mut list = List::default();
        // Most requests have about a dozen fields.
        list.fields.reserve(block.len().min(12));
        let mut left = bounds.bytes;
        let mut started = false;
        while let Some(first) = block.first() {
            if first & 0xe0 == 0x20 {
                if started {
                    return Err(Error::LateUpdate);
                }
                let size = integer::decode(&mut block, 5).ok_or(Error::Truncated)?;
                if size > self.allowed {
                    return Err(Error::TableSize);
                }
                if self.due.is_some_and(|due| size > due) {
                    return Err(Error::NoUpdate);
                }
                self.table.set_max(size);
                self.due = None;
                continue;
            }
            if self.due.is_some() {
                return Err(Error::NoUpdate);
            }
            started = true;
            let (name, value) = self.field(*first, &mut block)?;
            let size = field_size(&name, &value);
            list.over |= size > left || list.fields.len() >= bounds.fields;
            left = left.saturating_sub(size);
            if !list.over {
                list.fields.push((name, value));
            }
        }
        Ok(list)
    }

    fn field(&mut self, first: u8, block: &mut &[u8]) -> Result<Field, Error> {
        if first & 0x80 != 0 {
            let index = integer::decode(block, 7).ok_or(Error::Truncated)?;
            return self.table.get(index).ok_or(Error::Index);
        }
        let indexed = first & 0x40 != 0;
        let bits = if indexed { 6 } else { 4 };
        let index = integer::decode(block, bits).ok_or(Error::Truncated)?;
        let name = match index {
            0 => self.string(block)?,
            _ => self.table.get(index).ok_or(Error::Index)?.0,
        };
        let value = self.string(block)?;
        if indexed {
            self.table.insert(name.clone(), value.clone(), 0);
        }
        Ok((name, value))
    }

    fn string(&mut self, block: &mut &[u8]) -> Result<Bytes, Error> {
        let coded = block.first().ok_or(Error::Truncated)? & 0x80 != 0;
        let length = integer::decode(block, 7).ok_or(Error::Truncated)?;
        let (string, rest) = block.split_at_checked(length).ok_or(Error::Truncated)?;
        *block = rest;
        if !coded {
            // Copied, so that a small entry never holds a large buffer.
            return Ok(Bytes::copy_from_slice(string));
        }
        self.scratch.clear();
        if !huffman::decode(string, &mut self.scratch) {
            return Err(Error::Huffman);
        }
        Ok(Bytes::copy_from_slice(&self.scratch))
    }

    /// Bytes that the table takes.
    #[cfg(any(test, feature = "fuzz"))]
    pub(in crate::h2) fn table_size(&self) -> usize {
        self.table.size()
    }

    #[cfg(test)]
    pub(super) fn table(&self) -> &Table {
        &self.table
    }
}
