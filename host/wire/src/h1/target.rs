//! The forms of a request target (RFC 9112 §3.2) and the host in it.

use super::refused::Refused;
use crate::authority::host_and_port;

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
}
