//! A decoded field list to a request, by the rules of RFC 9113 §8.
//!
//! A request that breaks one is malformed: a stream error of type
//! PROTOCOL_ERROR (§8.1.1).

use std::sync::Arc;

use bytes::Bytes;

use super::code;
use super::fault::Fault;
use super::field::{is_connection_specific, is_token, valid_name, valid_value};
use crate::authority::{host_and_port, is_host};
use crate::{ConnectionInfo, Field, Fields, Head, Protocol, WireError};

/// A request that follows the rules.
#[derive(Debug)]
pub(super) struct Request {
    pub head: Head,
    /// Its Content-Length.
    pub content_length: Option<u64>,
}

/// The pseudo-header fields of a request (§8.3.1, RFC 8441 §4).
#[derive(Default)]
struct Pseudo {
    method: Option<Bytes>,
    scheme: Option<Bytes>,
    authority: Option<Bytes>,
    path: Option<Bytes>,
    protocol: Option<Bytes>,
}

fn malformed(section: &'static str, what: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::stream(code::PROTOCOL_ERROR, section, what)
}

/// A field's name for a message.
fn quoted(name: &[u8]) -> String {
    format!("“{}”", name.escape_ascii())
}

/// Makes a request of the fields of its HEADERS.
pub(super) fn request(
    stream: u32,
    fields: &[Field],
    end_stream: bool,
    connection: &Arc<ConnectionInfo>,
) -> Result<Request, Fault> {
    let regular_at = fields
        .iter()
        .position(|(name, _)| name.first() != Some(&b':'));
    let (pseudo, regular) = fields.split_at(regular_at.unwrap_or(fields.len()));
    let pseudo = take_pseudo(pseudo)?;
    for (name, value) in regular {
        check_field(name, value)?;
    }
    let regular: Fields = regular.iter().cloned().collect();
    let content_length = content_length(&regular)?;
    if end_stream && content_length.is_some_and(|length| length > 0) {
        let what = "a request without content has a Content-Length above 0";
        return Err(malformed("RFC 9113 §8.1.1", what));
    }
    let method = check_pseudo(&pseudo)?;
    let authority = authority(pseudo.authority, &regular)?;
    let head = Head {
        protocol: Protocol::Http2,
        method,
        target: pseudo.path.unwrap_or_default(),
        authority,
        scheme: pseudo
            .scheme
            .unwrap_or_else(|| Bytes::from_static(connection.scheme().as_bytes())),
        connect_protocol: pseudo.protocol,
        request_line: Bytes::new(),
        fields: regular,
        stream_id: stream,
        connection: Arc::clone(connection),
    };
    Ok(Request {
        head,
        content_length,
    })
}

/// Checks the fields of a trailer section, which has no pseudo-header fields
/// (§8.1).
pub(super) fn check_trailers(fields: &Fields) -> Result<(), Fault> {
    for (name, value) in fields {
        if name.first() == Some(&b':') {
            let what = format!("the trailers have {}", quoted(name));
            return Err(malformed("RFC 9113 §8.1", what));
        }
        check_field(name, value)?;
    }
    Ok(())
}

/// Checks the request that a pushed stream answers (§8.4): safe, cacheable and
/// without content, with all that a request must say.
pub(super) fn check_promised(fields: &Fields) -> Result<(), WireError> {
    let check = || -> Result<(), Fault> {
        let pseudo = fields.iter().take_while(|(name, _)| name.starts_with(b":"));
        let pseudo: Vec<Field> = pseudo.cloned().collect();
        let regular: Fields = fields.iter().skip(pseudo.len()).cloned().collect();
        for (name, value) in &regular {
            check_field(name, value)?;
        }
        if content_length(&regular)?.is_some_and(|length| length > 0) {
            let what = "a promised request has content";
            return Err(malformed("RFC 9113 §8.4", what));
        }
        let pseudo = take_pseudo(&pseudo)?;
        let method = check_pseudo(&pseudo)?;
        if method != "GET" && method != "HEAD" {
            let what = "a promised request is neither GET nor HEAD";
            return Err(malformed("RFC 9113 §8.4", what));
        }
        if pseudo
            .authority
            .is_none_or(|authority| authority.is_empty())
        {
            let what = "a promised request has no “:authority”";
            return Err(malformed("RFC 9113 §8.4.1", what));
        }
        Ok(())
    };
    check().map_err(|fault| WireError::protocol(fault.what, fault.section))
}

fn take_pseudo(fields: &[Field]) -> Result<Pseudo, Fault> {
    let mut pseudo = Pseudo::default();
    for (name, value) in fields {
        let slot = match &name[..] {
            b":method" => &mut pseudo.method,
            b":scheme" => &mut pseudo.scheme,
            b":authority" => &mut pseudo.authority,
            b":path" => &mut pseudo.path,
            b":protocol" => &mut pseudo.protocol,
            _ => {
                let what = format!("no request has {}", quoted(name));
                return Err(malformed("RFC 9113 §8.3", what));
            }
        };
        if !valid_value(value) {
            let what = format!("{} has a value that no field may have", quoted(name));
            return Err(malformed("RFC 9113 §8.2.1", what));
        }
        if slot.replace(value.clone()).is_some() {
            let what = format!("{} comes twice", quoted(name));
            return Err(malformed("RFC 9113 §8.3", what));
        }
    }
    Ok(pseudo)
}

