//! Why there is an error page instead of the answer.

use std::io;

use rustix::io::Errno;

use crate::Response;
use crate::pipes::PipeError;
use crate::template::TemplateError;

/// What the client is told instead: [`Response::from`] makes the page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such file or folder, or it is outside.
    #[error("not found")]
    NotFound,
    /// The path holds a NUL, which no file's name can.
    #[error("a path cannot hold a NUL")]
    Nul,
    /// A method other than GET and HEAD.
    #[error("a file answers GET and HEAD only")]
    Method,
    /// `If-Match` or `If-Unmodified-Since` does not hold (RFC 9110 §13).
    #[error("the file is not the one that the condition names")]
    Precondition,
    /// A `Range` with bytes that are not ASCII.
    #[error("Non-ASCII range header value")]
    RangeEncoding,
    /// A `Range` that cannot be satisfied (RFC 9110 §15.5.17).
    #[error("{message}")]
    Range {
        /// wptserve's words for it.
        message: String,
        /// Bytes of the file.
        size: u64,
    },
    /// An `.asis` file on HTTP/2, which has no such bytes.
    #[error("an .asis file is an HTTP/1 response: it needs HTTP/1")]
    AsIsProtocol,
    /// An `.asis` file of a tenant without the grant.
    #[error("an .asis file is written raw, which the tenant has not been granted")]
    AsIsGrant,
    /// A `.headers` file that says nothing useful.
    #[error("{file}:{line}: {problem}")]
    Headers {
        /// The file, from the root of what is served.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A test's script that is no text where its META lines are.
    #[error("{file}:{line}: a META line is UTF-8, and this one is not")]
    Meta {
        /// The file, from the root of what is served.
        file: String,
        /// The line, from 1.
        line: usize,
    },
    /// A wrapper for a global scope that the test does not name.
    #[error("This test cannot be loaded in {0} mode")]
    Scope(&'static str),
    /// A template that cannot be filled.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A pipe that cannot do its work.
    #[error(transparent)]
    Pipe(#[from] PipeError),
    /// More than can be put into an answer.
    #[error("{0}")]
    TooMuch(&'static str),
    /// The system gives no random bytes.
    #[error("no random bytes for a boundary")]
    NoRandom,
    /// A failing disk, too many open files.
    #[error("the file could not be read: {0}")]
    Read(io::Error),
}

impl Refusal {
    /// The status of its error page.
    pub fn status(&self) -> u16 {
        match self {
            Self::Nul | Self::RangeEncoding => 400,
            Self::AsIsGrant => 403,
            Self::NotFound | Self::Scope(_) => 404,
            Self::Method => 405,
            Self::Precondition => 412,
            Self::Range { .. } => 416,
            Self::Pipe(error) => error.status(),
            Self::AsIsProtocol
            | Self::Headers { .. }
            | Self::Meta { .. }
            | Self::Template(_)
            | Self::TooMuch(_)
            | Self::NoRandom
            | Self::Read(_) => 500,
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{
            InvalidFilename, IsADirectory, NotADirectory, NotFound, PermissionDenied,
        };
        match error.kind() {
            // Links that leave the directory are "permission denied" to cap-std:
            // that something is there outside is nobody's business.
            NotFound | NotADirectory | IsADirectory | InvalidFilename | PermissionDenied => {
                Self::NotFound
            }
            // A link to itself, a socket.
            _ if matches!(
                Errno::from_io_error(&error),
                Some(Errno::LOOP | Errno::NXIO)
            ) =>
            {
                Self::NotFound
            }
            _ => Self::Read(error),
        }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let mut response = Self::error(refusal.status(), &refusal.to_string());
        match refusal {
            Refusal::Method => response.fields.append("Allow", "GET, HEAD"),
            Refusal::Range { size, .. } => response
                .fields
                .append("Content-Range", format!("bytes */{size}")),
            _ => {}
        }
        response
    }
}
