//! How long a request's body is (RFC 9112 §6.3). Everything that two readers
//! could take for different lengths is refused: request smuggling.

use super::refused::Refused;
use super::syntax::items;
use crate::{Fields, Protocol, content};

/// How the end of a request's body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// So many bytes; 0 when there is no body.
    Bytes(u64),
    /// By the last chunk (RFC 9112 §7.1).
    Chunked,
}

impl Length {
    /// The length that the head announces.
    pub(super) fn of_request(protocol: Protocol, fields: &Fields) -> Result<Self, Refused> {
        let length = content_length(fields)?;
        if !fields.contains("transfer-encoding") {
            return Ok(Self::Bytes(length.unwrap_or(0)));
        }
        if length.is_some() {
            return Err(Refused::malformed(
                "both Transfer-Encoding and Content-Length",
                "RFC 9112 §6.3",
            ));
        }
        if protocol == Protocol::Http10 {
            return Err(Refused::malformed(
                "Transfer-Encoding in HTTP/1.0",
                "RFC 9112 §6.1",
            ));
        }
        chunked_alone(fields)?;
        Ok(Self::Chunked)
    }
}

/// The value of `Content-Length`.
fn content_length(fields: &Fields) -> Result<Option<u64>, Refused> {
    content::length(fields).map_err(|what| Refused::malformed(what, "RFC 9112 §6.3"))
}

/// Whether `chunked` is the last transfer coding.
pub(super) fn ends_chunked(fields: &Fields) -> bool {
    let codings = fields.get_all("transfer-encoding").flat_map(|v| items(v));
    codings.last().is_some_and(is_chunked)
}

/// Checks that `chunked` is the only coding. No other is known here.
fn chunked_alone(fields: &Fields) -> Result<(), Refused> {
    if !ends_chunked(fields) {
        return Err(Refused::malformed(
            "the last transfer coding is not chunked",
            "RFC 9112 §6.3",
        ));
    }
    let codings = || fields.get_all("transfer-encoding").flat_map(|v| items(v));
    if codings().filter(|coding| is_chunked(coding)).count() > 1 {
        return Err(Refused::malformed(
            "chunked is applied twice",
            "RFC 9112 §6.1",
        ));
    }
    if codings().count() > 1 {
        return Err(Refused::new(
            501,
            "a transfer coding other than chunked",
            "RFC 9112 §6.1",
        ));
    }
    Ok(())
}

fn is_chunked(coding: &[u8]) -> bool {
    coding.eq_ignore_ascii_case(b"chunked")
}
