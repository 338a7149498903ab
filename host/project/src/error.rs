//! What can go wrong with a project, and whose fault it is.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// A folder that cannot be built as it is: its author's fault.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// It is no folder, or it cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// host.build.toml is not as it should be; the error has line and column.
    #[error("{}: {source}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong where.
        source: Box<toml::de::Error>,
    },
    /// Nothing in it says which language it is.
    #[error(
        "{} has no source of a handler: none of Cargo.toml, package.json, *.js, *.ts, *.c and *.py",
        .0.display()
    )]
    NoSource(PathBuf),
    /// Its files say several things.
    #[error("{} could be several handlers: {}", folder.display(), found.join(", "))]
    Ambiguous {
        /// The folder.
        folder: PathBuf,
        /// Files that each could be the handler.
        found: Vec<String>,
    },
    /// The file that it begins with is not there.
    #[error("{} has no file {}", folder.display(), entry.display())]
    NoEntry {
        /// The folder.
        folder: PathBuf,
        /// The file, beneath it.
        entry: PathBuf,
    },
    /// Its folder has no name to call the component by, as `/`.
    #[error("{} has no name for its component", .0.display())]
    NoName(PathBuf),
}

impl ProjectError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoSource(_) => "`host new LANG NAME` makes a project to begin with".to_owned(),
            Self::Ambiguous { .. } | Self::NoEntry { .. } => {
                "say which in host.build.toml: entry = \"FILE\"".to_owned()
            }
            Self::NoName(_) => "name it in host.build.toml: output = \"../NAME.wasm\"".to_owned(),
            Self::Unreadable { .. } | Self::Manifest { .. } => return None,
        })
    }
}

/// A tool that a language needs and that is not here: this machine's matter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tool} is missing: {why}")]
pub struct Missing {
    /// What is missing, as in `clang`.
    pub tool: String,
    /// What it is for.
    pub why: &'static str,
    /// The commands that install it on this system.
    pub install: Vec<String>,
}

/// A build that made no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The machine's: a tool is not installed.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The source's: a tool refused it, and has said why.
    #[error("{tool} failed ({status})")]
    Failed {
        /// The tool.
        tool: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The source's: what was made of it is no handler.
    #[error("{0}")]
    NoHandler(String),
    /// The source's: the module cannot be made a component.
    #[error("the module makes no component: {0}")]
    NoComponent(String),
    /// It took too long.
    #[error("the build was stopped after {} minutes", .0.as_secs() / 60)]
    TooLong(Duration),
    /// The machine's: a program could not be run.
    #[error("{tool} cannot be run")]
    CannotRun {
        /// The program.
        tool: String,
        /// Why.
        source: io::Error,
    },
    /// The machine's: a file could not be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// host's own: what it has with it does not fit together.
    #[error("host's own SDK: {0}")]
    Sdk(String),
}

impl BuildError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing(missing) => {
                Some(format!("install it by\n  {}", missing.install.join("\n  ")))
            }
            _ => None,
        }
    }
}
