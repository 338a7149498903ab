//! A socket whose first bytes are kept: the ClientHello, which rustls does not
//! show as it was.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes that are kept: the largest record of TLS (RFC 8446 §5.1) with its
/// head, and as much again for a ClientHello in several. Browsers send 2 KiB.
const ROOM: usize = 2 * (16 * 1024 + 5);

/// See the module.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) socket: TcpStream,
    read: Option<FirstBytes>,
}

/// What was read, for whoever outlives the handshake.
pub(crate) type FirstBytes = Arc<Mutex<Vec<u8>>>;

impl Recorded {
    /// Keeps what is read in `read`, as far as there is room, while somebody
    /// else holds that.
    pub(crate) fn new(socket: TcpStream, read: Option<FirstBytes>) -> Self {
        Self { socket, read }
    }
}

impl AsyncRead for Recorded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buffer))?;
        if let Some(read) = &self.read {
            if Arc::strong_count(read) == 1 {
                self.read = None;
                return Poll::Ready(Ok(()));
            }
            let mut read = read.lock();
            let new = &buffer.filled()[before..];
            let room = ROOM - read.len();
            read.extend_from_slice(&new[..new.len().min(room)]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Recorded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
