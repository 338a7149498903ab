//! Flow control, both ways, and back pressure.

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::answers::{body, head};
use super::*;
use crate::h2::settings::id;
use crate::h2::{code, limits as bounds};
use crate::{Event, Exchange, Fields};

/// Answers with as many bytes as the path says.
async fn sized(mut x: Exchange) {
    let digits = std::str::from_utf8(&x.head().target[1..]).unwrap();
    let content: Vec<u8> = (0..digits.parse::<usize>().unwrap())
        .map(|i| i as u8)
        .collect();
    x.apply(head(200, false)).await.unwrap();
    let _ = x.apply(body(content, true)).await;
}

fn pattern(n: usize) -> Vec<u8> {
    (0..n).map(|i| i as u8).collect()
}

#[tokio::test(start_paused = true)]
async fn content_is_split_by_frame_size() {
    let said = [(id::MAX_FRAME_SIZE, 20_000)];
    let mut client = Client::connect(Limits::default(), &said, sized).await;
    client.send(headers(1).get("/45000").end_stream()).await;
    client.expect(headers(1).status(200)).await;
    client.expect(data(1, &pattern(45_000)[..20_000])).await;
    client
        .expect(data(1, &pattern(45_000)[20_000..40_000]))
        .await;
    client
        .expect(data(1, &pattern(45_000)[40_000..]).end_stream())
        .await;
}

