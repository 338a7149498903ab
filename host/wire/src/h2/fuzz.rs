//! The decoders that any bytes may come to: frames and field blocks.

use bytes::Bytes;

use super::frame::{HEAD_LEN, Head, kind, parse};
use super::hpack::{Bounds, Decoder, Encoder, TABLE_SIZE, field_size};
use super::{code, frame};
use crate::Indexing;

/// Frames, one behind the other: each is read without a panic, nothing of it is
/// lost, and every fault has its rule.
pub fn frame(mut data: &[u8]) {
    while let Some((head, rest)) = data.split_first_chunk::<HEAD_LEN>() {
        let head = Head::parse(*head);
        assert_eq!(Head::parse(head.bytes()), head);
        let length = rest.len().min(head.length as usize);
        let (payload, rest) = rest.split_at(length);
        let head = Head {
            length: length as u32,
            ..head
        };
        let payload = Bytes::copy_from_slice(payload);
        let parsed = parse(head, payload.clone());
        for fault in &parsed.faults {
            assert!(fault.section.starts_with("RFC ") && !fault.what.is_empty());
            assert!(fault.code != code::NO_ERROR);
        }
        match parsed.frame {
            frame::Frame::Data(data) => {
                assert_eq!(data.flow_controlled_length, head.length);
                let padding = data.padding.map_or(0, |n| usize::from(n) + 1);
                assert_eq!(data.data.len() + padding, payload.len());
            }
            frame::Frame::Headers(headers) => {
                let padding = headers.padding.map_or(0, |n| usize::from(n) + 1);
                let priority = headers.priority.map_or(0, |_| 5);
                let rest = headers.fragment.len() + padding + priority;
                assert_eq!(rest, payload.len());
            }
            frame::Frame::Settings(settings) => {
                assert_eq!(settings.iter().count() * 6, payload.len());
            }
            frame::Frame::Unknown(unknown) => {
                assert_eq!((unknown.head, &unknown.payload), (head, &payload));
                let known = head.kind <= kind::CONTINUATION;
                assert!(!known || !parsed.faults.is_empty());
            }
            _ => {}
        }
        data = rest;
    }
}

/// Field blocks of one connection, each behind a byte of its length: what is
/// decoded keeps to its bounds, the table to its size, and the same fields come
/// out again when they are encoded in any way, behind blocks of somebody else's.
pub fn hpack(mut data: &[u8]) {
    let bounds = Bounds {
        bytes: 4_096,
        fields: 50,
    };
    let mut decoder = Decoder::new();
    let (mut encoder, mut mirror) = (Encoder::new(), Decoder::new());
    while let Some((length, rest)) = data.split_first() {
        // Long blocks are eight times as long.
        let wanted = match length {
            0x80.. => usize::from(length & 0x7f) * 8,
            _ => usize::from(*length),
        };
        let (block, rest) = rest.split_at(rest.len().min(wanted));
        data = rest;
        let list = match decoder.decode(block, bounds) {
            Ok(list) => list,
            Err(error) => {
                assert!(error.section().starts_with("RFC 7541 §"));
                return;
            }
        };
        let size = list.fields.iter().map(|(n, v)| field_size(n, v));
        assert!(size.sum::<usize>() <= bounds.bytes && list.fields.len() <= bounds.fields);
        assert!(decoder.table_size() <= TABLE_SIZE);
        assert!(list.fields.len() <= block.len(), "a field takes a byte");
        // A handler writes the same block raw, now and then.
        if block.len() % 2 == 1 {
            if mirror.decode(block, bounds).is_err() {
                return;
            }
            encoder.follow(block);
        }
        // A block's own length says how it is to be coded.
        let mut out = Vec::new();
        encoder.set_peer_table_size(usize::from(*length) * 33);
        encoder.begin(&mut out);
        for (n, (name, value)) in list.fields.iter().enumerate() {
            let indexing = match (n + block.len()) % 3 {
                0 => Indexing::Incremental,
                1 => Indexing::Without,
                _ => Indexing::Never,
            };
            let huffman = [None, Some(true), Some(false)][n % 3];
            encoder.field(name, value, indexing, huffman, &mut out);
        }
        let again = mirror.decode(&out, bounds).expect("what we encode decodes");
        assert!(again.fields == list.fields && !again.over);
        assert_eq!(mirror.table_size(), encoder.table_size());
    }
}

/// Reads the fields of blocks that a server has sent.
pub(crate) struct Reader(Decoder);

impl Reader {
    pub(crate) fn new() -> Self {
        Self(Decoder::new())
    }

    /// The fields of a block, which must be right.
    pub(crate) fn read(&mut self, block: &[u8]) -> Vec<crate::Field> {
        let bounds = Bounds {
            bytes: usize::MAX,
            fields: usize::MAX,
        };
        let list = self.0.decode(block, bounds);
        list.expect("a field block that decodes").fields
    }
}
