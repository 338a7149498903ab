//! What can be written: one value for each operation.

use bytes::Bytes;

use crate::Fields;

/// One write of a handler.
///
/// The operations here are *checked*: refused with a [`WireError`] when the
/// state of the exchange forbids them, and never able to break the connection
/// for others. They mean the same on both protocols. `stream` names the HTTP/2
/// stream, `None` being the exchange's own.
///
/// Operations come to belong here, never beside it: push, raw frames, raw
/// bytes and connection-level frames are further variants.
///
/// [`WireError`]: crate::WireError
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireOp {
    /// The head of the answer, or an informational one (status 1xx, any number
    /// of times, RFC 9110 §15.2).
    ///
    /// HTTP/2: `:status` is made from `status` and goes first, pseudo-header
    /// fields among `fields` are refused, and names are lower-cased. HTTP/1: fields go out as they
    /// are; when they hold neither `Content-Length` nor `Transfer-Encoding`
    /// and a body may follow, the body is chunked, or ended by closing for an
    /// HTTP/1.0 client; where nothing follows, `Content-Length: 0` says so.
    /// `Connection: close`, or HTTP/1.0's `keep-alive`, is added where it holds
    /// and no `Connection` is given. The head waits for the first write that
    /// follows, so that both leave in one packet; [`WireOp::Flush`] sends it
    /// alone, and so does waiting for the body. An informational head waits
    /// for nothing.
    WriteHeaders {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The status code, 100 to 999.
        status: u16,
        /// HTTP/1's reason phrase; `None` for the registered one.
        reason: Option<Bytes>,
        /// The field lines, in order.
        fields: Fields,
        /// Whether nothing follows.
        end: bool,
    },
    /// A piece of the body. HTTP/2 splits it by window and frame size and
    /// waits for window; HTTP/1 waits for the socket.
    WriteData {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The bytes; may be empty.
        data: Bytes,
        /// Whether it is the last.
        end: bool,
    },
    /// Trailer fields, which end the stream (RFC 9110 §6.5). HTTP/1 sends them
    /// after the last chunk, so the body must be chunked.
    Trailers {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The field lines, in order.
        fields: Fields,
    },
    /// Ends the body with nothing more.
    EndStream {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
    },
    /// Gives the exchange up: RST_STREAM with this code (RFC 9113 §7), on
    /// HTTP/1 the end of the connection.
    Reset {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The error code.
        code: u32,
    },
    /// Returns when everything written so far has been handed to the socket.
    Flush,
}

/// What an operation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// Done, nothing to say.
    Done,
}
