//! Frames and operations at random: whatever comes, the connection goes on or
//! ends with a reason.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proptest::prelude::*;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::kind;
use crate::{Coding, Event, Exchange, Fields, Indexing, WireOp};

/// Sends content back for as long as that goes.
async fn echo(mut x: Exchange) {
    let started = x.apply(head(200, false)).await;
    while let (Ok(_), Some(event)) = (&started, x.next().await) {
        let sent = match event {
            Event::Data(frame) => x.apply(body(frame.data, false)).await,
            Event::End => x.apply(body("", true)).await,
            Event::Reset(_) | Event::Gone => return,
            Event::Headers(_) | Event::Trailers(_) | Event::Control(_) | Event::GoAway { .. } => {
                continue;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

fn frames() -> impl Strategy<Value = Vec<TestFrame>> {
    let stream = prop_oneof![4 => (0u32..4).prop_map(|n| 2 * n + 1), 1 => 0u32..9];
    let payload = proptest::collection::vec(any::<u8>(), 0..40);
    let any_frame = (0u8..11, any::<u8>(), stream.clone(), payload.clone())
        .prop_map(|(kind, flags, stream, payload)| raw(kind, flags, stream, &payload));
    let open = stream.clone().prop_map(|id| headers(id).post("/"));
    let get = stream
        .clone()
        .prop_map(|id| headers(id).get("/").end_stream());
    let part = stream
        .clone()
        .prop_map(|id| headers(id).post("/").unfinished());
    let rest = stream
        .clone()
        .prop_map(|id| continuation(id).field("a", "b"));
    let trailers = stream
        .clone()
        .prop_map(|id| headers(id).field("a", "b").end_stream());
    let content = (stream.clone(), payload, any::<bool>()).prop_map(|(id, payload, end)| {
        let frame = data(id, payload);
        if end { frame.end_stream() } else { frame }
    });
    let update = (stream.clone(), 0u32..3).prop_map(|(id, n)| window_update(id, n));
    let reset = stream.prop_map(|id| rst_stream(id, 8));
    let setting = (0u16..9, 0u32..70_000).prop_map(|(id, value)| settings(&[(id, value)]));
    let frame = prop_oneof![
        1 => any_frame, 6 => open, 3 => get, 1 => part, 1 => rest, 2 => trailers,
        9 => content, 2 => update, 2 => reset, 1 => setting,
    ];
    proptest::collection::vec(frame, 0..40)
}

async fn survives(frames: Vec<TestFrame>) {
    let mut client = Client::new(echo).await;
    for frame in frames {
        if !client.try_send(frame).await {
            break;
        }
    }
    client.try_send(ping(b"survived")).await;
    loop {
        match client.receive().await {
            Some(frame) if frame == ping(b"survived").ack() => break,
            Some(frame) if frame.kind == kind::GOAWAY && frame.payload[4..] != [0; 4] => {
                assert!(client.violations().iter().any(|v| v.stream.is_none()));
            }
            Some(_) => {}
            // After a GOAWAY, the client's or ours.
            None => break,
        }
    }
    ends(client).await;
}

/// The connection's task does not panic.
async fn ends(client: Client) {
    drop(client.drain);
    client.server.abort();
    if let Err(end) = client.server.await {
        assert!(end.is_cancelled(), "{end}");
    }
}

/// Operations of any kind, with any values.
fn ops() -> impl Strategy<Value = Vec<WireOp>> {
    let stream = prop_oneof![4 => Just(None), 2 => (0u32..9).prop_map(Some), 1 => any::<u32>().prop_map(Some)];
    let line = prop_oneof![
        Just((":status", "200")),
        Just((":status", "103")),
        Just((":path", "/")),
        Just((":method", "GET")),
        Just((":scheme", "http")),
        Just((":authority", "test")),
        Just(("a", "b")),
        Just(("set-cookie", "c")),
    ];
    let lines = proptest::collection::vec(line, 0..6).prop_map(|lines| handed::fields(&lines));
    let bytes = proptest::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from);
    let number = prop_oneof![0u32..20, any::<u32>()];
    let coding = (0u8..4, any::<Option<bool>>()).prop_map(|(indexing, huffman)| Coding {
        indexing: match indexing {
            0 => Some(Indexing::Incremental),
            1 => Some(Indexing::Without),
            2 => Some(Indexing::Never),
            _ => None,
        },
        huffman,
    });
    let settings = proptest::collection::vec((0u16..9, number.clone()), 0..4);
    let promise = [":method GET", ":scheme http", ":authority test", ":path /"];
    let promise: Fields = promise
        .iter()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let values = (stream, lines, bytes, number, any::<(bool, bool, u8, u8)>());
    let op = (0u8..26, values, coding, settings).prop_map(move |(op, values, coding, settings)| {
        let (stream, fields, bytes, number, (end, last, kind, flags)) = values;
        match op {
            0 | 1 => head(if last { 200 } else { 103 }, end),
            2 | 3 => WireOp::WriteData {
                stream,
                data: bytes,
                end,
            },
            4 => WireOp::WriteDataFrame {
                stream,
                data: bytes,
                end,
            },
            5 => WireOp::Trailers { stream, fields },
            6 => WireOp::EndStream { stream },
            7 => WireOp::Reset {
                stream,
                code: number,
            },
            8 => WireOp::Flush,
            9 => WireOp::Push {
                promised: None,
                fields: promise.clone(),
            },
            10 => WireOp::Push {
                promised: stream,
                fields: promise.clone(),
            },
            11 => WireOp::GoAway {
                last_stream: stream,
                code: number,
                debug: bytes,
            },
            12 => WireOp::Ping { data: [kind; 8] },
            13 => WireOp::Settings { settings },
            14 => WireOp::WindowUpdate {
                stream: number % 5,
                increment: number,
            },
            15 => WireOp::Padding(end.then_some(kind)),
            16 => WireOp::Coding(coding),
            17 => WireOp::TableSize(number),
            18 => WireOp::EncodeFields(fields),
            19 | 20 => WireOp::RawHeaders {
                stream,
                fields,
                end_stream: end,
                end_headers: last,
            },
            21 => WireOp::RawContinuation {
                stream,
                fields,
                end_headers: last,
            },
            22 => WireOp::RawData {
                stream,
                data: bytes,
                end_stream: end,
            },
            23 => WireOp::RawFrame {
                kind: kind % 11,
                flags,
                stream: number,
                payload: bytes,
            },
            24 => WireOp::RawBytes { bytes, more: end },
            _ if kind < 20 => WireOp::Abort,
            _ if kind < 40 => WireOp::Close,
            _ => WireOp::Flush,
        }
    });
    proptest::collection::vec(op, 0..20)
}

/// Two handlers do these operations while the client sends those frames; each
/// operation is done or refused, or the engine's own deadlines end it.
async fn handlers_survive(ops: [Vec<WireOp>; 2], frames: Vec<TestFrame>) {
    let ops = Arc::new(Mutex::new(Vec::from(ops)));
    let at_work = Arc::new(AtomicUsize::new(0));
    let working = Arc::clone(&at_work);
    let mut client = Client::new(move |mut x: Exchange| {
        let ops = ops.lock().pop().unwrap_or_default();
        let working = Arc::clone(&working);
        async move {
            working.fetch_add(1, Ordering::Relaxed);
            x.watch();
            for op in ops {
                let _ = x.apply(op).await;
                let _ = (x.progress(), x.peer(None));
            }
            working.fetch_sub(1, Ordering::Relaxed);
        }
    })
    .await;
    for frame in frames {
        if !client.try_send(frame).await {
            break;
        }
    }
    // Whatever it is, all of it can be read until the end or silence, which
    // comes when the deadlines have passed.
    let silence = Duration::from_secs(1_000);
    while let Ok(Some(_)) = tokio::time::timeout(silence, client.any_bytes()).await {}
    assert_eq!(at_work.load(Ordering::Relaxed), 0, "an operation hangs");
    ends(client).await;
}

fn on_a_paused_clock(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_frames_are_survived(frames in frames()) {
        on_a_paused_clock(survives(frames));
    }

    #[test]
    fn any_operations_are_survived(first in ops(), second in ops(), frames in frames()) {
        on_a_paused_clock(handlers_survive([first, second], frames));
    }
}
