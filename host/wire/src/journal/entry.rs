//! What a journal is told.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::PREVIEW;
use crate::{Fields, Priority, TlsInfo, Violation};

/// One thing that happened on a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// When.
    pub time: SystemTime,
    /// The same since the connection was accepted, in whole microseconds.
    pub since: Duration,
    /// How it came, where it did not come at once.
    pub span: Option<Span>,
    /// [`ConnectionInfo::id`](crate::ConnectionInfo::id).
    pub connection: u64,
    /// What.
    pub what: What,
}

/// The time that something took to pass. [`Entry::time`] is when the last of it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When the first of it passed, since the connection was accepted.
    pub began: Duration,
    /// Reads or writes that it was in, 2 or more.
    pub parts: u32,
}

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum What {
    /// The connection was accepted.
    Open {
        /// The client's address.
        peer: SocketAddr,
        /// The address that it connected to.
        local: SocketAddr,
    },
    /// The TLS handshake ended.
    Tls {
        /// What was agreed on; `None` where the handshake failed.
        agreed: Option<TlsInfo>,
        /// What the client offered, as far as it could be read.
        hello: Option<Box<ClientHello>>,
        /// How what came begins, where that was no hello or half of one.
        received: Option<Preview>,
        /// Why it failed.
        error: Option<String>,
    },
    /// HTTP/2: the client's preface (RFC 9113 §3.4).
    Preface,
    /// HTTP/2: a frame.
    Frame(Frame),
    /// HTTP/1: the head of a request, or of a response, informational ones
    /// too.
    Head(MessageHead),
    /// HTTP/1: content, as a chunk or as it was read or written.
    Body(Piece),
    /// HTTP/1: trailer fields behind the last chunk; not told if there are
    /// none.
    Trailers {
        /// Who sent them.
        direction: Direction,
        /// The request's number on its connection.
        request: u32,
        /// The field lines.
        fields: Fields,
        /// Of what was written, which operation did.
        cause: Option<Cause>,
    },
    /// Bytes where nothing of the protocol could be made out.
    Bytes(Unread),
    /// An exchange was given to a tenant's handler or file.
    Exchange(Exchange),
    /// An exchange is over. What it wrote may still be on its way.
    Answered {
        /// Which.
        exchange: Exchange,
        /// The status that was sent, if one was.
        status: Option<u16>,
        /// What went wrong in the handler, where something did.
        error: Option<String>,
    },
    /// An operation was refused: nothing was written.
    Refused {
        /// The operation.
        cause: Cause,
        /// Why.
        what: Cow<'static, str>,
        /// The rule, if it is one of the protocol.
        section: Option<&'static str>,
    },
    /// The client broke a rule.
    Violation {
        /// Which.
        violation: Violation,
        /// HTTP/1: the number of its request; none before the first.
        request: Option<u32>,
    },
    /// A side said that nothing more will come (FIN, under TLS close_notify).
    End {
        /// Which side.
        direction: Direction,
        /// Of ours, which operation did; `None` for the engine.
        cause: Option<Cause>,
    },
    /// The connection will end by a reset (RST).
    Reset {
        /// Which operation did; `None` for the engine.
        cause: Option<Cause>,
    },
    /// The connection is over.
    Close {
        /// What went wrong, where something did.
        error: Option<String>,
    },
}

/// Which way bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// What an exchange is called on its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// HTTP/2: its stream.
    Stream(u32),
    /// HTTP/1: its number, from 1.
    Request(u32),
}

/// What wrote something for an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// A handler's operation by its name in the WIT, or who else writes; see
    /// [`Exchange::write_as`](crate::Exchange::write_as).
    pub operation: &'static str,
    /// Of which exchange.
    pub of: Of,
}

/// Whose an exchange is.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The exchange.
    pub of: Of,
    /// The request's method.
    pub method: Bytes,
    /// The request's target.
    pub target: Bytes,
    /// The tenant, where the request's host is one's.
    pub tenant: Option<String>,
    /// The handler's route, as in `/a/b`, where it was one's.
    pub handler: Option<String>,
}

/// How long something is, and how it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Bytes.
    pub length: u64,
    /// The first of them, [`PREVIEW`] at most.
    pub start: Bytes,
}

impl Preview {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len() as u64,
            start: Bytes::copy_from_slice(&bytes[..bytes.len().min(PREVIEW)]),
        }
    }

    /// More of the same.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let room = PREVIEW - self.start.len();
        if room > 0 {
            self.start = [&self.start, &bytes[..bytes.len().min(room)]]
                .concat()
                .into();
        }
    }
}

