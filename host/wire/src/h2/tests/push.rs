//! PUSH_PROMISE and the streams that it opens.

use super::answers::{body, head};
use super::*;
use crate::h2::settings::id;
use crate::h2::{code, limits as bounds};
use crate::{Exchange, Fields, Limits, Reply, WireError, WireOp};

const REQUEST: [(&str, &str); 4] = [
    (":method", "GET"),
    (":scheme", "https"),
    (":authority", "test"),
    (":path", "/pushed"),
];

fn push(promised: Option<u32>) -> WireOp {
    WireOp::Push {
        promised,
        fields: fields(&REQUEST),
    }
}

async fn pushed(x: &mut Exchange, promised: Option<u32>) -> u32 {
    match x.apply(push(promised)).await {
        Ok(Reply::Stream(id)) => id,
        other => panic!("{other:?}"),
    }
}

/// The same operation for a stream that was pushed.
fn on(id: u32, op: WireOp) -> WireOp {
    let stream = Some(id);
    match op {
        WireOp::WriteHeaders {
            status,
            reason,
            fields,
            end,
            ..
        } => WireOp::WriteHeaders {
            stream,
            status,
            reason,
            fields,
            end,
        },
        WireOp::WriteData { data, end, .. } => WireOp::WriteData { stream, data, end },
        other => panic!("{other:?}"),
    }
}

fn promise(stream: u32, promised: u32) -> TestFrame {
    push_promise(stream, promised).fields(&REQUEST)
}

