//! Header blocks that are written raw and change the dynamic table: a client's
//! decoder reads what everybody writes before, within and behind them.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use proptest::prelude::*;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::{HEAD_LEN, Head, flag, kind};
use crate::h2::hpack::{Bounds, Decoder};
use crate::h2::limits as bounds;
use crate::h2::settings::id;
use crate::{Exchange, Progress, Reply, WireOp};

/// A frame's bytes.
fn bytes(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let head = Head {
        length: payload.len() as u32,
        kind,
        flags,
        stream,
    };
    [&head.bytes(), payload].concat()
}

/// A block in a HEADERS frame and CONTINUATIONs of at most so many bytes.
fn framed(stream: u32, block: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut pieces: Vec<&[u8]> = block.chunks(size.max(1)).collect();
    if pieces.is_empty() {
        pieces.push(b"");
    }
    let last = pieces.len() - 1;
    let frame = |(at, piece): (usize, &&[u8])| {
        let kind = match at {
            0 => kind::HEADERS,
            _ => kind::CONTINUATION,
        };
        let flags = if at == last { flag::END_HEADERS } else { 0 };
        bytes(kind, flags, stream, piece)
    };
    pieces.iter().enumerate().map(frame).collect()
}

async fn write_bytes(x: &mut Exchange, pieces: impl IntoIterator<Item = Vec<u8>>) {
    for piece in pieces {
        done(x, raw_bytes(piece)).await;
    }
}

/// A block that this exchange encodes for raw frames.
async fn encoded(x: &mut Exchange, lines: &[(&'static str, &'static str)]) -> Bytes {
    match x.apply(WireOp::EncodeFields(fields(lines))).await {
        Ok(Reply::Block(block)) => block,
        other => panic!("{other:?}"),
    }
}

fn whole(stream: u32, block: impl Into<Bytes>) -> WireOp {
    raw_frame(kind::HEADERS, flag::END_HEADERS, stream, block)
}

/// Adds a field to the table.
const ADDS: &[u8] = b"\x88\x40\x05x-raw\x01v";
/// Empties it, for good.
const SHRINKS: &[u8] = b"\x20\x88";

