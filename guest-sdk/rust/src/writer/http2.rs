//! What HTTP/2 alone has, checked. On HTTP/1 these are refused as
//! `WrongProtocol`.

use super::{Huffman, Indexing, Peer, Writer};
use crate::{IntoFields, Priority, WriteError};

/// What [`Writer::write_push`] may be given beside the promised request:
/// nothing by default.
#[derive(Clone, Debug, Default)]
pub struct Push {
    stream_id: Option<u32>,
    status: Option<u16>,
    headers: Option<Vec<(Vec<u8>, Vec<u8>)>>,
    data: Option<Vec<u8>>,
}

impl Push {
    /// The whole answer.
    pub fn answer(status: u16, headers: impl IntoFields, data: impl Into<Vec<u8>>) -> Self {
        Self {
            data: Some(data.into()),
            ..Self::answer_headers(status, headers)
        }
    }

    /// An answer that is a head and nothing else.
    pub fn answer_headers(status: u16, headers: impl IntoFields) -> Self {
        Self {
            status: Some(status),
            headers: Some(headers.into_fields()),
            ..Self::default()
        }
    }

    /// The promised stream, even and unused; the next one if none is named.
    #[must_use]
    pub fn stream_id(self, stream_id: u32) -> Self {
        Self {
            stream_id: Some(stream_id),
            ..self
        }
    }
}

impl Writer {
    /// Promises an answer to a request that the client has not made
    /// (PUSH_PROMISE, RFC 9113 §8.4), and gives the promised stream's id. The
    /// fields are those of the request, pseudo-header fields (`:method`…)
    /// included. Without an answer in `push` it is up to the handler, through
    /// [`on_stream`](Self::on_stream). Refused where the client has turned push
    /// off, as most do.
    pub fn write_push(
        &self,
        promise_headers: impl IntoFields,
        push: Push,
    ) -> Result<u32, WriteError> {
        self.raw.write_push(
            &promise_headers.into_fields(),
            push.stream_id,
            push.status,
            push.headers.as_deref(),
            push.data.as_deref(),
        )
    }

    /// Writes a PING (RFC 9113 §6.7). The client's answer is a frame for
    /// `#[handle_frame]`.
    pub fn ping(&self, data: [u8; 8]) -> Result<(), WriteError> {
        self.raw.ping(&data)
    }

    /// Lets the client send so many bytes more (WINDOW_UPDATE, RFC 9113 §6.9).
    /// On stream 0, the connection, it is raw.
    pub fn window_update(&self, increment: u32) -> Result<(), WriteError> {
        self.raw.window_update(increment, self.stream_id)
    }

    /// Writes a PRIORITY frame (RFC 7540 §6.3, deprecated).
    pub fn priority(&self, priority: Priority) -> Result<(), WriteError> {
        self.raw.priority(priority, self.stream_id)
    }

    /// Pads the HEADERS, PUSH_PROMISE and DATA frames that this handler writes
    /// from now on by so many bytes (RFC 9113 §6.1).
    pub fn set_padding(&self, length: Option<u8>) -> Result<(), WriteError> {
        self.raw.set_padding(length)
    }

    /// How this handler's header blocks are coded from now on (RFC 7541).
    pub fn set_header_coding(
        &self,
        indexing: Indexing,
        huffman: Huffman,
    ) -> Result<(), WriteError> {
        self.raw.set_header_coding(indexing, huffman)
    }

    /// Fields as a header block that leaves the dynamic table alone, to be cut
    /// up and written by [`write_raw_frame`](Self::write_raw_frame). Writes
    /// nothing.
    pub fn encode_headers(&self, headers: impl IntoFields) -> Result<Vec<u8>, WriteError> {
        self.raw.encode_headers(&headers.into_fields())
    }

    /// What the client has said of itself, and the windows that are left.
    pub fn peer(&self) -> Result<Peer, WriteError> {
        self.raw.peer(self.stream_id)
    }
}
