//! HTTP/2 on the wire: other people's clients, the frame hooks frame by frame,
//! many streams at once.

use std::collections::BTreeSet;

use host_tests::h2::{code, continuation, data, headers, kind, priority, reset, setting, settings};
use host_tests::tools::{curl, nghttp, python};
use host_tests::{Host, h2};

#[test]
fn curl_and_nghttp_are_answered() {
    let host = Host::start(&["hello", "echo"]);
    let url = host.url("/hello");
    let hello = curl(["--http2-prior-knowledge", &url]).expect(200, "2");
    assert!(!hello.body.is_empty());
    let head = curl(["--http2-prior-knowledge", "-I", &url]).expect(200, "2");
    let length = format!("content-length: {}", hello.body.len());
    assert!(head.text().contains(&length), "{head:?}");
    let echo = host.url("/echo?x=y");
    let echoed = curl(["--http2-prior-knowledge", "-d", "a=1", &echo]).expect(200, "2");
    assert_eq!(echoed.json()["method"], "POST");

    let said = nghttp(["-v", &url, &echo]).success().text();
    assert_eq!(said.matches(":status: 200").count(), 2, "{said}");
    // With the connection's window and a dependency tree of its own.
    nghttp(["-nv", "-m", "20", "-w", "10", "-W", "12", &url])
        .success()
        .says(&[":status: 200"]);
    nghttp(["-nu", &url]).success();
    host.stop();
}

#[test]
fn the_seed_frame_by_frame() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(
        headers(1)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(1).status(200).field("test", "passed"));
    client.send(data(1, b"abc"));
    client.expect(data(1, b"cba"));
    client.send(data(1, b"12345"));
    client.expect(data(1, b"54321"));
    client.send(data(1, b"").end_stream());
    let end = client.answer(1);
    assert_eq!(end.text(), "\nEnd of File");

    client.send(
        headers(3)
            .get("/frames")
            .field("test", "no")
            .end_headers()
            .end_stream(),
    );
    let refused = client.answer(3).expect(403);
    assert_eq!(refused.field("test"), Some("failed"));
    assert_eq!(refused.text(), "");
    host.stop();
}

#[test]
fn a_refusal_before_the_body_ends_the_stream_for_both() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(headers(1).post("/frames").field("test", "no").end_headers());
    let mut ended = false;
    while !ended {
        let got = client.next_of_exchange().expect("the end of the stream");
        assert_eq!(got.stream, 1);
        ended = got.ends_stream();
    }
    // RFC 9113 §8.1: a server that needs no more of the body may ask for its
    // end with NO_ERROR; what is under way is no error either.
    client.send(data(1, b"late"));
    client.send(data(1, b"").end_stream());
    client.get(3, "/nothing");
    loop {
        let got = client.next_of_exchange().expect("the next answer");
        if got.stream == 3 {
            assert_eq!(got.value(":status"), Some("404"));
            break;
        }
        let asked = got.kind == kind::RST_STREAM && got.code() == Some(code::NO_ERROR);
        assert!(asked, "{got:?}");
    }
    host.stop();
}

#[test]
fn python_s_hyper_h2_frame_by_frame() {
    let host = Host::start(&["frames", "state"]);
    python("frames.py", [host.http().port().to_string()]);
    host.stop();
}

#[test]
fn field_lists_are_decoded_as_python_encodes_them() {
    let host = Host::start(&["echo"]);
    python("hpack_differential.py", [host.http().port().to_string()]);
    host.stop();
}

#[test]
fn python_finds_every_answer_whatever_it_sets() {
    let host = Host::builder().test_plugins(&["mirror"]).start();
    python("mirror.py", [host.http().port().to_string()]);
    host.stop();
}

#[test]
fn padding_priority_and_continuation_change_nothing() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(priority(3, 0, 15));
    client.send(
        headers(1)
            .post("/frames")
            .field("test", "pass")
            .padded(9)
            .priority(0x8000_0000 | 5, 200)
            .end_headers(),
    );
    client.expect(headers(1).status(200));
    client.send(data(1, b"abc").padded(100));
    client.expect(data(1, b"cba"));
    client.send(data(1, b"").padded(0).end_stream());
    assert_eq!(client.answer(1).text(), "\nEnd of File");

    let whole = headers(3).get("/frames").field("test", "pass");
    let block = whole.block();
    client.send(h2::frame(
        kind::HEADERS,
        h2::flag::END_STREAM,
        3,
        &block[..1],
    ));
    for piece in block[1..block.len() - 1].chunks(10) {
        client.send(continuation(3, piece));
    }
    client.send(continuation(3, &block[block.len() - 1..]).end_headers());
    assert_eq!(client.answer(3).expect(200).text(), "\nEnd of File");
    host.stop();
}

