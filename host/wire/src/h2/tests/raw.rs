//! Raw writes, mixed with checked ones and beside ordinary requests.

use bytes::Bytes;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::{flag, kind};
use crate::h2::settings::id;
use crate::h2::{code, limits as bounds};
use crate::{Event, Progress, WireError, WireOp};

#[tokio::test(start_paused = true)]
async fn raw_and_checked_frames_leave_in_the_order_they_were_written() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    done(&mut x, head(103, false)).await;
    done(
        &mut x,
        raw_headers(&[(":status", "103"), ("Upper", "Case")]),
    )
    .await;
    done(&mut x, head(200, false)).await;
    done(&mut x, raw_data("raw", false)).await;
    done(&mut x, body("checked", false)).await;
    done(&mut x, raw_frame(0xaa, 0x55, 0, "unknown")).await;
    done(&mut x, raw_bytes(&b"\0\0\x01\0\0\0\0\0\x03!"[..])).await;
    done(&mut x, WireOp::EndStream { stream: None }).await;
    let client = &mut t.client;
    client.expect(headers(3).status(103)).await;
    let upper = headers(3).status(103).field("Upper", "Case");
    client.expect(upper).await;
    client.expect(headers(3).status(200)).await;
    client.expect(data(3, "raw")).await;
    client.expect(data(3, "checked")).await;
    client.expect(super::raw(0xaa, 0x55, 0, b"unknown")).await;
    client.expect(data(3, "!")).await;
    client.expect(data(3, "").end_stream()).await;
    t.ordinary().await;
    let raw = Progress {
        headers: true,
        ended: true,
        raw: true,
    };
    assert_eq!(x.progress(), raw);
    drop(x);
    t.ordinary().await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn raw_heads_open_and_end_the_stream_for_checked_writes() {
    let mut t = Handed::new().await;
    // An informational head leaves the final one to come, another does not.
    let mut x = t.get().await;
    done(&mut x, raw_headers(&[(":status", "103")])).await;
    assert_eq!(refused(&mut x, body("early", false)).await, "RFC 9113 §8.1");
    done(&mut x, raw_headers(&[(":status", "200")])).await;
    assert_eq!(refused(&mut x, head(200, false)).await, "RFC 9113 §8.1");
    done(&mut x, body("a", false)).await;
    done(&mut x, raw_data("b", true)).await;
    assert_eq!(refused(&mut x, body("late", false)).await, "RFC 9113 §5.1");
    let end = WireOp::EndStream { stream: None };
    assert_eq!(refused(&mut x, end).await, "RFC 9113 §5.1");
    // And yet raw frames still pass.
    done(&mut x, raw_data("c", true)).await;
    t.client.expect(headers(1).status(103)).await;
    t.client.expect(headers(1).status(200)).await;
    t.client.expect(data(1, "a")).await;
    t.client.expect(data(1, "b").end_stream()).await;
    t.client.expect(data(1, "c").end_stream()).await;

    // A head without a status that can be told is a final one.
    let mut x = t.get().await;
    done(
        &mut x,
        raw_frame(kind::HEADERS, flag::END_HEADERS, 3, &b"\x88"[..]),
    )
    .await;
    assert!(x.progress().headers);
    let end_stream = flag::END_HEADERS | flag::END_STREAM;
    done(
        &mut x,
        raw_frame(kind::HEADERS, end_stream, 3, &b"\x88"[..]),
    )
    .await;
    assert!(x.progress().ended);
    t.client.expect(headers(3).status(200)).await;
    t.client.expect(headers(3).status(200).end_stream()).await;

    let mut x = t.get().await;
    done(&mut x, raw_frame(kind::RST_STREAM, 0, 5, &[0, 0, 0, 9][..])).await;
    assert_eq!(x.apply(head(200, true)).await, Err(WireError::Reset(9)));
    done(&mut x, raw_headers(&[(":status", "200")])).await;
    drop(x);
    t.client.expect(rst_stream(5, 9)).await;
    t.client.expect(headers(5).status(200)).await;
    t.ordinary().await;
}

