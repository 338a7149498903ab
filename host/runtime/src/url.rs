//! The URL of a request, whole and in parts.

use std::net::SocketAddr;

use host_wire::Head;

use crate::bindings::request_types::UrlParts;

/// The whole URL (RFC 9110 §7.1): scheme, host and port put before the target
/// unless it is in absolute form. Where the authority names no port it is the one
/// that the client connected to, as in wptserve. Bytes beyond ASCII are
/// percent-encoded, so that none is lost.
pub(crate) fn of(head: &Head) -> String {
    let target = encoded(&head.target);
    if is_absolute(&target) {
        return target;
    }
    let scheme = encoded(&head.scheme);
    let local = head.connection.local;
    let authority = match head.authority.as_deref().unwrap_or_default() {
        [] => SocketAddr::new(local.ip().to_canonical(), local.port()).to_string(),
        authority => with_port(&encoded(authority), local.port()),
    };
    // Asterisk form and authority form (RFC 9112 §3.2.3, §3.2.4) add nothing.
    let path = if target.starts_with('/') {
        &*target
    } else {
        ""
    };
    format!("{scheme}://{authority}{path}")
}

/// Text as a URL has it (RFC 3986 §2.1).
fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte.is_ascii() {
            true => text.push(char::from(*byte)),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn with_port(authority: &str, port: u16) -> String {
    match split_port(authority) {
        (_, Some(named)) if !named.is_empty() => authority.to_owned(),
        (host, _) => format!("{host}:{port}"),
    }
}

/// The host of an authority, with its brackets, and the port (RFC 3986 §3.2).
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let v6 = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[v6..].split_once(':') {
        Some((rest, port)) => (&authority[..v6 + rest.len()], Some(port)),
        None => (authority, None),
    }
}

/// The parts of that URL, undecoded.
pub(crate) fn parts(url: &str) -> UrlParts {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (netloc, rest) = rest.split_at(end);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = netloc.rsplit_once('@').map_or(netloc, |(_, host)| host);
    let (hostname, port) = split_port(host);
    let hostname = hostname.trim_start_matches('[').trim_end_matches(']');
    UrlParts {
        scheme: scheme.to_owned(),
        netloc: netloc.to_owned(),
        hostname: hostname.to_ascii_lowercase(),
        port: port.and_then(|port| port.parse().ok()).unwrap_or(
            match scheme.eq_ignore_ascii_case("https") {
                true => 443,
                false => 80,
            },
        ),
        path: path.to_owned(),
        query: query.to_owned(),
        fragment: fragment.to_owned(),
    }
}

/// Whether a target is in absolute form (RFC 9112 §3.2.2): it begins with a
/// scheme (RFC 3986 §3.1) and `://`.
fn is_absolute(target: &str) -> bool {
    target.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use host_wire::{ConnectionInfo, Fields, Protocol};

    use super::*;

    fn head(target: &'static [u8], authority: Option<&'static str>) -> Head {
        Head {
            protocol: Protocol::Http11,
            method: Bytes::from("GET"),
            target: Bytes::from_static(target),
            authority: authority.map(Bytes::from),
            scheme: Bytes::from("http"),
            connect_protocol: None,
            request_line: Bytes::new(),
            fields: Fields::new(),
            stream_id: 0,
            connection: Arc::new(ConnectionInfo {
                id: 1,
                peer: ([127, 0, 0, 1], 1).into(),
                local: ([127, 0, 0, 1], 8000).into(),
                tls: None,
                journal: None,
            }),
        }
    }

    #[test]
    fn urls_come_from_target_and_authority() {
        let cases = [
            ("/a?b", Some("Ex.org"), "http://Ex.org:8000/a?b"),
            ("/a", Some("h:80"), "http://h:80/a"),
            ("/a", Some("h:"), "http://h:8000/a"),
            ("/a", Some("[::1]"), "http://[::1]:8000/a"),
            ("/a", Some("[::1]:77"), "http://[::1]:77/a"),
            ("/a", Some(""), "http://127.0.0.1:8000/a"),
            ("/a", None, "http://127.0.0.1:8000/a"),
            ("//x/y", Some("h:1"), "http://h:1//x/y"),
            ("/?u=http://x/", Some("h:1"), "http://h:1/?u=http://x/"),
            ("https://o.test/x", Some("h"), "https://o.test/x"),
            ("*", Some("h:1"), "http://h:1"),
            ("h:443", Some("h:443"), "http://h:443"),
        ];
        for (target, authority, url) in cases {
            assert_eq!(of(&head(target.as_bytes(), authority)), url);
        }
    }

    #[test]
    fn bytes_beyond_ascii_are_encoded() {
        let head = head(b"/\xe9?\xc3\xa9=%ff", Some("h:1"));
        assert_eq!(of(&head), "http://h:1/%E9?%C3%A9=%ff");
    }

    #[test]
    fn parts_are_those_of_urlsplit() {
        let p = parts("https://u:p@Ex.Org:77/a%20b/c?d=%41?e#f?#g");
        assert_eq!(p.scheme, "https");
        assert_eq!(p.netloc, "u:p@Ex.Org:77");
        assert_eq!((p.hostname.as_str(), p.port), ("ex.org", 77));
        assert_eq!((p.path.as_str(), p.query.as_str()), ("/a%20b/c", "d=%41?e"));
        assert_eq!(p.fragment, "f?#g");

        let p = parts("http://[2001:DB8::1]:8000/");
        assert_eq!((p.hostname.as_str(), p.port), ("2001:db8::1", 8000));
        let p = parts("https://[::1]/");
        assert_eq!((p.hostname.as_str(), p.port), ("::1", 443));
        let p = parts("http://h:notaport?q");
        assert_eq!((p.hostname.as_str(), p.port), ("h", 80));
        assert_eq!((p.path.as_str(), p.query.as_str()), ("", "q"));
    }
}
