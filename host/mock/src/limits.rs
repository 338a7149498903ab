//! What a server's mocks may take.

use std::time::Duration;

/// Bounds of what is kept, and of waiting for the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body that are kept; what is longer is read and
    /// counted.
    pub body: usize,
    /// Requests that are kept; the oldest go.
    pub requests: usize,
    /// Bytes that kept requests take together, about; the oldest go.
    pub bytes: usize,
    /// Mocks at a time.
    pub mocks: usize,
    /// How long an answer waits for the test's callback.
    pub callback: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 16 << 20,
            requests: 10_000,
            bytes: 256 << 20,
            mocks: 10_000,
            callback: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// With so many bytes of each body kept. Of the longest ones two are, at least, so
    /// that one is there for long enough to be asked for.
    pub fn with_body(body: usize) -> Self {
        let limits = Self::default();
        Self {
            body,
            bytes: limits.bytes.max(body.saturating_mul(2)),
            ..limits
        }
    }
}

/// Frames of a request that are kept.
pub(crate) const FRAMES: usize = 1_000;
/// Connection faults that wait.
pub(crate) const FAULTS: usize = 10_000;
/// Callbacks that wait for the test at a time.
pub(crate) const CALLS: usize = 10_000;
