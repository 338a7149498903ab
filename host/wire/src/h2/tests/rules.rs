//! Each rule of RFC 9113 that a client may break, and the answer.

use super::*;
use crate::detect::PREFACE;
use crate::h2::code;
use crate::h2::frame::{flag, kind};
use crate::h2::settings::id;
use crate::{Event, Exchange, Fields};

/// Reads the whole request, then answers 200.
async fn ok(mut x: Exchange) {
    while let Some(event) = x.next().await {
        if matches!(event, Event::Reset(_) | Event::Gone) {
            return;
        }
    }
    let _ = x.respond(200, Fields::new(), "".into()).await;
}

/// Sends frames; the connection must end with this code, for this section.
async fn ends(frames: Vec<TestFrame>, code: u32, section: &str) {
    let shown = format!("{frames:?}");
    let mut client = Client::new(ok).await;
    client.send_all(frames).await;
    loop {
        let frame = client.receive().await.expect(&shown);
        if frame.kind == kind::GOAWAY {
            assert_eq!(frame.payload[4..], code.to_be_bytes(), "{shown}");
            break;
        }
    }
    client.expect_end().await;
    let violations = client.violations();
    assert_eq!(violations.last().unwrap().section, section, "{shown}");
    assert_eq!(violations.last().unwrap().stream, None);
}

#[tokio::test(start_paused = true)]
async fn connection_errors() {
    use code::{
        COMPRESSION_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, PROTOCOL_ERROR, STREAM_CLOSED,
    };
    let get = |id| headers(id).get("/").end_stream();
    let open = || headers(1).post("/");
    for (frames, code, section) in [
        (
            vec![raw(kind::PING, 0, 0, &[0; 16_385])],
            FRAME_SIZE_ERROR,
            "RFC 9113 §4.2",
        ),
        (
            vec![raw(99, 0, 0, &[0; 16_385])],
            FRAME_SIZE_ERROR,
            "RFC 9113 §4.2",
        ),
        (
            vec![raw(kind::HEADERS, 0x5, 1, b"\x80")],
            COMPRESSION_ERROR,
            "RFC 7541 §2.3.3",
        ),
        (vec![data(1, "")], PROTOCOL_ERROR, "RFC 9113 §5.1"),
        (vec![rst_stream(1, 0)], PROTOCOL_ERROR, "RFC 9113 §5.1"),
        (vec![window_update(1, 1)], PROTOCOL_ERROR, "RFC 9113 §5.1"),
        (vec![window_update(1, 0)], PROTOCOL_ERROR, "RFC 9113 §6.9"),
        (vec![get(2)], PROTOCOL_ERROR, "RFC 9113 §5.1.1"),
        (vec![get(3), get(1)], PROTOCOL_ERROR, "RFC 9113 §5.1.1"),
        (vec![priority(3, 3)], PROTOCOL_ERROR, "RFC 7540 §5.3.1"),
        (vec![continuation(1)], PROTOCOL_ERROR, "RFC 9113 §6.10"),
        (
            vec![get(1).unfinished(), ping(b"12345678")],
            PROTOCOL_ERROR,
            "RFC 9113 §6.10",
        ),
        (
            vec![get(1).unfinished(), continuation(3)],
            PROTOCOL_ERROR,
            "RFC 9113 §6.10",
        ),
        (
            vec![get(1).unfinished(), raw(99, 0, 1, b"")],
            PROTOCOL_ERROR,
            "RFC 9113 §6.10",
        ),
        (
            vec![settings(&[(id::ENABLE_PUSH, 2)])],
            PROTOCOL_ERROR,
            "RFC 9113 §6.5.2",
        ),
        (
            vec![settings(&[(id::MAX_FRAME_SIZE, 16_383)])],
            PROTOCOL_ERROR,
            "RFC 9113 §6.5.2",
        ),
        (
            vec![settings(&[(id::MAX_FRAME_SIZE, 1 << 24)])],
            PROTOCOL_ERROR,
            "RFC 9113 §6.5.2",
        ),
        (
            vec![settings(&[(id::INITIAL_WINDOW_SIZE, 1 << 31)])],
            FLOW_CONTROL_ERROR,
            "RFC 9113 §6.5.2",
        ),
        (
            vec![
                open(),
                window_update(1, 0x7fff_0000),
                settings(&[(id::INITIAL_WINDOW_SIZE, 0x7fff_ffff)]),
            ],
            FLOW_CONTROL_ERROR,
            "RFC 9113 §6.9.2",
        ),
        (vec![window_update(0, 0)], PROTOCOL_ERROR, "RFC 9113 §6.9"),
        (
            vec![window_update(0, 0x7fff_ffff)],
            FLOW_CONTROL_ERROR,
            "RFC 9113 §6.9.1",
        ),
        (
            vec![raw(kind::PUSH_PROMISE, 0x4, 1, b"\0\0\0\x02")],
            PROTOCOL_ERROR,
            "RFC 9113 §8.4",
        ),
        (
            vec![open(), raw(kind::DATA, flag::PADDED, 1, b"\x05")],
            PROTOCOL_ERROR,
            "RFC 9113 §6.1",
        ),
        (
            vec![open(), rst_stream(1, 8), data(1, "late")],
            STREAM_CLOSED,
            "RFC 9113 §5.1",
        ),
        (
            vec![open(), rst_stream(1, 8), open()],
            STREAM_CLOSED,
            "RFC 9113 §5.1",
        ),
    ] {
        ends(frames, code, section).await;
    }
}

