//! Padding, and content frame by frame.

use bytes::Bytes;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::{flag, kind};
use crate::h2::settings::id;
use crate::{Fields, Limits, Reply, WireOp};

fn data_frame(data: impl Into<Bytes>, end: bool) -> WireOp {
    WireOp::WriteDataFrame {
        stream: None,
        data: data.into(),
        end,
    }
}

#[tokio::test(start_paused = true)]
async fn every_frame_that_can_be_is_padded_until_it_is_told_otherwise() {
    let request = [
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "test"),
        (":path", "/"),
    ];
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    done(&mut x, WireOp::Padding(Some(3))).await;
    let push = WireOp::Push {
        promised: None,
        fields: fields(&request),
    };
    assert_eq!(x.apply(push).await, Ok(Reply::Stream(2)));
    done(&mut x, head(103, false)).await;
    done(&mut x, ordinary_head()).await;
    done(&mut x, body("abc", false)).await;
    done(&mut x, data_frame("def", false)).await;
    done(&mut x, raw_data("ghi", false)).await;
    done(&mut x, raw_headers(&[("a", "b")])).await;
    done(&mut x, raw_frame(kind::DATA, 0, 3, "as it is")).await;
    done(&mut x, WireOp::Padding(Some(0))).await;
    done(&mut x, body("none", false)).await;
    done(&mut x, WireOp::Padding(None)).await;
    done(&mut x, body("at all", false)).await;
    done(&mut x, WireOp::Padding(Some(255))).await;
    let trailers = WireOp::Trailers {
        stream: None,
        fields: fields(&[("c", "d")]),
    };
    done(&mut x, trailers).await;
    let promise = push_promise(3, 2).fields(&request).padded(3);
    t.client.expect(promise).await;
    t.client.expect(headers(3).status(103).padded(3)).await;
    t.client.expect(ordinary(3).padded(3)).await;
    t.client.expect(data(3, "abc").padded(3)).await;
    t.client.expect(data(3, "def").padded(3)).await;
    t.client.expect(data(3, "ghi").padded(3)).await;
    t.client.expect(headers(3).field("a", "b").padded(3)).await;
    t.client.expect(data(3, "as it is")).await;
    t.client.expect(data(3, "none").padded(0)).await;
    t.client.expect(data(3, "at all")).await;
    let trailers = headers(3).field("c", "d").padded(255);
    t.client.expect(trailers.end_stream()).await;
    // The padding is the exchange's own.
    t.ordinary().await;
}