/// Checks which pseudo-header fields there are and what they hold; answers the
/// method.
fn check_pseudo(pseudo: &Pseudo) -> Result<Bytes, Fault> {
    const SECTION: &str = "RFC 9113 §8.3.1";
    let Some(method) = &pseudo.method else {
        return Err(malformed(SECTION, "the request has no “:method”"));
    };
    if !is_token(method) {
        return Err(malformed(SECTION, "the method is no token"));
    }
    let connect = method == "CONNECT";
    if pseudo.protocol.is_some() && !connect {
        let what = "“:protocol” belongs to CONNECT alone";
        return Err(malformed("RFC 8441 §4", what));
    }
    if connect && pseudo.protocol.is_none() {
        let to = pseudo.authority.as_ref();
        let authority = to.is_some_and(|to| names_port(to));
        return match (&pseudo.scheme, &pseudo.path, authority) {
            (None, None, true) => Ok(method.clone()),
            (None, None, false) => {
                let what = "the “:authority” of a CONNECT is not host:port";
                Err(malformed("RFC 9113 §8.5", what))
            }
            _ => {
                let what = "a CONNECT has “:scheme” or “:path”";
                Err(malformed("RFC 9113 §8.5", what))
            }
        };
    }
    let Some(scheme) = &pseudo.scheme else {
        return Err(malformed(SECTION, "the request has no “:scheme”"));
    };
    if !is_scheme(scheme) {
        return Err(malformed(SECTION, "the scheme is none"));
    }
    let Some(path) = &pseudo.path else {
        return Err(malformed(SECTION, "the request has no “:path”"));
    };
    let http = scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https");
    let asterisk = path == "*" && method == "OPTIONS";
    if http && path.first() != Some(&b'/') && !asterisk {
        return Err(malformed(SECTION, "the path does not begin with a slash"));
    }
    if path.iter().any(|b| *b <= b' ' || *b == 0x7f) {
        return Err(malformed(SECTION, "the path has a space or a control"));
    }
    if http && pseudo.authority.as_ref().is_some_and(|a| !names_host(a)) {
        return Err(malformed(SECTION, "the authority is not host or host:port"));
    }
    Ok(method.clone())
}

/// RFC 3986 §3.1.
fn is_scheme(scheme: &[u8]) -> bool {
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
}

/// Whether it is the target of a CONNECT, which names a port too (§8.5).
fn names_port(authority: &[u8]) -> bool {
    let parts = host_and_port(authority);
    parts.is_some_and(|(host, port)| !host.is_empty() && port.is_some_and(|port| !port.is_empty()))
}

/// Whether it is the authority of an http or https URI, which names a host and
/// nobody's secrets (RFC 9110 §4.2.1, §4.2.4).
fn names_host(authority: &[u8]) -> bool {
    host_and_port(authority).is_some_and(|(host, _)| !host.is_empty())
}

/// `:authority`, or else `Host`; they must not differ (§8.3.1). There is one of
/// each at most (RFC 9110 §7.2).
fn authority(pseudo: Option<Bytes>, fields: &Fields) -> Result<Option<Bytes>, Fault> {
    const SECTION: &str = "RFC 9113 §8.3.1";
    let mut hosts = fields.get_all("host");
    let Some(host) = hosts.next() else {
        return Ok(pseudo);
    };
    if hosts.next().is_some() {
        return Err(malformed(SECTION, "more than one “host”"));
    }
    if !is_host(host) {
        return Err(malformed(SECTION, "“host” is not host or host:port"));
    }
    let differs = |authority: &Bytes| !authority.eq_ignore_ascii_case(host);
    if pseudo.as_ref().is_some_and(differs) {
        let what = "“host” is not what “:authority” is";
        return Err(malformed(SECTION, what));
    }
    Ok(pseudo.or_else(|| Some(host.clone())))
}

fn check_field(name: &Bytes, value: &Bytes) -> Result<(), Fault> {
    if !valid_name(name) {
        let (section, what) = match name.first() {
            Some(b':') => ("RFC 9113 §8.3", "a pseudo-header field after a field"),
            _ => ("RFC 9113 §8.2.1", "a name that no field may have"),
        };
        return Err(malformed(section, format!("{what}: {}", quoted(name))));
    }
    if !valid_value(value) {
        let what = format!("{} has a value that no field may have", quoted(name));
        return Err(malformed("RFC 9113 §8.2.1", what));
    }
    let te = name == "te" && !value.eq_ignore_ascii_case(b"trailers");
    if te || is_connection_specific(name) {
        let what = format!("{} belongs to HTTP/1's connections", quoted(name));
        return Err(malformed("RFC 9113 §8.2.2", what));
    }
    Ok(())
}

/// The one Content-Length; equal duplicates are let pass (RFC 9110 §8.6).
fn content_length(fields: &Fields) -> Result<Option<u64>, Fault> {
    const SECTION: &str = "RFC 9113 §8.1.1";
    let mut length = None;
    for value in fields.get_all("content-length") {
        let digits = value.iter().all(u8::is_ascii_digit);
        let parsed = std::str::from_utf8(value).ok().filter(|_| digits);
        let Some(parsed) = parsed.and_then(|text| text.parse::<u64>().ok()) else {
            return Err(malformed(SECTION, "the Content-Length is no number"));
        };
        if length.is_some_and(|length| length != parsed) {
            return Err(malformed(SECTION, "two Content-Lengths differ"));
        }
        length = Some(parsed);
    }
    Ok(length)
}

#[cfg(test)]
mod tests;
