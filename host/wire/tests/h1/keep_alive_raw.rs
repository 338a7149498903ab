//! What is said of raw bytes is the same however they are cut, and hyper's
//! client, which knows nothing of how they were written, agrees.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::answers::GET;
use crate::harness::{apply, hello, raw, serve, write_data};
use crate::splits::{cut, noise, run};

/// What is made of raw bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    /// They are one answer and nothing else: the connection goes on.
    complete: bool,
    /// Content may follow them: they end neither in a head nor in a chunk.
    open: bool,
}

/// What becomes of an answer that is written in these pieces.
async fn verdict(pieces: &[&[u8]]) -> Verdict {
    let (sender, mut seen) = mpsc::unbounded_channel();
    let ops: Vec<_> = pieces
        .iter()
        .map(|piece| raw(Bytes::copy_from_slice(piece)))
        .collect();
    let mut client = serve(move |mut exchange| {
        let (sender, ops) = (sender.clone(), ops.clone());
        async move {
            apply(&mut exchange, ops).await;
            let nothing = exchange.apply(write_data("", false)).await;
            sender.send(nothing.is_ok()).unwrap();
        }
    });
    client.send(GET.repeat(2)).await;
    client.finish().await;
    let received = client.rest_bytes().await;
    assert!(client.closed().await.is_empty());
    let open = seen.recv().await.unwrap();
    let complete = seen.recv().await.is_some();
    let times = if complete { 2 } else { 1 };
    assert_eq!(received, pieces.concat().repeat(times));
    Verdict { complete, open }
}

type Sender = SendRequest<Empty<Bytes>>;

