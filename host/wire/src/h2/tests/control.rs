//! The frames of a connection that a handler writes, and its end.

use bytes::Bytes;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::kind;
use crate::h2::{code, flow::MAX_WINDOW};
use crate::{Priority, WireError, WireOp};

fn goaway_op(last_stream: Option<u32>, code: u32) -> WireOp {
    WireOp::GoAway {
        last_stream,
        code,
        debug: Bytes::from_static(b"words"),
    }
}

#[tokio::test(start_paused = true)]
async fn after_goaway_what_is_under_way_is_finished_and_later_streams_are_ignored() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let mut other = t.post().await;
    done(&mut x, goaway_op(None, 77)).await;
    let words = [&[0, 0, 0, 3, 0, 0, 0, 77][..], b"words"].concat();
    let frame = super::raw(kind::GOAWAY, 0, 0, &words);
    t.client.expect_alone(frame).await;
    // A stream that comes after is not answered, but its block is decoded.
    let ignored = headers(5).get("/").field("x", "indexed");
    t.client.send(ignored).await;
    t.client.send(data(5, "ignored").end_stream()).await;
    t.client.send(rst_stream(5, 0)).await;
    let trailers = headers(3).field("x", "indexed").end_stream();
    t.client.send(trailers).await;
    done(&mut x, head(200, true)).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    loop {
        match other.next().await {
            Some(crate::Event::Trailers(frame)) => {
                break assert_eq!(frame.fields, fields(&[("x", "indexed")]));
            }
            Some(_) => {}
            None => panic!("no trailers"),
        }
    }
    done(&mut other, head(204, true)).await;
    t.client.expect(headers(3).status(204).end_stream()).await;
    drop((x, other));
    t.client.expect_end().await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_goaway_may_be_followed_by_a_lower_one_only() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, goaway_op(Some(MAX_WINDOW), 0)).await;
    done(&mut x, goaway_op(Some(0), 2)).await;
    let section = refused(&mut x, goaway_op(Some(1), 0)).await;
    assert_eq!(section, "RFC 9113 §6.8");
    let section = refused(&mut x, goaway_op(Some(MAX_WINDOW + 1), 0)).await;
    assert_eq!(section, "RFC 9113 §6.8");
    let large = WireOp::GoAway {
        last_stream: Some(0),
        code: 0,
        debug: vec![0; 16_377].into(),
    };
    assert_eq!(refused(&mut x, large).await, "RFC 9113 §4.2");
    t.client.expect(goaway(MAX_WINDOW, 0)).await;
    t.client.expect(goaway(0, 2)).await;
    // Draining has nothing to add.
    t.client.drain.send(true).unwrap();
    done(&mut x, head(200, true)).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    drop(x);
    t.client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn ping_and_priority() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    done(&mut x, WireOp::Ping { data: *b"eightpls" }).await;
    let op = |dependency, exclusive| WireOp::Priority {
        stream: None,
        priority: Priority {
            dependency,
            weight: 15,
            exclusive,
        },
    };
    done(&mut x, op(1, false)).await;
    done(&mut x, op(0, true)).await;
    assert_eq!(refused(&mut x, op(3, false)).await, "RFC 7540 §5.3.1");
    assert_eq!(refused(&mut x, op(1 << 31, false)).await, "RFC 7540 §5.3.1");
    t.client.expect(ping(b"eightpls")).await;
    t.client.expect(priority(3, 1)).await;
    t.client.expect(priority(3, 1 << 31)).await;
    t.client.send(ping(b"eightpls").ack()).await;
    t.ordinary().await;
    assert!(!x.progress().raw);
}