#[tokio::test(start_paused = true)]
async fn a_raw_stream_is_ended_but_never_reset_by_the_engine() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, raw_data("no head", false)).await;
    done(&mut x, WireOp::EndStream { stream: None }).await;
    t.client.expect(data(1, "no head")).await;
    t.client.expect(data(1, "").end_stream()).await;

    let mut x = t.post().await;
    done(
        &mut x,
        raw_headers(&[(":status", "200"), (":status", "404")]),
    )
    .await;
    t.client.expect(headers(3).status(200).status(404)).await;
    drop(x);
    t.client.expect_nothing().await;
    // The client may go on, and is neither refused nor kept waiting.
    for _ in 0..64 {
        t.client.send(data(3, vec![0; 16_384])).await;
    }
    t.client.send(window_update(3, 0x7fff_ffff)).await;
    t.client.send(rst_stream(3, code::PROTOCOL_ERROR)).await;
    for _ in 0..2 {
        let update = t.client.receive().await.unwrap();
        assert_eq!((update.kind, update.stream), (kind::WINDOW_UPDATE, 0));
    }
    t.ordinary().await;

    // A checked Reset is the handler's own.
    let mut x = t.get().await;
    done(&mut x, raw_data("", false)).await;
    let code = code::CANCEL;
    done(&mut x, WireOp::Reset { stream: None, code }).await;
    t.client.expect(data(7, "")).await;
    t.client.expect(rst_stream(7, code::CANCEL)).await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_goes_on_behind_a_raw_answer_is_not_stopped() {
    let mut t = Handed::new().await;
    let mut x = t.post().await;
    let answer = raw_frame(kind::HEADERS, flag::END_HEADERS | 1, 1, &b"\x88"[..]);
    done(&mut x, answer).await;
    drop(x);
    t.client.expect(headers(1).status(200).end_stream()).await;
    t.client.send(data(1, vec![0; 16_384])).await;
    t.ordinary().await;
    // Nobody waits for it any more, and nobody says so.
    tokio::time::advance(bounds::DISCARD_PAUSE * 2).await;
    t.ordinary().await;
    t.client.send(data(1, "late").end_stream()).await;
    t.ordinary().await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn what_a_client_sends_late_on_a_raw_stream_is_let_pass() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, raw_headers(&[(":status", "200")])).await;
    t.client.expect(headers(1).status(200)).await;
    t.client.send(data(1, "after END_STREAM")).await;
    t.client.send(headers(1).field("a", "b").end_stream()).await;
    t.client.send(window_update(1, 0x7fff_ffff)).await;
    t.client.send(window_update(1, 0)).await;
    t.client.expect_nothing().await;
    done(&mut x, raw_data("goes on", true)).await;
    t.client.expect(data(1, "goes on").end_stream()).await;
    t.client.send(data(1, "after all")).await;
    t.client.send(headers(1).field("a", "b").end_stream()).await;
    t.ordinary().await;
    // Without anything raw the same is a connection error.
    t.client.send(data(3, "after all")).await;
    t.client.expect(goaway(3, code::STREAM_CLOSED)).await;
}

#[tokio::test(start_paused = true)]
async fn streams_that_only_raw_frames_named_are_no_error_of_the_clients() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, raw_frame(kind::DATA, 0, 3, "idle")).await;
    done(&mut x, raw_frame(kind::DATA, 0, 99, "idle")).await;
    let promise = Bytes::from_static(b"\0\0\0\x08\x82");
    let promise = raw_frame(kind::PUSH_PROMISE, flag::END_HEADERS, 1, promise);
    done(&mut x, promise).await;
    t.client.expect(data(3, "idle")).await;
    t.client.expect(data(99, "idle")).await;
    t.client
        .expect(push_promise(1, 8).field(":method", "GET"))
        .await;
    for id in [99, 8] {
        t.client.send(window_update(id, 10)).await;
        t.client.send(rst_stream(id, code::STREAM_CLOSED)).await;
        t.client.send(priority(id, 0)).await;
    }
    // A request of the client's on such a stream is one like others.
    let other = t.get().await;
    assert_eq!(other.progress(), Progress::default());
    drop(other);
    t.client.expect(rst_stream(3, code::INTERNAL_ERROR)).await;
    t.client.send(rst_stream(97, code::CANCEL)).await;
    t.client.expect(goaway(3, code::PROTOCOL_ERROR)).await;
}

