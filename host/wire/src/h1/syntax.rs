//! The characters of names and values (RFC 9110 §5.6.2, §5.5).

/// RFC 9110 §5.6.2's `tchar`.
const TCHAR: [bool; 256] = {
    let mut table = [false; 256];
    let others = b"!#$%&'*+-.^_`|~";
    let mut i = 0;
    while i < 256 {
        table[i] = (i as u8).is_ascii_alphanumeric();
        i += 1;
    }
    i = 0;
    while i < others.len() {
        table[others[i] as usize] = true;
        i += 1;
    }
    table
};

/// A character of a method, a field name or a coding.
pub(super) fn is_tchar(byte: u8) -> bool {
    TCHAR[usize::from(byte)]
}

/// A method, a field name or a coding.
pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| is_tchar(*b))
}

/// A field value: visible characters, bytes above 0x7f, space and tab. Any
/// other control character is invalid, CR, LF and NUL dangerous (RFC 9110
/// §5.5).
pub(super) fn is_field_value(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| !b.is_ascii_control() || *b == b'\t')
}

/// Whether the bytes could end or cut a line where it is not meant to end.
pub(super) fn breaks_lines(bytes: &[u8]) -> bool {
    memchr::memchr3(b'\r', b'\n', 0, bytes).is_some()
}

/// Optional whitespace (RFC 9110 §5.6.3) taken off both ends.
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The items of a comma-separated list; empty ones are left out (RFC 9110
/// §5.6.1.2).
pub(super) fn items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|b| *b == b',')
        .map(trim)
        .filter(|item| !item.is_empty())
}
