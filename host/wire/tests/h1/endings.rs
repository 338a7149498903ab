//! How a handler ends a connection, and how it sees that the client does.

use std::io::ErrorKind;
use std::sync::Arc;

use host_wire::{Event, Exchange, WireError, WireOp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use crate::answers::GET;
use crate::harness::{Server, apply, hello, raw, raw_more, serve, write_data, write_headers};

const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// FIN behind what was written; the body can still be read, nothing written.
#[tokio::test]
async fn closing_leaves_the_request_to_be_read() {
    let (bodies, mut seen) = mpsc::unbounded_channel();
    let mut client = serve(move |mut exchange| {
        let bodies = bodies.clone();
        async move {
            apply(
                &mut exchange,
                [raw_more("HTTP/1.1 200 OK\r\n\r\npart"), WireOp::Close],
            )
            .await;
            assert!(exchange.progress().ended);
            for op in [raw("x"), WireOp::Flush, WireOp::Close, WireOp::Abort] {
                assert_eq!(exchange.apply(op).await, Err(WireError::Gone));
            }
            let mut body = Vec::new();
            while let Some(event) = exchange.next().await {
                if let Event::Data(frame) = event {
                    body.extend_from_slice(&frame.data);
                }
            }
            bodies.send(body).unwrap();
        }
    });
    client.send(POST).await;
    assert_eq!(client.rest().await, "HTTP/1.1 200 OK\r\n\r\npart");
    client.send(format!("hello{GET}")).await;
    assert_eq!(seen.recv().await.unwrap(), b"hello");
    client.finish().await;
    assert!(client.closed().await.is_empty());
}

/// A real connection, served by `handler`.
async fn over_tcp<F, A>(handler: F) -> TcpStream
where
    F: Fn(Exchange) -> A + Send + Sync + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await;
    let (transport, _) = listener.accept().await.unwrap();
    Server::default().serve_on(transport, handler);
    client.unwrap()
}

/// Everything up to how the connection ends.
async fn until_the_end(client: &mut TcpStream) -> (String, Result<(), ErrorKind>) {
    let mut read = Vec::new();
    let end = client.read_to_end(&mut read).await;
    (
        String::from_utf8(read).unwrap(),
        end.map(drop).map_err(|error| error.kind()),
    )
}

#[tokio::test]
async fn a_dropped_connection_is_reset_behind_what_was_written() {
    let reset = WireOp::Reset {
        stream: None,
        code: 2,
    };
    let begun = vec![write_headers(200, &[], false), write_data("x", false)];
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    let cases = [
        (vec![WireOp::Abort], ""),
        (vec![raw(OK), WireOp::Abort], OK),
        (vec![raw_more("HTTP/1."), WireOp::Abort], "HTTP/1."),
        (vec![reset.clone()], ""),
        ([begun, vec![reset]].concat(), chunk),
    ];
    for (ops, expected) in cases {
        // With the body unread, and with none: either way, and before the
        // handler is at its end.
        for request in [GET.to_owned(), format!("{POST}hello{GET}")] {
            let seen = Arc::new(Notify::new());
            let (ops, go_on) = (ops.clone(), seen.clone());
            let mut client = over_tcp(move |mut exchange| {
                let (ops, go_on) = (ops.clone(), go_on.clone());
                async move {
                    apply(&mut exchange, ops).await;
                    assert_eq!(exchange.apply(raw("more")).await, Err(WireError::Gone));
                    go_on.notified().await;
                }
            })
            .await;
            client.write_all(request.as_bytes()).await.unwrap();
            let (read, end) = until_the_end(&mut client).await;
            assert_eq!(read, expected);
            assert_eq!(end, Err(ErrorKind::ConnectionReset));
            seen.notify_one();
        }
    }
}

/// A raw answer of unknown length is read to its end, whatever the client had
/// sent behind its request.
#[tokio::test]
async fn a_raw_answer_ends_in_good_order() {
    for ops in [vec![raw("no head")], vec![raw("no head"), WireOp::Close]] {
        let mut client = over_tcp(move |mut exchange| {
            let ops = ops.clone();
            async move { apply(&mut exchange, ops).await }
        })
        .await;
        let request = format!("{POST}hello{GET}");
        client.write_all(request.as_bytes()).await.unwrap();
        let (read, end) = until_the_end(&mut client).await;
        assert_eq!((read.as_str(), end), ("no head", Ok(())));
    }
}