/// A connection of hyper's.
async fn hyper(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Sender {
    let (sender, connection) = http1::handshake(TokioIo::new(io)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Status, content and trailers as hyper understands an answer.
async fn ask(sender: &mut Sender) -> hyper::Result<(u16, Bytes, usize)> {
    sender.ready().await?;
    let request = Request::get("/").header("host", "a").body(Empty::new());
    let answer = sender.send_request(request.unwrap()).await?;
    let status = answer.status().as_u16();
    let content = answer.into_body().collect().await?;
    let trailers = content.trailers().map_or(0, |trailers| trailers.len());
    Ok((status, content.to_bytes(), trailers))
}

/// Whether hyper takes the bytes for one answer, and would go on behind it,
/// from a server that just sends them.
async fn hyper_goes_on(bytes: &[u8]) -> bool {
    /// In a time that passes when nothing else can.
    const IDLE: Duration = Duration::from_secs(1);
    let (io, mut server) = tokio::io::duplex(64 * 1024);
    let mut sender = hyper(io).await;
    let bytes = bytes.to_vec();
    let sending = async {
        // An answer that comes before its question is refused by hyper.
        let mut request = [0; 1];
        tokio::io::AsyncReadExt::read_exact(&mut server, &mut request)
            .await
            .unwrap();
        server.write_all(&bytes).await.unwrap();
        std::future::pending::<()>().await
    };
    let asking = async {
        let answer = tokio::time::timeout(IDLE, ask(&mut sender)).await;
        // What came behind it has been looked at then.
        tokio::time::sleep(IDLE).await;
        let ready = tokio::time::timeout(IDLE, sender.ready()).await;
        matches!(answer, Ok(Ok(_))) && matches!(ready, Ok(Ok(())))
    };
    tokio::select! {
        goes_on = asking => goes_on,
        () = sending => unreachable!(),
    }
}

#[tokio::test]
async fn hyper_goes_on_behind_raw_answers() {
    const ANSWERS: [(&str, u16, &str, usize); 5] = [
        (
            "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\nhello",
            200,
            "hello",
            0,
        ),
        ("HTTP/1.1 204 \r\n\r\n", 204, "", 0),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
            404,
            "",
            0,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n",
            200,
            "hello!",
            1,
        ),
        ("HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", 304, "", 0),
    ];
    let (answers, next) = mpsc::unbounded_channel();
    for answer in ANSWERS.iter().chain(&ANSWERS) {
        answers.send(answer.0).unwrap();
    }
    let next = Arc::new(Mutex::new(next));
    let client = serve(move |mut exchange| {
        let next = next.clone();
        async move {
            let answer = next.lock().try_recv().unwrap();
            apply(&mut exchange, [raw(answer)]).await;
        }
    });
    let mut sender = hyper(client.io).await;
    for (_, status, content, trailers) in ANSWERS.iter().chain(&ANSWERS) {
        let answer = ask(&mut sender).await.unwrap();
        assert_eq!(answer, (*status, Bytes::from(*content), *trailers));
    }
}

proptest! {
    #[test]
    fn any_cut_is_told_the_same(
        bytes in responses(),
        noise in noise(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let bytes = noise.add_to(bytes.into_bytes());
        let whole = run(verdict(&[&bytes]));
        prop_assert_eq!(run(verdict(&cut(&bytes, &cuts))), whole);
        let each: Vec<_> = bytes.chunks(1).collect();
        prop_assert_eq!(run(verdict(&each)), whole);
    }

    /// Wherever we go on hyper does, whatever is thrown in.
    #[test]
    fn hyper_would_go_on_as_well(bytes in responses(), noise in noise()) {
        let bytes = noise.add_to(bytes.into_bytes());
        let ours = run(verdict(&[&bytes]));
        let theirs = run(hyper_goes_on(&bytes));
        prop_assert!(theirs || !ours.complete, "{}", bytes.escape_ascii());
    }

    /// And where nothing is thrown in, wherever hyper goes on we do, except
    /// where the RFC says that such an answer is likely an attack (RFC 9112
    /// §6.3).
    #[test]
    fn we_go_on_where_hyper_does(bytes in responses()) {
        let both = bytes.contains("Length:") && bytes.contains("Encoding:");
        let ours = run(verdict(&[bytes.as_bytes()]));
        let theirs = run(hyper_goes_on(bytes.as_bytes()));
        prop_assert!(!theirs || both || ours.complete, "{bytes:?}: {ours:?}");
    }
}

/// Answers of every framing with the content that they say, or another.
fn responses() -> impl Strategy<Value = String> {
    let informational = prop_oneof![
        4 => Just(""),
        1 => Just("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        1 => Just("HTTP/1.1 102 \r\n\r\nHTTP/1.1 100 Continue\r\nContent-Length: 1\r\n\r\n"),
    ];
    let line = prop_oneof![
        6 => Just("HTTP/1.1 200 OK"),
        1 => Just("HTTP/1.1 404"),
        1 => Just("HTTP/1.1 204 No Content"),
        1 => Just("HTTP/1.1 304 "),
        1 => Just("HTTP/1.0 200 OK"),
        1 => Just("HTTP/1.0 200 OK\r\nConnection: keep-alive"),
        1 => Just("HTTP/1.1 200 OK\r\nConnection: close"),
        1 => Just("HTTP/1.1 101 Switching Protocols"),
        1 => Just("hello"),
    ];
    const LENGTH: &str = "Content-Length: 5\r\n";
    const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
    let framed = prop_oneof![
        Just((LENGTH, "hello")),
        Just((CHUNKED, "5\r\nhello\r\n0\r\n\r\n")),
        Just((CHUNKED, "2;a=b\r\nhe\r\n00003\r\nllo\r\n0\r\nX: y\r\n\r\n")),
        Just(("", "")),
    ];
    let lines = prop_oneof![
        Just("Content-Length: 0\r\n"),
        Just("Content-Length: 5\r\nContent-Length: 5\r\n"),
        Just("Content-Length: 5\r\nContent-Length: 6\r\n"),
        Just("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        Just("Transfer-Encoding: gzip, chunked\r\n"),
        Just("Transfer-Encoding: gzip\r\n"),
        Just(LENGTH),
        Just(CHUNKED),
        Just(""),
    ];
    let content = prop_oneof![
        Just(""),
        Just("hello"),
        Just("hello!"),
        Just("hell"),
        Just("0\r\n\r\n"),
        Just("5\r\nhello\r\n"),
        Just("5\r\nhello!\r\n0\r\n\r\n"),
        Just("0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Just("helloHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ];
    let framed = prop_oneof![2 => framed, 1 => (lines, content)];
    (informational, line, framed).prop_map(|(informational, line, (lines, content))| {
        format!("{informational}{line}\r\n{lines}\r\n{content}")
    })
}

/// A connection that went on serves what is checked, too.
#[tokio::test]
async fn raw_and_checked_answers_take_turns() {
    let mut client = serve(|mut exchange| async move {
        if exchange.head().target == "/raw" {
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nraw";
            apply(&mut exchange, [raw(answer)]).await;
        } else {
            hello(exchange).await;
        }
    });
    for _ in 0..100 {
        client.send(GET.replace(" / ", " /raw ") + GET).await;
        assert_eq!(client.answer().await.body, b"raw");
        assert_eq!(client.answer().await.body, b"hello");
    }
}
