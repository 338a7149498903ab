//! Control of what is written, frame by frame and byte by byte.

mod http1;
mod http2;
mod raw;

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::bindings::host::handler::writer as bindings;
use crate::{IntoFields, IntoStatus, WriteError};

pub use crate::bindings::host::handler::writer::{Huffman, Indexing, Peer};
pub use http2::Push;

/// Whether this handler has ended its answer. An instance serves one request,
/// so this is the request's; the host would say the same by refusing.
static ENDED: AtomicBool = AtomicBool::new(false);

/// The request's own stream, once a writer was asked for.
static OWN: OnceLock<u32> = OnceLock::new();

pub(crate) fn know_stream(ask: impl FnOnce() -> u32) {
    OWN.get_or_init(ask);
}

fn is_own(stream_id: u32) -> bool {
    OWN.get() == Some(&stream_id)
}

pub(crate) fn ended() -> bool {
    ENDED.load(Relaxed)
}

pub(crate) fn set_ended() {
    ENDED.store(true, Relaxed);
}

/// Writes to the exchange, in the order of the calls: wptserve's
/// `H2ResponseWriter`, on HTTP/1 as well (a DATA frame is a piece of the body
/// there), and its `ResponseWriter` for HTTP/1.
///
/// An operation that the exchange's state forbids is refused with a
/// [`WriteError`], and nothing is written. Functions named `…raw…`, and those
/// that say so, write what they are given: they can break the connection, and
/// are refused to tenants that have not been granted them. All functions write
/// to the request's own stream unless [`on_stream`](Self::on_stream) named
/// another: one that this handler has pushed, or any for a raw one.
pub struct Writer {
    raw: bindings::Writer,
    /// Another stream than the request's own.
    stream_id: Option<u32>,
}

impl Writer {
    pub(crate) fn new(raw: bindings::Writer) -> Self {
        Self {
            raw,
            stream_id: None,
        }
    }

    /// The same writer for another HTTP/2 stream of this exchange.
    #[must_use]
    pub fn on_stream(self, stream_id: u32) -> Self {
        Self {
            stream_id: Some(stream_id).filter(|id| !is_own(*id)),
            ..self
        }
    }

    /// The contract's own writer.
    pub fn raw(&self) -> &bindings::Writer {
        &self.raw
    }

    /// Writes a head: a code, or a code and a reason phrase, `(200, "Fine")`, which
    /// HTTP/1 alone sends. On HTTP/2 `:status` comes from `status`, and a field that
    /// has a pseudo-header's name is refused, without its colon too. Below 200 it
    /// is informational (RFC 9110 §15.2) and may be written any number of times
    /// before the final one.
    pub fn write_headers(
        &self,
        status: impl IntoStatus,
        headers: impl IntoFields,
    ) -> Result<(), WriteError> {
        self.write_head(status, headers, false)
    }

    /// Writes a head and ends the stream; trailers, once a final head has been
    /// written.
    pub fn write_headers_last(
        &self,
        status: impl IntoStatus,
        headers: impl IntoFields,
    ) -> Result<(), WriteError> {
        self.write_head(status, headers, true)
    }

    fn write_head(
        &self,
        status: impl IntoStatus,
        headers: impl IntoFields,
        last: bool,
    ) -> Result<(), WriteError> {
        let (code, reason) = status.into_status();
        let fields = headers.into_fields();
        let reason = reason.as_deref();
        let done = self
            .raw
            .write_headers(&fields, code, reason, self.stream_id, last);
        self.note(done, last)
    }

    /// Writes content, in as many DATA frames as the peer's frame size and
    /// windows ask for; waits for window.
    pub fn write_data(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        self.raw.write_data(data.as_ref(), false, self.stream_id)
    }

    /// Writes content and ends the stream: Python's `last=True`.
    pub fn write_data_last(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        let done = self.raw.write_data(data.as_ref(), true, self.stream_id);
        self.note(done, true)
    }

    /// Writes content as exactly one DATA frame, an empty one too; waits for
    /// window. Larger than the peer's frame size it is refused.
    pub fn write_data_frame(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        self.raw
            .write_data_frame(data.as_ref(), false, self.stream_id)
    }

    /// Writes content as exactly one DATA frame, which ends the stream.
    pub fn write_data_frame_last(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        let done = self
            .raw
            .write_data_frame(data.as_ref(), true, self.stream_id);
        self.note(done, true)
    }

    /// Writes trailer fields and ends the stream (RFC 9110 §6.5).
    pub fn write_trailers(&self, trailers: impl IntoFields) -> Result<(), WriteError> {
        let fields = trailers.into_fields();
        self.note(self.raw.write_trailers(&fields, self.stream_id), true)
    }

    /// Ends the stream.
    pub fn end_stream(&self) -> Result<(), WriteError> {
        self.note(self.raw.end_stream(self.stream_id), true)
    }

    /// Gives the stream up with an error code (RFC 9113 §7).
    pub fn reset_stream(&self, code: u32) -> Result<(), WriteError> {
        self.note(self.raw.reset_stream(code, self.stream_id), true)
    }

    /// Returns when all that was written has been handed to the socket.
    pub fn flush(&self) -> Result<(), WriteError> {
        self.raw.flush()
    }

    /// Keeps in mind that the request's own stream has ended.
    fn note(&self, done: Result<(), WriteError>, last: bool) -> Result<(), WriteError> {
        if done.is_ok() && last && self.stream_id.is_none() {
            set_ended();
        }
        done
    }
}

/// For `write!` and `std::io::copy`: each write is content for the client.
/// Behind a `BufWriter` small writes become larger frames.
impl io::Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.write_data(data).map_err(io::Error::other)?;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Self::flush(self).map_err(io::Error::other)
    }
}
