//! Which protocol a connection speaks.

use std::io;

use crate::Limits;
use crate::socket::{Arrival, Socket};

/// What every HTTP/2 client sends first (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What is known of a connection's protocol before its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negotiated {
    /// Nothing. The first bytes of plaintext tell; TLS without ALPN is HTTP/1.
    Nothing,
    /// ALPN chose `http/1.1`.
    Http1,
    /// ALPN chose `h2`.
    Http2,
}

/// What the first bytes told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// Anything but HTTP/2's preface; HTTP/1 will say if it is not that either.
    Http1,
    /// HTTP/2's preface, which stays in the buffer.
    Http2,
    /// Nothing, until the client left, its time for a head was up, or the
    /// server wanted to stop.
    Nothing,
}

/// Reads until the first bytes tell. They stay in the buffer, and the alarm
/// goes on: it is set for the whole of the first head.
pub(crate) async fn spoken(socket: &mut Socket, limits: &Limits) -> io::Result<Spoken> {
    loop {
        if let Some(spoken) = of_first_bytes(&socket.read) {
            return Ok(spoken);
        }
        if socket.read.is_empty() {
            if socket.fill_idle(limits.head_timeout).await? != Arrival::Bytes {
                return Ok(Spoken::Nothing);
            }
        } else if socket.fill(PREFACE.len(), limits.head_timeout).await? != Arrival::Bytes {
            // Part of a preface is part of a head, too, and refused as one.
            return Ok(Spoken::Http1);
        }
    }
}

/// `None` while both are possible.
fn of_first_bytes(read: &[u8]) -> Option<Spoken> {
    if read.starts_with(PREFACE) {
        Some(Spoken::Http2)
    } else if PREFACE.starts_with(read) {
        None
    } else {
        Some(Spoken::Http1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preface_is_told_from_the_first_byte_that_differs() {
        for len in 0..PREFACE.len() {
            assert_eq!(of_first_bytes(&PREFACE[..len]), None);
            let mut other = PREFACE[..=len].to_vec();
            other[len] ^= 0x20;
            assert_eq!(of_first_bytes(&other), Some(Spoken::Http1), "byte {len}");
        }
        let more = [PREFACE, &b"\0\0\0\x04"[..]].concat();
        assert_eq!(of_first_bytes(&more), Some(Spoken::Http2));
    }
}
