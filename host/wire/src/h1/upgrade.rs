//! HTTP/1.1's upgrade to HTTP/2 over cleartext (RFC 7540 §3.2; RFC 9113 §3.1
//! dropped it, clients still use it).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;

use super::framing::Length;
use super::head::Request;
use crate::{Head, Protocol, h2};

/// The answer that begins HTTP/2.
pub(super) const SWITCHING: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

/// Whether a request asks to go on in HTTP/2, in due form: otherwise it is
/// answered in HTTP/1, as the specification leaves to the server. One with a
/// body is, too: its bytes would have to be read before the first frame.
pub(super) fn h2c(request: &Request) -> Option<h2::Upgraded> {
    let head = &request.head;
    let fields = &head.fields;
    let mut settings = fields.get_all("http2-settings");
    let (Some(encoded), None) = (settings.next(), settings.next()) else {
        return None;
    };
    let asked = head.protocol == Protocol::Http11
        && head.connection.tls.is_none()
        && request.length == Length::Bytes(0)
        && (head.target.starts_with(b"/") || head.target == "*")
        && fields.has_token("upgrade", "h2c")
        && fields.has_token("connection", "upgrade")
        && fields.has_token("connection", "http2-settings");
    if !asked {
        return None;
    }
    let settings = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    // A SETTINGS payload is a list of six-byte entries (RFC 9113 §6.5.1).
    if settings.len() % 6 != 0 {
        return None;
    }
    Some(h2::Upgraded {
        settings: Bytes::from(settings),
        head: Head {
            protocol: Protocol::Http2,
            stream_id: 1,
            ..head.clone()
        },
    })
}
