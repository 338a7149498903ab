//! A request's head: the request line, the fields, and what they ask of the
//! connection (RFC 9112 §2 to §6).
//!
//! This is our own rather than httparse's so that each fault has its section,
//! lines that end in a bare LF are refused, and nothing is read twice. The
//! tests hold it against httparse.

use std::sync::Arc;

use bytes::Bytes;

use super::framing::Length;
use super::lines::{self, Section};
use super::refused::Refused;
use super::syntax::is_token;
use super::target;
use crate::authority::is_host;
use crate::{ConnectionInfo, Fields, Head, Protocol};

/// A request's head, understood.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) head: Head,
    /// How long the body is.
    pub(super) length: Length,
    /// The client waits for `100 Continue` before it sends the body.
    pub(super) expects_continue: bool,
    /// The client would go on with this connection (RFC 9112 §9.3).
    pub(super) persistent: bool,
}

impl Request {
    /// Understands a complete head, the bytes of `section`.
    pub(super) fn parse(
        head: Bytes,
        section: Section,
        connection: &Arc<ConnectionInfo>,
    ) -> Result<Self, Refused> {
        let end = memchr::memchr(b'\n', &head).map_or(head.len(), |at| at + 1);
        let line = RequestLine::parse(&head[..end])?;
        if matches!(head.get(end), Some(b' ' | b'\t')) {
            return Err(Refused::malformed(
                "whitespace before the first field line",
                "RFC 9112 §2.2",
            ));
        }
        let fields = lines::fields(&head.slice(end..), section.lines.saturating_sub(1))?;

        let host = host(line.protocol, &fields)?;
        let authority = match line.authority {
            Some(authority) => Some(head.slice_ref(authority)),
            None => host,
        };

        let length = Length::of_request(line.protocol, &fields)?;
        let modern = line.protocol == Protocol::Http11;
        let mut expects_continue = false;
        if modern && let Some(expected) = fields.get("expect") {
            let only = expected.eq_ignore_ascii_case(b"100-continue");
            if !only || fields.get_all("expect").count() > 1 {
                return Err(Refused::new(
                    417,
                    "an expectation other than 100-continue",
                    "RFC 9110 §10.1.1",
                ));
            }
            expects_continue = length != Length::Bytes(0);
        }
        let persistent = !fields.has_token("connection", "close")
            && (modern || fields.has_token("connection", "keep-alive"));

        Ok(Self {
            length,
            expects_continue,
            persistent,
            head: Head {
                protocol: line.protocol,
                method: head.slice_ref(line.method),
                target: head.slice_ref(line.target),
                authority,
                scheme: Bytes::from_static(connection.scheme().as_bytes()),
                connect_protocol: None,
                request_line: head.slice(..end),
                fields,
                stream_id: 0,
                connection: connection.clone(),
            },
        })
    }
}

/// The one valid `Host` that a request must have; HTTP/1.0 may have none
/// (RFC 9112 §3.2).
fn host(protocol: Protocol, fields: &Fields) -> Result<Option<Bytes>, Refused> {
    let refused = |what| Err(Refused::malformed(what, "RFC 9112 §3.2"));
    let mut hosts = fields.get_all("host");
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => refused("more than one Host field"),
        (Some(host), None) if !is_host(host) => refused("Host is not host or host:port"),
        (None, None) if protocol == Protocol::Http11 => refused("no Host field"),
        (host, None) => Ok(host.cloned()),
    }
}

/// `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3).
#[derive(Debug)]
pub(super) struct RequestLine<'a> {
    method: &'a [u8],
    target: &'a [u8],
    authority: Option<&'a [u8]>,
    protocol: Protocol,
}

impl<'a> RequestLine<'a> {
    /// Understands a first line, CRLF included.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, Refused> {
        const SECTION: &str = "RFC 9112 §3";
        let line = line.strip_suffix(b"\r\n").unwrap_or(line);
        let mut words = line.split(|b| *b == b' ');
        let (Some(method), Some(target), version) = (words.next(), words.next(), words.next())
        else {
            return Err(Refused::malformed("not a request line", SECTION));
        };
        if !is_token(method) {
            return Err(Refused::malformed("the method is not a token", SECTION));
        }
        let Some(version) = version else {
            return Err(Refused::malformed(
                "the request line names no version",
                SECTION,
            ));
        };
        if words.next().is_some() {
            return Err(Refused::malformed(
                "more than two spaces in the request line",
                SECTION,
            ));
        }
        let protocol = protocol(version)?;
        let authority = target::authority(method, target)?;
        Ok(Self {
            method,
            target,
            authority,
            protocol,
        })
    }
}

/// `HTTP/` DIGIT `.` DIGIT. A minor version to come is spoken to as 1.1
/// (RFC 9110 §2.5).
fn protocol(version: &[u8]) -> Result<Protocol, Refused> {
    match version {
        b"HTTP/1.1" => Ok(Protocol::Http11),
        b"HTTP/1.0" => Ok(Protocol::Http10),
        [
            b'H',
            b'T',
            b'T',
            b'P',
            b'/',
            major @ b'0'..=b'9',
            b'.',
            b'0'..=b'9',
        ] => {
            if *major == b'1' {
                return Ok(Protocol::Http11);
            }
            Err(Refused::new(
                505,
                "a version other than HTTP/1",
                "RFC 9110 §15.6.6",
            ))
        }
        _ => Err(Refused::malformed(
            "the request line does not end in a version",
            "RFC 9112 §2.3",
        )),
    }
}
