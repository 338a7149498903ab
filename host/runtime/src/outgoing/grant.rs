//! What a tenant is granted: a name and a port, as in `api.example.test:8443`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The ports of a grant that names none: those of http and https.
const USUAL: [u16; 2] = [80, 443];

/// Servers that handlers may send requests to: `example.test` at ports 80 and
/// 443, `example.test:9000` at that port, `*.example.test` for all names below
/// one, `127.0.0.1:9000` and `[::1]:9000` for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    host: Host,
    /// `None` for [`USUAL`].
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    Name(String),
    /// Every name that ends so, with its dot.
    Below(String),
}

/// A host as grants compare it: in lower case, without the root's dot, without
/// an IPv6 address's brackets.
pub(super) fn normal(host: &str) -> String {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

impl Grant {
    /// `host` is [`normal`].
    pub(super) fn allows(&self, host: &str, port: u16) -> bool {
        let is_port = self.port.map_or(USUAL.contains(&port), |ours| ours == port);
        is_port
            && match &self.host {
                Host::Address(address) => host.parse() == Ok(*address),
                Host::Name(name) => host == name,
                Host::Below(end) => host.len() > end.len() && host.ends_with(end),
            }
    }
}

impl FromStr for Grant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "expected a server such as \"api.example.test\", \"*.example.test\" or \
                 \"127.0.0.1:9000\", found \"{text}\""
            )
        };
        let v6 = text.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match text[v6..].split_once(':') {
            Some((rest, port)) => (
                &text[..v6 + rest.len()],
                Some(
                    port.parse()
                        .ok()
                        .filter(|port| *port != 0)
                        .ok_or_else(wrong)?,
                ),
            ),
            None => (text, None),
        };
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        let host = normal(host);
        let is_name = |name: &str| {
            let labels = || name.split('.');
            let fits = |label: &str| {
                let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                !label.is_empty() && label.bytes().all(known)
            };
            // A name whose last label is a number would be taken for an address.
            let is_number = |label: &str| label.starts_with(|c: char| c.is_ascii_digit());
            labels().all(fits) && !labels().next_back().is_some_and(is_number)
        };
        let host = match host.parse() {
            Ok(address) if is_bracketed == IpAddr::is_ipv6(&address) => Host::Address(address),
            // Brackets are an address's.
            _ if is_bracketed => return Err(wrong()),
            _ => match host.strip_prefix('*') {
                Some(end) if end.strip_prefix('.').is_some_and(is_name) => {
                    Host::Below(end.to_owned())
                }
                None if is_name(&host) => Host::Name(host),
                _ => return Err(wrong()),
            },
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
            Host::Address(address) => write!(f, "{address}")?,
            Host::Name(name) => f.write_str(name)?,
            Host::Below(end) => write!(f, "*{end}")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_for_a_name_and_its_ports() {
        for (grant, host, port, allowed) in [
            ("a.test", "a.test", 443, true),
            ("a.test", "a.test", 80, true),
            ("a.test", "a.test", 8080, false),
            ("A.test:8080", "a.test", 8080, true),
            ("a.test:8080", "a.test", 80, false),
            ("a.test", "b.a.test", 80, false),
            ("*.a.test", "b.a.test", 80, true),
            ("*.a.test", "c.b.a.test", 80, true),
            ("*.a.test", "a.test", 80, false),
            ("*.a.test", "ba.test", 80, false),
            ("127.0.0.1:9", "127.0.0.1", 9, true),
            ("127.0.0.1:9", "localhost", 9, false),
            ("[::1]:9", "::1", 9, true),
            ("[::1]:9", "0:0:0:0:0:0:0:1", 9, true),
        ] {
            let parsed: Grant = grant.parse().unwrap();
            assert_eq!(parsed.allows(host, port), allowed, "{grant} {host}:{port}");
            assert_eq!(parsed.to_string(), grant.to_ascii_lowercase());
        }
        assert_eq!(normal("A.Test."), "a.test");
        assert_eq!(normal("[::1]"), "::1");
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for text in [
            "",
            "*",
            "*.",
            "**.a.test",
            "a.*.test",
            "http://a.test",
            "a.test/x",
            "a.test:",
            "a.test:0",
            "a.test:x",
            "a.test:70000",
            "a b",
            "a@b",
            "::1",
            "127.1",
            "0x7f.1",
            "[a]",
        ] {
            let error = text.parse::<Grant>().unwrap_err();
            assert!(error.contains("expected a server"), "{text}");
        }
    }
}