/// An HTTP/2 frame (RFC 9113 §4.1).
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who sent it.
    pub direction: Direction,
    /// The type.
    pub kind: u8,
    /// The flags.
    pub flags: u8,
    /// The stream, its reserved bit included.
    pub stream: u32,
    /// The payload's length as the frame's header says it, in bytes.
    pub length: u32,
    /// How many of those bytes had not come when the connection ended.
    pub missing: u32,
    /// The number of padding bytes, if the frame was padded.
    pub padding: Option<u8>,
    /// What it holds.
    pub payload: Payload,
    /// Of what was written, which operation did; `None` for the engine.
    pub cause: Option<Cause>,
}

/// A frame's payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// DATA, without padding.
    Data(Preview),
    /// HEADERS, PUSH_PROMISE or CONTINUATION.
    Block {
        /// PUSH_PROMISE's stream.
        promised: Option<u32>,
        /// HEADERS' deprecated priority.
        priority: Option<Priority>,
        /// The block, on the frame that ends it.
        block: Option<Block>,
    },
    /// PRIORITY.
    Priority(Priority),
    /// RST_STREAM: the error code.
    Reset(u32),
    /// SETTINGS: identifiers and values, in order.
    Settings(Vec<(u16, u32)>),
    /// PING.
    Ping([u8; 8]),
    /// GOAWAY.
    GoAway {
        /// The last stream.
        last_stream: u32,
        /// The error code.
        code: u32,
        /// Debug data.
        debug: Preview,
    },
    /// WINDOW_UPDATE: bytes.
    WindowUpdate(u32),
    /// A type that RFC 9113 does not know, or a payload that does not fit its
    /// type.
    Other(Preview),
}

/// A whole header block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// Decoded.
    Fields {
        /// The fields, in order.
        fields: Fields,
        /// There were more than the journal keeps.
        cut: bool,
        /// A block before it could not be decoded, so the table may be wrong.
        doubtful: bool,
    },
    /// It cannot be decoded.
    Undecodable {
        /// Why.
        what: Cow<'static, str>,
        /// The block.
        block: Preview,
    },
}

/// The head of an HTTP/1 message.
#[derive(Clone, Debug)]
pub struct MessageHead {
    /// In for a request, out for a response.
    pub direction: Direction,
    /// The request's number on its connection, from 1.
    pub request: u32,
    /// The request line or status line, without its end.
    pub line: Bytes,
    /// A response's status, if it can be read.
    pub status: Option<u16>,
    /// The field lines, names and values as they were; what has no colon is a
    /// name.
    pub fields: Fields,
    /// The bytes, where line and fields put together again are not the same:
    /// white space, line ends.
    pub raw: Option<Bytes>,
    /// Of a response, which operation wrote it; `None` for the engine.
    pub cause: Option<Cause>,
}

/// Content of an HTTP/1 message.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Who sent it.
    pub direction: Direction,
    /// The request's number on its connection.
    pub request: u32,
    /// Whether it is one chunk (RFC 9112 §7.1).
    pub chunk: bool,
    /// Bytes of the chunk that had not come when the connection ended.
    pub missing: u64,
    /// The content.
    pub data: Preview,
    /// Of what was written, which operation did; `None` for the engine.
    pub cause: Option<Cause>,
}

/// Bytes that are no message.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Who sent them.
    pub direction: Direction,
    /// HTTP/1: the number of the last request that began before them.
    pub request: Option<u32>,
    /// The bytes.
    pub data: Preview,
    /// Of what was written, which operation did; `None` for the engine.
    pub cause: Option<Cause>,
}

/// What a TLS client offered (RFC 8446 §4.1.2), in its order: what a
/// fingerprint of clients is made of. Values of RFC 8701 (GREASE) are among
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientHello {
    /// `legacy_version`.
    pub version: u16,
    /// Cipher suites.
    pub ciphers: Vec<u16>,
    /// The types of the extensions.
    pub extensions: Vec<u16>,
    /// `supported_groups`.
    pub groups: Vec<u16>,
    /// `ec_point_formats`.
    pub point_formats: Vec<u8>,
    /// `signature_algorithms`.
    pub signatures: Vec<u16>,
    /// `supported_versions`.
    pub versions: Vec<u16>,
    /// The protocols of ALPN.
    pub alpn: Vec<Bytes>,
    /// The name of `server_name`.
    pub server_name: Option<Bytes>,
}
