//! The answer.

use std::io;
use std::time::Duration;

use crate::bindings::host::handler::{request, response as bindings};
use crate::into_response::Answer;
use crate::writer::{ended, know_stream, set_ended};
use crate::{BString, Content, Cookie, IntoFields, IntoStatus, WriteError, Writer};

/// The answer: status 200, no fields and no content until set otherwise.
///
/// What is set here is sent when the last hook has returned, or earlier by
/// [`write_status_headers`](Self::write_status_headers) (to stream the content
/// through the [`writer`](Self::writer)) and [`write`](Self::write).
pub struct Response<'a> {
    raw: &'a bindings::Response,
    request: &'a request::Request,
}

impl<'a> Response<'a> {
    pub(crate) fn new(raw: &'a bindings::Response, request: &'a request::Request) -> Self {
        Self { raw, request }
    }

    /// The contract's own response.
    pub fn raw(&self) -> &bindings::Response {
        self.raw
    }

    /// The status code set so far.
    pub fn status(&self) -> u16 {
        self.raw.status().0
    }

    /// Sets the status: a code (100 to 999), or a code and a reason phrase,
    /// which HTTP/1 alone sends: `(410, "Long gone")`.
    pub fn set_status(&mut self, status: impl IntoStatus) {
        let (code, reason) = status.into_status();
        self.raw.set_status(code, reason.as_deref());
    }

    /// The header fields set so far, to read and to change.
    pub fn headers(&mut self) -> Headers<'_> {
        Headers { raw: self.raw }
    }

    /// Adds a Set-Cookie field.
    pub fn set_cookie(&mut self, cookie: Cookie) {
        self.raw.set_cookie(cookie.raw());
    }

    /// Takes back the cookies of this name that this answer would have set.
    pub fn unset_cookie(&mut self, name: &str) {
        self.raw.unset_cookie(name);
    }

    /// Makes the client forget a cookie of this name, path and domain.
    pub fn delete_cookie(&mut self, name: &str, path: Option<&str>, domain: Option<&str>) {
        self.raw.delete_cookie(name, path, domain);
    }

    /// The content set so far; in a pipe, that of the answer (wptserve's
    /// `iter_content`).
    pub fn content(&self) -> Vec<u8> {
        self.raw.content()
    }

    /// Sets the content.
    pub fn set_content(&mut self, content: impl AsRef<[u8]>) {
        self.raw.set_content(content.as_ref());
    }

    /// Replaces status, fields and content by wptserve's error page, a small
    /// JSON object with the code and the message.
    pub fn set_error(&mut self, code: u16, message: &str) {
        self.raw.set_error(code, message);
    }

    /// Whether Server, Date and Content-Length are added where they are
    /// missing; true until set otherwise.
    pub fn set_add_required_headers(&mut self, add: bool) {
        self.raw.set_add_required_headers(add);
    }

    /// Whether an HTTP/1 connection closes after this answer.
    pub fn set_close_connection(&mut self, close: bool) {
        self.raw.set_close_connection(close);
    }

    /// Whether an answer to HEAD has its content too. HTTP/1 clients take it
    /// for the next answer: there it needs the grant to write raw, and the
    /// connection closes after it.
    pub fn set_send_body_for_head(&mut self, send: bool) {
        self.raw.set_send_body_for_head(send);
    }

    /// Goes on for so long after the last hook has returned:
    /// `#[handle_frame]`, `#[handle_reset]` and `#[handle_close]` are called for
    /// what the client does until then, and the answer is completed afterwards.
    /// Set again by one of those it counts from there; zero ends it.
    pub fn set_watch(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.raw.set_watch(nanoseconds);
    }

    /// Sets everything that `main` could have returned; content in pieces is
    /// written.
    pub fn set(&mut self, answer: Answer) -> Result<(), WriteError> {
        if let Some((code, reason)) = answer.status {
            self.raw.set_status(code, reason.as_deref());
        }
        for (name, value) in answer.headers {
            self.raw.append_header(&name, &value);
        }
        match answer.content {
            None => {}
            Some(Content::Whole(content)) => self.raw.set_content(&content),
            Some(Content::Pieces(mut pieces)) => {
                // An empty piece asks whether any is wanted: not for HEAD.
                let mut is_wanted = self.write_content([])?;
                while is_wanted && let Some(piece) = pieces.next() {
                    is_wanted = self.write_content(piece)?;
                }
            }
        }
        Ok(())
    }

    /// Writes a piece of content, the head before the first; waits until the
    /// client takes it. What was set by [`set_content`](Self::set_content) is
    /// then not used, no Content-Length is added, and the pipes of the request
    /// work on the pieces. Says whether more is wanted: not for HEAD, and not
    /// when a pipe has enough.
    pub fn write_content(&mut self, piece: impl AsRef<[u8]>) -> Result<bool, WriteError> {
        self.raw.write_content(piece.as_ref())
    }

    /// Sends status and fields now. The content is then up to the writer, or
    /// is still taken from here when the last hook has returned. Does nothing
    /// when a head was sent already. No pipe is run on an answer that begins so.
    pub fn write_status_headers(&mut self) -> Result<(), WriteError> {
        self.raw.write_status_headers()
    }

    /// Sends everything now and ends the answer.
    pub fn write(&mut self) -> Result<(), WriteError> {
        self.raw.write()?;
        set_ended();
        Ok(())
    }

    /// The writer, for control of each frame.
    pub fn writer(&self) -> Writer {
        know_stream(|| self.request.stream_id());
        Writer::new(self.raw.writer())
    }

    /// Whether this handler has ended the answer: by the writer (a last frame,
    /// trailers, a reset) or by [`write`](Self::write). Later writes are
    /// refused; a hook that fails for no other reason does not fail.
    pub fn ended(&self) -> bool {
        ended()
    }
}

/// For `write!` and `std::io::copy`: each write is a piece of content, as by
/// [`Response::write_content`]. Behind a `BufWriter` small writes become larger
/// pieces.
impl io::Write for Response<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_content(piece).map_err(io::Error::other)?;
        Ok(piece.len())
    }

    /// Pieces do not wait.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The header fields of the answer. Every call asks the host.
pub struct Headers<'a> {
    raw: &'a bindings::Response,
}

impl Headers<'_> {
    /// Replaces every field of this name by one, in the casing given now.
    pub fn set(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.raw.set_header(name.as_ref(), value.as_ref());
    }

    /// Adds a field.
    pub fn append(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.raw.append_header(name.as_ref(), value.as_ref());
    }

    /// Adds each of these fields.
    pub fn update(&mut self, fields: impl IntoFields) {
        for (name, value) in fields.into_fields() {
            self.append(name, value);
        }
    }

    /// Replaces all fields.
    pub fn replace(&mut self, fields: impl IntoFields) {
        self.raw.set_headers(&fields.into_fields());
    }

    /// Removes every field of this name; says whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.raw.remove_header(name)
    }

    /// The values of this name, in order.
    pub fn get(&self, name: &str) -> Vec<BString> {
        self.raw
            .header_values(name)
            .into_iter()
            .map(BString::from)
            .collect()
    }

    /// Every field, in order.
    pub fn all(&self) -> Vec<(BString, BString)> {
        let fields = self.raw.headers().into_iter();
        fields
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }
}