#[tokio::test(start_paused = true)]
async fn a_pushed_stream_is_answered_beside_the_exchanges_own() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    assert_eq!(pushed(&mut x, None).await, 2);
    done(&mut x, head(200, false)).await;
    assert_eq!(pushed(&mut x, Some(8)).await, 8);
    assert_eq!(pushed(&mut x, None).await, 10);
    done(&mut x, on(2, ordinary_head())).await;
    done(&mut x, on(2, body("pushed", false))).await;
    done(&mut x, body("own", true)).await;
    let trailers = WireOp::Trailers {
        stream: Some(2),
        fields: fields(&[("sum", "1")]),
    };
    done(&mut x, trailers).await;
    done(&mut x, on(8, head(204, true))).await;
    t.client.expect(promise(3, 2)).await;
    t.client.expect(headers(3).status(200)).await;
    t.client.expect(promise(3, 8)).await;
    t.client.expect(promise(3, 10)).await;
    t.client.expect(ordinary(2)).await;
    t.client.expect(data(2, "pushed")).await;
    t.client.expect(data(3, "own").end_stream()).await;
    let trailers = headers(2).field("sum", "1").end_stream();
    t.client.expect(trailers).await;
    t.client.expect(headers(8).status(204).end_stream()).await;
    t.ordinary().await;
    // Those that are not complete are given up with the exchange.
    drop(x);
    t.client.expect(rst_stream(10, code::CANCEL)).await;
    // The client's last words on them are no error.
    for id in [2, 8, 10] {
        t.client.send(window_update(id, 5)).await;
        t.client.send(rst_stream(id, code::CANCEL)).await;
    }
    t.ordinary().await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn pushed_content_waits_for_its_own_window() {
    let mut t = Handed::connect(Limits::default(), &[(id::INITIAL_WINDOW_SIZE, 3)]).await;
    let mut x = t.get().await;
    pushed(&mut x, None).await;
    done(&mut x, on(2, head(200, false))).await;
    let writes = tokio::spawn(async move {
        done(&mut x, on(2, body("abcdef", true))).await;
        x
    });
    t.client.expect(promise(1, 2)).await;
    t.client.expect(headers(2).status(200)).await;
    t.client.expect(data(2, "abc")).await;
    t.client.send(window_update(1, 10)).await;
    t.client.expect_nothing().await;
    t.client.send(window_update(2, 2)).await;
    t.client.expect(data(2, "de")).await;
    t.client
        .send(settings(&[(id::INITIAL_WINDOW_SIZE, 4)]))
        .await;
    t.client.expect(settings(&[]).ack()).await;
    t.client.expect(data(2, "f").end_stream()).await;
    let x = writes.await.unwrap();
    assert_eq!(x.peer(None).unwrap().stream_window, 14);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_resets_a_pushed_stream_ends_only_that_one() {
    let mut t = Handed::connect(Limits::default(), &[(id::INITIAL_WINDOW_SIZE, 3)]).await;
    let mut x = t.get().await;
    pushed(&mut x, None).await;
    pushed(&mut x, None).await;
    done(&mut x, on(2, head(200, false))).await;
    let waits = tokio::spawn(async move {
        let refused = x.apply(on(2, body("abcdef", true))).await;
        (x, refused)
    });
    t.client.expect(promise(1, 2)).await;
    t.client.expect(promise(1, 4)).await;
    t.client.expect(headers(2).status(200)).await;
    t.client.expect(data(2, "abc")).await;
    t.client.send(rst_stream(2, code::CANCEL)).await;
    let (mut x, refused) = waits.await.unwrap();
    let reset = Err(WireError::Reset(code::CANCEL));
    assert_eq!(refused, reset);
    assert_eq!(x.apply(on(2, head(200, true))).await, reset);
    assert!(!x.progress().ended);
    done(&mut x, on(4, head(200, true))).await;
    done(&mut x, head(200, true)).await;
    t.client.expect(headers(4).status(200).end_stream()).await;
    t.client.expect(headers(1).status(200).end_stream()).await;
    // And the handler's own Reset likewise.
    let mut x = t.get().await;
    pushed(&mut x, None).await;
    let code = code::REFUSED_STREAM;
    let reset = WireOp::Reset {
        stream: Some(6),
        code,
    };
    done(&mut x, reset).await;
    done(&mut x, head(200, true)).await;
    t.client.expect(promise(3, 6)).await;
    t.client.expect(rst_stream(6, code)).await;
    t.client.expect(headers(3).status(200).end_stream()).await;
}

#[tokio::test(start_paused = true)]
async fn pushed_streams_are_their_exchanges_alone_and_no_request_of_the_clients() {
    let one = limits(|l| l.concurrent_streams = 2);
    let mut t = Handed::connect(one, &[]).await;
    let mut x = t.get().await;
    for _ in 0..3 {
        pushed(&mut x, None).await;
    }
    // They do not count against what the client may open.
    let mut other = t.get().await;
    let section = refused(&mut other, on(2, head(200, true))).await;
    assert_eq!(section, "RFC 9113 §5.1");
    let section = refused(&mut x, on(2, body("early", true))).await;
    assert_eq!(section, "RFC 9113 §8.1");
    done(&mut x, on(2, head(200, true))).await;
    let section = refused(&mut x, on(2, body("late", true))).await;
    assert_eq!(section, "RFC 9113 §5.1");
    for id in [2, 4, 6] {
        t.client.expect(promise(1, id)).await;
    }
    t.client.expect(headers(2).status(200).end_stream()).await;
    // Nobody promised this one.
    t.client.send(window_update(8, 1)).await;
    t.client.expect(goaway(3, code::PROTOCOL_ERROR)).await;
}

#[tokio::test(start_paused = true)]
async fn what_the_state_forbids_is_not_promised() {
    let mut t = Handed::connect(Limits::default(), &[(id::MAX_CONCURRENT_STREAMS, 1)]).await;
    let mut x = t.get().await;
    for promised in [0, 1, 3, 1 << 31] {
        let section = refused(&mut x, push(Some(promised))).await;
        assert_eq!(section, "RFC 9113 §5.1.1", "{promised}");
    }
    pushed(&mut x, Some(4)).await;
    t.client.expect(promise(1, 4)).await;
    assert_eq!(refused(&mut x, push(None)).await, "RFC 9113 §5.1.2");
    done(&mut x, on(4, head(200, true))).await;
    t.client.expect(headers(4).status(200).end_stream()).await;
    for promised in [2, 4] {
        let section = refused(&mut x, push(Some(promised))).await;
        assert_eq!(section, "RFC 9113 §5.1.1", "{promised}");
    }
    t.client.send(settings(&[(id::ENABLE_PUSH, 0)])).await;
    t.client.expect(settings(&[]).ack()).await;
    assert_eq!(refused(&mut x, push(None)).await, "RFC 9113 §6.5.2");
    t.client.send(settings(&[(id::ENABLE_PUSH, 1)])).await;
    t.client.expect(settings(&[]).ack()).await;
    t.client.send(goaway(0, 0)).await;
    t.client.expect_nothing().await;
    assert_eq!(refused(&mut x, push(None)).await, "RFC 9113 §6.8");
    done(&mut x, head(200, true)).await;
    assert_eq!(refused(&mut x, push(None)).await, "RFC 9113 §5.1");
    t.client.expect(headers(1).status(200).end_stream()).await;
}

#[tokio::test(start_paused = true)]
async fn a_promised_request_must_be_whole_and_safe() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let without = |name: &str| -> Fields {
        let lines = REQUEST.iter().filter(|(n, _)| *n != name);
        lines.map(|(n, v)| ((*n).into(), (*v).into())).collect()
    };
    let with = |name: &'static str, value: &'static str| {
        let mut lines = without(name);
        lines.append(name, value);
        lines
    };
    for (lines, section) in [
        (without(":method"), "RFC 9113 §8.3.1"),
        (without(":scheme"), "RFC 9113 §8.3.1"),
        (without(":path"), "RFC 9113 §8.3.1"),
        (without(":authority"), "RFC 9113 §8.4.1"),
        (with(":authority", ""), "RFC 9113 §8.3.1"),
        (with(":method", "POST"), "RFC 9113 §8.4"),
        (with(":path", "no/slash"), "RFC 9113 §8.3.1"),
        (with(":status", "200"), "RFC 9113 §8.3"),
        (with("Upper", "case"), "RFC 9113 §8.2.1"),
        (with("a", "b\r\nc: d"), "RFC 9113 §8.2.1"),
        (with("connection", "close"), "RFC 9113 §8.2.2"),
        (
            fields(&[&REQUEST[..], &REQUEST[..1]].concat()),
            "RFC 9113 §8.3",
        ),
        (
            fields(&[&REQUEST[..1], &[("a", "b")], &REQUEST[1..]].concat()),
            "RFC 9113 §8.3",
        ),
        (
            std::iter::repeat_n(("a".into(), vec![b'x'; 1024].into()), 1024).collect(),
            "RFC 9113 §10.5.1",
        ),
    ] {
        let op = WireOp::Push {
            promised: None,
            fields: lines,
        };
        assert_eq!(refused(&mut x, op).await, section);
    }
    let head = WireOp::Push {
        promised: None,
        fields: with(":method", "HEAD"),
    };
    assert_eq!(x.apply(head).await, Ok(Reply::Stream(2)));
    let seen = t.client.receive().await.unwrap();
    assert!(seen.fields.contains(&(":method".into(), "HEAD".into())));
}

