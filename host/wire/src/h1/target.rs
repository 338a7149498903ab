//! The forms of a request target (RFC 9112 §3.2) and the host in it.

use super::refused::Refused;

const SECTION: &str = "RFC 9112 §3.2";

/// Checks that the target has one of the four forms that its method may have,
/// and answers the authority in it: that of the absolute form, or of CONNECT's.
///
/// What is behind the authority may be any character but controls and space:
/// browsers do not escape all that RFC 3986 asks them to, and it is the
/// handler's to see.
pub(super) fn authority<'a>(method: &[u8], target: &'a [u8]) -> Result<Option<&'a [u8]>, Refused> {
    let refused = |what: &'static str| Err(Refused::malformed(what, SECTION));
    if target.iter().any(u8::is_ascii_control) {
        return refused("a control character in the request target");
    }
    if method == b"CONNECT" {
        return match host_and_port(target) {
            Some((host, Some(port))) if !host.is_empty() && !port.is_empty() => Ok(Some(target)),
            _ => refused("the target of CONNECT is not host:port"),
        };
    }
    if target.starts_with(b"/") {
        return Ok(None);
    }
    if target == b"*" {
        if method == b"OPTIONS" {
            return Ok(None);
        }
        return refused("the target * is only for OPTIONS");
    }
    let Some(authority) = absolute(target) else {
        return refused("the request target has none of the four forms");
    };
    match host_and_port(authority) {
        Some((host, _)) if !host.is_empty() => Ok(Some(authority)),
        _ => refused("the target's authority is not host or host:port"),
    }
}

/// The authority of `scheme://authority…`.
fn absolute(target: &[u8]) -> Option<&[u8]> {
    let colon = target.iter().position(|b| *b == b':')?;
    let (scheme, rest) = target.split_at(colon);
    let [first, others @ ..] = scheme else {
        return None;
    };
    let in_scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    if !first.is_ascii_alphabetic() || !others.iter().all(in_scheme) {
        return None;
    }
    let rest = rest.strip_prefix(b"://")?;
    let end = rest
        .iter()
        .position(|b| matches!(b, b'/' | b'?' | b'#'))
        .unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Whether it is a value that `Host` may have: `uri-host [ ":" port ]`, or
/// nothing (RFC 9110 §7.2).
pub(super) fn is_host(value: &[u8]) -> bool {
    host_and_port(value).is_some()
}

/// RFC 3986 §3.2.2's host, which may be empty, and §3.2.3's port. Userinfo is
/// refused as RFC 9110 §4.2.4 advises.
fn host_and_port(authority: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
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
    fn the_four_forms() {
        type Expected = Result<Option<&'static str>, ()>;
        let cases: &[(&str, &str, Expected)] = &[
            ("GET", "/", Ok(None)),
            ("GET", "//host/path", Ok(None)),
            ("GET", "/\"<>|{}^`[]\u{e9}?%zz", Ok(None)),
            ("GET", "http://a", Ok(Some("a"))),
            ("GET", "http://a:80?x", Ok(Some("a:80"))),
            ("GET", "HTTPS://[::1]:8/y", Ok(Some("[::1]:8"))),
            ("GET", "http://u@a/", Err(())),
            ("GET", "http:///x", Err(())),
            ("GET", "http:/x", Err(())),
            ("GET", "1http://a", Err(())),
            ("GET", "://a", Err(())),
            ("GET", "a", Err(())),
            ("GET", "a:80", Err(())),
            ("GET", "?x", Err(())),
            ("GET", "", Err(())),
            ("GET", "*", Err(())),
            ("GET", "/\u{7f}", Err(())),
            ("GET", "/\0", Err(())),
            ("OPTIONS", "*", Ok(None)),
            ("OPTIONS", "*/", Err(())),
            ("CONNECT", "a:80", Ok(Some("a:80"))),
            ("CONNECT", "[::1]:80", Ok(Some("[::1]:80"))),
            ("CONNECT", "a", Err(())),
            ("CONNECT", "a:", Err(())),
            ("CONNECT", ":80", Err(())),
            ("CONNECT", "/", Err(())),
            ("CONNECT", "http://a:80/", Err(())),
        ];
        for (method, target, expected) in cases {
            let found = authority(method.as_bytes(), target.as_bytes())
                .map(|a| a.map(|a| std::str::from_utf8(a).expect("it was text")))
                .map_err(|refused| assert_eq!(refused.status, 400));
            assert_eq!(&found, expected, "{method} {target:?}");
        }
    }

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
