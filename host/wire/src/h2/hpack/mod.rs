//! HPACK (RFC 7541): the compression of field lists.

mod decode;
mod encode;
mod huffman;
mod integer;
mod table;

pub(super) use decode::{Bounds, Decoder, Error};
pub(super) use encode::Encoder;

/// What a field adds to the size of a table or a list beyond its bytes
/// (RFC 7541 §4.1, RFC 9113 §10.5.1).
pub(super) const FIELD_OVERHEAD: usize = 32;

/// The table size before anybody says anything (RFC 9113 §6.5.2). Unless a
/// handler says otherwise we announce no other for our decoder, and our encoder
/// never uses more: a peer's larger offer would only be memory spent at its
/// wish.
pub(super) const TABLE_SIZE: usize = 4096;

/// A field's size in a table or a list.
pub(super) fn field_size(name: &[u8], value: &[u8]) -> usize {
    name.len() + value.len() + FIELD_OVERHEAD
}

#[cfg(test)]
mod vectors;
