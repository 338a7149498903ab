//! `.asis` files: a whole HTTP/1 response, byte for byte (wptserve's
//! `AsIsHandler`).

use std::path::Path;

use bytes::Bytes;
use host_wire::{Exchange, Protocol, WireError, WireOp};

use crate::refusal::Refusal;
use crate::template::Context;
use crate::{Body, Piece, Served};

/// Whether the file is written as it is.
pub(crate) fn is_asis(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b".asis")
}

/// Refuses where raw bytes are not to be written.
pub(crate) fn check(context: &Context) -> Result<(), Refusal> {
    if context.head.protocol == Protocol::Http2 {
        return Err(Refusal::AsIsProtocol);
    }
    if !context.site.raw {
        return Err(Refusal::AsIsGrant);
    }
    Ok(())
}

/// Writes a file as the answer, to HEAD as well: as it is. The connection goes
/// on where the file is a complete response and closes where not. A file that
/// becomes shorter meanwhile ends in a reset.
///
/// # Errors
/// The client's leaving.
pub(crate) async fn send(mut body: Body, exchange: &mut Exchange) -> Result<Served, WireError> {
    let mut served = Served {
        status: None,
        bytes: 0,
    };
    loop {
        let bytes = match body.next().await {
            Ok(Some(Piece::Data(bytes))) => bytes,
            Ok(None) => Bytes::new(),
            // A file has no pauses.
            Ok(Some(Piece::Pause(_))) | Err(_) => {
                return exchange.apply(WireOp::Abort).await.map(|_| served);
            }
        };
        if served.bytes == 0 {
            served.status = status(&bytes);
        }
        served.bytes += bytes.len() as u64;
        let more = body.length() != Some(0);
        exchange.apply(WireOp::RawBytes { bytes, more }).await?;
        if !more {
            return Ok(served);
        }
    }
}

/// The status, for the log, if there is a status line (RFC 9112 §4).
fn status(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_the_status_line() {
        assert_eq!(status(b"HTTP/1.1 418 Teapot\r\n"), Some(418));
        for bytes in [&b""[..], b"HTTP/1.1 4", b"hello", b"HTTP/1.1 x00"] {
            assert_eq!(status(bytes), None);
        }
    }

    #[test]
    fn it_is_the_name_that_says_so() {
        for (name, expected) in [
            ("a.asis", true),
            (".asis", true),
            ("a.html.asis", true),
            ("a.asis.html", false),
            ("a.ASIS", false),
        ] {
            assert_eq!(is_asis(Path::new(name)), expected, "{name}");
        }
    }
}
