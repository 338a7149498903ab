//! Raw header blocks at random between ordinary ones: a client's decoder reads
//! every ordinary one right.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use proptest::prelude::*;

use super::raw_blocks::bytes;
use super::*;
use crate::h2::frame::{flag, kind};
use crate::h2::hpack::{Bounds, Decoder};
use crate::h2::settings::id;
use crate::{Exchange, WireOp};

/// What happens on a connection, one after the other.
#[derive(Clone, Debug)]
enum Step {
    /// A request is answered with these fields.
    Ordinary(Vec<(u8, u8)>),
    Raw(RawBlock),
    /// A handler chooses a table's size.
    Size(u32),
    /// The client does.
    Settings(u32),
}

#[derive(Clone, Debug)]
struct RawBlock {
    coded: Vec<u8>,
    promise: bool,
    padding: Option<u8>,
    priority: bool,
    /// Bytes of the block in each frame.
    size: usize,
    /// Bytes in each write; else a write is a frame.
    cut: Option<usize>,
    /// Others answer after so many writes.
    meanwhile: usize,
}

/// A number with a prefix (RFC 7541 §5.1).
fn number(mut value: usize, bits: u32, flags: u8) -> Vec<u8> {
    let most = (1 << bits) - 1;
    if value < most {
        return vec![flags | value as u8];
    }
    let mut bytes = vec![flags | most as u8];
    value -= most;
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn text(bytes: &[u8]) -> Vec<u8> {
    [number(bytes.len(), 7, 0), bytes.to_vec()].concat()
}

fn coded() -> impl Strategy<Value = Vec<u8>> {
    let name = proptest::sample::select(vec!["x-a", "x-b", "x-raw", "other"]);
    let length = prop_oneof![4 => 0usize..40, 1 => 500usize..3_000];
    let value = (length, any::<u8>()).prop_map(|(n, c)| vec![b'a' + c % 26; n]);
    let first = proptest::sample::select(vec![0x40u8, 0, 0x10]);
    let named = (first.clone(), name, value.clone()).prop_map(|(first, name, value)| {
        [vec![first], text(name.as_bytes()), text(&value)].concat()
    });
    let indexed = (first, 1usize..64, value).prop_map(|(first, index, value)| {
        let bits = if first == 0x40 { 6 } else { 4 };
        [number(index, bits, first), text(&value)].concat()
    });
    let field = prop_oneof![
        4 => named,
        3 => indexed,
        2 => (1usize..62).prop_map(|index| number(index, 7, 0x80)),
        1 => (62usize..66).prop_map(|index| number(index, 7, 0x80)),
    ];
    let sizes = proptest::sample::select(vec![0usize, 30, 100, 1_000, 4_096]);
    let updates = proptest::collection::vec(sizes, 0..3);
    let fields = proptest::collection::vec(field, 0..5);
    (0u8..3, updates, fields).prop_map(|(updated, updates, fields)| {
        let updates = updates.iter().filter(|_| updated == 0);
        let updates = updates.flat_map(|size| number(*size, 5, 0x20));
        updates.chain(fields.concat()).collect()
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ordinary = proptest::collection::vec((0u8..5, 0u8..5), 0..6).prop_map(Step::Ordinary);
    let padding = proptest::option::weighted(0.3, 0u8..20);
    let cut = proptest::option::of(1usize..60);
    let raw = (
        coded(),
        any::<(bool, bool)>(),
        padding,
        1usize..40,
        cut,
        0usize..4,
    )
        .prop_map(
            |(coded, (promise, priority), padding, size, cut, meanwhile)| {
                Step::Raw(RawBlock {
                    coded,
                    promise,
                    padding,
                    priority,
                    size,
                    cut,
                    meanwhile,
                })
            },
        );
    let sizes = proptest::sample::select(vec![0u32, 60, 200, 4_096, 8_000]);
    let step = prop_oneof![
        6 => ordinary,
        5 => raw,
        1 => sizes.clone().prop_map(Step::Size),
        1 => sizes.prop_map(Step::Settings),
    ];
    proptest::collection::vec(step, 1..25)
}

impl RawBlock {
    /// What the handler writes, for its stream.
    fn writes(&self, stream: u32) -> Vec<Vec<u8>> {
        let mut pieces = self.coded.chunks(self.size);
        let mut payload: Vec<u8> = self.padding.into_iter().collect();
        let mut flags = if self.padding.is_some() {
            flag::PADDED
        } else {
            0
        };
        let first = match self.promise {
            true => {
                payload.extend(2u32.to_be_bytes());
                kind::PUSH_PROMISE
            }
            false => kind::HEADERS,
        };
        if self.priority && !self.promise {
            payload.extend([0, 0, 0, 0, 7]);
            flags |= flag::PRIORITY;
        }
        payload.extend(pieces.next().unwrap_or_default());
        payload.resize(payload.len() + usize::from(self.padding.unwrap_or(0)), 0);
        if pieces.len() == 0 {
            flags |= flag::END_HEADERS;
        }
        let mut frames = vec![bytes(first, flags, stream, &payload)];
        while let Some(piece) = pieces.next() {
            let flags = if pieces.len() == 0 {
                flag::END_HEADERS
            } else {
                0
            };
            frames.push(bytes(kind::CONTINUATION, flags, stream, piece));
        }
        match self.cut {
            Some(cut) => frames.concat().chunks(cut).map(<[u8]>::to_vec).collect(),
            None => frames,
        }
    }
}

/// A client of its own, with what it should read.
struct Reader {
    decoder: Decoder,
    /// Table sizes that it has said and the server not acknowledged.
    said: VecDeque<usize>,
    wanted: HashMap<u32, Vec<(String, String)>>,
}

/// The stream of the exchange that writes raw.
const RAW: u32 = 1;

impl Reader {
    /// Reads all that has been written; `false` where a raw block made no sense.
    async fn read(&mut self, client: &mut Client) -> bool {
        client.send(ping(b"that all")).await;
        loop {
            let frame = client.receive_alone().await.unwrap();
            match frame.kind {
                kind::PING => return true,
                kind::SETTINGS => {
                    let size = self.said.pop_front().unwrap();
                    self.decoder.allow(size);
                }
                kind::HEADERS | kind::PUSH_PROMISE => {
                    if !self.block(client, frame).await {
                        return false;
                    }
                }
                _ => panic!("{frame:?}"),
            }
        }
    }

    async fn block(&mut self, client: &mut Client, first: TestFrame) -> bool {
        let mut block = &first.payload[..];
        if first.flags & flag::PADDED != 0 {
            block = &block[1..block.len() - usize::from(block[0])];
        }
        if first.kind == kind::PUSH_PROMISE {
            block = &block[4..];
        } else if first.flags & flag::PRIORITY != 0 {
            block = &block[5..];
        }
        let mut block = block.to_vec();
        let mut flags = first.flags;
        while flags & flag::END_HEADERS == 0 {
            let more = client.receive_alone().await.unwrap();
            assert_eq!((more.kind, more.stream), (kind::CONTINUATION, first.stream));
            block.extend(&more.payload);
            flags = more.flags;
        }
        let bounds = Bounds {
            bytes: usize::MAX,
            fields: usize::MAX,
        };
        let list = self.decoder.decode(&block, bounds);
        if first.stream == RAW {
            return list.is_ok();
        }
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        let fields = list.expect("an ordinary block").fields.into_iter();
        let fields: Vec<_> = fields.map(|(n, v)| (text(n), text(v))).collect();
        assert_eq!(Some(fields), self.wanted.remove(&first.stream));
        true
    }

    /// Answers an ordinary request.
    async fn answer(&mut self, x: &mut Exchange, lines: &[(u8, u8)]) {
        let lines = lines.iter().map(|(name, value)| {
            let length = [0, 1, 10, 300, 1_500][usize::from(*value)];
            (format!("x-{}", b'a' + name), "v".repeat(length))
        });
        let lines: Vec<_> = lines.collect();
        let fields = lines
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()));
        let head = WireOp::WriteHeaders {
            stream: None,
            status: 200,
            reason: None,
            fields: fields
                .map(|(n, v)| (Bytes::from(n), Bytes::from(v)))
                .collect(),
            end: true,
        };
        let status = (":status".to_owned(), "200".to_owned());
        let wanted = std::iter::once(status).chain(lines).collect();
        self.wanted.insert(x.head().stream_id, wanted);
        done(x, head).await;
    }
}

async fn blocks_are_read(steps: Vec<Step>) {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let mut reader = Reader {
        decoder: Decoder::new(),
        said: VecDeque::new(),
        wanted: HashMap::new(),
    };
    for step in steps {
        match step {
            Step::Ordinary(lines) => {
                let mut other = t.get().await;
                reader.answer(&mut other, &lines).await;
            }
            Step::Raw(raw) => {
                let mut other = t.get().await;
                let writes = raw.writes(RAW);
                let meanwhile = raw.meanwhile.min(writes.len());
                for (at, write) in writes.into_iter().enumerate() {
                    if at == meanwhile {
                        reader.answer(&mut other, &[(0, 2), (1, 3)]).await;
                    }
                    done(&mut x, raw_bytes(write)).await;
                }
                if !reader.wanted.contains_key(&other.head().stream_id) {
                    reader.answer(&mut other, &[(0, 2), (1, 3)]).await;
                }
            }
            // More than the client lets it have is refused.
            Step::Size(size) => drop(x.apply(WireOp::TableSize(size)).await),
            Step::Settings(size) => {
                let said = settings(&[(id::HEADER_TABLE_SIZE, size)]);
                t.client.send(said).await;
                reader.said.push_back(size as usize);
            }
        }
        if !reader.read(&mut t.client).await {
            return;
        }
        assert!(reader.wanted.is_empty(), "all have their answers");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_blocks_are_read_right_between_raw_ones(steps in steps()) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(blocks_are_read(steps));
    }
}
