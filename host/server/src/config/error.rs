//! Why a configuration cannot be used.

use std::fmt;
use std::path::{Path, PathBuf};

use host_content::template::BadDomain;

use crate::routes::BadPattern;

/// Why settings cannot be used. The user's fault.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("the config file {} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has mistakes; every one of them.
    #[error("{}", Problems(file, problems))]
    Problems {
        /// The file.
        file: PathBuf,
        /// The mistakes, in the order of the file.
        problems: Vec<Problem>,
    },
    /// Nothing to serve.
    #[error("there is nothing to serve: neither a plugins folder nor a [[tenant]] is given")]
    NothingToServe,
    /// Routes of a tenant that there is not.
    #[error("[[route]] and hidden are for the plugins folder, and none is given")]
    RoutesWithoutFolder,
    /// Nowhere to listen.
    #[error("there is nowhere to listen: no plaintext and no TLS address is left")]
    NowhereToListen,
    /// Only one of two.
    #[error("a certificate needs its key and a key its certificate: {0} is missing")]
    HalfCertificate(&'static str),
    /// A path that is no pattern of a route.
    #[error("an alias: {0}")]
    Alias(#[from] BadPattern),
    /// A name that DNS cannot have.
    #[error(transparent)]
    Domain(#[from] BadDomain),
    /// An alternate host that is beneath browser_host, or the other way round:
    /// tests of what is another site would mean nothing.
    #[error(
        "the alternate host \"{alternate}\" must be distinct from browser_host \"{browser_host}\""
    )]
    NotDistinct {
        /// The host.
        browser_host: String,
        /// The other.
        alternate: String,
    },
    /// No home folder to keep state in.
    #[error("no folder for state: neither XDG_STATE_HOME nor HOME is set")]
    NoState,
}

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

struct Problems<'a>(&'a Path, &'a [Problem]);

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.1.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            let Problem {
                line,
                column,
                message,
            } = problem;
            write!(
                f,
                "{newline}{}:{line}:{column}: {message}",
                self.0.display()
            )?;
        }
        Ok(())
    }
}
