//! The request's URL in parts, as `{{location[…]}}` has them.

use host_wire::Head;

/// The parts of the URL that the client asked for, the same on HTTP/1 and on
/// HTTP/2. They are bytes as they came: nothing is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location<'a> {
    scheme: &'a [u8],
    /// In lower case, without an IPv6 address's brackets.
    hostname: Vec<u8>,
    port: u16,
    pub(crate) path: &'a [u8],
    pub(crate) query: &'a [u8],
}

impl<'a> Location<'a> {
    /// Where the authority names no port it is the one that the client
    /// connected to, or the scheme's for a target in absolute form; without an
    /// authority, as HTTP/1.0 allows, it is the address connected to.
    pub(crate) fn of(head: &'a Head) -> Self {
        let (absolute, rest) = split_absolute(&head.target);
        let scheme = absolute.unwrap_or(&head.scheme);
        let default_port = match (absolute, scheme.eq_ignore_ascii_case(b"https")) {
            (None, _) => head.connection.local.port(),
            (Some(_), true) => 443,
            (Some(_), false) => 80,
        };
        let (hostname, port) = match &head.authority {
            Some(authority) => split_authority(authority),
            None => (head.connection.local.ip().to_string().into(), None),
        };
        let rest = split_at(rest, b'#').0;
        let (path, query) = split_at(rest, b'?');
        Self {
            scheme,
            hostname,
            port: port.unwrap_or(default_port),
            path,
            query: query.unwrap_or_default(),
        }
    }

    /// The part of that name; `None` for a name that there is not.
    pub(crate) fn part(&self, name: &str) -> Option<Vec<u8>> {
        Some(match name {
            "server" => [self.scheme, b"://", &self.host()].concat(),
            "scheme" => self.scheme.to_vec(),
            "host" => self.host(),
            "hostname" => self.hostname.clone(),
            "port" => self.port.to_string().into(),
            "path" | "pathname" => self.path.to_vec(),
            "query" => [b"?", self.query].concat(),
            _ => return None,
        })
    }

    /// Name and port, as a URL writes them.
    fn host(&self) -> Vec<u8> {
        let port = self.port.to_string();
        let (open, close): (&[u8], &[u8]) = match self.hostname.contains(&b':') {
            true => (b"[", b"]:"),
            false => (b"", b":"),
        };
        [open, &self.hostname, close, port.as_bytes()].concat()
    }
}

/// The scheme of a target in absolute form (RFC 9112 §3.2.2), and what is behind
/// the authority; of any other form, the target itself.
fn split_absolute(target: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let is_scheme = |text: &[u8]| {
        text.first().is_some_and(u8::is_ascii_alphabetic)
            && text
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
    };
    match target.windows(3).position(|three| three == b"://") {
        Some(at) if is_scheme(&target[..at]) => {
            let rest = &target[at + 3..];
            let path = rest.iter().position(|b| b"/?#".contains(b));
            (Some(&target[..at]), &rest[path.unwrap_or(rest.len())..])
        }
        _ => (None, target),
    }
}

/// Name in lower case and port of an authority (RFC 3986 §3.2).
fn split_authority(authority: &[u8]) -> (Vec<u8>, Option<u16>) {
    let user = authority.iter().rposition(|b| *b == b'@');
    let host = &authority[user.map_or(0, |at| at + 1)..];
    let (name, port) = match host.strip_prefix(b"[") {
        Some(inside) => {
            let (name, rest) = split_at(inside, b']');
            (name, rest.and_then(|rest| rest.strip_prefix(b":")))
        }
        None => split_at(host, b':'),
    };
    let port = port.and_then(|port| std::str::from_utf8(port).ok()?.parse().ok());
    (name.to_ascii_lowercase(), port)
}

/// What is before and what is behind the first `separator`.
fn split_at(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|b| *b == separator) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use host_wire::Protocol;

    use super::*;
    use crate::template::tests::head;

    fn parts(head: &Head) -> Vec<String> {
        let location = Location::of(head);
        ["server", "host", "hostname", "port", "path", "query"]
            .iter()
            .map(|name| String::from_utf8(location.part(name).unwrap()).unwrap())
            .collect()
    }

    #[test]
    fn authority_and_target_make_the_parts() {
        let head = head("/a%20b;c?x=%41&y", Some("WWW.Example.test:8001"));
        assert_eq!(
            parts(&head),
            [
                "http://www.example.test:8001",
                "www.example.test:8001",
                "www.example.test",
                "8001",
                "/a%20b;c",
                "?x=%41&y"
            ]
        );
        assert_eq!(Location::of(&head).part("pathname").unwrap(), b"/a%20b;c");
        assert_eq!(Location::of(&head).part("hash"), None);
    }

    #[test]
    fn a_missing_port_is_the_one_connected_to() {
        assert_eq!(parts(&head("/", Some("a.test")))[0], "http://a.test:8000");
        assert_eq!(parts(&head("/", None))[0], "http://127.0.0.1:8000");
        assert_eq!(parts(&head("/", Some("[::1]:77")))[0], "http://[::1]:77");
        assert_eq!(parts(&head("/", Some("[::1]")))[2], "::1");
    }

    #[test]
    fn an_absolute_target_says_all_by_itself() {
        let head = head("https://a.test/x?y", Some("a.test"));
        assert_eq!(parts(&head)[0], "https://a.test:443");
        assert_eq!(parts(&head)[4..], ["/x", "?y"]);
    }

    #[test]
    fn http2_has_the_same_location_as_http1() {
        let mut second = head("/x?y", Some("a.test:9000"));
        let first = second.clone();
        second.protocol = Protocol::Http2;
        assert_eq!(parts(&first), parts(&second));
        second.scheme = "https".into();
        assert_eq!(parts(&second)[0], "https://a.test:9000");
    }

    #[test]
    fn an_empty_query_is_still_a_question_mark() {
        assert_eq!(parts(&head("/x", Some("a.test")))[5], "?");
        assert_eq!(parts(&head("/x#f?q", Some("a.test")))[4..], ["/x", "?"]);
    }
}
