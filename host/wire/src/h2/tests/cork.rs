//! Header blocks and frames that are left open: nobody else writes within them.

use bytes::Bytes;
use tokio::time::Instant;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::{flag, kind};
use crate::h2::{code, limits as bounds};
use crate::{Coding, Fields, Indexing, WireOp};

/// A head whose block is not ended.
fn open(lines: &[(&'static str, &'static str)]) -> WireOp {
    WireOp::RawHeaders {
        stream: None,
        fields: fields(lines),
        end_stream: false,
        end_headers: false,
    }
}

fn continued(lines: &[(&'static str, &'static str)], end_headers: bool) -> WireOp {
    WireOp::RawContinuation {
        stream: None,
        fields: fields(lines),
        end_headers,
    }
}

#[tokio::test(start_paused = true)]
async fn others_wait_until_the_block_ends_and_leave_in_order() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    done(&mut x, open(&[(":status", "200"), ("a", "b")])).await;
    let block = super::raw(kind::HEADERS, 0, 3, b"\x88\x00\x01a\x01b");
    t.client.expect_alone(block).await;
    // The other's head uses the dynamic table.
    other.watch();
    done(&mut other, ordinary_head()).await;
    done(&mut other, body("content", true)).await;
    t.client.send(ping(b"are you?")).await;
    // The engine's answer is among those that wait.
    seen(&mut other, kind::PING).await;
    done(&mut x, continued(&[("c", "d")], false)).await;
    let more = super::raw(kind::CONTINUATION, 0, 3, b"\x00\x01c\x01d");
    t.client.expect_alone(more).await;
    done(&mut x, continued(&[], true)).await;
    done(&mut x, WireOp::EndStream { stream: None }).await;
    let end = super::raw(kind::CONTINUATION, flag::END_HEADERS, 3, b"");
    t.client.expect_alone(end).await;
    t.client.expect(ordinary(5)).await;
    t.client.expect(data(5, "content").end_stream()).await;
    t.client.expect(ping(b"are you?").ack()).await;
    t.client.expect(data(3, "").end_stream()).await;
    t.ordinary().await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn whoever_holds_the_others_back_may_write_anything_itself() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    let mut late = t.get().await;
    let coding = Coding {
        huffman: Some(false),
        ..Coding::default()
    };
    done(&mut x, WireOp::Coding(coding)).await;
    done(&mut x, open(&[(":status", "103")])).await;
    let block = super::raw(kind::HEADERS, 0, 1, b"\x08\x03103");
    t.client.expect_alone(block).await;
    // The other's block adds to the dynamic table, before this exchange's
    // checked one overtakes it, which must therefore not refer to it.
    done(&mut other, ordinary_head()).await;
    done(&mut x, ordinary_head()).await;
    let head = t.client.receive_alone().await.unwrap();
    assert_eq!((head.kind, head.stream), (kind::HEADERS, 1));
    assert!(head.payload.starts_with(b"\x08\x03299"), "{head:?}");
    done(&mut x, continued(&[], true)).await;
    let end = super::raw(kind::CONTINUATION, flag::END_HEADERS, 1, b"");
    t.client.expect_alone(end).await;
    t.client.expect(ordinary(3)).await;
    done(&mut late, ordinary_head()).await;
    t.client.expect(ordinary(5)).await;
    t.ordinary().await;
}

