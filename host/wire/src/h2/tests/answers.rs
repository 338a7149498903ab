//! What a handler sees and what its operations become.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::*;
use crate::h2::code;
use crate::h2::limits::DISCARDED;
use crate::{Event, Exchange, Fields, Progress, Reply, WireError, WireOp};

fn fields(lines: &[(&'static str, &'static str)]) -> Fields {
    lines
        .iter()
        .map(|(n, v)| (Bytes::from(*n), Bytes::from(*v)))
        .collect()
}

pub(super) fn head(status: u16, end: bool) -> WireOp {
    WireOp::WriteHeaders {
        stream: None,
        status,
        reason: None,
        fields: Fields::new(),
        end,
    }
}

pub(super) fn body(data: impl Into<Bytes>, end: bool) -> WireOp {
    WireOp::WriteData {
        stream: None,
        data: data.into(),
        end,
    }
}

async fn write(exchange: &mut Exchange, op: WireOp) {
    assert_eq!(exchange.apply(op).await, Ok(Reply::Done));
}

/// The seeds' frame script: DATA comes back reversed, frame by frame.
async fn frames(mut x: Exchange) {
    while let Some(event) = x.next().await {
        match event {
            Event::Headers(frame) if frame.fields.get("test").is_some_and(|v| v == "pass") => {
                write(&mut x, head(200, false)).await;
            }
            Event::Headers(_) => return write(&mut x, head(403, true)).await,
            Event::Data(frame) => {
                let reversed: Vec<u8> = frame.data.iter().rev().copied().collect();
                write(&mut x, body(reversed, false)).await;
            }
            Event::End => write(&mut x, body("\nEnd of File", true)).await,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_frame_script() {
    let mut client = Client::new(frames).await;
    client
        .send(headers(1).post("/frames").field("test", "pass"))
        .await;
    client.expect(headers(1).status(200)).await;
    client.send(data(1, "abc")).await;
    client.expect(data(1, "cba")).await;
    client.send(data(1, "")).await;
    client.expect(data(1, "")).await;
    client.send(data(1, "xy").padded(7)).await;
    client.expect(data(1, "yx")).await;
    client.send(data(1, "!").end_stream()).await;
    client.expect(data(1, "!")).await;
    client.expect(data(1, "\nEnd of File").end_stream()).await;

    client.send(headers(3).get("/frames").end_stream()).await;
    client.expect(headers(3).status(403).end_stream()).await;
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_goes_on_after_its_answer_may_end() {
    let mut client = Client::new(frames).await;
    client.send(headers(1).post("/frames")).await;
    client.expect(headers(1).status(403).end_stream()).await;
    // Nobody reads it, and yet the windows are given back.
    for _ in 0..3 {
        client.send(data(1, vec![0; 16_384])).await;
        client.send(data(1, vec![0; 16_384])).await;
        client.expect(window_update(1, 32_768)).await;
    }
    client.send(data(1, "the end").end_stream()).await;
    client.send(headers(3).get("/frames").end_stream()).await;
    client.expect(headers(3).status(403).end_stream()).await;
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_goes_on_without_end_is_stopped_without_error() {
    let mut client = Client::new(frames).await;
    client.send(headers(1).post("/frames")).await;
    client.expect(headers(1).status(403).end_stream()).await;
    let mut sent = 0;
    let stopped = loop {
        client.send(data(1, vec![0; 16_384])).await;
        client.send(data(1, vec![0; 16_384])).await;
        sent += 32_768;
        let mut frame = client.receive().await.unwrap();
        // Of the connection's window, when half of it is to be given back.
        while frame == window_update(0, 524_288) {
            frame = client.receive().await.unwrap();
        }
        if frame != window_update(1, 32_768) {
            break frame;
        }
    };
    assert_eq!(stopped, rst_stream(1, code::NO_ERROR));
    assert_eq!(sent, DISCARDED + 32_768);
    client.send(headers(3).get("/frames").end_stream()).await;
    client.expect(headers(3).status(403).end_stream()).await;
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_pauses_behind_its_answer_is_stopped_without_error() {
    let mut client = Client::new(frames).await;
    client.send(headers(1).post("/frames")).await;
    client.expect(headers(1).status(403).end_stream()).await;
    // Time passes by itself while everybody waits.
    client.expect(rst_stream(1, code::NO_ERROR)).await;
    assert_eq!(client.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn events_carry_what_the_frames_had() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut client = Client::new(move |mut x: Exchange| {
        let tell = tell.clone();
        async move {
            let head = x.head();
            assert_eq!(
                (&head.method[..], &head.target[..]),
                (&b"POST"[..], &b"/p?q"[..])
            );
            assert_eq!(head.authority.as_deref(), Some(&b"test"[..]));
            assert_eq!(head.fields, fields(&[("a", "1"), ("b", "2"), ("a", "3")]));
            while let Some(event) = x.next().await {
                tell.send(event).unwrap();
            }
            write(&mut x, head_of(204)).await;
        }
    })
    .await;
    fn head_of(status: u16) -> WireOp {
        head(status, true)
    }
    let request = headers(1).post("/p?q");
    let request = request.fields(&[("a", "1"), ("b", "2"), ("a", "3")]);
    client.send(request.unfinished().padded(3)).await;
    client.send(continuation(1).unfinished()).await;
    client.send(continuation(1)).await;
    client.send(data(1, "").padded(0)).await;
    client.send(data(1, "content")).await;
    client.send(headers(1).field("sum", "x").end_stream()).await;
    client.expect(headers(1).status(204).end_stream()).await;

    let mut events = Vec::new();
    while let Ok(event) = told.try_recv() {
        events.push(event);
    }
    let [
        Event::Headers(h),
        Event::Data(d0),
        Event::Data(d1),
        Event::Trailers(t),
        Event::End,
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((h.flags, h.padding, h.end_stream), (0x8, Some(3), false));
    let names: Vec<_> = h.fields.iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(
        names,
        [
            &b":method"[..],
            b":scheme",
            b":authority",
            b":path",
            b"a",
            b"b",
            b"a"
        ]
    );
    assert_eq!(
        (d0.padding, d0.flow_controlled_length, d0.data.len()),
        (Some(0), 1, 0)
    );
    assert_eq!(
        (d1.padding, d1.flow_controlled_length, &d1.data[..]),
        (None, 7, &b"content"[..])
    );
    assert!(t.end_stream);
    assert_eq!(t.fields, fields(&[("sum", "x")]));
}

#[tokio::test(start_paused = true)]
async fn informational_answers_content_and_trailers_in_order() {
    let mut client = Client::new(|mut x: Exchange| async move {
        let early = WireOp::WriteHeaders {
            stream: None,
            status: 103,
            reason: None,
            fields: fields(&[("Link", "</a>")]),
            end: false,
        };
        write(&mut x, early.clone()).await;
        write(&mut x, early).await;
        write(&mut x, head(200, false)).await;
        write(&mut x, body("abc", false)).await;
        write(&mut x, body("", false)).await;
        write(&mut x, WireOp::Flush).await;
        let sums = fields(&[("Sum", "6")]);
        let trailers = WireOp::Trailers {
            stream: Some(1),
            fields: sums,
        };
        write(&mut x, trailers).await;
    })
    .await;
    client.send(headers(1).get("/").end_stream()).await;
    client
        .expect(headers(1).status(103).field("link", "</a>"))
        .await;
    client
        .expect(headers(1).status(103).field("link", "</a>"))
        .await;
    client.expect(headers(1).status(200)).await;
    client.expect(data(1, "abc")).await;
    client.expect(data(1, "")).await;
    client
        .expect(headers(1).field("sum", "6").end_stream())
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_the_state_or_the_rules_forbid_is_refused_and_nothing_is_written() {
    let mut client = Client::new(|mut x: Exchange| async move {
        async fn refused(x: &mut Exchange, op: WireOp) -> &'static str {
            match x.apply(op).await {
                Err(WireError::Protocol { section, .. }) => section,
                other => panic!("{other:?}"),
            }
        }
        async fn with(x: &mut Exchange, name: &'static str, value: &'static str) -> &'static str {
            let op = WireOp::WriteHeaders {
                stream: None,
                status: 200,
                reason: None,
                fields: fields(&[(name, value)]),
                end: false,
            };
            refused(x, op).await
        }
        let x = &mut x;
        assert_eq!(refused(x, body("early", false)).await, "RFC 9113 §8.1");
        assert_eq!(refused(x, head(99, false)).await, "RFC 9110 §15");
        assert_eq!(refused(x, head(1000, false)).await, "RFC 9110 §15");
        assert_eq!(refused(x, head(101, false)).await, "RFC 9113 §8.6");
        assert_eq!(refused(x, head(103, true)).await, "RFC 9113 §8.1");
        assert_eq!(with(x, ":status", "200").await, "RFC 9113 §8.3");
        assert_eq!(with(x, ":path", "/").await, "RFC 9113 §8.3");
        assert_eq!(with(x, "Connection", "close").await, "RFC 9113 §8.2.2");
        assert_eq!(
            with(x, "transfer-encoding", "chunked").await,
            "RFC 9113 §8.2.2"
        );
        assert_eq!(with(x, "te", "gzip").await, "RFC 9113 §8.2.2");
        assert_eq!(with(x, "a b", "").await, "RFC 9113 §8.2.1");
        assert_eq!(with(x, "", "").await, "RFC 9113 §8.2.1");
        assert_eq!(with(x, "a", "b\r\nc: d").await, "RFC 9113 §8.2.1");
        assert_eq!(with(x, "a", " b").await, "RFC 9113 §8.2.1");
        let elsewhere = WireOp::EndStream { stream: Some(3) };
        assert_eq!(refused(x, elsewhere).await, "RFC 9113 §5.1");
        assert_eq!(x.progress(), Progress::default());
        write(x, head(200, false)).await;
        assert!(x.progress().headers);
        assert_eq!(refused(x, head(200, false)).await, "RFC 9113 §8.1");
        assert_eq!(refused(x, head(103, false)).await, "RFC 9113 §8.1");
        write(x, WireOp::EndStream { stream: None }).await;
        assert!(x.progress().ended);
        assert_eq!(refused(x, body("late", false)).await, "RFC 9113 §5.1");
        let trailers = WireOp::Trailers {
            stream: None,
            fields: Fields::new(),
        };
        assert_eq!(refused(x, trailers).await, "RFC 9113 §5.1");
    })
    .await;
    client.send(headers(1).get("/").end_stream()).await;
    client.expect(headers(1).status(200)).await;
    client.expect(data(1, "").end_stream()).await;
    client.send(ping(b"12345678")).await;
    client.expect(ping(b"12345678").ack()).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_given_up_resets_its_stream() {
    let mut client = Client::new(|mut x: Exchange| async move {
        if x.head().target == "/head" {
            write(&mut x, head(200, false)).await;
        }
        if x.head().target == "/code" {
            let code = 0xdead;
            write(&mut x, WireOp::Reset { stream: None, code }).await;
            let late = x.apply(head(200, true)).await;
            assert_eq!(late, Err(WireError::Reset(0xdead)));
        }
        assert!(x.head().target != "/panic", "as the test wants it");
    })
    .await;
    client.send(headers(1).get("/nothing").end_stream()).await;
    client.expect(rst_stream(1, code::INTERNAL_ERROR)).await;
    client.send(headers(3).get("/head").end_stream()).await;
    client.expect(headers(3).status(200)).await;
    client.expect(rst_stream(3, code::INTERNAL_ERROR)).await;
    client.send(headers(5).get("/code").end_stream()).await;
    client.expect(rst_stream(5, 0xdead)).await;
    client.send(headers(7).get("/panic").end_stream()).await;
    client.expect(rst_stream(7, code::INTERNAL_ERROR)).await;
}

#[tokio::test(start_paused = true)]
async fn large_heads_leave_in_continuations() {
    let mut client = Client::new(|mut x: Exchange| async move {
        let mut many = Fields::new();
        for i in 0..1000 {
            many.append(format!("X-{i}"), "~".repeat(50));
        }
        let _ = x.respond(200, many, Bytes::new()).await;
    })
    .await;
    client.send(headers(1).get("/").end_stream()).await;
    let seen = client.receive().await.unwrap();
    assert_eq!(seen.fields.len(), 1 + 1000 + 3);
    assert_eq!(seen.fields[1000], ("x-999".into(), "~".repeat(50)));
}

#[tokio::test(start_paused = true)]
async fn a_reset_reaches_the_handler_wherever_it_is() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut client = Client::new(move |mut x: Exchange| {
        let tell = tell.clone();
        async move {
            let error = match &x.head().target[..] {
                b"/gone" => x.gone().await,
                b"/write" => x.apply(body(vec![0; 100_000], true)).await.unwrap_err(),
                b"/blocked" => {
                    write(&mut x, head(200, false)).await;
                    x.apply(body(vec![0; 100_000], true)).await.unwrap_err()
                }
                _ => loop {
                    match x.next().await {
                        Some(Event::Reset(code)) => break WireError::Reset(code),
                        Some(Event::Headers(_)) => {}
                        other => panic!("{other:?}"),
                    }
                },
            };
            tell.send(error).unwrap();
        }
    })
    .await;
    for (id, path) in [(1, "/gone"), (3, "/read")] {
        client.send(headers(id).post(path)).await;
        client.send(rst_stream(id, code::CANCEL)).await;
        assert_eq!(told.recv().await, Some(WireError::Reset(code::CANCEL)));
    }
    client.send(headers(5).get("/blocked").end_stream()).await;
    client.expect(headers(5).status(200)).await;
    for _ in 0..4 {
        assert_eq!(client.receive().await.unwrap().stream, 5);
    }
    client.send(rst_stream(5, 77)).await;
    assert_eq!(told.recv().await, Some(WireError::Reset(77)));
    // The end of the connection reaches those that are left.
    client.send(headers(7).post("/gone")).await;
    client.send(headers(9).post("/gone")).await;
    drop(client);
    assert_eq!(told.recv().await, Some(WireError::Gone));
    assert_eq!(told.recv().await, Some(WireError::Gone));
}

#[tokio::test(start_paused = true)]
async fn an_upgraded_request_is_answered_on_stream_1() {
    let head = crate::Head {
        protocol: crate::Protocol::Http11,
        method: "GET".into(),
        target: "/up".into(),
        authority: Some("test".into()),
        scheme: "http".into(),
        connect_protocol: None,
        request_line: Bytes::new(),
        fields: fields(&[("Accept", "*/*")]),
        stream_id: 1,
        connection: info(),
    };
    // HTTP2-Settings gives streams a window of 2 bytes.
    let upgraded = crate::h2::Upgraded {
        settings: Bytes::from_static(b"\0\x04\0\0\0\x02"),
        head,
    };
    let answer = |mut x: Exchange| async move {
        let Some(Event::Headers(frame)) = x.next().await else {
            panic!("no HEADERS");
        };
        assert!(frame.end_stream && frame.fields.contains("accept"));
        assert!(matches!(x.next().await, Some(Event::End)));
        assert!(x.next().await.is_none());
        write(&mut x, super::answers::head(200, false)).await;
        let _ = x.apply(body("abc", true)).await;
    };
    let limits = Limits::default();
    let mut client = Client::silent(limits.clone(), Some(upgraded), answer);
    client
        .expect(settings(&crate::h2::settings::ours(&limits)))
        .await;
    client.expect(window_update(0, 1024 * 1024 - 65_535)).await;
    client.expect(headers(1).status(200)).await;
    client.expect(data(1, "ab")).await;
    client.send_bytes(crate::detect::PREFACE).await;
    client.send(settings(&[])).await;
    client.send(window_update(1, 1)).await;
    client.expect(settings(&[]).ack()).await;
    client.expect(data(1, "c").end_stream()).await;
}

#[tokio::test(start_paused = true)]
async fn connect_with_and_without_a_protocol() {
    let mut client = Client::new(|mut x: Exchange| async move {
        let seen = x.head().connect_protocol.clone().unwrap_or("none".into());
        let target = x.head().target.clone();
        let lines = Fields::from(vec![("protocol".into(), seen), ("target".into(), target)]);
        let op = WireOp::WriteHeaders {
            stream: None,
            status: 200,
            reason: None,
            fields: lines,
            end: true,
        };
        write(&mut x, op).await;
    })
    .await;
    let connect = [(":method", "CONNECT"), (":authority", "test:1")];
    client.send(headers(1).fields(&connect).end_stream()).await;
    let answer = |id| headers(id).status(200);
    client
        .expect(
            answer(1)
                .fields(&[("protocol", "none"), ("target", "")])
                .end_stream(),
        )
        .await;
    let request = headers(3)
        .request("CONNECT", "/chat")
        .field(":protocol", "websocket");
    client.send(request.end_stream()).await;
    let fields = [("protocol", "websocket"), ("target", "/chat")];
    client.expect(answer(3).fields(&fields).end_stream()).await;
}
