//! What host is compared with: the same answer from bare libraries.

use std::convert::Infallible;

use anyhow::Result;
use bytes::Bytes;
use clap::ValueEnum;
use http_body_util::Full;
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

async fn hyper_connection(socket: TcpStream) -> Result<(), hyper::Error> {
    let hello = service_fn(async |_| {
        Ok::<_, Infallible>(
            http::Response::builder()
                .header("content-type", "text/plain")
                .body(Full::new(Bytes::from_static(HELLO)))
                .expect("these parts are valid"),
        )
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket), hello)
        .await
}

async fn h2_connection(socket: TcpStream) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(socket).await?;
    while let Some(request) = connection.accept().await {
        let (_, mut respond) = request?;
        tokio::spawn(async move {
            let head = http::Response::builder()
                .header("content-type", "text/plain")
                .header("content-length", HELLO.len())
                .body(())
                .expect("these parts are valid");
            let mut body = respond.send_response(head, false)?;
            body.send_data(Bytes::from_static(HELLO), true)
        });
    }
    Ok(())
}
