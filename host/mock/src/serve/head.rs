//! What of a response is sent, and how.

use bytes::Bytes;
use host_wire::{Fields, Head, Protocol, reason_phrase};

use super::Failure;
use super::source::Source;
use crate::response::{Delay, INFORMATIONAL, Informational, STATUSES, Version};
use crate::step::fields;
use crate::{Body, Fault, Framing, Response};

/// Fields of HTTP/1's connections, which HTTP/2 has other means for (RFC 9113
/// §8.2.2).
const OF_HTTP1: [&[u8]; 5] = [
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"transfer-encoding",
    b"upgrade",
];

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// By operations that the wire checks, and frames as the protocol has it.
    Checked,
    /// HTTP/1: bytes as they are, where checked operations would add to them.
    Raw,
    /// The same with the body in chunks.
    RawChunked,
}

/// A response, ready to be written.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) status: u16,
    pub(super) reason: Option<Bytes>,
    pub(super) version: Version,
    pub(super) fields: Fields,
    pub(super) coding: Coding,
    /// `None` where none is sent.
    pub(super) body: Option<Source>,
    pub(super) trailers: Fields,
    pub(super) informational: Vec<Informational>,
    pub(super) delay: Delay,
    pub(super) fault: Option<Fault>,
    /// HTTP/1: our side closes behind it.
    pub(super) closes: bool,
    /// The body's last byte is what ends it, so what is waited for before the end
    /// is waited for before that byte.
    pub(super) holds_last: bool,
    /// The end is told even of an empty body.
    chunked: bool,
}

impl Plan {
    /// Whether the head is all that there is.
    pub(super) fn ends_with_head(&self) -> bool {
        let empty = self.body.as_ref().is_none_or(Source::is_empty);
        empty
            && self.coding == Coding::Checked
            && (self.body.is_none() || !self.chunked)
            && self.trailers.is_empty()
            && self.fault.is_none()
            && self.delay.body.is_zero()
            && self.delay.end.is_zero()
    }
}

/// Says what is to be sent in answer to this request.
///
/// # Errors
/// Why it cannot be sent.
pub(super) async fn plan(response: Response, request: &Head) -> Result<Plan, Failure> {
    check(&response)?;
    let Response {
        status,
        reason,
        headers,
        defaults,
        version,
        body,
        framing,
        trailers,
        informational,
        delay,
        fault,
        early: _,
    } = response;
    let is_http2 = request.protocol == Protocol::Http2;
    let old = version == Version::Http10 && !is_http2;
    let has_content = !matches!(status, 100..=199 | 204 | 304);
    // test_server's HTTP/1.0 sends content whatever the method is.
    let sends = has_content && (request.method != "HEAD" || (old && !defaults));
    let malformed = fault == Some(Fault::MalformedChunk);
    let truncated = has_content && matches!(fault, Some(Fault::TruncatedLength { .. }));
    let chunks = framing == Framing::Chunked || !trailers.is_empty() || malformed;
    let chunked = chunks && !truncated;
    let by_close = framing == Framing::Close || old;
    if !is_http2 && !trailers.is_empty() {
        let old_client = request.protocol == Protocol::Http10;
        if by_close || old_client {
            let why = "trailers need chunks, and HTTP/1.0 and framing by close have none";
            return Err(Failure::impossible(why));
        }
    }

    let is_json = matches!(body, Body::Json(_));
    let source = Source::new(body).await?;
    let length = source.left();
    let mut fields = fields(headers);
    if defaults {
        if is_http2 {
            for name in OF_HTTP1 {
                fields.remove(name);
            }
        }
        if is_json && !fields.contains("content-type") {
            fields.append("Content-Type", "application/json");
        }
        fields.add_server_and_date();
    }
    let coding = match () {
        () if is_http2 => Coding::Checked,
        () if malformed => Coding::RawChunked,
        () if by_close => Coding::Raw,
        () if !defaults && chunked => Coding::RawChunked,
        () if !defaults => Coding::Raw,
        () => Coding::Checked,
    };
    let is_framed = fields.contains("content-length") || fields.contains("transfer-encoding");
    match fault {
        Some(Fault::TruncatedLength { missing }) if has_content => {
            fields.remove(b"transfer-encoding");
            let length = length.saturating_add(missing);
            fields.set("Content-Length", length.to_string());
        }
        _ if coding == Coding::RawChunked => {
            if malformed {
                fields.remove(b"content-length");
            }
            if !fields.contains("transfer-encoding") {
                fields.append("Transfer-Encoding", "chunked");
            }
        }
        _ if coding == Coding::Checked && is_framed && sends => agrees(&fields, length)?,
        _ => {
            let counts = framing == Framing::Length && (!chunked || is_http2);
            if defaults && has_content && counts && !is_framed {
                fields.append("Content-Length", length.to_string());
            }
        }
    }
    let goes_away = matches!(fault, Some(Fault::GoAway { .. }));
    if !is_http2 && goes_away {
        fields.set("Connection", "close");
    } else if !is_http2 && framing == Framing::Close && defaults && !fields.contains("connection") {
        fields.append("Connection", "close");
    }
    let trailers = match sends {
        true => crate::step::fields(trailers),
        false => Fields::new(),
    };
    if defaults && coding != Coding::Checked {
        keep_lines(&fields, reason.as_deref())?;
    }
    let holds_last = !is_http2 && !delay.end.is_zero() && fields.contains("content-length");
    Ok(Plan {
        status,
        reason: reason.map(Bytes::from),
        version,
        fields,
        coding,
        body: sends.then_some(source),
        trailers,
        informational,
        delay,
        fault,
        closes: by_close || goes_away,
        holds_last,
        chunked,
    })
}