#[tokio::test(start_paused = true)]
async fn window_updates_let_the_client_send_more() {
    let small = limits(|l| (l.stream_window, l.connection_window) = (10, 65_535));
    let mut t = Handed::connect(small, &[]).await;
    let mut x = t.post().await;
    let op = |stream, increment| WireOp::WindowUpdate { stream, increment };
    for (stream, increment) in [(1, 0), (0, 0), (0, MAX_WINDOW + 1)] {
        let section = refused(&mut x, op(stream, increment)).await;
        assert_eq!(section, "RFC 9113 §6.9");
    }
    for (stream, increment) in [(1, MAX_WINDOW - 9), (0, MAX_WINDOW - 65_534)] {
        let section = refused(&mut x, op(stream, increment)).await;
        assert_eq!(section, "RFC 9113 §6.9.1");
    }
    assert_eq!(refused(&mut x, op(3, 1)).await, "RFC 9113 §5.1");
    done(&mut x, op(1, 100_000)).await;
    done(&mut x, op(0, 100_000)).await;
    t.client.expect(window_update(1, 100_000)).await;
    t.client.expect(window_update(0, 100_000)).await;
    // Ten bytes and 100,000 more, all of them unread.
    for _ in 0..6 {
        t.client.send(data(1, vec![0; 16_384])).await;
    }
    t.client.send(data(1, vec![0; 100_010 - 6 * 16_384])).await;
    t.client.expect_nothing().await;
    t.client.send(data(1, "x")).await;
    t.client
        .expect(rst_stream(1, code::FLOW_CONTROL_ERROR))
        .await;
}

#[tokio::test(start_paused = true)]
async fn close_ends_the_connection_behind_what_was_written() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let mut other = t.get().await;
    done(&mut x, head(200, false)).await;
    done(&mut x, body(vec![1; 50_000], false)).await;
    done(&mut x, WireOp::Close).await;
    assert_eq!(x.apply(body("late", true)).await, Err(WireError::Gone));
    assert_eq!(other.apply(head(200, true)).await, Err(WireError::Gone));
    drop((x, other));
    t.client.expect(headers(1).status(200)).await;
    let mut got = 0;
    while got < 50_000 {
        got += t.client.receive().await.unwrap().payload.len();
    }
    t.client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn abort_drops_the_connection_behind_what_was_written() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, raw_bytes(&b"\0\0\x09\0\0\0\0\0\x01torn"[..])).await;
    done(&mut x, WireOp::Abort).await;
    assert_eq!(t.client.bytes(9 + 4).await[9..], b"torn"[..]);
    t.client.expect_end().await;
    // It does not linger: the server has ended before the client has.
    t.client.server.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn streams_up_to_the_one_that_goaway_names_are_still_answered() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, goaway_op(Some(MAX_WINDOW), 0)).await;
    done(&mut x, head(200, true)).await;
    drop(x);
    t.client.expect(goaway(MAX_WINDOW, 0)).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    // Nothing is under way, and yet the client may open one more.
    t.ordinary().await;
    let mut x = t.get().await;
    done(&mut x, goaway_op(Some(7), 0)).await;
    done(&mut x, head(200, true)).await;
    drop(x);
    t.client.expect(goaway(7, 0)).await;
    t.client.expect(headers(5).status(200).end_stream()).await;
    t.ordinary().await;
    // That was the last.
    t.client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_ends_what_a_handler_began_with_goaway() {
    for (named, announced) in [(MAX_WINDOW, true), (99, false)] {
        let mut t = Handed::new().await;
        let mut x = t.get().await;
        done(&mut x, goaway_op(Some(named), 0)).await;
        t.client.expect(goaway(named, 0)).await;
        t.client.drain.send(true).unwrap();
        if announced {
            t.client.expect(goaway(MAX_WINDOW, 0)).await;
            let own = t.client.receive().await.unwrap();
            t.client.send(own.ack()).await;
        }
        t.client.expect(goaway(1, 0)).await;
        done(&mut x, head(200, true)).await;
        t.client.expect(headers(1).status(200).end_stream()).await;
        drop(x);
        t.client.expect_end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_both_sides_have_ended_cannot_be_reset() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, head(200, true)).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    let (stream, code) = (None, 8);
    let section = refused(&mut x, WireOp::Reset { stream, code }).await;
    assert_eq!(section, "RFC 9113 §5.1");
    // A request that goes on can be stopped.
    let mut x = t.post().await;
    done(&mut x, head(200, true)).await;
    done(&mut x, WireOp::Reset { stream, code }).await;
    t.client.expect(headers(3).status(200).end_stream()).await;
    t.client.expect(rst_stream(3, 8)).await;
}
