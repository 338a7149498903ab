//! What exchanges that watch are told beside their requests.

use bytes::Bytes;

use super::answers::head;
use super::*;
use crate::h2::frame::{flag, kind};
use crate::h2::{code, limits as bounds};
use crate::{ControlFrame, Event, Exchange, Fields, Reply, WireOp};

/// The next event, which is a frame without content.
async fn control(x: &mut Exchange) -> ControlFrame {
    match x.next().await {
        Some(Event::Control(frame)) => frame,
        other => panic!("{other:?}"),
    }
}

/// What becomes of a frame that the client sends.
fn told(frame: &TestFrame) -> ControlFrame {
    ControlFrame {
        kind: frame.kind,
        flags: frame.flags,
        stream_id: frame.stream,
        payload: Bytes::copy_from_slice(&frame.payload),
    }
}

fn push_op() -> WireOp {
    WireOp::Push {
        promised: None,
        fields: fields(&[
            (":method", "GET"),
            (":scheme", "http"),
            (":authority", "test"),
            (":path", "/"),
        ]),
    }
}

/// Takes the events of a GET.
async fn request(x: &mut Exchange) {
    assert!(matches!(x.next().await, Some(Event::Headers(_))));
    assert!(matches!(x.next().await, Some(Event::End)));
}

#[tokio::test(start_paused = true)]
async fn frames_beside_the_request_are_told_in_order() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let mut blind = t.get().await;
    x.watch();
    request(&mut x).await;
    let frames = [
        ping(b"12345678"),
        ping(b"an answe").ack(),
        settings(&[(0x99, 1)]),
        settings(&[]).ack(),
        window_update(0, 5),
        window_update(1, 6),
        priority(1, 0),
        super::raw(0x77, 0xff, 0, b"of the connection"),
        super::raw(0x77, 0x01, 1, b""),
    ];
    for frame in frames.clone() {
        t.client.send(frame).await;
    }
    for frame in &frames {
        assert_eq!(control(&mut x).await, told(frame));
    }
    t.client.expect(ping(b"12345678").ack()).await;
    t.client.expect(settings(&[]).ack()).await;
    // The other's are not its concern.
    t.client.send(window_update(3, 5)).await;
    t.client.send(priority(3, 0)).await;
    t.client.send(super::raw(0x77, 0, 3, b"")).await;
    t.client.send(ping(b"the last")).await;
    assert_eq!(control(&mut x).await, told(&ping(b"the last")));
    // Who does not watch sees the request alone.
    request(&mut blind).await;
    assert!(blind.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn they_come_between_the_frames_of_the_request() {
    let mut t = Handed::new().await;
    let mut x = t.post().await;
    x.watch();
    t.client.send(data(1, "a")).await;
    t.client.send(ping(b"between!")).await;
    t.client.send(data(1, "b").end_stream()).await;
    t.client.expect(ping(b"between!").ack()).await;
    assert!(matches!(x.next().await, Some(Event::Headers(_))));
    assert!(matches!(x.next().await, Some(Event::Data(d)) if d.data == "a"));
    assert_eq!(control(&mut x).await, told(&ping(b"between!")));
    assert!(matches!(x.next().await, Some(Event::Data(d)) if d.data == "b"));
    assert!(matches!(x.next().await, Some(Event::End)));
}

#[tokio::test(start_paused = true)]
async fn pushed_streams_are_watched_with_their_exchange() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    assert_eq!(x.apply(push_op()).await, Ok(Reply::Stream(2)));
    for frame in [window_update(2, 9), priority(2, 0), rst_stream(2, 8)] {
        t.client.send(frame.clone()).await;
        assert_eq!(control(&mut x).await, told(&frame));
    }
    // It may have been answered before.
    assert_eq!(x.apply(push_op()).await, Ok(Reply::Stream(4)));
    let answer = WireOp::WriteHeaders {
        stream: Some(4),
        status: 200,
        reason: None,
        fields: Fields::new(),
        end: true,
    };
    done(&mut x, answer).await;
    t.client.send(rst_stream(4, 8)).await;
    assert_eq!(control(&mut x).await, told(&rst_stream(4, 8)));
}

