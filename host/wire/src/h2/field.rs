//! What a field line may hold, for what comes and for what is sent.

/// Whether each byte may be in a token (RFC 9110 §5.6.2), upper case left out.
const LOWER_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let allowed = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    let mut i = 0;
    while i < allowed.len() {
        table[allowed[i] as usize] = true;
        i += 1;
    }
    table
};

/// Whether it is a name of a field on HTTP/2: a token in lower case
/// (RFC 9113 §8.2.1, RFC 9110 §5.1).
pub(super) fn valid_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|b| LOWER_TOKEN[usize::from(*b)])
}

/// Whether it is a token, case left free (RFC 9110 §5.6.2).
pub(super) fn is_token(bytes: &[u8]) -> bool {
    let allowed = |b: &u8| LOWER_TOKEN[usize::from(b.to_ascii_lowercase())];
    !bytes.is_empty() && bytes.iter().all(allowed)
}

/// Whether it is a value of a field: no NUL, CR or LF, and no white space at
/// either end (RFC 9113 §8.2.1).
pub(super) fn valid_value(value: &[u8]) -> bool {
    let white = |b: Option<&u8>| matches!(b, Some(b' ' | b'\t'));
    !white(value.first())
        && !white(value.last())
        && !value.iter().any(|b| matches!(b, 0 | b'\r' | b'\n'))
}

/// Whether the field belongs to HTTP/1's connections (RFC 9113 §8.2.2). The
/// name is in lower case.
pub(super) fn is_connection_specific(name: &[u8]) -> bool {
    matches!(
        name,
        b"connection" | b"proxy-connection" | b"keep-alive" | b"transfer-encoding" | b"upgrade"
    )
}
