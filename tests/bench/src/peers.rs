//! What host is compared with: the same answer from bare libraries.

use std::future::poll_fn;

use anyhow::Result;
use bytes::Bytes;
use clap::ValueEnum;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// The body of every answer, as the hello example gives it.
pub(crate) const HELLO: &[u8] = b"Hello, world!\n";

/// A peer that this program serves itself.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// hyper's HTTP/1 server.
    Hyper,
    /// The h2 crate's server.
    H2,
}

/// Serves on a free port of loopback, printed as the first line.
pub(crate) fn serve(kind: Kind) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            println!("{}", listener.local_addr()?.port());
            loop {
                let (socket, _) = listener.accept().await?;
                socket.set_nodelay(true)?;
                match kind {
                    Kind::Hyper => drop(tokio::spawn(hyper_connection(socket))),
                    Kind::H2 => drop(tokio::spawn(h2_connection(socket))),
                }
            }
        })
}

/// The pieces of large bodies, as large as those of host's own handler.
const PIECE: usize = 64 * 1024;

/// The size of the body that `?down=N` asks for.
fn asked(uri: &http::Uri) -> Option<usize> {
    uri.query()?.strip_prefix("down=")?.parse().ok()
}

async fn hyper_connection(socket: TcpStream) -> Result<(), hyper::Error> {
    let answer = service_fn(async |request: http::Request<Incoming>| {
        let down = asked(request.uri());
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            frame?;
        }
        let head = http::Response::builder().header("content-type", "text/plain");
        let response = match down {
            None => head.body(Full::new(Bytes::from_static(HELLO)).boxed()),
            Some(bytes) => {
                let pieces = (0..bytes).step_by(PIECE).map(move |sent| {
                    let piece = vec![b'x'; PIECE.min(bytes - sent)];
                    Ok(Frame::data(Bytes::from(piece)))
                });
                let body = StreamBody::new(futures_util::stream::iter(pieces));
                head.header("content-length", bytes).body(body.boxed())
            }
        };
        Ok::<_, hyper::Error>(response.expect("these parts are valid"))
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket), answer)
        .await
}

async fn h2_connection(socket: TcpStream) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(socket).await?;
    while let Some(request) = connection.accept().await {
        let (request, respond) = request?;
        tokio::spawn(h2_answer(request, respond));
    }
    Ok(())
}

async fn h2_answer(
    request: http::Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<Bytes>,
) -> Result<(), h2::Error> {
    let down = asked(request.uri());
    let mut upload = request.into_body();
    while let Some(piece) = upload.data().await {
        let taken = piece?.len();
        upload.flow_control().release_capacity(taken)?;
    }
    let head = http::Response::builder()
        .header("content-type", "text/plain")
        .header("content-length", down.unwrap_or(HELLO.len()))
        .body(())
        .expect("these parts are valid");
    let mut body = respond.send_response(head, false)?;
    let Some(bytes) = down else {
        return body.send_data(Bytes::from_static(HELLO), true);
    };
    for sent in (0..bytes).step_by(PIECE) {
        let mut piece = Bytes::from(vec![b'x'; PIECE.min(bytes - sent)]);
        let last = sent + piece.len() == bytes;
        while !piece.is_empty() {
            body.reserve_capacity(piece.len());
            let Some(room) = poll_fn(|cx| body.poll_capacity(cx)).await else {
                return Ok(());
            };
            let part = piece.split_to(room?.min(piece.len()));
            let end = last && piece.is_empty();
            body.send_data(part, end)?;
        }
    }
    Ok(())
}
