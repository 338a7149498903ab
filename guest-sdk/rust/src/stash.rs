//! What handlers leave for later requests: wptserve's `request.server.stash`.
//!
//! A value is found by a path and a UUID. It is put once and taken once:
//!
//! ```no_run
//! use host_guest::{prelude::*, stash};
//!
//! #[main]
//! fn answer(request: &Request) -> Result<BString> {
//!     let key = request.query().first("token").cloned().unwrap_or_default();
//!     if request.method() == "POST" {
//!         stash::put(&key, request.body()?)?;
//!         return Ok("kept".into());
//!     }
//!     Ok(stash::take(&key)?.unwrap_or_else(|| "nothing".into()))
//! }
//! ```
//!
//! The path is the one of the request's URL, so that handlers do not meet by
//! accident; [`at`] names another, so that they meet on purpose. A key is
//! text or bytes, a UUID as Python's `uuid.UUID` takes it. Values are bytes:
//! what is more than that is written by `serde_json` or the like.
//!
//! To take a value, change it and put it back, hold the [`lock`] meanwhile. For
//! handlers that talk to each other while both run, there are queues: [`send`]
//! and [`receive`].

use std::time::Duration;

use bstr::BString;

use crate::bindings::host::handler::stash as bindings;
pub use crate::bindings::host::handler::stash::StashError;

/// Puts a value under a key that has none, at the path of the request's URL.
///
/// # Errors
/// [`StashError::Occupied`] if there is one, and the others but `Locked`.
pub fn put(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<(), StashError> {
    Stash::default().put(key, value)
}

/// Takes a value out. Of several requests at once, one gets it.
///
/// # Errors
/// [`StashError::InvalidKey`] and [`StashError::Unavailable`].
pub fn take(key: impl AsRef<[u8]>) -> Result<Option<BString>, StashError> {
    Stash::default().take(key)
}

/// Puts a message at the end of a queue, which is there when it is needed.
///
/// # Errors
/// As [`put`], but a queue is never occupied.
pub fn send(key: impl AsRef<[u8]>, message: impl AsRef<[u8]>) -> Result<(), StashError> {
    Stash::default().send(key, message)
}

/// Takes the first message out of a queue, and waits for one at most `timeout`:
/// `Duration::ZERO` does not wait, `Duration::MAX` waits until the request's
/// wall time is over. What was written before is sent first.
///
/// # Errors
/// As [`take`].
pub fn receive(key: impl AsRef<[u8]>, timeout: Duration) -> Result<Option<BString>, StashError> {
    Stash::default().receive(key, timeout)
}

/// Waits for the lock and holds it: wptserve's `with stash.lock`. There is one
/// for all handlers of a tenant. It is free again when the guard is dropped,
/// and at the end of the request whatever becomes of that. What was written
/// before is sent first.
///
/// ```no_run
/// # use host_guest::{Result, stash};
/// # fn count(key: &str) -> Result<u64> {
/// let _guard = stash::lock()?;
/// let before = stash::take(key)?.map_or(Ok(0), |value| value.to_string().parse())?;
/// stash::put(key, (before + 1).to_string())?;
/// # Ok(before)
/// # }
/// ```
///
/// # Errors
/// [`StashError::Locked`] if this request holds it already, and
/// [`StashError::Unavailable`].
pub fn lock() -> Result<Guard, StashError> {
    bindings::lock().map(Guard)
}

/// The stash at another path than that of the request's URL.
pub fn at(path: impl Into<String>) -> Stash {
    Stash {
        path: Some(path.into()),
    }
}

/// The lock, held until this is dropped.
#[must_use = "the lock is free again as soon as this is dropped"]
pub struct Guard(bindings::Guard);

impl Guard {
    /// Gives the lock back now, as dropping the guard does.
    pub fn release(self) {
        self.0.release();
    }
}

/// The stash at one path, from [`at`]: wptserve's `path=`. Each function is as
/// the module's of the same name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stash {
    path: Option<String>,
}

impl Stash {
    /// See [`put`].
    pub fn put(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<(), StashError> {
        bindings::put(&text(key), value.as_ref(), self.path())
    }

    /// See [`take`].
    pub fn take(&self, key: impl AsRef<[u8]>) -> Result<Option<BString>, StashError> {
        let value = bindings::take(&text(key), self.path())?;
        Ok(value.map(BString::from))
    }

    /// See [`send`].
    pub fn send(&self, key: impl AsRef<[u8]>, message: impl AsRef<[u8]>) -> Result<(), StashError> {
        bindings::send(&text(key), message.as_ref(), self.path())
    }

    /// See [`receive`].
    pub fn receive(
        &self,
        key: impl AsRef<[u8]>,
        timeout: Duration,
    ) -> Result<Option<BString>, StashError> {
        let timeout = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
        let message = bindings::receive(&text(key), timeout, self.path())?;
        Ok(message.map(BString::from))
    }

    fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }
}

/// A key as the contract has it. What is no text is no UUID either way.
fn text(key: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(key.as_ref()).into_owned()
}
