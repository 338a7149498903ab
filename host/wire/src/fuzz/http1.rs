//! An HTTP/1 connection: heads and bodies of any bytes.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use super::{Answers, info, run};
use crate::{Event, Exchange, Fields, Limits, Negotiated, WireOp, serve_connection};

/// Bytes that the pipe holds in each direction.
const PIPE: usize = 64 * 1024;

/// What a connection was seen to be.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    requests: Vec<Request>,
    /// How often something was refused. Which rule is named, of those that a
    /// head breaks, may depend on what of it came first.
    refused: usize,
    /// How many responses were sent.
    responses: usize,
}

/// A request: its target and fields, its content, its trailers, and whether it
/// came to its end.
type Request = (Vec<u8>, Fields, Vec<u8>, Option<Fields>, bool);

/// Runs a connection: it ends by itself, every report has its rule, what is
/// sent are responses, and the bytes mean the same however they arrive. The
/// first byte says in what pieces.
pub fn http1(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let size = usize::from(*first % 32) + 1;
    let whole = run(connection(rest, rest.len().max(1)));
    let pieces = run(connection(rest, size));
    assert_eq!(whole, pieces, "in pieces of {size}");
}

async fn connection(bytes: &[u8], size: usize) -> Seen {
    let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
    let keep = Arc::clone(&requests);
    let service = Answers::new(move |x| answer(x, Arc::clone(&keep)));
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let (_drain, drains) = watch::channel(false);
    let server = tokio::spawn(serve_connection(
        theirs,
        info(),
        Negotiated::Http1,
        Arc::new(Limits::default()),
        Arc::clone(&service),
        drains,
    ));
    let (mut read, mut write) = tokio::io::split(ours);
    let reading = tokio::spawn(async move {
        let mut said = Vec::new();
        read.read_to_end(&mut said).await.expect("a pipe");
        said
    });
    for piece in bytes.chunks(size) {
        // The server may have ended the connection.
        let _ = write.write_all(piece).await;
        tokio::task::yield_now().await;
    }
    // What can be answered is, before the client leaves.
    tokio::time::sleep(Duration::from_millis(1)).await;
    let _ = write.shutdown().await;
    let said = reading.await.expect("a reader");
    drop(server.await.expect("no panic"));
    service.check_violations();
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 "));
    let said = String::from_utf8_lossy(&said);
    let statuses = said.lines().filter(|line| line.starts_with("HTTP/1.1 "));
    Seen {
        requests: requests.lock().clone(),
        refused: service.violations.lock().len(),
        responses: statuses.count(),
    }
}

/// Reads all of a request, then says that there is nothing to say.
async fn answer(mut x: Exchange, requests: Arc<Mutex<Vec<Request>>>) {
    let target = x.head().target.to_vec();
    let mut request = (target, x.head().fields.clone(), Vec::new(), None, false);
    while let Some(event) = x.next().await {
        match event {
            Event::Data(frame) => request.2.extend_from_slice(&frame.data),
            Event::Trailers(frame) => request.3 = Some(frame.fields),
            Event::End => request.4 = true,
            _ => {}
        }
    }
    requests.lock().push(request);
    let head = WireOp::WriteHeaders {
        stream: None,
        status: 204,
        reason: None,
        fields: Fields::new(),
        end: true,
    };
    drop(x.apply(head).await);
}
