//! A request's body as a file.

use std::io::{self, Read, Seek, SeekFrom};

use crate::bindings::host::handler::request::RawInput as Raw;
use crate::{BString, BodyError};

/// The body as a file that can be sought, from
/// [`Request::raw_input`](crate::Request::raw_input): wptserve's `raw_input`.
///
/// There is one for each request, and it keeps its place from hook to hook. What
/// was read is kept by the host, so that it can be read again, up to the limit
/// for [`Request::body`](crate::Request::body); `body` and `form` do not move it.
///
/// ```
/// use host_guest::prelude::*;
///
/// #[main]
/// fn first_line_twice(request: &Request) -> Result<String> {
///     let input = request.raw_input();
///     let line = input.read_line(None)?;
///     input.seek_to(0)?;
///     let again = input.read_line(Some(1024))?;
///     Ok(format!("{line}{again}"))
/// }
/// ```
pub struct RawInput {
    raw: Raw,
}

impl RawInput {
    pub(crate) fn new(raw: Raw) -> Self {
        Self { raw }
    }

    /// At most `max` bytes from here on, all that is left without `max`. Waits
    /// for them; fewer come only at the body's end.
    pub fn read_up_to(&self, max: Option<u32>) -> Result<Vec<u8>, BodyError> {
        self.raw.read(max)
    }

    /// The same up to the next line feed, which is part of it. Empty at the end.
    pub fn read_line(&self, max: Option<u32>) -> Result<BString, BodyError> {
        self.raw.read_line(max).map(BString::from)
    }

    /// The lines from here on, each with its line feed, up to the end or the
    /// first error: wptserve's `readlines`.
    pub fn lines(&self) -> impl Iterator<Item = Result<BString, BodyError>> {
        let mut failed = false;
        std::iter::from_fn(move || {
            let line = (!failed).then(|| self.read_line(None))?;
            failed = line.is_err();
            let is_end = line.as_ref().is_ok_and(|line| line.is_empty());
            (!is_end).then_some(line)
        })
    }

    /// Goes to a place, counted from the body's beginning. Waits for what is
    /// before it. [`BodyError::BeyondEnd`] leaves the place as it was.
    pub fn seek_to(&self, offset: u64) -> Result<(), BodyError> {
        self.raw.seek(offset)
    }

    /// The place, counted from the body's beginning.
    pub fn tell(&self) -> u64 {
        self.raw.tell()
    }

    /// The body's length: what Content-Length says, or else how much has come
    /// once the end has.
    pub fn length(&self) -> Option<u64> {
        self.raw.length()
    }
}

/// Waits until the buffer is full, or for the body's end. Its errors wrap a
/// [`BodyError`].
impl Read for RawInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let max = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let bytes = self.raw.read(Some(max)).map_err(io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

/// Its errors wrap a [`BodyError`]. From the end on it reads all of the body.
impl Seek for RawInput {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let from = match to {
            SeekFrom::Start(_) => 0,
            SeekFrom::Current(_) => self.tell(),
            SeekFrom::End(_) => self.end().map_err(io::Error::other)?,
        };
        let offset = crate::files::offset(from, to)?;
        self.seek_to(offset).map_err(io::Error::other)?;
        Ok(offset)
    }
}

impl RawInput {
    /// Where the end is. The place stays.
    fn end(&self) -> Result<u64, BodyError> {
        if let Some(length) = self.length() {
            return Ok(length);
        }
        let place = self.tell();
        self.raw.read(None)?;
        let end = self.tell();
        self.seek_to(place)?;
        Ok(end)
    }
}
