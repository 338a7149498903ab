//! The fields of an answer: checked, then encoded.

use super::field::{is_connection_specific, valid_name, valid_value};
use super::hpack::{Encoder, Indexing, field_size};
use super::limits::SENT_FIELDS;
use crate::{Fields, WireError};

/// Checks what a handler wants to send by RFC 9113 §8.2; case is forgiven,
/// for it will be lowered.
pub(super) fn check(fields: &Fields) -> Result<(), WireError> {
    let mut size = 0;
    for (name, value) in fields {
        size += field_size(name, value);
        if name.first() == Some(&b':') {
            let name = name.escape_ascii();
            let what = match name.to_string().as_str() {
                ":status" => "“:status” is given twice".to_owned(),
                name => format!("no answer has “{name}”"),
            };
            return Err(WireError::protocol(what, "RFC 9113 §8.3"));
        }
        let lowered;
        let name = match name.iter().any(u8::is_ascii_uppercase) {
            true => {
                lowered = name.to_ascii_lowercase();
                &lowered[..]
            }
            false => &name[..],
        };
        let te = name == b"te" && !value.eq_ignore_ascii_case(b"trailers");
        let (section, wrong) = if !valid_name(name) {
            ("RFC 9113 §8.2.1", "is no name of a field")
        } else if !valid_value(value) {
            ("RFC 9113 §8.2.1", "has a value that no field may have")
        } else if te || is_connection_specific(name) {
            ("RFC 9113 §8.2.2", "belongs to HTTP/1's connections")
        } else {
            continue;
        };
        let what = format!("“{}” {wrong}", name.escape_ascii());
        return Err(WireError::protocol(what, section));
    }
    if size > SENT_FIELDS {
        let what = format!("the fields take {size} bytes; at most {SENT_FIELDS} are sent");
        return Err(WireError::protocol(what, "RFC 9113 §10.5.1"));
    }
    Ok(())
}

/// Appends the block of an answer's head, or of trailers if there is no status.
pub(super) fn encode(
    encoder: &mut Encoder,
    status: Option<u16>,
    fields: &Fields,
    out: &mut Vec<u8>,
) {
    encoder.begin(out);
    if let Some(status) = status {
        let digit = |place: u16| b'0' + (status / place % 10) as u8;
        let digits = [digit(100), digit(10), digit(1)];
        encoder.field(b":status", &digits, Indexing::Incremental, out);
    }
    for (name, value) in fields {
        if name.iter().any(u8::is_ascii_uppercase) {
            let name = name.to_ascii_lowercase();
            encoder.field(&name, value, indexing(&name), out);
        } else {
            encoder.field(name, value, indexing(name), out);
        }
    }
}

/// How a field is best sent (RFC 7541 §6.2, §7.1.3).
fn indexing(name: &[u8]) -> Indexing {
    match name {
        // Secrets: indexing lets an attacker guess at them.
        b"set-cookie" | b"cookie" | b"authorization" | b"proxy-authorization" => Indexing::Never,
        // Values that seldom come twice.
        b"content-length" | b"content-range" | b"etag" | b"last-modified" | b"location"
        | b"age" => Indexing::Stateless,
        _ => Indexing::Incremental,
    }
}