#[tokio::test(start_paused = true)]
async fn what_the_client_answers_where_it_wrote_raw_is_told() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    let mut other = t.get().await;
    other.watch();
    request(&mut other).await;
    for stream in [8, 99, 3] {
        done(&mut x, raw_frame(kind::DATA, 0, stream, "foreign")).await;
    }
    let promise = Bytes::from_static(b"\0\0\0\x0a\x82");
    let promise = raw_frame(kind::PUSH_PROMISE, flag::END_HEADERS, 1, promise);
    done(&mut x, promise).await;
    for frame in [
        window_update(8, 10),
        rst_stream(8, 8),
        data(8, "what?"),
        rst_stream(10, 7),
        super::raw(0x77, 0, 10, b"unknown"),
        priority(99, 0),
        rst_stream(99, 5),
        window_update(3, 10),
    ] {
        t.client.send(frame.clone()).await;
        assert_eq!(control(&mut x).await, told(&frame), "{frame:?}");
    }
    // The other is told of its own stream, and of nothing else.
    assert_eq!(control(&mut other).await, told(&window_update(3, 10)));
    // What a request says is for nobody but who answers it.
    t.client.send(super::raw(0x77, 0, 3, b"unknown")).await;
    let third = t.post().await;
    assert_eq!(third.head().stream_id, 5);
    done(&mut x, raw_frame(kind::DATA, 0, 5, "foreign")).await;
    t.client.send(data(5, "secret")).await;
    t.client.send(ping(b"the last")).await;
    assert_eq!(control(&mut x).await, told(&ping(b"the last")));
}

