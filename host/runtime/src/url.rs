//! The URL of a request, whole and in parts.

use host_wire::Head;

use crate::bindings::request_types::UrlParts;

/// The whole URL (RFC 9110 §7.1): scheme and authority put before the target
/// unless it is in absolute form. Without an authority it is the address that
/// the client connected to.
pub(crate) fn of(head: &Head) -> String {
    let target = String::from_utf8_lossy(&head.target);
    if is_absolute(&target) {
        return target.into_owned();
    }
    let scheme = String::from_utf8_lossy(&head.scheme);
    let authority = match &head.authority {
        Some(authority) => String::from_utf8_lossy(authority).into_owned(),
        None => head.connection.local.to_string(),
    };
    // Asterisk form and authority form (RFC 9112 §3.2.3, §3.2.4) add nothing.
    let path = if target.starts_with('/') {
        &*target
    } else {
        ""
    };
    format!("{scheme}://{authority}{path}")
}

/// The parts of that URL, undecoded.
pub(crate) fn parts(url: &str) -> UrlParts {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (netloc, rest) = rest.split_at(end);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = netloc.rsplit_once('@').map_or(netloc, |(_, host)| host);
    let (hostname, port) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((v6, rest)) => (v6, rest.strip_prefix(':')),
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        },
    };
    UrlParts {
        scheme: scheme.to_owned(),
        netloc: netloc.to_owned(),
        hostname: hostname.to_ascii_lowercase(),
        port: port
            .and_then(|port| port.parse().ok())
            .unwrap_or(if scheme == "https" { 443 } else { 80 }),
        path: path.to_owned(),
        query: query.to_owned(),
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

/// What is behind the `?` of a target.
pub(crate) fn query_of(target: &[u8]) -> &[u8] {
    match target.iter().position(|b| *b == b'?') {
        Some(at) => &target[at + 1..],
        None => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use host_wire::{ConnectionInfo, Fields, Protocol};

    use super::*;

    fn head(target: &'static str, authority: Option<&'static str>) -> Head {
        Head {
            protocol: Protocol::Http11,
            method: Bytes::from("GET"),
            target: Bytes::from(target),
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
            ("/a?b", Some("Example.org"), "http://Example.org/a?b"),
            ("/a", None, "http://127.0.0.1:8000/a"),
            ("/?u=http://x/", Some("h"), "http://h/?u=http://x/"),
            ("https://o.test/x", Some("h"), "https://o.test/x"),
            ("*", Some("h:1"), "http://h:1"),
            ("h:443", Some("h:443"), "http://h:443"),
        ];
        for (target, authority, url) in cases {
            assert_eq!(of(&head(target, authority)), url);
        }
    }

    #[test]
    fn parts_are_those_of_urlsplit() {
        let p = parts("https://u:p@Ex.Org:77/a%20b/c?d=%41?e");
        assert_eq!(p.scheme, "https");
        assert_eq!(p.netloc, "u:p@Ex.Org:77");
        assert_eq!((p.hostname.as_str(), p.port), ("ex.org", 77));
        assert_eq!((p.path.as_str(), p.query.as_str()), ("/a%20b/c", "d=%41?e"));

        let p = parts("http://[2001:DB8::1]:8000/");
        assert_eq!((p.hostname.as_str(), p.port), ("2001:db8::1", 8000));
        let p = parts("https://[::1]/");
        assert_eq!((p.hostname.as_str(), p.port), ("::1", 443));
        let p = parts("http://h:notaport?q");
        assert_eq!((p.hostname.as_str(), p.port), ("h", 80));
        assert_eq!((p.path.as_str(), p.query.as_str()), ("", "q"));
    }

    #[test]
    fn the_query_is_behind_the_first_question_mark() {
        assert_eq!(query_of(b"/a?b?c"), b"b?c");
        assert_eq!(query_of(b"/a"), b"");
    }
}
