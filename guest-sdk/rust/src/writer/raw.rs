//! Raw writes: what they are given goes out, whatever the state of the stream.

use super::{Writer, is_own};
use crate::{IntoFields, WriteError};

/// Frame types, and a flag, that tell whether a stream has ended (RFC 9113 §6).
const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const END_STREAM: u8 = 0x1;

impl Writer {
    /// Writes a HEADERS frame, the fields as they are: `:status` is one of them
    /// or missing. Without `end_headers` nobody else writes on the connection
    /// until a CONTINUATION frame has it, or the handler ends.
    pub fn write_raw_header_frame(
        &self,
        headers: impl IntoFields,
        end_stream: bool,
        end_headers: bool,
    ) -> Result<(), WriteError> {
        let fields = headers.into_fields();
        let done =
            self.raw
                .write_raw_header_frame(&fields, self.stream_id, end_stream, end_headers);
        self.note(done, end_stream)
    }

    /// Writes a CONTINUATION frame, likewise.
    pub fn write_raw_continuation_frame(
        &self,
        headers: impl IntoFields,
        end_headers: bool,
    ) -> Result<(), WriteError> {
        let fields = headers.into_fields();
        self.raw
            .write_raw_continuation_frame(&fields, self.stream_id, end_headers)
    }

    /// Writes a DATA frame, whatever the windows allow.
    pub fn write_raw_data_frame(
        &self,
        data: impl AsRef<[u8]>,
        end_stream: bool,
    ) -> Result<(), WriteError> {
        let done = self
            .raw
            .write_raw_data_frame(data.as_ref(), self.stream_id, end_stream);
        self.note(done, end_stream)
    }

    /// Writes any frame, known or not: its type, its flags, its stream with the
    /// reserved bit ([`on_stream`](Self::on_stream) is not looked at), and up
    /// to 2^24-1 bytes.
    pub fn write_raw_frame(
        &self,
        kind: u8,
        flags: u8,
        stream_id: u32,
        payload: impl AsRef<[u8]>,
    ) -> Result<(), WriteError> {
        let done = self
            .raw
            .write_raw_frame(kind, flags, stream_id, payload.as_ref());
        if done.is_ok() && is_own(stream_id) && ends(kind, flags) {
            super::set_ended();
        }
        done
    }

    /// Writes bytes: on HTTP/1 anywhere, on HTTP/2 in a frame or between
    /// frames.
    pub fn write_raw_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<(), WriteError> {
        self.raw.write_raw_bytes(bytes.as_ref())
    }

    /// Ends an HTTP/2 connection (GOAWAY, RFC 9113 §6.8), `last_stream_id`
    /// being the last stream that the client has opened if none is named. Raw:
    /// it is for every stream.
    pub fn goaway(
        &self,
        last_stream_id: Option<u32>,
        code: u32,
        debug: impl AsRef<[u8]>,
    ) -> Result<(), WriteError> {
        self.raw.goaway(last_stream_id, code, debug.as_ref())
    }

    /// Writes SETTINGS, identifiers and values (RFC 9113 §6.5). Raw: they are
    /// for every stream.
    pub fn settings(&self, settings: &[(u16, u32)]) -> Result<(), WriteError> {
        self.raw.settings(settings)
    }

    /// Sets the size of the dynamic table that header blocks use, which the
    /// next one says (RFC 7541 §6.3). Raw: it is that of every stream.
    pub fn set_header_table_size(&self, size: u32) -> Result<(), WriteError> {
        self.raw.set_header_table_size(size)
    }

    /// Closes our side of the connection (FIN) behind what was written. Raw.
    pub fn close(&self) -> Result<(), WriteError> {
        self.end(self.raw.close())
    }

    /// Drops the connection (RST) behind what was written. Raw.
    pub fn reset(&self) -> Result<(), WriteError> {
        self.end(self.raw.reset())
    }

    /// With the connection every stream has ended.
    fn end(&self, done: Result<(), WriteError>) -> Result<(), WriteError> {
        if done.is_ok() {
            super::set_ended();
        }
        done
    }
}

/// Whether a frame ends its stream.
fn ends(kind: u8, flags: u8) -> bool {
    match kind {
        DATA | HEADERS => flags & END_STREAM != 0,
        kind => kind == RST_STREAM,
    }
}
