//! Why a server cannot start.

use std::io;
use std::path::PathBuf;

use crate::certs::CertError;
use crate::config::Scheme;
use crate::names::Astray;

/// Why a server cannot start. The user's or the machine's fault; each names the
/// thing it is about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// A tenant's folder cannot be opened.
    #[error("the plugins folder {} cannot be read", path.display())]
    Plugins {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The state folder cannot be made or written to.
    #[error("the state folder {} cannot be used", path.display())]
    State {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The journal's file cannot be made.
    #[error("the journal {} cannot be written", path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The journal would be in a folder that is served: clients and handlers could
    /// read what others sent.
    #[error(
        "the journal {} would be in {}, which is served: put it elsewhere",
        path.display(), folder.display()
    )]
    ServedJournal {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The script for documents cannot be read.
    #[error("the script {} cannot be read", path.display())]
    Script {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The script for documents would break out of its element.
    #[error("the script {} cannot be put into a document", path.display())]
    BadScript {
        /// The file.
        path: PathBuf,
        /// Why.
        source: host_content::BadScript,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({scheme}){}", in_use(source))]
    Listen {
        /// The address, as it was given.
        address: String,
        /// What for.
        scheme: Scheme,
        /// What the system said.
        source: io::Error,
    },
    /// Names that were to lead here do not.
    #[error("{0}")]
    Names(Astray),
    /// There is no certificate to show.
    #[error("TLS has no certificate")]
    Certificate(#[from] CertError),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The stash's Redis cannot be reached.
    #[error(transparent)]
    Stash(#[from] host_stash::OpenError),
    /// The engine for handlers cannot start.
    #[error("handlers cannot run")]
    Runtime(#[from] host_runtime::RuntimeError),
}

fn in_use(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => ": the port is in use",
        _ => "",
    }
}
