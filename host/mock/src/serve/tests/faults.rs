//! Every fault at every place, on both protocols.

use std::sync::Arc;

use h2::Reason;

use super::harness::{GET, Got, H2, answered, serve};
use crate::{At, Data, Fault, Framing, Response, respond};

/// Places, and how much of a body of five bytes is sent before them.
const PLACES: [(At, Option<usize>); 6] = [
    (At::Start, None),
    (At::Head, Some(0)),
    (At::Bytes(0), Some(0)),
    (At::Bytes(2), Some(2)),
    (At::End, Some(5)),
    (At::Bytes(99), Some(5)),
];

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
const CHUNKS: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

fn hello(fault: Fault) -> Response {
    let length = Response::new(200).header("Content-Length", "5");
    length.body("hello").fault(fault)
}

/// What HTTP/1 sends, and whether it ends with RST.
async fn http1(response: Response) -> (String, bool) {
    let mut client = serve([respond(response)]);
    client.send(GET).await;
    let got = client.read_answer().await;
    assert_eq!(client.mocks.counts().received, 1);
    drop(client.io);
    let served = &mut client.server.served;
    served.await.unwrap().unwrap();
    (got, client.server.was_reset())
}

async fn http2(response: Response) -> (Result<Got, h2::Error>, H2) {
    let mut client = serve([respond(response), respond("next").always()])
        .h2()
        .await;
    let got = client.ask("GET", "").await;
    (got, client)
}