/// Checks what no protocol can send.
fn check(response: &Response) -> Result<(), Failure> {
    let status = response.status;
    if !STATUSES.contains(&status) {
        let why = format!("status {status} is not of three digits");
        return Err(Failure::Impossible(why));
    }
    if INFORMATIONAL.contains(&status) && response.defaults {
        let why = format!("status {status} is informational: it goes before the final response");
        return Err(Failure::Impossible(why));
    }
    for informational in &response.informational {
        let status = informational.status;
        if !INFORMATIONAL.contains(&status) {
            let why = format!("status {status} is not informational: it is not 100 to 199");
            return Err(Failure::Impossible(why));
        }
    }
    Ok(())
}

/// Checks that a Content-Length is that of the body.
fn agrees(fields: &Fields, length: u64) -> Result<(), Failure> {
    let Some(said) = fields.get("content-length") else {
        return Ok(());
    };
    if **said == *length.to_string().as_bytes() {
        return Ok(());
    }
    Err(Failure::Impossible(format!(
        "Content-Length is {}, and the body has {length} bytes: the fault `truncated_length` \
         sends less than it says, and `defaults: false` whatever is said",
        said.escape_ascii()
    )))
}

/// Checks that field lines and reason keep to their lines.
fn keep_lines(fields: &Fields, reason: Option<&[u8]>) -> Result<(), Failure> {
    let breaks = |bytes: &[u8]| bytes.iter().any(|b| matches!(b, b'\r' | b'\n' | 0));
    let broken = fields.iter().find(|(n, v)| breaks(n) || breaks(v));
    let name = match broken {
        Some((name, _)) => name.escape_ascii().to_string(),
        None if reason.is_some_and(breaks) => "the reason phrase".to_owned(),
        None => return Ok(()),
    };
    let why = format!("CR, LF or NUL in {name}: `defaults: false` sends them");
    Err(Failure::Impossible(why))
}

/// A head as HTTP/1 has it, with nothing added.
pub(super) fn bytes(
    version: Version,
    status: u16,
    reason: Option<Bytes>,
    fields: &Fields,
) -> Vec<u8> {
    let version = match version {
        Version::Http11 => "1.1",
        Version::Http10 => "1.0",
    };
    let mut bytes = format!("HTTP/{version} {status} ").into_bytes();
    match &reason {
        Some(reason) => bytes.extend_from_slice(reason),
        None => bytes.extend_from_slice(reason_phrase(status).as_bytes()),
    }
    bytes.extend_from_slice(b"\r\n");
    put_fields(fields, &mut bytes);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Field lines.
pub(super) fn put_fields(fields: &Fields, bytes: &mut Vec<u8>) {
    for (name, value) in fields {
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
}
