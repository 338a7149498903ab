//! What is known of a request from its first frame or its head on.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;

use crate::Fields;
use crate::journal::Page;

/// The version that the exchange is spoken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP/1.0 (RFC 1945): no chunks, closed after the answer by default.
    Http10,
    /// HTTP/1.1 (RFC 9112).
    Http11,
    /// HTTP/2 (RFC 9113).
    Http2,
}

impl Protocol {
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`, as wptserve spells them.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2.0",
        }
    }
}

/// What TLS agreed on, for a connection that has it.
#[derive(Clone, Debug, Default)]
pub struct TlsInfo {
    /// As in `TLSv1.3`.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher: String,
    /// The protocol that ALPN chose (RFC 7301), if any.
    pub alpn: Option<Bytes>,
    /// The server name that the client asked for (RFC 6066 §3).
    pub server_name: Option<String>,
}

/// What is the same for every exchange of a connection.
#[derive(Clone, Debug)]
pub struct ConnectionInfo {
    /// Counts the connections of this process from 1.
    pub id: u64,
    /// The client's address.
    pub peer: SocketAddr,
    /// The address that the client connected to.
    pub local: SocketAddr,
    /// TLS facts; `None` on a plaintext connection.
    pub tls: Option<TlsInfo>,
    /// Where what passes is told, if it is.
    pub journal: Option<Arc<Page>>,
}

impl ConnectionInfo {
    /// `https` on TLS, else `http`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// A request without its body.
#[derive(Clone, Debug)]
pub struct Head {
    /// The version it came in.
    pub protocol: Protocol,
    /// Any token (RFC 9110 §9.1), case as received.
    pub method: Bytes,
    /// The request target as received: HTTP/1's second word, HTTP/2's `:path`
    /// (empty for a CONNECT without one).
    pub target: Bytes,
    /// HTTP/2's `:authority`, the authority of an absolute-form target, or the
    /// `Host` field, in that order (RFC 9110 §7.1).
    pub authority: Option<Bytes>,
    /// HTTP/2's `:scheme` as received, otherwise the connection's.
    pub scheme: Bytes,
    /// HTTP/2's `:protocol` of an extended CONNECT (RFC 8441 §4).
    pub connect_protocol: Option<Bytes>,
    /// HTTP/1's first line with its line end; empty on HTTP/2.
    pub request_line: Bytes,
    /// Field lines as received, without HTTP/2's pseudo-header fields.
    pub fields: Fields,
    /// The HTTP/2 stream; 0 on HTTP/1.
    pub stream_id: u32,
    /// The connection it came on.
    pub connection: Arc<ConnectionInfo>,
}
