//! What can be written: one value for each operation.

use bytes::Bytes;

use crate::{Fields, Priority};

/// One write of a handler.
///
/// *Checked* operations are refused with a [`WireError`] when the state of the
/// exchange forbids them, and are never able to break the connection for
/// others; [`WireOp::is_raw`] tells which ones are not checked. `stream` names
/// an HTTP/2 stream, `None` being the exchange's own; a checked operation may
/// name that one and those that the exchange has pushed. What exists on one
/// protocol only is [`WireError::WrongProtocol`] on the other.
///
/// Operations come to belong here, never beside it.
///
/// [`WireError`]: crate::WireError
/// [`WireError::WrongProtocol`]: crate::WireError::WrongProtocol
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
    /// for nothing, and an HTTP/1.0 client, which knows none, is not sent it
    /// (RFC 9110 §15.2).
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
    /// A piece of the body as exactly one DATA frame, an empty one too; waits
    /// until the windows let all of it pass. Refused where it is larger than
    /// the peer's SETTINGS_MAX_FRAME_SIZE. On HTTP/1 one chunk, or a piece.
    WriteDataFrame {
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
    /// Gives the exchange up: RST_STREAM with this code (RFC 9113 §7). On
    /// HTTP/1 the connection is reset (TCP's RST) behind what was written: a
    /// FIN would be a proper end of content without a length.
    Reset {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The error code.
        code: u32,
    },
    /// Returns when everything written so far has been handed to the socket.
    Flush,
    /// HTTP/2: PUSH_PROMISE on the exchange's own stream (RFC 9113 §8.4). The
    /// promised stream belongs to the exchange then; answers its identifier.
    Push {
        /// The stream to promise: even and never used; `None` for the next.
        promised: Option<u32>,
        /// The request that it answers, pseudo-header fields first.
        fields: Fields,
    },
    /// HTTP/2: GOAWAY (RFC 9113 §6.8). Later streams than the last one that
    /// was named are ignored, and the connection ends when the others have.
    GoAway {
        /// The last stream that is answered; `None` for the last one that the
        /// client has opened.
        last_stream: Option<u32>,
        /// The error code.
        code: u32,
        /// Debug data.
        debug: Bytes,
    },
    /// HTTP/2: PING (RFC 9113 §6.7).
    Ping {
        /// The opaque data.
        data: [u8; 8],
    },
    /// HTTP/2: SETTINGS (RFC 9113 §6.5). They hold from their acknowledgement
    /// on. Values that the RFC forbids are refused.
    Settings {
        /// Identifiers and values, in order.
        settings: Vec<(u16, u32)>,
    },
    /// HTTP/2: WINDOW_UPDATE (RFC 9113 §6.9), which lets the client send more.
    WindowUpdate {
        /// The stream, or 0 for the connection.
        stream: u32,
        /// Bytes, 1 to 2^31-1.
        increment: u32,
    },
    /// HTTP/2: PRIORITY (RFC 7540 §6.3, deprecated).
    Priority {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// What it depends on.
        priority: Priority,
    },
    /// HTTP/2: how long the padding of the exchange's next HEADERS,
    /// PUSH_PROMISE and DATA frames is, checked or raw (RFC 9113 §6.1); `None`,
    /// as at first, for frames without the PADDED flag.
    Padding(Option<u8>),
    /// HTTP/2: how the exchange's next header blocks are coded.
    Coding(Coding),
    /// HTTP/2: the size of the dynamic table that header blocks use from now
    /// on, in bytes, said at the start of the next block (RFC 7541 §6.3). At
    /// most the peer's SETTINGS_HEADER_TABLE_SIZE.
    TableSize(u32),
    /// HTTP/2: writes nothing, and answers these fields as a header block that
    /// leaves the dynamic table alone, to be cut up and written raw.
    EncodeFields(Fields),
    /// HTTP/2, raw: a HEADERS frame with these fields as they are, whatever
    /// the state of the stream. The block leaves the dynamic table alone.
    /// Without `end_headers` nobody else writes until CONTINUATION ends the
    /// block or the exchange is over.
    RawHeaders {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The fields, nothing added, moved or lowered.
        fields: Fields,
        /// The END_STREAM flag.
        end_stream: bool,
        /// The END_HEADERS flag.
        end_headers: bool,
    },
    /// HTTP/2, raw: a CONTINUATION frame.
    RawContinuation {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The fields, as they are.
        fields: Fields,
        /// The END_HEADERS flag.
        end_headers: bool,
    },
    /// HTTP/2, raw: one DATA frame, whatever the stream's state and windows,
    /// which it debits.
    RawData {
        /// The stream; `None` for the exchange's own.
        stream: Option<u32>,
        /// The bytes, at most 2^24-1.
        data: Bytes,
        /// The END_STREAM flag.
        end_stream: bool,
    },
    /// HTTP/2, raw: any frame.
    RawFrame {
        /// The type.
        kind: u8,
        /// The flags.
        flags: u8,
        /// The stream identifier, its reserved bit included.
        stream: u32,
        /// The payload, at most 2^24-1 bytes.
        payload: Bytes,
    },
    /// Raw: bytes as they are. On HTTP/2 they may be any part of a frame;
    /// nobody else writes within a frame that they leave open.
    ///
    /// On HTTP/1 they are read along as a client reads them. Behind a complete
    /// head, and between chunks, checked operations may go on. When the exchange
    /// ends, the connection goes on if the bytes end where the response does,
    /// and closes in good order if that is incomplete, cannot be told, or was
    /// followed by more.
    RawBytes {
        /// The bytes.
        bytes: Bytes,
        /// More follows at once: they may wait for it, to leave together.
        /// [`WireOp::Flush`], the end of the exchange and waiting for the
        /// request's body let them go.
        more: bool,
    },
    /// Raw: closes our side of the connection (FIN) behind what was written.
    /// Later operations are [`WireError::Gone`](crate::WireError::Gone); the
    /// request may still be read.
    Close,
    /// Raw: drops the connection (RST) behind what was written. The system may
    /// discard what the client has not received yet.
    Abort,
}