#[tokio::test(start_paused = true)]
async fn a_client_may_refuse_all_that_is_pushed() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let more_than_requests = bounds::RESETS.burst + 100;
    for id in (2..).step_by(2).take(more_than_requests as usize) {
        pushed(&mut x, None).await;
        t.client.expect(promise(1, id)).await;
        t.client.send(rst_stream(id, code::CANCEL)).await;
    }
    t.ordinary().await;
    assert_eq!(t.client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_pushes_only_so_many_streams() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    for id in (2..).step_by(2).take(bounds::PUSHED_STREAMS) {
        assert_eq!(pushed(&mut x, None).await, id);
        done(&mut x, on(id, head(204, true))).await;
        t.client.expect(promise(1, id)).await;
        t.client.expect(headers(id).status(204).end_stream()).await;
    }
    assert_eq!(refused(&mut x, push(None)).await, "RFC 9113 §8.4");
}

#[tokio::test(start_paused = true)]
async fn the_next_stream_to_promise_is_one_that_no_raw_frame_has_named() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    for stream in [2, 4, 8] {
        done(&mut x, raw_frame(0, 0, stream, "foreign")).await;
    }
    assert_eq!(pushed(&mut x, None).await, 6);
    assert_eq!(pushed(&mut x, None).await, 10);
}