#[tokio::test(start_paused = true)]
async fn padding_takes_from_the_windows() {
    let mut t = Handed::connect(Limits::default(), &[(id::INITIAL_WINDOW_SIZE, 10)]).await;
    let mut x = t.get().await;
    done(&mut x, head(200, false)).await;
    done(&mut x, WireOp::Padding(Some(3))).await;
    let writes = tokio::spawn(async move {
        done(&mut x, body("abcdefgh", false)).await;
        done(&mut x, WireOp::EndStream { stream: None }).await;
    });
    t.client.expect(headers(1).status(200)).await;
    t.client.expect(data(1, "abcdef").padded(3)).await;
    t.client.send(window_update(1, 4)).await;
    t.client.expect_nothing().await;
    t.client.send(window_update(1, 1)).await;
    t.client.expect(data(1, "g").padded(3)).await;
    t.client.send(window_update(1, 5)).await;
    t.client.expect(data(1, "h").padded(3)).await;
    // What carries nothing but padding waits too.
    t.client.send(window_update(1, 3)).await;
    t.client.expect_nothing().await;
    t.client.send(window_update(1, 1)).await;
    t.client.expect(data(1, "").padded(3).end_stream()).await;
    writes.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn padded_content_is_split_by_frame_size_and_windows() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, head(200, false)).await;
    done(&mut x, WireOp::Padding(Some(255))).await;
    let content: Vec<u8> = (0..200_000u32).map(|i| i as u8).collect();
    let writes = {
        let content = content.clone();
        tokio::spawn(async move { done(&mut x, body(content, true)).await })
    };
    t.client.expect(headers(1).status(200)).await;
    let mut seen = Vec::new();
    loop {
        let frame = t.client.receive().await.unwrap();
        assert_eq!((frame.kind, frame.payload[0]), (kind::DATA, 255));
        assert!(frame.payload.len() <= 16_384);
        seen.extend_from_slice(&frame.payload[1..frame.payload.len() - 255]);
        if frame.flags & flag::END_STREAM != 0 {
            break;
        }
        let n = frame.payload.len() as u32;
        let updates = [window_update(0, n), window_update(1, n)];
        t.client.send_all(updates).await;
    }
    assert!(seen == content);
    writes.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_large_padded_head_leaves_in_continuations() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, WireOp::Padding(Some(200))).await;
    let many: Fields = (0..1000)
        .map(|i| (format!("x-{i}").into(), "~".repeat(50).into()))
        .collect();
    let op = WireOp::WriteHeaders {
        stream: None,
        status: 200,
        reason: None,
        fields: many,
        end: true,
    };
    done(&mut x, op).await;
    let first = t.client.receive_alone().await.unwrap();
    assert_eq!(first.flags, flag::PADDED | flag::END_STREAM);
    assert_eq!(first.payload.len(), 16_384);
    let mut block = first.payload[1..16_384 - 200].to_vec();
    loop {
        let next = t.client.receive_alone().await.unwrap();
        assert_eq!((next.kind, next.stream), (kind::CONTINUATION, 1));
        block.extend_from_slice(&next.payload);
        if next.flags & flag::END_HEADERS != 0 {
            break;
        }
    }
    let fields = t.client.decode(&block);
    assert_eq!(fields.len(), 1001);
    assert_eq!(fields[1000], ("x-999".into(), "~".repeat(50)));
}

#[tokio::test(start_paused = true)]
async fn a_data_frame_waits_until_both_windows_take_all_of_it() {
    let mut t = Handed::connect(Limits::default(), &[(id::INITIAL_WINDOW_SIZE, 5)]).await;
    let mut x = t.get().await;
    done(&mut x, head(200, false)).await;
    done(&mut x, data_frame("", false)).await;
    t.client.expect(headers(1).status(200)).await;
    t.client.expect(data(1, "")).await;
    let (too_large, padded) = (vec![0; 16_385], vec![0; 16_384]);
    let section = refused(&mut x, data_frame(too_large, false)).await;
    assert_eq!(section, "RFC 9113 §4.2");
    done(&mut x, WireOp::Padding(Some(0))).await;
    let section = refused(&mut x, data_frame(padded, false)).await;
    assert_eq!(section, "RFC 9113 §4.2");
    let writes = tokio::spawn(async move {
        done(&mut x, data_frame("12345", false)).await;
        done(&mut x, WireOp::Padding(None)).await;
        done(&mut x, data_frame(vec![1; 16_384], true)).await;
    });
    t.client.expect_nothing().await;
    t.client.send(window_update(1, 1)).await;
    t.client.expect(data(1, "12345").padded(0)).await;
    t.client.send(window_update(1, 16_383)).await;
    t.client.expect_nothing().await;
    t.client.send(window_update(1, 1)).await;
    t.client.expect(data(1, vec![1; 16_384]).end_stream()).await;
    writes.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_data_frame_waits_for_the_connections_window() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, head(200, false)).await;
    done(&mut x, raw_data(vec![0; 65_530], false)).await;
    let frame = t.client.receive().await.unwrap();
    assert_eq!(frame, headers(1).status(200));
    t.client.expect(data(1, vec![0; 65_530])).await;
    t.client.send(window_update(1, 100)).await;
    let writes = tokio::spawn(async move { done(&mut x, data_frame("123456", true)).await });
    t.client.expect_nothing().await;
    t.client.send(window_update(0, 1)).await;
    t.client.expect(data(1, "123456").end_stream()).await;
    writes.await.unwrap();
}
