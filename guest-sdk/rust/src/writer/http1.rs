//! HTTP/1's own functions, wptserve's `ResponseWriter`: all raw, and refused
//! as `WrongProtocol` on HTTP/2.

use super::Writer;
use crate::{IntoStatus, WriteError};

impl Writer {
    /// Writes a status line: a code, or a code and a reason phrase,
    /// `(200, "Fine")`. Without one it is the registered phrase.
    pub fn write_status(&self, status: impl IntoStatus) -> Result<(), WriteError> {
        let (code, reason) = status.into_status();
        self.raw.write_status(code, reason.as_deref())
    }

    /// Writes a field line as it is given, behind a status line of 200 if there
    /// was none.
    pub fn write_header(
        &self,
        name: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
    ) -> Result<(), WriteError> {
        self.raw.write_header(name.as_ref(), value.as_ref())
    }

    /// Writes what [`write_header`](Self::write_header) has not written of
    /// Server, Date and, where the response has content, Content-Length.
    pub fn write_default_headers(&self) -> Result<(), WriteError> {
        self.raw.write_default_headers()
    }

    /// Ends the head: the default headers, unless it is informational or
    /// `Response::set_add_required_headers` is off, and the empty line. Without
    /// a Content-Length or chunks the connection closes after the answer.
    pub fn end_headers(&self) -> Result<(), WriteError> {
        self.raw.end_headers()
    }

    /// Writes content as it is, behind what of the head was not written. A head
    /// that is ended by this has the Content-Length of this content.
    pub fn write_content(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        self.raw.write_content(data.as_ref())
    }

    /// Writes bytes where the content goes, and nothing before them.
    pub fn write_raw_content(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        self.raw.write_raw_content(data.as_ref())
    }

    /// Writes bytes, wherever the answer is. (`std::io::Write`, which `write!`
    /// goes through, is for content: [`write_data`](Self::write_data).)
    pub fn write(&self, data: impl AsRef<[u8]>) -> Result<(), WriteError> {
        self.raw.write(data.as_ref())
    }
}