#[test]
fn streams_are_answered_beside_one_another() {
    let host = Host::start(&["slow"]);
    let mut client = host.h2();
    let streams: Vec<u32> = (0..100).map(|n| 2 * n + 1).collect();
    for stream in &streams {
        client.get(*stream, "/slow?lines=3&ms=100");
    }
    // The heads of all of them come before the end of any.
    let mut begun = BTreeSet::new();
    let mut bodies = vec![Vec::<u8>::new(); streams.len()];
    let mut open = streams.len();
    while open > 0 {
        let got = client.next_of_exchange().expect("the answers");
        let index = (got.stream as usize - 1) / 2;
        match got.kind {
            kind::HEADERS => {
                assert_eq!(got.value(":status"), Some("200"));
                begun.insert(got.stream);
            }
            kind::DATA => bodies[index].extend(&got.payload),
            _ => panic!("{got:?}"),
        }
        if got.ends_stream() {
            assert!(begun.len() > 1, "one stream at a time");
            open -= 1;
        }
    }
    assert_eq!(begun.len(), streams.len());
    assert!(bodies.iter().all(|b| *b == bodies[0] && !b.is_empty()));
    host.stop();
}

#[test]
fn streams_over_the_limit_are_refused_and_may_be_tried_again() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    let limit = client.setting(setting::MAX_CONCURRENT_STREAMS).unwrap();
    let open = |n: u32| {
        headers(2 * n + 1)
            .post("/frames")
            .field("test", "pass")
            .end_headers()
    };
    for n in 0..limit {
        client.send(open(n));
        client.expect(headers(2 * n + 1).status(200));
    }
    client.send(open(limit));
    client.expect(reset(2 * limit + 1, code::REFUSED_STREAM));
    client.send(data(1, b"").end_stream());
    assert_eq!(client.answer(1).text(), "\nEnd of File");
    client.send(open(limit + 1));
    client.expect(headers(2 * limit + 3).status(200));
    // Streams that stay open would be waited for.
    drop(client);
    host.stop();
}