#[tokio::test(start_paused = true)]
async fn a_size_update_that_comes_due_within_a_block_waits_for_the_others() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    done(&mut x, open(&[(":status", "200")])).await;
    let block = super::raw(kind::HEADERS, 0, 3, b"\x88");
    t.client.expect_alone(block).await;
    done(&mut other, ordinary_head()).await;
    let smaller = settings(&[(crate::h2::settings::id::HEADER_TABLE_SIZE, 0)]);
    other.watch();
    t.client.send(smaller).await;
    seen(&mut other, kind::SETTINGS).await;
    // Whatever it writes now leaves before the acknowledgement.
    done(&mut x, continued(&[], true)).await;
    let end = super::raw(kind::CONTINUATION, flag::END_HEADERS, 3, b"");
    t.client.expect_alone(end).await;
    t.client.expect(ordinary(5)).await;
    t.client.expect(settings(&[]).ack()).await;
    t.ordinary().await;
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_given_up_lets_the_others_go_on() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    done(&mut x, open(&[(":status", "200")])).await;
    t.client
        .expect_alone(super::raw(kind::HEADERS, 0, 1, b"\x88"))
        .await;
    done(&mut other, head(204, true)).await;
    let flushes = tokio::spawn(async move {
        done(&mut other, WireOp::Flush).await;
        let section = refused(&mut other, body("late", false)).await;
        assert_eq!(section, "RFC 9113 §5.1");
    });
    drop(x);
    t.client.expect(headers(3).status(204).end_stream()).await;
    flushes.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_block_that_stays_open_is_given_up_in_time() {
    let mut t = Handed::new().await;
    let start = Instant::now();
    let mut x = t.get().await;
    let mut other = t.get().await;
    done(&mut x, open(&[(":status", "200")])).await;
    done(&mut x, WireOp::Flush).await;
    t.client
        .expect_alone(super::raw(kind::HEADERS, 0, 1, b"\x88"))
        .await;
    done(&mut other, head(204, true)).await;
    // Raw writes of others wait too, and so does the end of the connection.
    done(&mut other, raw_data("raw", false)).await;
    assert!(start.elapsed() >= bounds::CORKED);
    t.client.expect(headers(3).status(204).end_stream()).await;
    t.client.expect(data(3, "raw")).await;
    t.ordinary().await;
    drop(x);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_breaks_a_rule_meanwhile_is_told() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, open(&[(":status", "200")])).await;
    let block = super::raw(kind::HEADERS, 0, 1, b"\x88");
    t.client.expect_alone(block).await;
    t.client.send(data(3, "never opened")).await;
    t.client.expect(goaway(1, code::PROTOCOL_ERROR)).await;
    t.client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn nobody_writes_within_a_frame_that_raw_bytes_leave_open() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    let whole = b"\0\0\x04\0\x01\0\0\0\x03abcd";
    for cut in [&whole[..2], &whole[2..9], &whole[9..11]] {
        done(&mut x, raw_bytes(cut)).await;
        done(&mut x, WireOp::Flush).await;
        assert!(x.progress().raw);
    }
    done(&mut other, ordinary_head()).await;
    done(&mut x, raw_bytes(&whole[11..])).await;
    t.client.expect(data(3, "abcd").end_stream()).await;
    t.client.expect(ordinary(5)).await;
    assert!(x.progress().ended);
    // Several frames at once, and the beginning of one more.
    done(&mut x, raw_bytes([&whole[..], whole, &whole[..3]].concat())).await;
    done(&mut other, body("held", true)).await;
    drop(x);
    t.client.expect(data(3, "abcd").end_stream()).await;
    t.client.expect(data(3, "abcd").end_stream()).await;
    // What was never completed is the handler's affair: the client sees the
    // next frame behind three bytes.
    assert_eq!(
        t.client.bytes(3 + 9).await[3..],
        b"\0\0\x04\0\x01\0\0\0\x05"[..]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_held_back_is_bounded() {
    let mut t = Handed::connect(limits(|l| l.output_queue = 1024), &[]).await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    done(&mut x, open(&[(":status", "200")])).await;
    done(&mut other, head(200, false)).await;
    let mut writes = tokio::spawn(async move {
        for _ in 0..3 {
            done(&mut other, body(vec![0; 1024], false)).await;
        }
        other
    });
    let second = std::time::Duration::from_secs(1);
    let early = tokio::time::timeout(second, &mut writes).await;
    assert!(early.is_err(), "the queue is full");
    // Who holds them back has room.
    done(&mut x, continued(&[], true)).await;
    t.client.expect(headers(1).status(200)).await;
    t.client.expect(headers(3).status(200)).await;
    for _ in 0..3 {
        t.client.expect(data(3, vec![0; 1024])).await;
    }
    drop(writes.await.unwrap());
    t.client.expect(rst_stream(3, code::INTERNAL_ERROR)).await;
}

#[tokio::test(start_paused = true)]
async fn a_block_of_encoded_fields_cut_up_into_raw_frames() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let coding = Coding {
        indexing: Some(Indexing::Never),
        huffman: Some(true),
    };
    done(&mut x, WireOp::Coding(coding)).await;
    let lines: Fields = fields(&[(":status", "200"), ("X-Ordinary", "as ever")]);
    let Ok(crate::Reply::Block(block)) = x.apply(WireOp::EncodeFields(lines)).await else {
        panic!("no block");
    };
    let (first, rest) = block.split_at(block.len() / 2);
    let piece = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
    done(
        &mut x,
        raw_frame(kind::HEADERS, flag::END_STREAM, 3, piece(first)),
    )
    .await;
    t.client.send(ping(b"me next!")).await;
    for byte in rest {
        done(&mut x, raw_frame(kind::CONTINUATION, 0, 3, piece(&[*byte]))).await;
    }
    done(
        &mut x,
        raw_frame(kind::CONTINUATION, flag::END_HEADERS, 3, ""),
    )
    .await;
    let whole = headers(3).status(200).field("X-Ordinary", "as ever");
    t.client.expect(whole.end_stream()).await;
    t.client.expect(ping(b"me next!").ack()).await;
    t.ordinary().await;
}
