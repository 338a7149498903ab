//! Connections that fail on purpose before there is a request, as a test's mocks
//! ask for it ([`host_mock::ConnectionFault`]).

use std::io;
use std::time::Duration;

use host_mock::ConnectionFault;
use host_wire::Drain;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// TLS's record of alerts (RFC 8446 §5.1).
const ALERT: u8 = 21;
/// The version that records name (RFC 8446 §5.1).
const LEGACY_VERSION: [u8; 2] = [3, 3];
/// Of an alert (RFC 8446 §6).
const FATAL: u8 = 2;
/// The head of a record, in bytes.
const RECORD_HEAD: usize = 5;
/// What is read of a client that stalls, at a time.
const READ: usize = 4 * 1024;

/// Lets a connection fail. `wait`: how long a client may take to send what is
/// answered.
///
/// # Errors
/// The socket's own.
pub(crate) async fn fail(
    mut socket: TcpStream,
    fault: ConnectionFault,
    is_tls: bool,
    wait: Duration,
    mut drain: Drain,
) -> io::Result<()> {
    tracing::debug!(?fault, "the connection fails, as was asked for");
    match fault {
        ConnectionFault::Reset => socket.set_zero_linger(),
        ConnectionFault::Stall => {
            let left = async {
                let mut read = [0; READ];
                while socket.read(&mut read).await? > 0 {}
                Ok(())
            };
            tokio::select! {
                left = left => left,
                _ = drain.wait_for(|stop| *stop) => Ok(()),
            }
        }
        ConnectionFault::TlsAlert { alert } if is_tls => {
            tokio::select! {
                hello = timeout(wait, read_record(&mut socket)) => hello.map_err(io::Error::from)??,
                _ = drain.wait_for(|stop| *stop) => return Ok(()),
            }
            let [major, minor] = LEGACY_VERSION;
            let record = [ALERT, major, minor, 0, 2, FATAL, alert];
            socket.write_all(&record).await?;
            socket.shutdown().await
        }
        // Close, and what a later version may bring.
        _ => socket.shutdown().await,
    }
}

/// Reads a record, so that what answers it is not lost in a reset.
async fn read_record(socket: &mut TcpStream) -> io::Result<()> {
    let mut head = [0; RECORD_HEAD];
    socket.read_exact(&mut head).await?;
    let [.., high, low] = head;
    let mut payload = vec![0; usize::from(u16::from_be_bytes([high, low]))];
    socket.read_exact(&mut payload).await?;
    Ok(())
}
