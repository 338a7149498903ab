//! `.asis` files: a whole HTTP/1 response, byte for byte (wptserve's
//! `AsIsHandler`).

use std::path::Path;

use host_wire::{Exchange, Fields, Protocol, WireError, WireOp};

use crate::files::{Opened, Served};

/// Whether the file is written as it is.
pub(crate) fn is_asis(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b".asis")
}

/// Writes a file as the answer, to HEAD as well: as it is. The connection goes
/// on where the file is a complete response and closes where not. A file that
/// becomes shorter meanwhile ends in a reset.
///
/// # Errors
/// The client's leaving.
pub(crate) async fn serve(
    exchange: &mut Exchange,
    mut opened: Opened,
    raw: bool,
) -> Result<Served, WireError> {
    if exchange.head().protocol == Protocol::Http2 {
        let message = "an .asis file is an HTTP/1 response: it needs HTTP/1";
        exchange.refuse(500, Fields::new(), message).await?;
        return Ok(Served::empty(500));
    }
    if !raw {
        let message = "an .asis file is written raw, which the tenant has not been granted";
        exchange.refuse(403, Fields::new(), message).await?;
        return Ok(Served::empty(403));
    }
    let mut bytes = opened.first.take().unwrap_or_default();
    let served = Served {
        status: status(&bytes),
        bytes: opened.length,
    };
    loop {
        let more = opened.left > 0;
        exchange.apply(WireOp::RawBytes { bytes, more }).await?;
        if !more {
            return Ok(served);
        }
        (opened, bytes) = match opened.next().await {
            Ok(next) => next,
            Err(_) => return exchange.apply(WireOp::Abort).await.map(|_| served),
        };
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
