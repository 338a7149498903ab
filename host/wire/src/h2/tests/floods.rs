//! Too much of something, each by its name.

use super::*;
use crate::h2::settings::id;
use crate::h2::{code, limits as bounds};
use crate::{Event, Exchange, Fields};

async fn hold(x: Exchange) {
    x.gone().await;
}

/// Sends what `frame` makes until the server ends the connection with
/// ENHANCE_YOUR_CALM, after at least `honest` and at most `most` of them.
async fn flood(
    mut client: Client,
    section: &str,
    honest: usize,
    most: usize,
    mut frame: impl FnMut(u32) -> Vec<TestFrame>,
) {
    let mut sent = 0;
    let calm = code::ENHANCE_YOUR_CALM.to_be_bytes();
    'ended: for i in 0..u32::try_from(most).unwrap() {
        for frame in frame(i) {
            if !client.try_send(frame).await {
                break 'ended;
            }
        }
        sent += 1;
        tokio::task::yield_now().await;
        if !client.violations().iter().all(|v| v.stream.is_some()) {
            break;
        }
    }
    assert!(
        (honest..most).contains(&sent),
        "{sent} of {most} were let pass"
    );
    let last = client.violations().pop().unwrap();
    assert_eq!((last.section, last.stream), (section, None));
    while let Some(frame) = client.receive().await {
        if frame.kind == crate::h2::frame::kind::GOAWAY {
            assert_eq!(frame.payload[4..], calm);
            return;
        }
    }
    panic!("no GOAWAY");
}