#[tokio::test(start_paused = true)]
async fn content_waits_for_the_streams_window_then_for_the_connections() {
    let said = [(id::INITIAL_WINDOW_SIZE, 3)];
    let mut client = Client::connect(Limits::default(), &said, sized).await;
    client.send(headers(1).get("/10").end_stream()).await;
    client.expect(headers(1).status(200)).await;
    client.expect(data(1, [0, 1, 2])).await;
    client.send(window_update(1, 2)).await;
    client.expect(data(1, [3, 4])).await;
    // The window goes to -3, so that 4 more let one byte pass.
    client.send(settings(&[(id::INITIAL_WINDOW_SIZE, 0)])).await;
    client.expect(settings(&[]).ack()).await;
    client.send(window_update(1, 4)).await;
    client.expect(data(1, [5])).await;
    client
        .send(settings(&[(id::INITIAL_WINDOW_SIZE, 70_000)]))
        .await;
    client.expect(settings(&[]).ack()).await;
    client.expect(data(1, [6, 7, 8, 9]).end_stream()).await;

    // 65,525 bytes of the connection's window are left.
    client.send(headers(3).get("/65530").end_stream()).await;
    client.expect(headers(3).status(200)).await;
    let mut got = 0;
    while got < 65_525 {
        got += client.receive().await.unwrap().payload.len();
    }
    assert_eq!(got, 65_525);
    // An empty frame needs no window, others wait in turn.
    client.send(headers(5).get("/0").end_stream()).await;
    client.expect(headers(5).status(200)).await;
    client.expect(data(5, "").end_stream()).await;
    client.send(headers(7).get("/2").end_stream()).await;
    client.expect(headers(7).status(200)).await;
    client.send(window_update(0, 6)).await;
    client
        .expect(data(3, &pattern(65_530)[65_525..]).end_stream())
        .await;
    client.expect(data(7, [0])).await;
    client.send(window_update(0, 1)).await;
    client.expect(data(7, [1]).end_stream()).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_opens_its_windows_gets_all_of_a_large_answer() {
    let mut client = Client::new(sized).await;
    client.send(headers(1).get("/3000000").end_stream()).await;
    client.expect(headers(1).status(200)).await;
    let mut content = Vec::new();
    loop {
        let frame = client.receive().await.unwrap();
        content.extend_from_slice(&frame.payload);
        if frame == data(1, &frame.payload).end_stream() {
            break;
        }
        let n = frame.payload.len() as u32;
        client
            .send_all([window_update(0, n), window_update(1, n)])
            .await;
    }
    assert!(content == pattern(3_000_000));
}

#[tokio::test(start_paused = true)]
async fn the_output_queue_is_bounded_and_streams_take_turns() {
    let open = (1 << 24) - 1;
    let said = [(id::INITIAL_WINDOW_SIZE, open)];
    let small = limits(|l| l.output_queue = 1024);
    let mut client = Client::connect(small, &said, sized).await;
    client.send(window_update(0, open)).await;
    for id in [1, 3, 5] {
        client.send(headers(id).get("/400000").end_stream()).await;
    }
    let mut ends = Vec::new();
    let mut left = [0, 400_000, 0, 400_000, 0, 400_000];
    while ends.len() < 3 {
        let frame = client.receive().await.unwrap();
        if frame.kind == crate::h2::frame::kind::DATA {
            let left = &mut left[frame.stream as usize];
            *left -= frame.payload.len();
            if *left == 0 {
                ends.push(frame.stream);
            }
        }
        if ends.is_empty() {
            continue;
        }
        // When the first is done the others have little left as well.
        assert!(left.iter().all(|left| *left <= 200_000), "{left:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn consumed_content_is_given_back_padding_included() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut client = Client::connect(
        limits(|l| (l.stream_window, l.connection_window) = (1000, 65_535)),
        &[],
        move |mut x: Exchange| {
            let tell = tell.clone();
            async move {
                while let Some(event) = x.next().await {
                    if let Event::Data(frame) = event {
                        tell.send(frame).unwrap();
                    }
                }
                let _ = x.respond(200, Fields::new(), Bytes::new()).await;
            }
        },
    )
    .await;
    client.send(headers(1).post("/")).await;
    client.send(data(1, vec![0; 300]).padded(99)).await;
    client.send(data(1, vec![0; 400])).await;
    let first = told.recv().await.unwrap();
    let second = told.recv().await.unwrap();
    assert_eq!(first.flow_controlled_length, 400);
    drop(first);
    drop(second);
    // 500 of 1,000 were passed with the second.
    client.expect(window_update(1, 800)).await;
    client.send(data(1, vec![0; 1000])).await;
    let held = told.recv().await.unwrap();
    client.send(ping(b"no more!")).await;
    client.expect(ping(b"no more!").ack()).await;
    drop(held);
    client.expect(window_update(1, 1000)).await;
    client.send(data(1, "").end_stream()).await;
    drop(told.recv().await);
    assert_eq!(client.receive().await.unwrap().stream, 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_ignores_a_window_is_refused() {
    let held = |x: Exchange| async move {
        x.gone().await;
    };
    let small = limits(|l| l.stream_window = 100);
    let mut client = Client::connect(small.clone(), &[], held).await;
    client.send(headers(1).post("/")).await;
    client.send(data(1, vec![0; 101])).await;
    client.expect(rst_stream(1, code::FLOW_CONTROL_ERROR)).await;
    assert_eq!(client.violation(), ("RFC 9113 §6.9.1", Some(1)));

    let limits = limits(|l| l.connection_window = 65_535);
    let mut client = Client::connect(limits, &[], held).await;
    client.send(headers(1).post("/")).await;
    client.send(headers(3).post("/")).await;
    for _ in 0..3 {
        client.send(data(1, vec![0; 16_384])).await;
    }
    client.send(data(3, vec![0; 16_384])).await;
    client.expect(goaway(3, code::FLOW_CONTROL_ERROR)).await;
    assert_eq!(client.violation(), ("RFC 9113 §6.9.1", None));
}

#[tokio::test(start_paused = true)]
async fn unread_content_of_dropped_exchanges_is_given_back() {
    let mut client = Client::new(|mut x: Exchange| async move {
        // Takes the first frame only, when all of them are there.
        x.next().await;
        let first = x.next().await;
        tokio::task::yield_now().await;
        let _ = x.respond(200, Fields::new(), Bytes::new()).await;
        drop(first);
    })
    .await;
    // Sixteen times a stream's window: without credit the connection's would
    // be used up twice.
    for id in (1..64).step_by(2) {
        client.send(headers(id).post("/")).await;
        let frames = (0..4).map(|i| match i {
            3 => data(id, vec![0; 16_383]).end_stream(),
            _ => data(id, vec![0; 16_384]),
        });
        client.send_all(frames).await;
        loop {
            let frame = client.receive().await.unwrap();
            if frame.kind == crate::h2::frame::kind::HEADERS {
                assert_eq!(frame.stream, id);
                break;
            }
        }
    }
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn settings_before_their_acknowledgement_do_not_bind_the_client() {
    let (release, wait) = oneshot::channel::<()>();
    let wait = std::sync::Arc::new(parking_lot::Mutex::new(Some(wait)));
    let small = limits(|l| (l.stream_window, l.connection_window) = (10, 65_535));
    let ours = crate::h2::settings::ours(&small);
    let mut client = Client::silent(small, None, move |mut x: Exchange| {
        let wait = wait.lock().take();
        async move {
            wait.unwrap().await.unwrap();
            let mut n = 0;
            while let Some(event) = x.next().await {
                if let Event::Data(frame) = event {
                    n += frame.data.len();
                }
            }
            let _ = x.respond(200, Fields::new(), n.to_string().into()).await;
        }
    });
    client.send_bytes(crate::detect::PREFACE).await;
    client.send(settings(&[])).await;
    client.send(headers(1).post("/")).await;
    client.send(data(1, vec![0; 1000])).await;
    client.send(settings(&[]).ack()).await;
    client.expect(settings(&ours)).await;
    client.expect(settings(&[]).ack()).await;
    // The window is at -990 now, and comes back to 10.
    release.send(()).unwrap();
    client.expect(window_update(1, 1000)).await;
    client.send(data(1, vec![0; 10]).end_stream()).await;
    assert_eq!(client.receive().await.unwrap().stream, 1);
    client.expect(data(1, "1010").end_stream()).await;
}

#[tokio::test(start_paused = true)]
async fn many_small_messages_to_a_slow_handler_are_no_flood() {
    let mut client = Client::new(|mut x: Exchange| async move {
        x.apply(head(200, false)).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        let mut frames = 0;
        while let Some(event) = x.next().await {
            frames += usize::from(matches!(event, Event::Data(_)));
        }
        let _ = x.apply(body(frames.to_string(), true)).await;
    })
    .await;
    client.send(headers(1).post("/")).await;
    client.expect(headers(1).status(200)).await;
    let messages = bounds::MIN_WAITING_FRAMES as usize * 3;
    client
        .send_all((0..messages).map(|_| data(1, "a message")))
        .await;
    client.send(data(1, "").end_stream()).await;
    let (content, _) = client.content(1).await;
    assert_eq!(content, (messages + 1).to_string().as_bytes());
}
