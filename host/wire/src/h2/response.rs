//! The fields of an answer: checked, then encoded.

use super::field::{is_connection_specific, valid_name, valid_value};
use super::hpack::{Encoder, field_size};
use super::limits::SENT_FIELDS;
use crate::{Coding, Fields, Indexing, WireError};

/// Checks what a handler wants to send by RFC 9113 §8.2; case is forgiven,
/// for it will be lowered.
pub(super) fn check(fields: &Fields) -> Result<(), WireError> {
    for (name, value) in fields {
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
    check_size(fields)
}

/// Checks what is to be the fields of an HTTP/2 answer before anything of it is
/// written, by the rules that the operations for it keep to.
///
/// # Errors
/// [`WireError::Protocol`], with the rule that they break.
pub fn check_fields(fields: &Fields) -> Result<(), WireError> {
    check(fields)
}

/// Checks that a handler's fields are not too many.
pub(super) fn check_size(fields: &Fields) -> Result<(), WireError> {
    let sizes = fields.iter().map(|(name, value)| field_size(name, value));
    let size: usize = sizes.sum();
    if size > SENT_FIELDS {
        let what = format!("the fields take {size} bytes; at most {SENT_FIELDS} are sent");
        return Err(WireError::protocol(what, "RFC 9113 §10.5.1"));
    }
    Ok(())
}

/// How a block is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub coding: Coding,
    /// The dynamic table is left alone: the block may leave before others that
    /// were encoded earlier, or behind some that change the table, or not at all.
    pub stateless: bool,
    pub updates: Updates,
}

/// What becomes of the size updates that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Updates {
    /// The block says them.
    Said,
    /// It says them, and so does the next, since nobody knows what comes first.
    Repeated,
    /// They are left to the next block.
    Left,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            coding: Coding::default(),
            stateless: false,
            updates: Updates::Said,
        }
    }
}

/// Appends the block of an answer's head, or of trailers if there is no
/// status. Names are lowered.
pub(super) fn encode(
    encoder: &mut Encoder,
    style: Style,
    status: Option<u16>,
    fields: &Fields,
    out: &mut Vec<u8>,
) {
    begin(encoder, style, out);
    if let Some(status) = status {
        let digit = |place: u16| b'0' + (status / place % 10) as u8;
        let digits = [digit(100), digit(10), digit(1)];
        field(encoder, style, b":status", &digits, out);
    }
    for (name, value) in fields {
        if name.iter().any(u8::is_ascii_uppercase) {
            field(encoder, style, &name.to_ascii_lowercase(), value, out);
        } else {
            field(encoder, style, name, value, out);
        }
    }
}

/// Appends a block of these fields as they are.
pub(super) fn encode_raw(encoder: &mut Encoder, style: Style, fields: &Fields, out: &mut Vec<u8>) {
    begin(encoder, style, out);
    for (name, value) in fields {
        field(encoder, style, name, value, out);
    }
}

fn begin(encoder: &mut Encoder, style: Style, out: &mut Vec<u8>) {
    match style.updates {
        Updates::Said => encoder.begin(out),
        Updates::Repeated => encoder.updates(out),
        Updates::Left => {}
    }
}

fn field(encoder: &mut Encoder, style: Style, name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    let Coding { indexing, huffman } = style.coding;
    let large = indexing.is_none() && encoder.is_large(name, value);
    let indexing = match indexing.unwrap_or_else(|| usual(name)) {
        Indexing::Incremental if style.stateless || large => Indexing::Without,
        indexing => indexing,
    };
    encoder.field(name, value, indexing, huffman, out);
}

/// How a field is best sent (RFC 7541 §6.2, §7.1.3).
fn usual(name: &[u8]) -> Indexing {
    match name {
        // Secrets: indexing lets an attacker guess at them.
        b"set-cookie" | b"cookie" | b"authorization" | b"proxy-authorization" => Indexing::Never,
        // Values that seldom come twice.
        b"content-length" | b"content-range" | b"etag" | b"last-modified" | b"location"
        | b"age" => Indexing::Without,
        _ => Indexing::Incremental,
    }
}
