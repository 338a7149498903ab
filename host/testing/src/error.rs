//! What can go wrong with a server of a test.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot start.
    #[error("the server cannot start")]
    Start(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was stopped, and does not run.
    #[error("the server does not run: it was stopped")]
    IsStopped,
    /// It was started already.
    #[error("the server runs already")]
    Runs,
    /// The mock was refused.
    #[error("the mock is refused: {0}")]
    Mock(String),
    /// The component or script was refused.
    #[error("{name:?} cannot be a handler")]
    Upload {
        /// Its name.
        name: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No request came in time.
    #[error(
        "no request came within {waited:?}; {received} came before, and were taken. (A client on \
         this very thread cannot send while the thread waits: see wait_request_async.)"
    )]
    NoRequest {
        /// How long it was waited for.
        waited: Duration,
        /// How many requests came in all.
        received: u64,
    },
    /// There is no `host` binary that can be run.
    #[error(
        "{} cannot be run: build it (cargo build --release -p host) and name it in HOST_BINARY, or \
         put it on PATH", .binary.display()
    )]
    NoBinary {
        /// What was tried.
        binary: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The binary did not say that it is ready.
    #[error("{} did not start as a server for tests: {said}", .binary.display())]
    NotReady {
        /// The binary.
        binary: PathBuf,
        /// What it said instead.
        said: String,
    },
    /// The process of the server cannot be reached.
    #[error("the host process does not answer {call}: {reason}")]
    Unreachable {
        /// What it was asked.
        call: String,
        /// What happened, with what the process said last.
        reason: String,
    },
    /// The process of the server refused something.
    #[error("the host process refuses {call} with {status}: {detail}")]
    Refused {
        /// What it was asked.
        call: String,
        /// With which status.
        status: u16,
        /// Its reason.
        detail: String,
    },
}

impl Error {
    pub(crate) fn start(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Start(source.into())
    }

    /// The whole chain on a line.
    pub(crate) fn told(&self) -> String {
        let mut text = self.to_string();
        let mut next = self.source();
        while let Some(error) = next {
            text.push_str(": ");
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }
}

/// The value; a test that cannot go on ends here, with the reason.
#[track_caller]
pub(crate) fn sure<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{}", error.told()),
    }
}