#[tokio::test(start_paused = true)]
async fn whatever_a_raw_block_does_to_the_table_the_others_are_read_right() {
    let x_raw = ("x-raw".to_owned(), "v".to_owned());
    let ok = (":status".to_owned(), "200".to_owned());
    for (block, expected) in [(ADDS, vec![ok.clone(), x_raw]), (SHRINKS, vec![ok])] {
        let frames = |size| framed(3, block, size);
        let single = frames(block.len()).concat();
        let by_bytes = |all: &[u8]| all.iter().map(|byte| vec![*byte]).collect();
        let ways: [Vec<Vec<u8>>; 5] = [
            vec![single.clone()],
            frames(1),
            vec![frames(2).concat()],
            by_bytes(&single),
            by_bytes(&frames(3).concat()),
        ];
        for way in ways {
            let mut t = Handed::new().await;
            t.ordinary().await;
            let mut x = t.get().await;
            write_bytes(&mut x, way).await;
            let seen = t.client.receive().await.unwrap();
            assert_eq!((seen.stream, &seen.fields), (3, &expected));
            for _ in 0..1_000 {
                t.ordinary().await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn others_answer_while_a_block_that_changes_the_table_is_open() {
    for block in [ADDS, SHRINKS] {
        let mut t = Handed::new().await;
        t.ordinary().await;
        let mut x = t.get().await;
        let (mut first, mut second) = (t.get().await, t.get().await);
        let frames = framed(3, block, 2);
        for frame in &frames[..frames.len() - 1] {
            done(&mut x, raw_bytes(frame.clone())).await;
            assert!(x.progress().raw && !x.progress().headers);
        }
        done(&mut first, ordinary_head()).await;
        done(&mut second, ordinary_head()).await;
        // Whoever keeps them waiting begins another one right behind.
        let rest = [&frames[frames.len() - 1][..], &framed(3, ADDS, 3).concat()].concat();
        done(&mut x, raw_bytes(rest)).await;
        for _ in 0..2 {
            let seen = t.client.receive().await.unwrap();
            assert_eq!((seen.kind, seen.stream), (kind::HEADERS, 3));
        }
        t.client.expect(ordinary(5)).await;
        t.client.expect(ordinary(7)).await;
        for _ in 0..1_000 {
            t.ordinary().await;
        }
    }
}

/// What a block begins with that empties the client's table.
const ANEW: &[u8] = &[0x20, 0x3f, 0xe1, 0x1f];

#[tokio::test(start_paused = true)]
async fn behind_a_block_that_nobody_can_read_the_compression_begins_anew() {
    let stray = bytes(kind::CONTINUATION, flag::END_HEADERS, 3, ADDS);
    let foreign = [
        bytes(kind::HEADERS, 0, 3, ADDS),
        bytes(kind::CONTINUATION, flag::END_HEADERS, 1, b""),
    ];
    let crammed = bytes(
        kind::HEADERS,
        flag::END_HEADERS | flag::PADDED,
        3,
        b"\x09\x88",
    );
    let broken_off = [
        bytes(kind::HEADERS, 0, 3, b"\x88"),
        bytes(kind::HEADERS, flag::END_HEADERS, 3, b"\x88"),
    ];
    for block in [
        framed(3, b"\x80", 1).concat(),
        framed(3, b"\x88\xff\xff", 2).concat(),
        framed(3, b"\x88\x20", 2).concat(),
        stray,
        foreign.concat(),
        crammed,
        broken_off.concat(),
    ] {
        let mut t = Handed::new().await;
        t.ordinary().await;
        let mut x = t.get().await;
        let length = block.len();
        done(&mut x, raw_bytes(block)).await;
        assert_eq!(t.client.bytes(length).await.len(), length);
        let mut other = t.get().await;
        done(&mut other, ordinary_head()).await;
        let seen = t.client.receive_alone().await.unwrap();
        assert!(seen.payload.starts_with(ANEW), "{seen:?}");
        let fields = t.client.decode(&seen.payload);
        assert_eq!(fields, ordinary(5).fields);
        t.ordinary().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_too_long_to_be_followed_costs_the_table_and_nothing_else() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    // A literal whose length takes three more bytes.
    let mut long = [ADDS, b"\0\x01a\x7f"].concat();
    let mut length = bounds::RAW_BLOCK - 127;
    while length >= 0x80 {
        long.push(length as u8 | 0x80);
        length >>= 7;
    }
    long.push(length as u8);
    long.resize(long.len() + bounds::RAW_BLOCK, b'z');
    done(&mut x, whole(3, long)).await;
    let seen = t.client.receive().await.unwrap();
    assert_eq!(seen.fields[2].1.len(), bounds::RAW_BLOCK);
    for _ in 0..10 {
        t.ordinary().await;
    }
}

#[tokio::test(start_paused = true)]
async fn its_own_frames_within_its_own_block_make_it_unreadable() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let [first, last] = [&ADDS[..3], &ADDS[3..]];
    done(&mut x, raw_frame(kind::HEADERS, 0, 3, first)).await;
    done(&mut x, head(103, false)).await;
    let end = raw_frame(kind::CONTINUATION, flag::END_HEADERS, 3, last);
    done(&mut x, end).await;
    let mut other = t.get().await;
    done(&mut other, ordinary_head()).await;
    for _ in 0..3 {
        t.client.receive_alone().await.unwrap();
    }
    let seen = t.client.receive_alone().await.unwrap();
    assert!(seen.payload.starts_with(ANEW), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn an_encoded_block_may_be_sent_when_its_size_update_is_old() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    done(&mut x, WireOp::TableSize(100)).await;
    let block = encoded(&mut x, &[(":status", "200")]).await;
    t.ordinary().await;
    done(&mut x, WireOp::TableSize(4_096)).await;
    t.ordinary().await;
    done(&mut x, whole(3, block.clone())).await;
    t.client.expect(headers(3).status(200)).await;
    t.ordinary().await;
    // While another is due, too.
    done(&mut x, WireOp::TableSize(1_000)).await;
    done(&mut x, whole(3, block)).await;
    t.client.expect(headers(3).status(200)).await;
    for _ in 0..10 {
        t.ordinary().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_s_smaller_table_holds_behind_a_raw_block_without_a_word_of_it() {
    let mut t = Handed::connect(Limits::default(), &[]).await;
    t.ordinary().await;
    let mut x = t.get().await;
    let smaller = settings(&[(id::HEADER_TABLE_SIZE, 64)]);
    t.client.send(smaller).await;
    t.client.expect(settings(&[]).ack()).await;
    done(&mut x, whole(3, ADDS)).await;
    // A client that is less strict than ours has both fields in its table.
    t.client.receive().await.unwrap();
    t.client.allow_table(64);
    for _ in 0..10 {
        t.ordinary().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_informational_head_is_one_however_it_is_written() {
    let mut t = Handed::new().await;
    for at in 0..4 {
        let mut x = t.get().await;
        let own = x.head().stream_id;
        let block = encoded(&mut x, &[(":status", "103"), ("a", "b")]).await;
        let pieces = match at {
            0 => framed(own, &block, block.len()),
            1 => framed(own, &block, 1),
            2 => vec![
                bytes(kind::HEADERS, 0, own, b""),
                bytes(kind::CONTINUATION, flag::END_HEADERS, own, &block),
            ],
            _ => framed(own, &block, 3)
                .concat()
                .chunks(HEAD_LEN)
                .map(<[u8]>::to_vec)
                .collect(),
        };
        write_bytes(&mut x, pieces).await;
        assert_eq!(x.progress(), Progress::default());
        done(&mut x, head(200, false)).await;
        done(&mut x, body("after all", true)).await;
        let early = headers(own).status(103).field("a", "b");
        let seen = t.client.receive().await.unwrap();
        assert_eq!(seen.fields, early.fields);
        t.client.expect(headers(own).status(200)).await;
        t.client.expect(data(own, "after all").end_stream()).await;
    }
}

// === at random ===

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
