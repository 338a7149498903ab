//! A head as bytes, and what may be in one (RFC 9112 §4, §5).

use std::io::Write;

use bytes::Bytes;

use super::syntax::{breaks_lines, is_token};
use crate::{Fields, WireError, reason_phrase};

/// A status line can be made of it, and the fields pass.
pub(super) fn check_head(
    status: u16,
    reason: Option<&Bytes>,
    fields: &Fields,
) -> Result<(), WireError> {
    if !(100..=999).contains(&status) {
        return Err(WireError::protocol(
            format!("status {status} is not of three digits"),
            "RFC 9112 §4",
        ));
    }
    if reason.is_some_and(|reason| breaks_lines(reason)) {
        return Err(WireError::protocol(
            "CR, LF or NUL in a reason phrase",
            "RFC 9112 §4",
        ));
    }
    check_fields(fields)
}

/// Names are tokens and values keep to their line.
pub(super) fn check_fields(fields: &Fields) -> Result<(), WireError> {
    for (name, value) in fields {
        if !is_token(name) {
            return Err(WireError::protocol(
                format!("field name \"{}\" is not a token", shown(name)),
                "RFC 9110 §5.1",
            ));
        }
        if breaks_lines(value) {
            return Err(WireError::protocol(
                format!("CR, LF or NUL in the value of {}", shown(name)),
                "RFC 9110 §5.5",
            ));
        }
    }
    Ok(())
}

/// The beginning of a name, for a message.
fn shown(name: &[u8]) -> impl std::fmt::Display {
    name[..name.len().min(64)].escape_ascii()
}

/// A status line, fields, and the lines that the connection adds. The version
/// is our own whatever the client's is (RFC 9110 §2.5).
pub(super) fn put_head(
    buffer: &mut Vec<u8>,
    status: u16,
    reason: Option<&Bytes>,
    fields: &Fields,
    added: &[&str],
) {
    let size: usize = fields.iter().map(|(n, v)| n.len() + v.len() + 4).sum();
    buffer.reserve(size + 128);
    buffer.extend_from_slice(b"HTTP/1.1 ");
    buffer.extend_from_slice(&[
        b'0' + (status / 100 % 10) as u8,
        b'0' + (status / 10 % 10) as u8,
        b'0' + (status % 10) as u8,
        b' ',
    ]);
    match reason {
        Some(reason) => buffer.extend_from_slice(reason),
        None => buffer.extend_from_slice(reason_phrase(status).as_bytes()),
    }
    buffer.extend_from_slice(b"\r\n");
    put_fields(buffer, fields);
    for line in added {
        buffer.extend_from_slice(line.as_bytes());
    }
    buffer.extend_from_slice(b"\r\n");
}

/// Field lines.
pub(super) fn put_fields(buffer: &mut Vec<u8>, fields: &Fields) {
    for (name, value) in fields {
        buffer.extend_from_slice(name);
        buffer.extend_from_slice(b": ");
        buffer.extend_from_slice(value);
        buffer.extend_from_slice(b"\r\n");
    }
}

/// A chunk-size line (RFC 9112 §7.1).
pub(super) fn put_size(buffer: &mut Vec<u8>, size: usize) {
    // Writing to a Vec cannot fail.
    let _ = write!(buffer, "{size:x}\r\n");
}