impl WireOp {
    /// Whether it can touch more than its own exchange and what that has
    /// pushed: something that a tenant must have been granted.
    pub fn is_raw(&self) -> bool {
        match self {
            Self::RawHeaders { .. }
            | Self::RawContinuation { .. }
            | Self::RawData { .. }
            | Self::RawFrame { .. }
            | Self::RawBytes { .. }
            | Self::GoAway { .. }
            | Self::Settings { .. }
            | Self::TableSize(_)
            | Self::Close
            | Self::Abort => true,
            Self::WindowUpdate { stream, .. } => *stream == 0,
            _ => false,
        }
    }

    /// Its name, as in the WIT.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WriteHeaders { .. } => "write-headers",
            Self::WriteData { .. } => "write-data",
            Self::WriteDataFrame { .. } => "write-data-frame",
            Self::Trailers { .. } => "write-trailers",
            Self::EndStream { .. } => "end-stream",
            Self::Reset { .. } => "reset-stream",
            Self::Flush => "flush",
            Self::Push { .. } => "write-push",
            Self::GoAway { .. } => "goaway",
            Self::Ping { .. } => "ping",
            Self::Settings { .. } => "settings",
            Self::WindowUpdate { .. } => "window-update",
            Self::Priority { .. } => "priority",
            Self::Padding(_) => "set-padding",
            Self::Coding(_) => "set-header-coding",
            Self::TableSize(_) => "set-header-table-size",
            Self::EncodeFields(_) => "encode-headers",
            Self::RawHeaders { .. } => "write-raw-header-frame",
            Self::RawContinuation { .. } => "write-raw-continuation-frame",
            Self::RawData { .. } => "write-raw-data-frame",
            Self::RawFrame { .. } => "write-raw-frame",
            Self::RawBytes { .. } => "write-raw-bytes",
            Self::Close => "close",
            Self::Abort => "reset",
        }
    }
}

/// How an exchange's header blocks are coded (RFC 7541 §5.2, §6). The default
/// leaves both to the encoder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coding {
    /// How fields are represented; `None` for what suits each one.
    pub indexing: Option<Indexing>,
    /// Whether strings are Huffman-coded; `None` for where that is shorter.
    pub huffman: Option<bool>,
}

/// How a field is represented (RFC 7541 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexing {
    /// An index where there is one, else a literal that is added to the table
    /// (§6.1, §6.2.1).
    Incremental,
    /// A literal that is not added; static indices only (§6.2.2).
    Without,
    /// A literal that no intermediary may add either (§6.2.3).
    Never,
}

/// What an operation answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// Done, nothing to say.
    Done,
    /// The stream that [`WireOp::Push`] promised.
    Stream(u32),
    /// The block that [`WireOp::EncodeFields`] made.
    Block(Bytes),
}
