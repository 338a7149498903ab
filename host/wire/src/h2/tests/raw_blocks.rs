//! Header blocks that are written raw and change the dynamic table: a client's
//! decoder reads what everybody writes before, within and behind them.

use bytes::Bytes;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::{HEAD_LEN, Head, flag, kind};
use crate::h2::limits as bounds;
use crate::h2::settings::id;
use crate::{Exchange, Progress, Reply, WireOp};

/// A frame's bytes.
pub(super) fn bytes(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
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
        let frames = framed(3, block, 1);
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
