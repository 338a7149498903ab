//! A whole HTTP/2 connection, its client made of any bytes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use super::steps::{Given, Step, Steps};
use super::{Answers, info, run};
use crate::detect::PREFACE;
use crate::h2::fuzz::Reader;
use crate::{Event, Exchange, Fields, Limits, Negotiated, WireOp, serve_connection};

/// Bytes that the pipe holds in each direction.
const PIPE: usize = 64 * 1024;

/// What a connection's exchanges do, by the input's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Read all, then answer.
    Read,
    /// Send back what comes.
    Echo,
    /// Answer at once and read nothing.
    Early,
    /// Neither read nor answer until the client leaves.
    Hold,
    /// Give up at once.
    Drop,
}

/// Runs a connection. It ends by itself; every report has its rule; no exchange
/// outlives it; what it sends is frames whose field blocks decode, on streams
/// that have not ended, within the client's windows; and as long as handlers
/// read, the connection's window is given back.
pub fn http2(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let manner = match first % 5 {
        0 => Manner::Read,
        1 => Manner::Echo,
        2 => Manner::Early,
        3 => Manner::Hold,
        _ => Manner::Drop,
    };
    // A client that does not read for as long as it sends.
    let deaf = first & 0x40 != 0;
    run(connection(manner, deaf, Steps::new(rest)));
}

async fn connection(manner: Manner, deaf: bool, mut steps: Steps<'_>) {
    let service = Answers::new(move |x| answer(manner, x));
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let (_drain, drains) = watch::channel(false);
    let limits = Arc::new(Limits {
        concurrent_streams: 8,
        connection_window: 1 << 17,
        ..Limits::default()
    });
    let window = limits.connection_window;
    let server = serve_connection(
        theirs,
        info(),
        Negotiated::Http2,
        limits,
        Arc::clone(&service),
        drains,
    );
    let server = tokio::spawn(server);
    let (mut read, mut write) = tokio::io::split(ours);
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let reading = tokio::spawn(async move {
        if deaf {
            let _ = wait.await;
        }
        let mut said = Vec::new();
        read.read_to_end(&mut said).await.expect("a pipe");
        said
    });
    let _ = write.write_all(PREFACE).await;
    let _ = write.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
    while let Some(step) = steps.next() {
        match step {
            // The server may have ended the connection.
            Step::Send(bytes) => drop(write.write_all(&bytes).await),
            Step::Wait(time) => tokio::time::sleep(Duration::from_millis(time)).await,
            Step::Yield => tokio::task::yield_now().await,
        }
    }
    drop(go);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let _ = write.shutdown().await;
    let said = reading.await.expect("a reader");
    let ended = server.await.expect("no panic");
    // A client that leaves in the middle is the socket's error at most.
    drop(ended);
    while *service.at_work.lock() > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    service.check_violations();
    let refused = !service.violations.lock().is_empty();
    let reads = matches!(manner, Manner::Read | Manner::Early | Manner::Drop);
    let back = check(&said, &steps.given);
    if reads && !refused && !deaf && !steps.given.wild {
        let missing = steps.given.content.saturating_sub(back);
        assert!(
            missing <= u64::from(window / 2),
            "{missing} bytes of window"
        );
    }
}

/// Checks what the server has sent; answers the increments of the connection's
/// window beyond the first, which makes it as large as it is to be.
fn check(mut said: &[u8], given: &Given) -> u64 {
    let mut reader = Reader::new();
    let mut ended = HashMap::new();
    let (mut content, mut back) = (0_u64, 0_u64);
    let (mut pings, mut settings) = (0, 0);
    let mut first = true;
    while let Some((head, rest)) = said.split_first_chunk::<9>() {
        let [l0, l1, l2, kind, flags, s0, s1, s2, s3] = *head;
        let length = u32::from_be_bytes([0, l0, l1, l2]) as usize;
        let stream = u32::from_be_bytes([s0, s1, s2, s3]);
        if rest.len() < length {
            // The client left within a frame.
            break;
        }
        let (payload, rest) = rest.split_at(length);
        said = rest;
        assert!(length <= 16_384 || given.wild, "a frame of {length}");
        assert!(!first || (kind, flags) == (4, 0), "SETTINGS come first");
        first = false;
        let over = ended.get(&stream).copied().unwrap_or(false);
        match kind {
            0 => {
                assert!(!over, "DATA on stream {stream}, which has ended");
                content += length as u64;
            }
            1 => {
                assert!(!over, "HEADERS on stream {stream}, which has ended");
                assert!(flags & 0x4 != 0, "these answers fit one frame");
                let fields = reader.read(payload);
                assert_eq!(&fields[0].0[..], b":status");
            }
            // A client that goes on may be told again (§5.4.2).
            3 => {}
            4 => settings += usize::from(flags & 1),
            6 => pings += usize::from(flags & 1),
            7 => assert!(payload.len() >= 8),
            8 if stream == 0 => {
                let by = payload.try_into().expect("four bytes");
                back += u64::from(u32::from_be_bytes(by));
            }
            8 => {}
            _ => panic!("a frame of type {kind}"),
        }
        if kind == 3 || (kind <= 1 && flags & 1 != 0) {
            // RST_STREAM(NO_ERROR) may follow an answer's end (§8.1).
            ended.insert(stream, kind == 3 || over);
        }
    }
    if !given.wild {
        assert!(pings <= given.pings && settings <= given.settings + 1);
        assert!(content <= 65_535 + given.connection_window);
    }
    back.saturating_sub((1 << 17) - 65_535)
}

async fn answer(manner: Manner, mut x: Exchange) {
    let head = |end| WireOp::WriteHeaders {
        stream: None,
        status: 200,
        reason: None,
        fields: [("x-a", "b")]
            .into_iter()
            .fold(Fields::new(), |mut all, (n, v)| {
                all.append(n, v);
                all
            }),
        end,
    };
    let body = |data: Bytes, end| WireOp::WriteData {
        stream: None,
        data,
        end,
    };
    match manner {
        Manner::Drop => drop(x),
        Manner::Early => drop(x.apply(head(true)).await),
        Manner::Hold => drop(x.gone().await),
        Manner::Read => {
            while x.next().await.is_some() {}
            drop(x.apply(head(true)).await);
        }
        Manner::Echo => {
            if x.apply(head(false)).await.is_err() {
                return;
            }
            while let Some(event) = x.next().await {
                let sent = match event {
                    Event::Data(frame) => x.apply(body(frame.data, false)).await,
                    Event::End => x.apply(body(Bytes::new(), true)).await,
                    _ => continue,
                };
                if sent.is_err() {
                    return;
                }
            }
        }
    }
}
