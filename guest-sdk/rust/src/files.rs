//! The files of the folder that the handler was loaded from, to be read:
//! wptserve's `request.doc_root` with Python's `open`.
//!
//! A path is from the root of that folder, with a slash before it or without, and
//! is not percent-encoded. Nothing outside the folder can be reached, and names
//! that begin with a dot are hidden. What lies beside the handler is named by
//! [`beside`].
//!
//! ```
//! use host_guest::files;
//! use host_guest::prelude::*;
//!
//! #[main]
//! fn page(request: &Request) -> Result<String> {
//!     let page = files::read_to_string(&files::beside("page.html"))?;
//!     Ok(page.replace("NAME", "world"))
//! }
//! ```

use std::io::{self, Error, ErrorKind, Read, Seek, SeekFrom};
use std::time::{Duration, SystemTime};

use crate::bindings::host::handler::files;
pub use crate::bindings::host::handler::files::{Entry, Kind};

/// The path of the handler's own file, as in `/a/b.wasm`: wptserve's `__file__`.
pub fn own_path() -> String {
    files::own_path()
}

/// The path of a file in the handler's own folder: `/a/x` for the handler
/// `/a/b.wasm`. wptserve's `os.path.join(os.path.dirname(__file__), name)`.
pub fn beside(name: &str) -> String {
    join(&own_path(), name)
}

fn join(own: &str, name: &str) -> String {
    let folder = own.rfind('/').map_or("", |at| &own[..at]);
    format!("{folder}/{name}")
}

/// The whole of a file.
pub fn read(path: &str) -> io::Result<Vec<u8>> {
    files::read(path).map_err(|error| described(path, error))
}

/// The whole of a file that is text.
pub fn read_to_string(path: &str) -> io::Result<String> {
    let text = String::from_utf8(read(path)?);
    text.map_err(|_| Error::new(ErrorKind::InvalidData, format!("{path} is not UTF-8")))
}

/// What is known of a file or folder.
pub fn metadata(path: &str) -> io::Result<Metadata> {
    let found = files::stat(path).map_err(|error| described(path, error))?;
    Ok(Metadata::new(found))
}

/// Whether there is a file or folder of that name.
pub fn exists(path: &str) -> bool {
    files::stat(path).is_ok()
}

/// What is in a folder, by name.
pub fn list(path: &str) -> io::Result<Vec<Entry>> {
    files::list_folder(path).map_err(|error| described(path, error))
}

/// What is known of a file or folder without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file.
    pub size: u64,
    /// When its content changed last, if the file system says so.
    pub modified: Option<SystemTime>,
}

impl Metadata {
    fn new(raw: files::Metadata) -> Self {
        let since = |time: files::Datetime| Duration::new(time.seconds, time.nanoseconds);
        Self {
            kind: raw.kind,
            size: raw.size,
            modified: raw
                .modified
                .map(|time| SystemTime::UNIX_EPOCH + since(time)),
        }
    }
}

/// A file that is open, to be read by pieces. Each read asks the host: for many
/// small ones wrap it in a [`std::io::BufReader`].
pub struct File {
    raw: files::File,
}

impl File {
    /// Opens a file. A request may have 64 open at a time.
    pub fn open(path: &str) -> io::Result<Self> {
        let raw = files::open(path).map_err(|error| described(path, error))?;
        Ok(Self { raw })
    }

    /// What was known of it when it was opened.
    pub fn metadata(&self) -> Metadata {
        Metadata::new(self.raw.metadata())
    }
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let max = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let bytes = self.raw.read(max);
        let bytes = bytes.map_err(|error| described("the file", error))?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

/// The end is where it was when the file was opened.
impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let from = match to {
            SeekFrom::Start(_) => 0,
            SeekFrom::Current(_) => self.raw.tell(),
            SeekFrom::End(_) => self.raw.metadata().size,
        };
        let offset = offset(from, to)?;
        self.raw.seek(offset);
        Ok(offset)
    }
}

/// Where `to` leads, counted from `from`.
pub(crate) fn offset(from: u64, to: SeekFrom) -> io::Result<u64> {
    let offset = match to {
        SeekFrom::Start(offset) => Some(offset),
        SeekFrom::Current(by) | SeekFrom::End(by) => from.checked_add_signed(by),
    };
    offset.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "a place before the beginning"))
}

fn described(path: &str, error: files::Error) -> Error {
    let (kind, what) = match error {
        files::Error::NotFound => (ErrorKind::NotFound, "no such file".to_owned()),
        files::Error::IsFolder => (ErrorKind::IsADirectory, "it is a folder".to_owned()),
        files::Error::IsFile => (ErrorKind::NotADirectory, "it is a file".to_owned()),
        files::Error::Limit(limit) => (ErrorKind::FileTooLarge, format!("over {limit}")),
        files::Error::Io(what) => (ErrorKind::Other, what),
    };
    Error::new(kind, format!("{path}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beside_a_handler() {
        assert_eq!(join("/a/b.wasm", "x.html"), "/a/x.html");
        assert_eq!(join("/b.wasm", "../x"), "/../x");
    }

    #[test]
    fn places_are_counted_from_where_one_says() {
        assert_eq!(offset(0, SeekFrom::Start(9)).unwrap(), 9);
        assert_eq!(offset(5, SeekFrom::Current(-5)).unwrap(), 0);
        assert_eq!(offset(5, SeekFrom::End(2)).unwrap(), 7);
        let error = offset(5, SeekFrom::Current(-6)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn errors_name_the_file() {
        let error = described("/x", files::Error::NotFound);
        assert_eq!(error.to_string(), "/x: no such file");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