#[test]
fn a_reset_ends_the_handler() {
    // With room for one instance the next request is answered only when the
    // first handler is gone.
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .plugins(&["hello"])
        .args(["--max-instances", "1"])
        .start();
    let mut client = host.h2();
    for n in 0..10 {
        client.get(4 * n + 1, "/chaos?do=sleep");
        client.expect_alive();
        client.send(reset(4 * n + 1, code::CANCEL));
        let answer = client.get(4 * n + 3, "/hello").answer(4 * n + 3);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    // The same for a connection that goes away.
    client.get(41, "/chaos?do=sleep");
    client.expect_alive();
    drop(client);
    host.get("/hello").expect(200);
    host.stop();
}

#[test]
fn a_handler_hears_of_a_reset_between_frames() {
    let mut host = Host::start(&["frames"]);
    let mut client = host.h2();
    for n in 0..50 {
        let stream = 2 * n + 1;
        client.send(
            headers(stream)
                .post("/frames")
                .field("test", "pass")
                .end_headers(),
        );
        client.send(data(stream, b"abc"));
        client.send(reset(stream, code::CANCEL));
    }
    client.expect_alive_through_resets();
    client.send(
        headers(101)
            .get("/frames")
            .field("test", "pass")
            .end_headers()
            .end_stream(),
    );
    client.answer(101).expect(200);
    host.assert_well();
    host.stop();
}

#[test]
fn settings_are_followed() {
    let host = Host::builder()
        .plugins(&["hello"])
        .file("f.txt", "f")
        .start();
    // No dynamic table at all: whatever the encoder does must do without.
    let mut client = host.h2_with(&[(setting::HEADER_TABLE_SIZE, 0)]);
    client.allow_table(0);
    for n in 0..5 {
        client
            .get(2 * n + 1, "/hello")
            .answer(2 * n + 1)
            .expect(200);
    }
    // A larger one, then a smaller one, in the middle.
    client.send(settings(&[(setting::HEADER_TABLE_SIZE, 8192)]));
    client.expect(settings(&[]).ack());
    client.allow_table(8192);
    client.get(11, "/hello").answer(11).expect(200);
    client.send(settings(&[
        (setting::HEADER_TABLE_SIZE, 100),
        (setting::HEADER_TABLE_SIZE, 4096),
        (0xbeef, 7),
    ]));
    client.expect(settings(&[]).ack());
    client.allow_table(4096);
    for n in 6..10 {
        client
            .get(2 * n + 1, "/f.txt")
            .answer(2 * n + 1)
            .expect(200);
    }
    assert_eq!(client.setting(setting::ENABLE_CONNECT_PROTOCOL), Some(1));
    host.stop();
}

#[test]
fn request_trailers_reach_the_handler() {
    let host = Host::start(&["echo"]);
    let mut client = host.h2();
    client.send(
        headers(1)
            .post("/echo")
            .field("trailer", "x-sum")
            .end_headers(),
    );
    client.send(data(1, b"abc"));
    client.send(headers(1).field("x-sum", "99").end_headers().end_stream());
    let answer = client.answer(1).expect(200);
    assert!(answer.text().contains("abc"), "{}", answer.text());
    host.stop();
}

#[test]
fn an_extended_connect_is_a_request() {
    let host = Host::start(&["echo"]);
    let mut client = host.h2();
    let connect = headers(1)
        .request("CONNECT", "/echo")
        .field(":protocol", "websocket");
    client.send(connect.end_headers().end_stream());
    let echo = client.answer(1).expect(200).json();
    assert_eq!(echo["method"], "CONNECT");
    // This server is no proxy.
    let plain = headers(3)
        .field(":method", "CONNECT")
        .field(":authority", "t:80");
    client.send(plain.end_headers().end_stream());
    assert_eq!(client.answer(3).status, 501);
    host.stop();
}

#[test]
fn unknown_frames_and_flags_are_passed_over() {
    let host = Host::start(&["hello"]);
    let mut client = host.h2();
    client.send(h2::frame(0xbe, 0xff, 0, [1, 2, 3]));
    client.send(h2::frame(0xbe, 0xff, 77, vec![0; 1000]));
    client.send(
        headers(1)
            .get("/hello")
            .end_headers()
            .end_stream()
            .flag(0xd0),
    );
    client.answer(1).expect(200);
    client.expect_alive();
    host.stop();
}

#[test]
fn the_h2_crate_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let host = Host::start(&["frames", "hello"]);
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(host.http()).await.unwrap();
        let (client, connection) = ::h2::client::handshake(stream).await.unwrap();
        let driver = tokio::spawn(connection);
        let mut client = client.ready().await.unwrap();
        let url = "http://test/frames";
        let request = http::Request::post(url)
            .header("test", "pass")
            .body(())
            .unwrap();
        let (answer, mut sender) = client.send_request(request, false).unwrap();
        sender.send_data("abc".into(), false).unwrap();
        sender.send_data("de".into(), true).unwrap();
        let answer = answer.await.unwrap();
        assert_eq!(answer.headers()["test"], "passed");
        let mut body = answer.into_body();
        let mut text = Vec::new();
        while let Some(piece) = body.data().await {
            let piece = piece.unwrap();
            body.flow_control().release_capacity(piece.len()).unwrap();
            text.extend(piece);
        }
        assert_eq!(text, b"cbaed\nEnd of File");
        drop((client, sender, body));
        driver.await.unwrap().unwrap();
    });
    host.stop();
}

#[test]
fn hyper_is_answered() {
    use http_body_util::{BodyExt, Empty};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let host = Host::start(&["echo"]);
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(host.http()).await.unwrap();
        let (io, executor) = (
            hyper_util::rt::TokioIo::new(stream),
            hyper_util::rt::TokioExecutor::new(),
        );
        let connected = hyper::client::conn::http2::handshake(executor, io).await;
        let (sender, connection) = connected.unwrap();
        let driver = tokio::spawn(connection);
        let exchanges: Vec<_> = (0..100)
            .map(|n| {
                let mut sender = sender.clone();
                tokio::spawn(async move {
                    let url = format!("http://test/echo?n={n}-");
                    let request = http::Request::get(url);
                    let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
                    let answer = sender.send_request(request).await.unwrap();
                    let body = answer.into_body().collect().await.unwrap().to_bytes();
                    let text = String::from_utf8_lossy(&body).into_owned();
                    assert!(text.contains(&format!("n={n}-")), "{text}");
                })
            })
            .collect();
        for exchange in exchanges {
            exchange.await.unwrap();
        }
        drop(sender);
        driver.await.unwrap().unwrap();
    });
    host.stop();
}