#[tokio::test(start_paused = true)]
async fn checked_content_waits_for_exactly_what_raw_data_took_beyond_the_window() {
    let mut t = Handed::connect(Limits::default(), &[(id::INITIAL_WINDOW_SIZE, 10)]).await;
    let mut x = t.get().await;
    done(&mut x, head(200, false)).await;
    done(&mut x, raw_data("0123456789abcdef", false)).await;
    t.client.expect(headers(1).status(200)).await;
    t.client.expect(data(1, "0123456789abcdef")).await;
    let peer = x.peer(None).unwrap();
    assert_eq!((peer.stream_window, peer.connection_window), (-6, 65_519));
    let waits = tokio::spawn(async move { done(&mut x, body("xy", true)).await });
    t.client.expect_nothing().await;
    t.client.send(window_update(1, 6)).await;
    t.client.expect_nothing().await;
    t.client.send(window_update(1, 1)).await;
    t.client.expect(data(1, "x")).await;
    t.client.send(window_update(1, 1)).await;
    t.client.expect(data(1, "y").end_stream()).await;
    waits.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_largest_payload_passes_and_a_larger_one_is_refused() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let most = (1 << 24) - 1;
    let large = Bytes::from(vec![7; most + 1]);
    let section = refused(&mut x, raw_data(large.clone(), false)).await;
    assert_eq!(section, "RFC 9113 §4.1");
    let section = refused(&mut x, raw_frame(0xbb, 0, 1, large.clone())).await;
    assert_eq!(section, "RFC 9113 §4.1");
    done(&mut x, WireOp::Padding(Some(0))).await;
    let section = refused(&mut x, raw_data(large.slice(1..), false)).await;
    assert_eq!(section, "RFC 9113 §4.1");
    assert!(!x.progress().raw);
    done(&mut x, WireOp::Padding(None)).await;
    done(&mut x, raw_data(large.slice(1..), true)).await;
    assert!(x.progress().ended);
    let seen = t.client.receive().await.unwrap();
    assert_eq!(
        (seen.kind, seen.flags, seen.stream),
        (0, flag::END_STREAM, 1)
    );
    assert!(seen.payload.len() == most && seen.payload.iter().all(|b| *b == 7));
}

#[tokio::test(start_paused = true)]
async fn raw_writes_wait_for_a_client_that_reads_nothing() {
    let mut t = Handed::connect(limits(|l| l.output_queue = 1024), &[]).await;
    let mut x = t.get().await;
    let mut writes = tokio::spawn(async move {
        for _ in 0..100 {
            done(&mut x, raw_data(vec![1; 16_384], false)).await;
        }
    });
    // The second passes when nobody has anything to do.
    let second = std::time::Duration::from_secs(1);
    let early = tokio::time::timeout(second, &mut writes).await;
    assert!(early.is_err(), "more than the pipe and the queue hold");
    let mut frames = 0;
    while frames < 100 {
        let frame = t.client.receive().await.unwrap();
        frames += u32::from(frame == data(1, vec![1; 16_384]));
    }
    writes.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_raw_window_update_lets_the_client_send_more() {
    let small = limits(|l| l.stream_window = 10);
    let mut t = Handed::connect(small, &[]).await;
    let mut x = t.post().await;
    let update = raw_frame(kind::WINDOW_UPDATE, 0, 1, &[0, 0, 0, 5][..]);
    done(&mut x, update).await;
    t.client.expect(window_update(1, 5)).await;
    t.client.send(data(1, "fifteen bytes..").end_stream()).await;
    assert!(matches!(x.next().await, Some(Event::Headers(_))));
    let Some(Event::Data(frame)) = x.next().await else {
        panic!("no DATA");
    };
    assert_eq!(frame.data, "fifteen bytes..");
    done(&mut x, head(200, true)).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
}
