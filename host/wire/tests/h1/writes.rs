//! How writes leave: held, flushed, large, cancelled, given up.

use host_wire::{Event, WireError, WireOp};

use crate::answers::written;
use crate::harness::{END, apply, serve, write_data, write_headers};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// The head leaves with the first piece, or alone when it is asked to.
#[tokio::test]
async fn the_head_is_held_until_it_is_flushed() {
    let flushed = std::sync::Arc::new(tokio::sync::Notify::new());
    let go_on = flushed.clone();
    let mut client = serve(move |mut exchange| {
        let go_on = go_on.clone();
        async move {
            apply(
                &mut exchange,
                [write_headers(200, &[], false), WireOp::Flush],
            )
            .await;
            go_on.notified().await;
            apply(&mut exchange, [WireOp::Flush, END, WireOp::Flush]).await;
        }
    });
    client.send(GET).await;
    assert_eq!(client.head().await.status, 200);
    flushed.notify_one();
    client.expect("0\r\n\r\n").await;
}

#[tokio::test]
async fn an_answer_that_is_given_up_ends_the_connection() {
    let reset = WireOp::Reset {
        stream: None,
        code: 8,
    };
    let partial = || vec![write_headers(200, &[], false), write_data("x", false)];
    let written = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    let short = || {
        vec![
            write_headers(200, &[("Content-Length", "5")], false),
            write_data("x", false),
        ]
    };
    let cases = vec![
        (vec![], ""),
        (vec![write_headers(200, &[], false)], ""),
        (partial(), written),
        (short(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx"),
        (vec![reset.clone()], ""),
        ([partial(), vec![reset]].concat(), written),
    ];
    for (ops, expected) in cases {
        let mut client = serve(move |mut exchange| {
            let ops = ops.clone();
            async move {
                let reset = matches!(ops.last(), Some(WireOp::Reset { .. }));
                apply(&mut exchange, ops).await;
                if reset {
                    assert!(exchange.progress().ended);
                    assert_eq!(exchange.apply(END).await, Err(WireError::Gone));
                    assert!(matches!(exchange.next().await, Some(Event::Headers(_))));
                    assert!(matches!(exchange.next().await, Some(Event::Gone)));
                    assert!(exchange.next().await.is_none());
                }
            }
        });
        client.send(GET).await;
        client.expect(expected).await;
        assert!(client.closed().await.is_empty());
    }
}

#[tokio::test]
async fn large_pieces_are_written_whole() {
    let large: String = (0..200_000)
        .map(|i| char::from(b'a' + (i % 26) as u8))
        .collect();
    let ops = vec![
        write_headers(200, &[], false),
        write_data("small", false),
        write_data(large.clone(), false),
        write_data(large.clone(), true),
    ];
    let expected = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsmall\r\n30d40\r\n{large}\r\n30d40\r\n{large}\r\n0\r\n\r\n"
    );
    written(GET, ops, &expected, true).await;
}

/// A write that is given up half way (a deadline) leaves its bytes, and those
/// of what is written next come behind them.
#[tokio::test]
async fn order_holds_when_a_write_is_cancelled() {
    let server = crate::harness::Server {
        pipe: 64,
        ..Default::default()
    };
    let mut client = server.serve(|mut exchange| async move {
        apply(&mut exchange, [write_headers(200, &[], false)]).await;
        let large = "x".repeat(100_000);
        tokio::select! {
            biased;
            _ = exchange.apply(write_data(large, false)) => panic!("nobody reads"),
            () = tokio::task::yield_now() => {}
        }
        apply(&mut exchange, [write_data("y", true)]).await;
    });
    client.send(GET).await;
    let answer = client.answer().await;
    assert_eq!(answer.body.len(), 100_001);
    assert!(answer.body.ends_with(b"xy"));
}
