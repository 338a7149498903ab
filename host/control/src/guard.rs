//! Who may ask for anything here.
//!
//! Pages in a browser reach the loopback interface, too. What they send is known by
//! its `Origin`, or by `Sec-Fetch-Site`; and where a page's own name was made to lead
//! here (DNS rebinding), by that name. A token that is asked for does away with the
//! last: no page knows it, and names such as those of containers can be used then.

use std::net::{IpAddr, Ipv6Addr};

use host_wire::Head;

use crate::problem::Problem;
use crate::token::Token;

/// Says no to whom it must.
pub(crate) fn check(head: &Head, token: Option<&Token>) -> Result<(), Problem> {
    if head.fields.contains("origin") {
        let why = "a request with an Origin field comes from a page in a browser";
        return Err(Problem::new(403, why));
    }
    let site = head.fields.get("sec-fetch-site");
    if site.is_some_and(|site| !matches!(&**site, b"none" | b"same-origin")) {
        let why = "Sec-Fetch-Site says that another site's page has asked for this";
        return Err(Problem::new(403, why));
    }
    let Some(token) = token else {
        return named(head);
    };
    let shown = head
        .fields
        .get("authorization")
        .and_then(|value| bearer(value));
    match shown {
        Some(shown) if token.is(shown) => Ok(()),
        Some(_) => Err(unauthorized("this is not the token")),
        None => Err(unauthorized(
            "a token is asked for: Authorization: Bearer TOKEN",
        )),
    }
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(401, detail).with("WWW-Authenticate", "Bearer")
}

/// What stands behind `Bearer`, in any case (RFC 9110 §11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| rest.trim_ascii())
}

/// Whether the client calls this machine by an address, or by a name that leads
/// nowhere else.
fn named(head: &Head) -> Result<(), Problem> {
    let authority = head.authority.as_deref().unwrap_or_default();
    let authority = std::str::from_utf8(authority).unwrap_or_default();
    if is_address(host_of(authority)) {
        return Ok(());
    }
    let why = "Host is neither an IP address nor localhost; another name needs a token";
    Err(Problem::new(403, why))
}

/// Without the port.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_address(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().is_ok(),
        None => {
            host.eq_ignore_ascii_case("localhost")
                || host.parse().is_ok_and(|address: IpAddr| address.is_ipv4())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_no_names() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]:80",
            "[::1]",
            "LOCALHOST:1",
            "10.0.0.1:",
        ] {
            assert!(is_address(host_of(host)), "{host}");
        }
        let names = [
            "",
            ":80",
            "a.test",
            "a.test:80",
            "localhost.a.test",
            "::1",
            "[::1",
            "127.0.0.1.nip.io",
        ];
        for host in names {
            assert!(!is_address(host_of(host)), "{host}");
        }
    }

    #[test]
    fn a_token_is_shown_in_full() {
        let token = Token::new("abc").unwrap();
        let shows = |value: &'static [u8]| bearer(value).is_some_and(|shown| token.is(shown));
        assert!(shows(b"Bearer abc"));
        assert!(shows(b"bearer  abc"));
        for value in [
            &b"Bearer ab"[..],
            b"Bearer abcd",
            b"Bearer ",
            b"Bearer",
            b"Basic abc",
            b"abc",
        ] {
            assert!(!shows(value), "{value:?}");
        }
        assert!(Token::new("").is_err());
        assert!(Token::new("a b").is_err());
    }
}