#[tokio::test(start_paused = true)]
async fn resets_and_closes_on_http1() {
    for (at, bytes) in PLACES {
        let (reset, close) = (Fault::Reset { at, code: None }, Fault::Close { at });
        for (fault, rst) in [(reset, true), (close, false)] {
            for bare in [false, true] {
                let mut response = hello(fault).header("Server", "s").header("Date", "d");
                let mut expected = HEAD.replace("5\r\n", "5\r\nServer: s\r\nDate: D\r\n");
                if bare {
                    response = hello(fault).bare();
                    expected = HEAD.to_owned();
                }
                let (got, was_reset) = http1(response).await;
                let expected = match bytes {
                    None => String::new(),
                    Some(bytes) => expected + &"hello"[..bytes],
                };
                assert_eq!((got, was_reset), (expected, rst), "{fault:?}");
            }
        }
        // In chunks: before the last one.
        let response = hello(Fault::Close { at });
        let mut chunked = response.framing(Framing::Chunked).bare();
        chunked.headers.0.clear();
        let (got, _) = http1(chunked).await;
        let expected = match bytes {
            None => String::new(),
            Some(0) => CHUNKS.to_owned(),
            Some(n) => format!("{CHUNKS}{n:x}\r\n{}\r\n", &"hello"[..n]),
        };
        assert_eq!(got, expected, "{at:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn resets_on_http2() {
    for (at, bytes) in PLACES {
        for (code, reason) in [(None, Reason::INTERNAL_ERROR), (Some(8), Reason::CANCEL)] {
            let (got, mut client) = http2(hello(Fault::Reset { at, code })).await;
            let error = match (bytes, got) {
                (None, Err(error)) => error,
                (Some(bytes), Ok(got)) => {
                    assert_eq!(got.body(), &"hello"[..bytes], "{at:?}");
                    got.error.expect("a reset")
                }
                (_, got) => panic!("{at:?}: {got:?}"),
            };
            assert!(error.is_reset() && error.is_remote(), "{at:?}: {error}");
            assert_eq!(error.reason(), Some(reason));
            // Other streams go on.
            assert_eq!(client.ask("GET", "").await.unwrap().body(), "next");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn closes_on_http2_are_for_all_streams() {
    for (at, bytes) in PLACES {
        let (got, mut client) = http2(hello(Fault::Close { at })).await;
        match (bytes, got) {
            (None, Err(error)) => assert!(error.is_io(), "{at:?}: {error}"),
            (Some(bytes), Ok(got)) => {
                assert_eq!(got.body(), &"hello"[..bytes], "{at:?}");
                assert!(got.error.is_some(), "{at:?}");
            }
            (_, got) => panic!("{at:?}: {got:?}"),
        }
        assert!(client.ask("GET", "").await.is_err());
        assert!(!client.server.was_reset());
    }
}

#[tokio::test(start_paused = true)]
async fn a_stall_ends_when_the_client_leaves_or_the_server_stops() {
    for (at, bytes) in PLACES {
        for leaves in [true, false] {
            let mut client = serve([respond(hello(Fault::Stall { at }).bare())]);
            client.send(GET).await;
            let got = client.read_answer().await;
            let expected = match bytes {
                None => String::new(),
                Some(bytes) => format!("{HEAD}{}", &"hello"[..bytes]),
            };
            assert_eq!(got, expected + "(open)", "{at:?}");
            assert_eq!(client.mocks.counts().answered, 0);
            match leaves {
                true => drop(client.io),
                false => {
                    client.server.drain.send(true).unwrap();
                    client.read_answer().await;
                    drop(client.io);
                }
            }
            // It may be an end that the connection did not expect.
            let _ = client.server.served.await.unwrap();
            assert_eq!(client.mocks.counts().answered, 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stall_on_http2_is_of_its_stream() {
    for stops in [true, false] {
        let stall = Fault::Stall { at: At::Head };
        let mut client = serve([respond(hello(stall)), respond("next")]).h2().await;
        let request = http::Request::get("http://h/").body(()).unwrap();
        let (answer, mut stream) = client.send.send_request(request, true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 200);
        assert_eq!(client.ask("GET", "").await.unwrap().body(), "next");
        match stops {
            true => client.server.drain.send(true).unwrap(),
            false => stream.send_reset(Reason::CANCEL),
        }
        answered(&client.mocks, 2).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_chunk() {
    for bare in [true, false] {
        let mut response = Response::new(200)
            .body("hello")
            .fault(Fault::MalformedChunk);
        response.defaults = !bare;
        let (got, rst) = http1(response.clone()).await;
        let head = CHUNKS.trim_end().to_owned();
        let head = match bare {
            true => head,
            false => head.replace("Transfer", "Server: host\r\nDate: D\r\nTransfer"),
        };
        assert_eq!(got, format!("{head}\r\n\r\n5\r\nhello\r\nno size\r\n"));
        assert!(!rst);
        let (got, _) = http2(response).await;
        let got = got.unwrap();
        assert_eq!(got.body(), "hello");
        let error = got.error.expect("a frame that is none");
        assert!(error.is_library(), "found by the client: {error}");
        assert_eq!(error.reason(), Some(Reason::PROTOCOL_ERROR));
    }
}

#[tokio::test(start_paused = true)]
async fn a_length_that_is_too_long() {
    let fault = Fault::TruncatedLength { missing: 3 };
    for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
        let response = Response::new(200)
            .body("hello")
            .fault(fault)
            .framing(framing);
        let (got, rst) = http1(response.clone().bare()).await;
        assert_eq!(
            got, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhello",
            "{framing:?}"
        );
        assert!(!rst);
        let (got, _) = http1(response.clone().header("Server", "s").header("Date", "d")).await;
        assert!(got.contains("\r\nContent-Length: 8\r\n"), "{got}");
        assert!(got.ends_with("\r\n\r\nhello"), "{got}");
        let (got, mut client) = http2(response).await;
        let got = got.unwrap();
        assert!(got.head.contains("content-length: 8"), "{}", got.head);
        // The h2 crate counts.
        assert_eq!(got.error.unwrap().reason(), Some(Reason::PROTOCOL_ERROR));
        assert_eq!(client.ask("GET", "").await.unwrap().body(), "next");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_stream() {
    assert_eq!(
        http1(hello(Fault::RefusedStream)).await,
        (String::new(), false)
    );
    let (got, mut client) = http2(hello(Fault::RefusedStream)).await;
    let error = got.unwrap_err();
    assert!(error.is_reset() && error.is_remote());
    assert_eq!(error.reason(), Some(Reason::REFUSED_STREAM));
    assert_eq!(client.ask("GET", "").await.unwrap().body(), "next");
}

#[tokio::test(start_paused = true)]
async fn a_goaway() {
    for (at, _) in PLACES {
        let fault = Fault::GoAway {
            at,
            code: 0,
            last_stream: None,
        };
        let (got, rst) = http1(hello(fault).bare()).await;
        let expected = HEAD.replace("5\r\n", "5\r\nConnection: close\r\n") + "hello";
        assert_eq!((got, rst), (expected, false));
        let (got, mut client) = http2(hello(fault)).await;
        let got = got.unwrap();
        assert_eq!(
            (got.body(), got.error.is_none()),
            ("hello".to_owned(), true),
            "{at:?}"
        );
        assert!(
            client.ask("GET", "").await.is_err(),
            "{at:?}: no more streams"
        );
        drop(client.send);
        client.ended.await.unwrap().unwrap();
        client.server.served.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_goaway_that_leaves_the_request_out() {
    let fault = Fault::GoAway {
        at: At::Start,
        code: 11,
        last_stream: Some(0),
    };
    let (got, client) = http2(hello(fault)).await;
    let error = got.unwrap_err();
    assert!(error.is_go_away() && error.is_remote(), "{error}");
    assert_eq!(error.reason(), Some(Reason::ENHANCE_YOUR_CALM));
    assert_eq!(client.mocks.counts().received, 1);
    // The client may try again, on another connection.
    drop(client.send);
    let _ = client.ended.await.unwrap();
}

/// What has no body has no place in it: the fault is behind the head.
#[tokio::test(start_paused = true)]
async fn faults_of_answers_without_content() {
    for (at, bytes) in PLACES {
        let mut client = serve([respond(hello(Fault::Close { at }).bare())]);
        client.send(GET.replace("GET", "HEAD")).await;
        let got = client.read_answer().await;
        assert_eq!(got, if bytes.is_some() { HEAD } else { "" }, "{at:?}");
        let mut empty = hello(Fault::Close { at }).bare().body(Data::default());
        empty.headers.0.clear();
        let (got, _) = http1(empty.header("Content-Length", "0")).await;
        let head = HEAD.replace('5', "0");
        assert_eq!(got, if bytes.is_some() { &*head } else { "" }, "{at:?}");
    }
    let truncated = Fault::TruncatedLength { missing: 3 };
    let (got, _) = http1(Response::new(204).bare().fault(truncated)).await;
    assert_eq!(got, "HTTP/1.1 204 No Content\r\n\r\n");
}

/// A fault's request is kept as any other.
#[tokio::test(start_paused = true)]
async fn requests_that_fail_are_kept() {
    let client = serve([respond(hello(Fault::Reset {
        at: At::Start,
        code: None,
    }))]);
    let mocks = Arc::clone(&client.mocks);
    client
        .ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")
        .await;
    let kept = mocks.take().unwrap();
    assert_eq!((&kept.body, kept.mock), (&"hi".into(), Some(1)));
}