/// Sends frames; stream 1 must be reset with this code for this section, and
/// the connection must go on.
async fn resets(frames: Vec<TestFrame>, code: u32, section: &str) {
    let shown = format!("{frames:?}");
    let mut client = Client::new(ok).await;
    client.send_all(frames).await;
    client.expect(rst_stream(1, code)).await;
    let violations = client.violations();
    assert_eq!(violations.len(), 1, "{shown}");
    assert_eq!(
        (violations[0].section, violations[0].stream),
        (section, Some(1)),
        "{shown}"
    );
    // The compression is as it was: the next request's fields are indices.
    client
        .send(headers(3).get("/").field("extra", "field").end_stream())
        .await;
    assert_eq!(client.receive().await.unwrap().stream, 3, "{shown}");
}

#[tokio::test(start_paused = true)]
async fn stream_errors() {
    use code::{FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, PROTOCOL_ERROR};
    let open = || headers(1).post("/").field("extra", "field");
    let long = |n: &str| open().field("content-length", n);
    for (frames, code, section) in [
        (
            vec![open(), open().end_stream()],
            PROTOCOL_ERROR,
            "RFC 9113 §8.1",
        ),
        (
            vec![open(), headers(1).field("a", "b")],
            PROTOCOL_ERROR,
            "RFC 9113 §8.1",
        ),
        (
            vec![open(), headers(1).field("B", "c").end_stream()],
            PROTOCOL_ERROR,
            "RFC 9113 §8.2.1",
        ),
        (
            vec![open(), window_update(1, 0)],
            PROTOCOL_ERROR,
            "RFC 9113 §6.9",
        ),
        (
            vec![open(), window_update(1, 0x7fff_ffff)],
            FLOW_CONTROL_ERROR,
            "RFC 9113 §6.9.1",
        ),
        (
            vec![open(), priority(1, 1)],
            PROTOCOL_ERROR,
            "RFC 7540 §5.3.1",
        ),
        (
            vec![open(), raw(kind::PRIORITY, 0, 1, b"\0\0\0\0")],
            FRAME_SIZE_ERROR,
            "RFC 9113 §6.3",
        ),
        (
            vec![long("3"), data(1, "abcd")],
            PROTOCOL_ERROR,
            "RFC 9113 §8.1.1",
        ),
        (
            vec![long("3"), data(1, "ab").end_stream()],
            PROTOCOL_ERROR,
            "RFC 9113 §8.1.1",
        ),
        (
            vec![long("3"), headers(1).field("a", "b").end_stream()],
            PROTOCOL_ERROR,
            "RFC 9113 §8.1.1",
        ),
        (
            vec![long("1").end_stream()],
            PROTOCOL_ERROR,
            "RFC 9113 §8.1.1",
        ),
    ] {
        resets(frames, code, section).await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_end_stream_only_control_may_come() {
    let held = |x: Exchange| async move {
        x.gone().await;
    };
    for late in [data(1, "late"), headers(1).field("a", "b").end_stream()] {
        let mut client = Client::new(held).await;
        client.send(headers(1).get("/").end_stream()).await;
        client
            .send_all([window_update(1, 9), priority(1, 3), late])
            .await;
        client.expect(rst_stream(1, code::STREAM_CLOSED)).await;
        assert_eq!(client.violation(), ("RFC 9113 §5.1", Some(1)));
    }
    for late in [data(1, "late"), headers(1).field("a", "b").end_stream()] {
        let mut client = Client::new(ok).await;
        client.send(headers(1).get("/").end_stream()).await;
        client.receive().await.unwrap();
        client
            .send_all([window_update(1, 9), rst_stream(1, 8), late])
            .await;
        client.expect(goaway(1, code::STREAM_CLOSED)).await;
        assert_eq!(client.violation(), ("RFC 9113 §5.1", None));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_on_a_stream_that_has_closed() {
    let wrong = [
        window_update(1, 0),
        priority(1, 1),
        raw(kind::PRIORITY, 0, 1, b"\0\0\0\0"),
    ];
    for frame in wrong {
        // By the client's reset, then by END_STREAM.
        let mut client = Client::new(ok).await;
        client.send(headers(1).post("/")).await;
        client.send_all([rst_stream(1, 8), frame.clone()]).await;
        client.expect_nothing().await;
        assert_eq!(client.violation().1, Some(1));
        let mut client = Client::new(ok).await;
        client.send(headers(1).get("/").end_stream()).await;
        client.receive().await.unwrap();
        client.send(frame).await;
        client.expect_nothing().await;
        assert_eq!(client.violation().1, Some(1));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_on_its_way_when_we_reset_is_let_pass() {
    let mut client = Client::new(ok).await;
    client
        .send(headers(1).post("/").field("Upper", "case"))
        .await;
    client.expect(rst_stream(1, code::PROTOCOL_ERROR)).await;
    client
        .send_all([data(1, "on its way"), window_update(1, 5)])
        .await;
    client
        .send(headers(1).field("trailer", "new").end_stream())
        .await;
    client.send(rst_stream(1, code::CANCEL)).await;
    client
        .send(headers(3).get("/").field("trailer", "new").end_stream())
        .await;
    assert_eq!(client.receive().await.unwrap().stream, 3);
    assert_eq!(client.violation(), ("RFC 9113 §8.2.1", Some(1)));
}

#[tokio::test(start_paused = true)]
async fn unknown_frames_flags_settings_and_priorities_are_ignored() {
    let mut client = Client::new(ok).await;
    client
        .send_all([
            raw(0xfa, 0xff, 7, b"anything"),
            settings(&[(0xfafa, 1)]),
            priority(9, 3),
            raw(kind::PING, 0xfe, 0, b"12345678"),
            headers(1).get("/").end_stream(),
        ])
        .await;
    client.expect(settings(&[]).ack()).await;
    client.expect(ping(b"12345678").ack()).await;
    assert_eq!(client.receive().await.unwrap().stream, 1);
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn the_preface_and_settings_come_first() {
    let ours = crate::h2::settings::ours(&Limits::default());
    for bytes in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        [PREFACE, &b"\0\0\0\x06\0\0\0\0\0"[..]].concat(),
        [PREFACE, &b"\0\0\0\x04\x01\0\0\0\0"[..]].concat(),
    ] {
        let mut client = Client::silent(Limits::default(), None, ok);
        client.send_bytes(&bytes).await;
        client.expect(settings(&ours)).await;
        client.expect(window_update(0, 1024 * 1024 - 65_535)).await;
        client.expect(goaway(0, code::PROTOCOL_ERROR)).await;
        client.expect_end().await;
        assert_eq!(client.violation(), ("RFC 9113 §3.4", None));
    }
}

#[tokio::test(start_paused = true)]
async fn everything_may_come_a_byte_at_a_time() {
    let mut client = Client::new(ok).await;
    client.send_bytes(b"\0\0\x03\x01\x05").await;
    for byte in b"\0\0\0\x01\x82\x86\x84" {
        tokio::task::yield_now().await;
        client.send_bytes(&[*byte]).await;
    }
    assert_eq!(client.receive().await.unwrap().stream, 1);
}

#[tokio::test(start_paused = true)]
async fn a_head_over_the_limits_is_answered_with_431() {
    let small = limits(|l| (l.head_bytes, l.head_fields) = (10_000, 20));
    let mut client = Client::connect(small, &[], ok).await;
    let large = headers(1)
        .get("/")
        .field("new", "entry")
        .field("large", &"~".repeat(10_000));
    client.send(large.end_stream()).await;
    client.expect(headers(1).status(431).end_stream()).await;
    let many = (0..30).fold(headers(3).post("/"), |frame, _| frame.field("a", "b"));
    client.send(many).await;
    client.expect(headers(3).status(431).end_stream()).await;
    client.expect(rst_stream(3, code::NO_ERROR)).await;
    client
        .send(headers(5).get("/").field("new", "entry").end_stream())
        .await;
    let answer = client.receive().await.unwrap();
    assert_eq!((answer.stream, &answer.fields[0].1[..]), (5, "200"));
    let sections: Vec<_> = client
        .violations()
        .iter()
        .map(|v| (v.section, v.stream))
        .collect();
    assert_eq!(
        sections,
        [("RFC 9113 §10.5.1", Some(1)), ("RFC 9113 §10.5.1", Some(3))]
    );
}

#[tokio::test(start_paused = true)]
async fn streams_above_the_limit_are_refused_and_the_compression_stays_right() {
    let two = limits(|l| l.concurrent_streams = 2);
    let mut client = Client::connect(two, &[], ok).await;
    client.send(headers(1).post("/")).await;
    client.send(headers(3).post("/")).await;
    client
        .send(headers(5).post("/").field("new", "entry"))
        .await;
    client.expect(rst_stream(5, code::REFUSED_STREAM)).await;
    assert_eq!(client.violation(), ("RFC 9113 §5.1.2", Some(5)));
    client.send(data(1, "").end_stream()).await;
    assert_eq!(client.receive().await.unwrap().stream, 1);
    client
        .send(headers(7).get("/").field("new", "entry").end_stream())
        .await;
    assert_eq!(client.receive().await.unwrap().stream, 7);
}
