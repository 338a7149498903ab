//! What clients of the control API may hold and wait for.

use std::time::Duration;

/// Bytes of a request's body: a handler with an interpreter in it has some tens of
/// MiB.
pub(crate) const BODY: usize = 64 << 20;

/// Bytes of all bodies that are read at a time.
pub(crate) const BODIES: usize = 512 << 20;

/// The longest that an answer is put off.
pub(crate) const WAIT: Duration = Duration::from_secs(60);

/// Servers at a time.
pub(crate) const SERVERS: usize = 1_000;

/// Addresses that a server listens on.
pub(crate) const ADDRESSES: usize = 100;

/// The most that may be kept of a body, if the server's maker asks for it.
pub(crate) const KEPT_BODY: usize = 1 << 30;

/// Bytes of kept requests that one answer tells, about; there is one at least.
pub(crate) const TOLD: usize = 64 << 20;

/// How long requests to the control API may take when the host ends.
pub(crate) const DRAIN: Duration = Duration::from_secs(1);