#[tokio::test(start_paused = true)]
async fn a_reset_behind_the_whole_answer_is_told() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    done(&mut x, head(200, true)).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    t.client.send(ping(b"read it?")).await;
    t.client.send(rst_stream(1, 1)).await;
    t.client.send(rst_stream(1, 2)).await;
    assert_eq!(control(&mut x).await, told(&ping(b"read it?")));
    assert!(matches!(x.next().await, Some(Event::Reset(1))));
    assert!(x.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn its_own_reset_is_not_told_and_it_watches_on() {
    let mut t = Handed::new().await;
    let (mut x, mut unread, mut raw) = (t.get().await, t.post().await, t.get().await);
    for x in [&mut x, &mut unread, &mut raw] {
        x.watch();
        assert!(matches!(x.next().await, Some(Event::Headers(_))));
    }
    for x in [&mut x, &mut raw] {
        assert!(matches!(x.next().await, Some(Event::End)));
    }
    for x in [&mut x, &mut unread] {
        let code = code::CANCEL;
        done(x, WireOp::Reset { stream: None, code }).await;
    }
    let reset = raw_frame(kind::RST_STREAM, 0, 5, &[0, 0, 0, 9][..]);
    done(&mut raw, reset).await;
    t.client.send(ping(b"go on.. ")).await;
    // Its request will not be complete.
    assert!(matches!(
        unread.next().await,
        Some(Event::Reset(code::CANCEL))
    ));
    for x in [&mut x, &mut unread, &mut raw] {
        assert_eq!(control(x).await, told(&ping(b"go on.. ")));
        assert!(x.has_given_up());
        let second = std::time::Duration::from_secs(1);
        let gone = tokio::time::timeout(second, x.gone()).await;
        assert!(gone.is_err(), "{gone:?}");
    }
    // The client's may have crossed ours.
    t.client.send(rst_stream(1, 5)).await;
    assert!(matches!(x.next().await, Some(Event::Reset(5))));
    assert!(!x.has_given_up());
    assert!(x.next().await.is_none());
    drop(t.client);
    for x in [&mut unread, &mut raw] {
        assert!(matches!(x.next().await, Some(Event::Gone)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_by_the_engine_is_told() {
    let mut t = Handed::new().await;
    let post = headers(1).post("/").field("content-length", "1");
    t.client.send(post).await;
    let mut x = t.take().await;
    x.watch();
    assert!(matches!(x.next().await, Some(Event::Headers(_))));
    t.client.send(data(1, "too much")).await;
    t.client.expect(rst_stream(1, code::PROTOCOL_ERROR)).await;
    assert!(matches!(
        x.next().await,
        Some(Event::Reset(code::PROTOCOL_ERROR))
    ));
    assert!(!x.has_given_up());
}

#[tokio::test(start_paused = true)]
async fn goaway_by_the_client_is_told_and_ends_nothing_that_lives() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    let payload = [&[0x80, 0, 0, 2, 0, 0, 0, 7][..], b"why"].concat();
    t.client
        .send(super::raw(kind::GOAWAY, 0, 0, &payload))
        .await;
    let Some(Event::GoAway {
        last_stream: 2,
        code: 7,
        debug,
    }) = x.next().await
    else {
        panic!("no GOAWAY");
    };
    assert_eq!(debug, "why");
    t.client.send(ping(b"and yet!")).await;
    assert_eq!(control(&mut x).await, told(&ping(b"and yet!")));
    done(&mut x, head(200, true)).await;
    t.client.expect(ping(b"and yet!").ack()).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    drop(x);
    t.client.expect(goaway(1, code::NO_ERROR)).await;
    t.client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn a_late_reset_and_the_end_of_the_connection_are_the_last() {
    let mut t = Handed::new().await;
    let (mut x, mut other) = (t.get().await, t.get().await);
    for x in [&mut x, &mut other] {
        request(x).await;
        x.watch();
    }
    t.client.send(rst_stream(1, code::CANCEL)).await;
    assert!(matches!(x.next().await, Some(Event::Reset(code::CANCEL))));
    assert!(x.next().await.is_none());
    // One that has its answer is watched on.
    done(&mut other, head(200, true)).await;
    t.client.expect(headers(3).status(200).end_stream()).await;
    drop(t.client);
    assert!(matches!(other.next().await, Some(Event::Gone)));
    assert!(other.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_by_a_future_that_is_dropped() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    let second = std::time::Duration::from_secs(1);
    let early = tokio::time::timeout(second, x.next()).await;
    assert!(early.is_err());
    t.client.send(ping(b"12345678")).await;
    assert_eq!(control(&mut x).await, told(&ping(b"12345678")));
}

#[tokio::test(start_paused = true)]
async fn only_so_many_wait() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    for n in 0..bounds::WATCHED_FRAMES as u64 + 10 {
        t.client.send(ping(&n.to_be_bytes())).await;
        t.client.expect(ping(&n.to_be_bytes()).ack()).await;
    }
    for n in 0..bounds::WATCHED_FRAMES as u64 {
        assert_eq!(control(&mut x).await, told(&ping(&n.to_be_bytes())));
    }
    assert_eq!(x.take_untold(), 10);
    assert_eq!(x.take_untold(), 0);
    t.client.send(ping(b"room now")).await;
    assert_eq!(control(&mut x).await, told(&ping(b"room now")));
}

#[tokio::test(start_paused = true)]
async fn the_engines_own_ping_is_not_told() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    x.watch();
    request(&mut x).await;
    t.client.drain.send(true).unwrap();
    t.client.expect(goaway(0x7fff_ffff, 0)).await;
    let own = t.client.receive().await.unwrap();
    assert_eq!(own.kind, kind::PING);
    t.client.send(own.ack()).await;
    t.client.expect(goaway(1, 0)).await;
    t.client.send(ping(b"the next")).await;
    assert_eq!(control(&mut x).await, told(&ping(b"the next")));
}
