//! Frames at random: whatever comes, the connection goes on or ends with a
//! reason.

use proptest::prelude::*;

use super::answers::{body, head};
use super::*;
use crate::h2::frame::kind;
use crate::{Event, Exchange};

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
    drop(client.drain);
    client.server.abort();
    if let Err(end) = client.server.await {
        assert!(end.is_cancelled(), "{end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_frames_are_survived(frames in frames()) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(survives(frames));
    }
}
