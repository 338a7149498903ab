//! Cookies: those of a request, and the lines that set them.

use std::fmt::Write as _;

use bytes::Bytes;
use host_wire::Fields;

use crate::bindings::response_types::{Cookie, SameSite};

/// The pairs of every Cookie field in order (RFC 6265 §4.2). One that is
/// malformed (no `=`, a name that is no token) is left out alone.
pub(crate) fn of(fields: &Fields) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields
        .get_all("cookie")
        .flat_map(|line| line.split(|b| *b == b';'))
        .filter_map(|pair| {
            let equals = pair.iter().position(|b| *b == b'=')?;
            let (name, value) = (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii());
            let sound = is_token(name) && !value.iter().any(u8::is_ascii_control);
            sound.then(|| (name.to_vec(), value.to_vec()))
        })
        .collect()
}

/// A token (RFC 9110 §5.6.2), which RFC 6265 §4.1.1 wants a name to be.
fn is_token(name: &[u8]) -> bool {
    !name.is_empty()
        && name
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

/// The value of a Set-Cookie line (RFC 6265 §4.1). Text goes out as it is.
pub(crate) fn line(cookie: &Cookie) -> String {
    let mut line = format!("{}={}", cookie.name, cookie.value);
    let mut add = |name: &str, value: &str| {
        let _ = write!(line, "; {name}={value}");
    };
    if let Some(domain) = &cookie.domain {
        add("Domain", domain);
    }
    if let Some(expires) = &cookie.expires {
        add("Expires", expires);
    }
    if let Some(seconds) = cookie.max_age {
        add("Max-Age", &seconds.to_string());
    }
    if let Some(path) = &cookie.path {
        add("Path", path);
    }
    if let Some(same_site) = cookie.same_site {
        let policy = match same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
            SameSite::None => "None",
        };
        add("SameSite", policy);
    }
    if cookie.secure {
        line.push_str("; Secure");
    }
    if cookie.http_only {
        line.push_str("; HttpOnly");
    }
    line
}

/// A Set-Cookie line that makes the client forget a cookie.
pub(crate) fn deletion(name: String, path: Option<String>, domain: Option<String>) -> String {
    line(&Cookie {
        name,
        value: String::new(),
        path,
        domain,
        max_age: Some(0),
        expires: Some("Thu, 01 Jan 1970 00:00:00 GMT".into()),
        secure: false,
        http_only: false,
        same_site: None,
    })
}

/// Removes the Set-Cookie lines that set `name`.
pub(crate) fn unset(fields: &mut Fields, name: &str) {
    let sets = |value: &Bytes| {
        let equals = value.iter().position(|b| *b == b'=');
        equals.is_some_and(|at| value[..at].trim_ascii() == name.as_bytes())
    };
    *fields = std::mem::take(fields)
        .into_iter()
        .filter(|(field, value)| !(field.eq_ignore_ascii_case(b"set-cookie") && sets(value)))
        .collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(name: &str, value: &str) -> Cookie {
        Cookie {
            name: name.into(),
            value: value.into(),
            path: None,
            domain: None,
            max_age: None,
            expires: None,
            secure: false,
            http_only: false,
            same_site: None,
        }
    }

    #[test]
    fn a_bad_pair_spoils_no_other() {
        let mut fields = Fields::new();
        fields.append("Cookie", "a=1; bare; b c=2; =x; d=\"q\"; \u{e9}=3; a=4");
        fields.append("cookie", "e==;; f=");
        let expected: Vec<(Vec<u8>, Vec<u8>)> = [
            ("a", "1"),
            ("d", "\"q\""),
            ("a", "4"),
            ("e", "="),
            ("f", ""),
        ]
        .iter()
        .map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec()))
        .collect();
        assert_eq!(of(&fields), expected);
    }

    #[test]
    fn set_cookie_lines_have_what_was_given() {
        assert_eq!(line(&cookie("a", "b")), "a=b");
        let full = Cookie {
            path: Some("/".into()),
            domain: Some("x.test".into()),
            max_age: Some(-1),
            expires: Some("soon".into()),
            secure: true,
            http_only: true,
            same_site: Some(SameSite::None),
            ..cookie("a", "b c")
        };
        assert_eq!(
            line(&full),
            "a=b c; Domain=x.test; Expires=soon; Max-Age=-1; Path=/; SameSite=None; Secure; HttpOnly"
        );
        assert_eq!(
            deletion("a".into(), Some("/".into()), None),
            "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/"
        );
    }

    #[test]
    fn unset_removes_the_lines_of_that_name_only() {
        let mut fields = Fields::new();
        fields.append("Set-Cookie", "a=1; Path=/");
        fields.append("X", "a=1");
        fields.append("set-cookie", "ab=2");
        fields.append("SET-COOKIE", "a=3");
        unset(&mut fields, "a");
        let left: Vec<_> = fields.iter().map(|(_, v)| v.clone()).collect();
        assert_eq!(left, ["a=1", "ab=2"]);
    }
}
