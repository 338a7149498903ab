//! What the client sent, frame by frame.

use bytes::Bytes;

use crate::Fields;

/// One step of a request, in the order of the wire.
///
/// `Headers` is always the first; `End`, `Reset` or `Gone` is the last, unless
/// the exchange is watched ([`Exchange::watch`](crate::Exchange::watch)): then
/// more may follow `End`.
#[derive(Debug)]
pub enum Event {
    /// The head of the request.
    Headers(HeadersFrame),
    /// A piece of the body: one DATA frame of HTTP/2, empty ones too; on
    /// HTTP/1 one piece as it arrived.
    Data(DataFrame),
    /// Trailer fields (RFC 9110 §6.5).
    Trailers(HeadersFrame),
    /// The request is complete.
    End,
    /// The stream was reset with this error code (RFC 9113 §6.4): by the
    /// client, by us for what the client did on it, which is then reported, or
    /// by the exchange itself before the request had ended.
    Reset(u32),
    /// A frame that carries no content, on this stream or the connection:
    /// SETTINGS, PING, WINDOW_UPDATE, PRIORITY or an unknown one; and what comes
    /// on streams that the exchange pushed or wrote raw on. Only while the
    /// exchange is watched.
    Control(ControlFrame),
    /// The client said GOAWAY (RFC 9113 §6.8). Only while the exchange is
    /// watched.
    GoAway {
        /// The last of our streams that the client takes.
        last_stream: u32,
        /// The error code.
        code: u32,
        /// Debug data.
        debug: Bytes,
    },
    /// The connection ended before the request did, or while the exchange was
    /// watched.
    Gone,
}

/// A frame as it came (RFC 9113 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlFrame {
    /// The type.
    pub kind: u8,
    /// The flags.
    pub flags: u8,
    /// The stream; 0 for the connection.
    pub stream_id: u32,
    /// The payload.
    pub payload: Bytes,
}

/// A HEADERS frame with its continuations; on HTTP/1 made from the head.
#[derive(Clone, Debug, Default)]
pub struct HeadersFrame {
    /// 0 on HTTP/1.
    pub stream_id: u32,
    /// The flags of the HEADERS frame itself (RFC 9113 §6.2); 0 on HTTP/1.
    pub flags: u8,
    /// The decoded list in order, HTTP/2's pseudo-header fields with their
    /// colon included.
    pub fields: Fields,
    /// Whether no body follows.
    pub end_stream: bool,
    /// The number of padding bytes, if the frame was padded.
    pub padding: Option<u8>,
    /// The deprecated priority fields, if the frame had them.
    pub priority: Option<Priority>,
}

/// A DATA frame; on HTTP/1 a piece of the body.
#[derive(Debug)]
pub struct DataFrame {
    /// 0 on HTTP/1.
    pub stream_id: u32,
    /// The frame's flags (RFC 9113 §6.1); 0 on HTTP/1.
    pub flags: u8,
    /// The content without padding.
    pub data: Bytes,
    /// Whether it is the last; never set on HTTP/1.
    pub end_stream: bool,
    /// The number of padding bytes, if the frame was padded.
    pub padding: Option<u8>,
    /// What the frame took from the flow-control windows, in bytes, padding
    /// and its length included.
    pub flow_controlled_length: u32,
    /// Gives those bytes back to the client when it is dropped: hold it for
    /// as long as the next frame should wait.
    pub credit: Credit,
}

/// Back pressure: the window that a [`DataFrame`] took. Dropping it lets the
/// client send as much again.
#[derive(Debug, Default)]
pub struct Credit(
    #[expect(dead_code, reason = "its drop is what it is for")] pub(crate) Option<crate::h2::Credit>,
);

/// RFC 7540 §5.3's stream dependency, deprecated by RFC 9113 §5.3.2 but still
/// on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priority {
    /// The stream that this one depends on.
    pub dependency: u32,
    /// The weight's byte: the weight less one.
    pub weight: u8,
    /// Whether the dependency is exclusive.
    pub exclusive: bool,
}
