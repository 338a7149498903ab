//! Cookies: those of a request, and the lines that set them.

use std::fmt::Write as _;

use bytes::Bytes;
use host_wire::Fields;

use crate::bindings::response_types::{Cookie, SameSite};

/// The pairs of every Cookie field in order (RFC 6265 §4.2). One that has no name
/// or no `=`, or holds a control character, is left out alone.
pub(crate) fn of(fields: &Fields) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut pairs = Vec::new();
    for line in fields.get_all("cookie") {
        let mut rest = &line[..];
        while !rest.is_empty() {
            let end = end_of_pair(rest);
            pairs.extend(pair(&rest[..end]));
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    pairs
}

/// Where the first pair of a line ends: at a semicolon, but not at one inside a
/// quoted value, as in Python's `http.cookies`.
fn end_of_pair(line: &[u8]) -> usize {
    let plain = line.iter().position(|b| *b == b';').unwrap_or(line.len());
    let quoted = || {
        let equals = line[..plain].iter().position(|b| *b == b'=')?;
        let value = line[equals + 1..].trim_ascii_start();
        let mut bytes = value.strip_prefix(b"\"")?.iter();
        while *bytes.as_slice().first()? != b'"' {
            if bytes.next() == Some(&b'\\') {
                bytes.next();
            }
        }
        let behind = bytes.as_slice()[1..].trim_ascii_start();
        let is_end = behind.is_empty() || behind.starts_with(b";");
        is_end.then_some(line.len() - behind.len())
    };
    quoted().unwrap_or(plain)
}

fn pair(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let equals = text.iter().position(|b| *b == b'=')?;
    let (name, value) = (text[..equals].trim_ascii(), text[equals + 1..].trim_ascii());
    let sound = !name.is_empty() && !text.iter().any(u8::is_ascii_control);
    sound.then(|| (name.to_vec(), value.to_vec()))
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
    use proptest::prelude::*;

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

    /// The pairs of some Cookie lines, joined by `|`.
    fn pairs(lines: &[&str]) -> String {
        let mut fields = Fields::new();
        for line in lines {
            fields.append("Cookie", (*line).to_owned());
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let found = of(&fields).into_iter();
        let found: Vec<_> = found.map(|(n, v)| text(n) + "=" + &text(v)).collect();
        found.join("|")
    }

    #[test]
    fn a_bad_pair_spoils_no_other() {
        assert_eq!(pairs(&["a=1; bare; =x; d=2;; b\x01=3; a=4"]), "a=1|d=2|a=4");
        assert_eq!(pairs(&["a=1", "e==;;  f= "]), "a=1|e==|f=");
        assert_eq!(pairs(&["", ";", " ; "]), "");
    }

    #[test]
    fn names_and_values_are_what_the_client_sent() {
        assert_eq!(
            pairs(&["b c=2 3; \u{e9}=\u{e8}; a/b:=(1)"]),
            "b c=2 3|\u{e9}=\u{e8}|a/b:=(1)"
        );
        assert_eq!(pairs(&["path=/; $Version=1"]), "path=/|$Version=1");
    }

    proptest! {
        #[test]
        fn any_line_is_some_cookies(line in "[ab=;\"\\\\ \t\u{e9}]{0,24}") {
            let mut fields = Fields::new();
            fields.append("Cookie", line.clone());
            let found = of(&fields);
            let taken: usize = found.iter().map(|(n, v)| n.len() + 1 + v.len()).sum();
            prop_assert!(taken <= line.len());
            prop_assert!(found.iter().all(|(name, _)| !name.is_empty()));
        }
    }

    #[test]
    fn quoted_values_keep_their_quotes_and_semicolons() {
        assert_eq!(pairs(&["a=\"x; y\"; b=2"]), "a=\"x; y\"|b=2");
        assert_eq!(pairs(&["a = \"x\\\"; y\" ;b=2"]), "a=\"x\\\"; y\"|b=2");
        // Not closed, or not at the value's end: quotes like any character.
        assert_eq!(pairs(&["a=\"x; b=2"]), "a=\"x|b=2");
        assert_eq!(pairs(&["a=\"x;\"y; b=2"]), "a=\"x|b=2");
        assert_eq!(pairs(&["a=\""]), "a=\"");
        assert_eq!(pairs(&["a=\"\\"]), "a=\"\\");
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
