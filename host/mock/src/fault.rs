//! What goes wrong on purpose.

use serde::{Deserialize, Serialize};

/// A fault of an answer. In JSON `{"kind": "reset", "at": {"bytes": 10}}`.
///
/// Each has a meaning on both protocols, the nearest that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// HTTP/1: the connection is reset (TCP's RST). HTTP/2: RST_STREAM.
    Reset {
        /// When.
        #[serde(default)]
        at: At,
        /// HTTP/2's error code (RFC 9113 §7); INTERNAL_ERROR if `None`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u32>,
    },
    /// The connection is closed (FIN), on HTTP/2 for all of its streams.
    Close {
        /// When.
        #[serde(default)]
        at: At,
    },
    /// Nothing more comes, until the client leaves or the server stops.
    Stall {
        /// When.
        #[serde(default)]
        at: At,
    },
    /// HTTP/1: the body is in chunks, whatever its framing is, and a chunk whose
    /// size is no number stands in place of its end; then the connection closes.
    /// HTTP/2, which has no chunks: the frame behind the content is a DATA frame
    /// whose padding is longer than the frame (RFC 9113 §6.1).
    MalformedChunk,
    /// `Content-Length` says more bytes than come, whatever the framing is. Then
    /// HTTP/1 closes the connection, and HTTP/2 ends the stream. Without trailers,
    /// and of no effect on an answer that has no content.
    TruncatedLength {
        /// How many bytes are missing.
        #[serde(default = "one")]
        missing: u64,
    },
    /// HTTP/2: RST_STREAM with REFUSED_STREAM instead of an answer (RFC 9113
    /// §8.7): the client may try again. HTTP/1: the connection is closed without
    /// an answer.
    RefusedStream,
    /// HTTP/2: GOAWAY (RFC 9113 §6.8). HTTP/1: the answer says `Connection:
    /// close`, and the connection is closed behind it.
    #[serde(rename = "goaway")]
    GoAway {
        /// When. The answer goes on behind it; only at the start, with a
        /// `last_stream` below the request's own, the request is not answered:
        /// RST_STREAM with REFUSED_STREAM says so, too.
        #[serde(default)]
        at: At,
        /// The error code.
        #[serde(default)]
        code: u32,
        /// The last stream that is said to be answered; the client's last one if
        /// `None`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_stream: Option<u32>,
    },
}

fn one() -> u64 {
    1
}

/// How far an answer gets before its fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// Nothing of it is sent.
    #[default]
    Start,
    /// Behind the head.
    Head,
    /// Behind this many bytes of the body; where it has no more, behind all of it.
    Bytes(u64),
    /// Behind all of the body, but before what ends it: the last chunk, the end of
    /// the stream. A Content-Length needs nothing more, so the client has it all.
    End,
}

/// A fault of a connection, before there is a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ConnectionFault {
    /// It is reset as soon as it is there.
    Reset,
    /// It is closed as soon as it is there.
    Close,
    /// Nothing is read or written, until the client leaves or the server stops.
    Stall,
    /// TLS: the ClientHello is answered with a fatal alert (RFC 8446 §6.2). A
    /// plaintext connection is closed.
    TlsAlert {
        /// The alert's description; `handshake_failure` (40) if `None`.
        #[serde(default = "handshake_failure")]
        alert: u8,
    },
}

fn handshake_failure() -> u8 {
    40
}
