//! The authority of a request's target: a host and its port, for both protocols
//! (RFC 3986 §3.2, RFC 9110 §4.2).

/// Whether it is a value that `Host` may have: `uri-host [ ":" port ]`, or
/// nothing (RFC 9110 §7.2).
pub(crate) fn is_host(value: &[u8]) -> bool {
    host_and_port(value).is_some()
}

/// RFC 3986 §3.2.2's host, which may be empty, and §3.2.3's port. Userinfo is
/// refused as RFC 9110 §4.2.4 advises.
pub(crate) fn host_and_port(authority: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let host_end = if authority.starts_with(b"[") {
        let end = authority.iter().position(|b| *b == b']')?;
        let literal = &authority[1..end];
        let in_literal = |b: &u8| is_host_char(*b) || *b == b':';
        if literal.is_empty() || !literal.iter().all(in_literal) {
            return None;
        }
        end + 1
    } else {
        let end = authority.iter().position(|b| *b == b':');
        let end = end.unwrap_or(authority.len());
        if !is_name(&authority[..end]) {
            return None;
        }
        end
    };
    let (host, rest) = authority.split_at(host_end);
    match rest {
        [] => Some((host, None)),
        [b':', port @ ..] if port.len() <= 5 && port.iter().all(u8::is_ascii_digit) => {
            Some((host, Some(port)))
        }
        _ => None,
    }
}

/// RFC 3986's `reg-name`, percent signs before two hex digits only.
fn is_name(name: &[u8]) -> bool {
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        let valid = if *byte == b'%' {
            let mut hex = || bytes.next().is_some_and(u8::is_ascii_hexdigit);
            hex() && hex()
        } else {
            is_host_char(*byte)
        };
        if !valid {
            return false;
        }
    }
    true
}

/// RFC 3986's `unreserved` and `sub-delims`.
fn is_host_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for host in [
            "",
            "a",
            "a:",
            "a:80",
            "A_b.c-d",
            "127.0.0.1:8000",
            "[::1]",
            "[::1]:0",
            "[v1.a:b]",
            "%41",
            ":80",
            "a,b",
            "xn--4gbrim.example.",
        ] {
            assert!(is_host(host.as_bytes()), "{host:?}");
        }
        for host in [
            "a:b", "a:800000", "a b", "a/b", "a@b", "a?b", "a#b", "a\\b", "[]", "[::1", "[::1]a",
            "[a@b]", "::1", "%4", "%", "%zz", "a\"b", "é",
        ] {
            assert!(!is_host(host.as_bytes()), "{host:?}");
        }
    }
}