/// Head and body leave together, where the handler said that more follows.
#[tokio::test]
async fn what_is_held_leaves_in_one_write() {
    let (held, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = (held.clone(), go_on.clone());
    let mut client = serve(move |mut exchange| {
        let (held, go_on) = handler.clone();
        async move {
            for piece in ["HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "\r\n"] {
                apply(&mut exchange, [raw_more(piece)]).await;
            }
            held.notify_one();
            go_on.notified().await;
            apply(&mut exchange, [WireOp::Flush, raw_more("o")]).await;
            held.notify_one();
            go_on.notified().await;
            apply(&mut exchange, [raw("k")]).await;
        }
    });
    client.send(GET).await;
    for left in ["", &OK[..OK.len() - 2]] {
        held.notified().await;
        client.expect(left).await;
        let mut byte = [0];
        let nothing = tokio::select! {
            biased;
            _ = client.io.read(&mut byte) => false,
            () = std::future::ready(()) => true,
        };
        assert!(nothing && client.read.is_empty(), "{left:?}");
        go_on.notify_one();
    }
    client.expect("ok").await;

    // The end of the exchange is as good.
    let mut client = serve(|mut exchange| async move {
        apply(&mut exchange, [raw_more(&OK[..30]), raw_more(&OK[30..])]).await;
    });
    client.send(format!("{GET}{GET}")).await;
    client.expect(OK).await;
    client.expect(OK).await;
}

/// What is held is bounded: the rest of it is never written, and yet it comes.
#[tokio::test]
async fn no_more_than_a_bound_is_held() {
    let mut client = serve(|mut exchange| async move {
        apply(&mut exchange, (0..70).map(|_| raw_more(vec![b'x'; 1024]))).await;
        std::future::pending::<()>().await;
    });
    client.send(GET).await;
    client.expect(vec![b'x'; 64 * 1024]).await;
}

#[tokio::test]
async fn large_raw_pieces_keep_their_order() {
    let large = "x".repeat(300_000);
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 600003\r\n\r\n";
    let expected = format!("{head}{large}abc{large}");
    let ops = vec![
        raw_more(head),
        raw_more(large.clone()),
        raw_more("abc"),
        raw_more(large),
    ];
    crate::answers::written(GET, ops, &expected, true).await;
}

/// A watcher hears that the client closes, also in mid-answer.
#[tokio::test]
async fn the_clients_leaving_is_seen() {
    let (events, mut seen) = mpsc::unbounded_channel();
    let mut client = serve(move |mut exchange| {
        let events = events.clone();
        async move {
            apply(&mut exchange, [raw_more("HTTP/1.1 200 OK\r\n\r\nsome")]).await;
            while !matches!(exchange.next().await, Some(Event::End)) {}
            exchange.watch();
            let gone = exchange.next().await;
            events.send(matches!(gone, Some(Event::Gone))).unwrap();
            events.send(exchange.next().await.is_none()).unwrap();
        }
    });
    client.send(GET).await;
    client.expect("HTTP/1.1 200 OK\r\n\r\nsome").await;
    assert!(seen.try_recv().is_err());
    client.finish().await;
    assert!(seen.recv().await.unwrap());
    assert!(seen.recv().await.unwrap());
    assert!(client.closed().await.is_empty());
}

/// Requests that come while somebody watches are served afterwards, and the
/// watch ends where there are too many.
#[tokio::test]
async fn requests_that_come_meanwhile_are_served() {
    let (events, mut seen) = mpsc::unbounded_channel();
    let watching = Arc::new(Notify::new());
    let watches = watching.clone();
    let mut client = serve(move |mut exchange| {
        let (events, watches) = (events.clone(), watches.clone());
        async move {
            if exchange.head().method == "POST" {
                exchange.watch();
                while !matches!(exchange.next().await, Some(Event::End)) {}
                // A watch that is given up loses nothing.
                let given_up = tokio::select! {
                    biased;
                    _ = exchange.next() => false,
                    () = tokio::task::yield_now() => true,
                };
                assert!(given_up);
                watches.notify_one();
                events.send(exchange.next().await.is_none()).unwrap();
            }
            hello(exchange).await;
        }
    });
    client.send(format!("{POST}hello")).await;
    watching.notified().await;
    let behind = 64 * 1024 / GET.len() + 1;
    client.send(GET.repeat(behind)).await;
    assert!(seen.recv().await.unwrap());
    for _ in 0..=behind {
        assert_eq!(client.answer().await.body, b"hello");
    }
}
