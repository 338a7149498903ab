//! Lines: where a head or a trailer section ends, and the fields in it
//! (RFC 9112 §2.2, §5).

use bytes::Bytes;
use memchr::memchr;

use super::refused::Refused;
use super::syntax::{is_field_value, is_tchar, is_token, trim};
use crate::{Fields, Limits};

/// Looks for the empty line behind a section, each byte once however many
/// reads it takes.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Everything before has been looked at.
    seen: usize,
    /// Where the current line begins.
    line: usize,
    /// How many lines were complete.
    lines: usize,
}

/// A complete section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Its bytes, the empty line included.
    pub(super) len: usize,
    /// Its lines, without the empty one.
    pub(super) lines: usize,
}

impl Scan {
    /// The section that `buf` begins with, if it is complete. `buf` is what it
    /// was at the last call, with more behind it.
    ///
    /// # Errors
    /// A line that ends in a bare LF; 431 for a section over its limits.
    pub(super) fn find(&mut self, buf: &[u8], limits: &Limits) -> Result<Option<Section>, Refused> {
        while let Some(at) = memchr(b'\n', &buf[self.seen..]) {
            let end = self.seen + at;
            if end == 0 || buf[end - 1] != b'\r' {
                return Err(Refused::malformed(
                    "a line ends in LF without CR",
                    "RFC 9112 §2.2",
                ));
            }
            self.seen = end + 1;
            if self.seen > limits.head_bytes {
                return Err(too_large(limits));
            }
            if end - 1 == self.line {
                return Ok(Some(Section {
                    len: self.seen,
                    lines: self.lines,
                }));
            }
            self.lines += 1;
            self.line = self.seen;
            // One of a head's lines is the request line.
            if self.lines > limits.head_fields + 1 {
                return Err(Refused::new(
                    431,
                    format!("more than {} field lines", limits.head_fields),
                    "RFC 6585 §5",
                ));
            }
        }
        self.seen = buf.len();
        if buf.len() < limits.head_bytes {
            return Ok(None);
        }
        Err(too_large(limits))
    }

    /// Where the first line ends, CRLF included, when it is complete.
    pub(super) fn first_line(&self, buf: &[u8]) -> Option<usize> {
        memchr(b'\n', &buf[..self.line]).map(|end| end + 1)
    }
}

fn too_large(limits: &Limits) -> Refused {
    Refused::new(
        431,
        format!("the fields are over {} bytes", limits.head_bytes),
        "RFC 6585 §5",
    )
}

/// The fields of a section that [`Scan`] found: lines that end in CRLF, and an
/// empty one. `section` is cut, not copied.
///
/// # Errors
/// Whatever is not `field-name ":" OWS field-value OWS`.
pub(super) fn fields(section: &Bytes, lines: usize) -> Result<Fields, Refused> {
    let mut fields = Fields::with_capacity(lines);
    let mut at = 0;
    while let Some(len) = memchr(b'\n', &section[at..]) {
        let line = &section[at..at + len];
        at += len + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let (name, value) = field(line)?;
        fields.append(section.slice_ref(name), section.slice_ref(value));
    }
    Ok(fields)
}

fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Refused> {
    let colon = line.iter().position(|b| !is_tchar(*b));
    let Some(colon) = colon.filter(|at| *at > 0 && line[*at] == b':') else {
        return Err(misnamed(line));
    };
    let value = trim(&line[colon + 1..]);
    if !is_field_value(value) {
        let what = if value.contains(&b'\r') {
            return Err(Refused::malformed(
                "a CR without LF in a field value",
                "RFC 9112 §2.2",
            ));
        } else if value.contains(&0) {
            "a NUL in a field value"
        } else {
            "a control character in a field value"
        };
        return Err(Refused::malformed(what, "RFC 9110 §5.5"));
    }
    Ok((&line[..colon], value))
}

/// Why a line does not begin with a name and a colon.
fn misnamed(line: &[u8]) -> Refused {
    if matches!(line[0], b' ' | b'\t') {
        return Refused::malformed("a field line is folded", "RFC 9112 §5.2");
    }
    let Some(colon) = memchr(b':', line) else {
        return Refused::malformed("a field line has no colon", "RFC 9112 §5");
    };
    let name = &line[..colon];
    if name.is_empty() {
        return Refused::malformed("a field has no name", "RFC 9110 §5.1");
    }
    if is_token(trim(name)) {
        return Refused::malformed("whitespace before a field's colon", "RFC 9112 §5.1");
    }
    Refused::malformed("a field name is not a token", "RFC 9110 §5.1")
}
