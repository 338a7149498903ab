//! An HTTP/2 client that goes to another connection when it is sent away.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use h2::client;
use http::Request;
use tokio::net::TcpStream;

/// Connections that are tried.
const CONNECTIONS: usize = 3;

/// What went wrong.
#[derive(Debug)]
pub enum Error {
    /// There is no connection.
    Connect(io::Error),
    /// The server, or what is between, has ended the stream or the connection.
    Http2(h2::Error),
}

/// The body of a page. A server that is about to restart says GOAWAY; what it has not
/// answered by then may be asked elsewhere (RFC 9113 §6.8).
///
/// # Errors
/// See [`Error`]; a GOAWAY only if there is no end of them.
pub async fn get(server: SocketAddr, path: &str) -> Result<String, Error> {
    let mut tried = 1;
    loop {
        let socket = TcpStream::connect(server).await.map_err(Error::Connect)?;
        match get_by(socket, &format!("http://{server}{path}")).await {
            Err(error) if error.is_go_away() && tried < CONNECTIONS => tried += 1,
            other => return other.map_err(Error::Http2),
        }
    }
}

async fn get_by(socket: TcpStream, url: &str) -> Result<String, h2::Error> {
    let (sender, connection) = client::handshake(socket).await?;
    let connection = tokio::spawn(connection);
    let request = Request::get(url).body(());
    let request = request.map_err(|_| h2::Error::from(h2::Reason::PROTOCOL_ERROR))?;
    let (response, _) = sender.ready().await?.send_request(request, true)?;
    let mut content = response.await?.into_body();
    let mut text = Vec::new();
    while let Some(piece) = content.data().await {
        let piece: Bytes = piece?;
        text.extend_from_slice(&piece);
        content.flow_control().release_capacity(piece.len())?;
    }
    connection.abort();
    Ok(String::from_utf8_lossy(&text).into_owned())
}