#[tokio::test(start_paused = true)]
async fn rapid_reset() {
    let client = Client::new(hold).await;
    let burst = bounds::RESETS.burst as usize;
    flood(client, "CVE-2023-44487", burst / 2, burst + 100, |i| {
        let id = 2 * i + 1;
        vec![
            headers(id).get("/").end_stream(),
            rst_stream(id, code::CANCEL),
        ]
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn resets_do_not_make_room_for_more_handlers_than_streams() {
    let few = limits(|l| l.concurrent_streams = 4);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    // Handlers that go on whatever their client does.
    let mut client = Client::connect(few, &[], move |x: Exchange| {
        tell.send(()).unwrap();
        async move {
            let _held = x;
            std::future::pending::<()>().await;
        }
    })
    .await;
    let most = 4 * bounds::HANDLERS_PER_STREAM as u32;
    for i in 0..most {
        let id = 2 * i + 1;
        client.send(headers(id).get("/").end_stream()).await;
        client.send(rst_stream(id, code::CANCEL)).await;
    }
    let id = 2 * most + 1;
    client.send(headers(id).get("/").end_stream()).await;
    client.expect(rst_stream(id, code::REFUSED_STREAM)).await;
    for _ in 0..most {
        told.try_recv().unwrap();
    }
    assert!(told.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn rapid_reset_of_handlers_that_are_slow_to_end() {
    let few = limits(|l| l.concurrent_streams = 4);
    let client = Client::connect(few, &[], |x: Exchange| async move {
        let _held = x;
        std::future::pending::<()>().await;
    })
    .await;
    let burst = bounds::RESETS.burst as usize;
    flood(client, "CVE-2023-44487", burst / 2, burst + 100, |i| {
        let id = 2 * i + 1;
        vec![
            headers(id).get("/").end_stream(),
            rst_stream(id, code::CANCEL),
        ]
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn made_you_reset() {
    let client = Client::new(hold).await;
    let burst = bounds::FORCED_RESETS.burst as usize;
    flood(client, "CVE-2025-8671", burst / 2, burst + 50, |i| {
        let id = 2 * i + 1;
        vec![headers(id).post("/"), window_update(id, 0)]
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn continuations() {
    let mut client = Client::new(hold).await;
    client.send(headers(1).get("/").unfinished()).await;
    let most = bounds::CONTINUATIONS as usize;
    flood(client, "CVE-2024-27316", most / 2, most + 10, |_| {
        vec![continuation(1).unfinished()]
    })
    .await;

    let mut client = Client::connect(limits(|l| l.head_bytes = 10_000), &[], hold).await;
    client.send(headers(1).get("/").unfinished()).await;
    flood(client, "RFC 9113 §10.5.1", 1, 10, |_| {
        vec![continuation(1).field("x", &"~".repeat(16_000)).unfinished()]
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn frames_that_carry_nothing() {
    let burst = bounds::CONTROL.burst as usize;
    let opened = || headers(1).post("/");
    for (first, frame) in [
        (None, ping(b"12345678")),
        (None, ping(b"12345678").ack()),
        (None, settings(&[])),
        (None, settings(&[]).ack()),
        (None, priority(1, 3)),
        (None, raw(0xfa, 0, 0, b"")),
        (Some(opened()), window_update(1, 1)),
        (None, goaway(0, 0)),
    ] {
        let mut client = Client::new(hold).await;
        if let Some(first) = first {
            client.send(first).await;
        } else {
            client.send(opened()).await;
        }
        flood(client, "CVE-2019-9512", burst / 2, burst + 100, |_| {
            vec![frame.clone()]
        })
        .await;
    }
}

/// CVE-2019-9511: one frame of the client's makes one of a byte on each stream.
#[tokio::test(start_paused = true)]
async fn content_that_dribbles() {
    let answer = |mut x: Exchange| async move {
        let _ = x.respond(200, Fields::new(), vec![0; 10_000].into()).await;
    };
    let said = [(id::INITIAL_WINDOW_SIZE, 0)];
    let mut client = Client::connect(Limits::default(), &said, answer).await;
    let streams = 50;
    for n in 0..streams {
        client.send(headers(2 * n + 1).get("/").end_stream()).await;
        client.receive().await.unwrap();
    }
    let rounds = (bounds::CONTROL.burst / streams) as usize;
    flood(client, "CVE-2019-9511", rounds / 2, rounds + 10, |n| {
        vec![settings(&[(id::INITIAL_WINDOW_SIZE, n + 1)])]
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn windows_that_have_been_cut_to_pieces_are_no_flood() {
    // What is given back for each frame keeps the sizes of the frames, one of
    // which is small.
    const PIECES: [u32; 5] = [700, 700, 700, 800, 101];
    let answer = |mut x: Exchange| async move {
        let content = vec![0; 4 << 20].into();
        let _ = x.respond(200, Fields::new(), content).await;
    };
    let said = [(id::INITIAL_WINDOW_SIZE, 0)];
    let mut client = Client::connect(Limits::default(), &said, answer).await;
    client.send(headers(1).get("/").end_stream()).await;
    client.receive().await.unwrap();
    for n in 0..bounds::CONTROL.burst as usize * 3 {
        let size = PIECES[n % PIECES.len()];
        client
            .send_all([window_update(0, size), window_update(1, size)])
            .await;
        client.expect(data(1, vec![0; size as usize])).await;
    }
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_until_they_are_a_flood() {
    let mut client = Client::new(hold).await;
    for _ in 0..bounds::CONTROL.burst / 2 {
        client.send(ping(b"12345678")).await;
        client.expect(ping(b"12345678").ack()).await;
    }
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn empty_data() {
    let mut client =
        Client::new(|mut x: Exchange| async move { while x.next().await.is_some() {} }).await;
    client.send(headers(1).post("/")).await;
    let burst = bounds::EMPTY_DATA.burst as usize;
    flood(
        client,
        "CVE-2019-9518",
        burst / 2,
        burst + 100,
        |i| match i % 2 {
            0 => vec![data(1, "")],
            _ => vec![data(1, "").padded(0)],
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn small_data_that_nobody_reads_costs_its_stream() {
    let bounded = limits(|l| l.connection_window = 65_535);
    let mut client = Client::connect(bounded, &[], hold).await;
    client.send(headers(1).post("/")).await;
    let most = bounds::MIN_WAITING_FRAMES as usize;
    client.send_all((0..=most).map(|_| data(1, "x"))).await;
    client.expect(rst_stream(1, code::ENHANCE_YOUR_CALM)).await;
    assert_eq!(client.violation(), ("RUSTSEC-2026-0258", Some(1)));
    client.send(headers(3).post("/")).await;
    client.send(data(3, "x").end_stream()).await;
    client.send(ping(b"12345678")).await;
    client.expect(ping(b"12345678").ack()).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_no_answers_is_not_read_from() {
    let mut client = Client::new(hold).await;
    // Each PING makes an answer of 17 bytes that nobody reads: no more are
    // taken than the pipe and the backlog hold.
    let mut sent = 0;
    let all = async {
        while client.try_send(ping(b"12345678")).await {
            sent += 1;
            if !client.violations().is_empty() {
                break;
            }
        }
    };
    all.await;
    assert!(sent * 17 < 4 * (PIPE + bounds::CONTROL_BACKLOG), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn honest_work_earns_control_frames() {
    let mut client = Client::new(|mut x: Exchange| async move {
        while let Some(event) = x.next().await {
            if matches!(event, Event::Reset(_) | Event::Gone) {
                return;
            }
        }
        let _ = x.respond(200, Fields::new(), "".into()).await;
    })
    .await;
    // Twice the burst of PINGs and of empty frames, each with a request.
    for i in 0..bounds::CONTROL.burst * 2 {
        let id = 2 * i + 1;
        client
            .send_all([headers(id).post("/"), data(id, ""), data(id, "a")])
            .await;
        client
            .send_all([ping(b"12345678"), data(id, "").end_stream()])
            .await;
        for _ in 0..2 {
            client.receive().await.unwrap();
        }
    }
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn streams_that_are_completed_earn_resets() {
    let mut client = Client::new(|mut x: Exchange| async move {
        match &x.head().target[..] {
            b"/held" => drop(x.gone().await),
            _ => x.respond(200, Fields::new(), "".into()).await.unwrap(),
        }
    })
    .await;
    for i in 0..bounds::RESETS.burst * 2 {
        let id = 4 * i + 1;
        client.send(headers(id).get("/held").end_stream()).await;
        client.send(rst_stream(id, code::CANCEL)).await;
        client.send(headers(id + 2).get("/").end_stream()).await;
        assert_eq!(client.receive().await.unwrap().stream, id + 2);
    }
    assert_eq!(client.violations(), []);
}

/// CVE-2019-9516: fields without name and value cost memory all the same.
#[tokio::test(start_paused = true)]
async fn empty_fields_count() {
    let mut client = Client::new(hold).await;
    let fields = [(":method", "GET"), (":scheme", "http"), (":path", "/")];
    let head = (0..4_000).fold(headers(1).fields(&fields), |head, _| head.field("", ""));
    client.send(head.end_stream()).await;
    client.expect(headers(1).status(431).end_stream()).await;
    assert_eq!(client.violation(), ("RFC 9113 §10.5.1", Some(1)));
}
