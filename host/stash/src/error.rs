//! How the stash says no.

use std::fmt;

use crate::Key;

/// Why the stash did not do what it was asked for. The first three are the
/// handler's to answer for, the last one is the store's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StashError {
    /// The key is no UUID (Python's ValueError).
    #[error("{0:?} is no UUID")]
    InvalidKey(String),
    /// There is a value under the key (wptserve's StashError).
    #[error("there is a value under {0} already: it must be taken first")]
    Occupied(Key),
    /// The tenant keeps as much as it may.
    #[error("the stash is full: {0}")]
    Full(Limit),
    /// Redis is away, too slow, or refuses. Whether it has done what it was
    /// asked for may be unknown.
    #[error("the stash's Redis {0}")]
    Unavailable(String),
}

/// A limit that was reached, with what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::bytes`](crate::Limits::bytes).
    Bytes(usize),
    /// [`Limits::entries`](crate::Limits::entries).
    Entries(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(n) => write!(f, "stash-bytes allows this tenant {n} bytes"),
            Self::Entries(n) => write!(f, "stash-entries allows this tenant {n} entries"),
        }
    }
}

/// Why a store cannot be opened. The operator's or the machine's fault.
#[derive(Debug, thiserror::Error)]
#[error("the stash {location} cannot be reached: {reason}")]
pub struct OpenError {
    /// Where it should be, without a password.
    pub location: String,
    /// What went wrong.
    pub reason: String,
}
