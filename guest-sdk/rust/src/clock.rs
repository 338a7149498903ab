//! Time, from the host.

use std::time::{Duration, SystemTime};

use crate::bindings::host::handler::clock;

/// The time of day.
pub fn now() -> SystemTime {
    let now = clock::now();
    SystemTime::UNIX_EPOCH + Duration::new(now.seconds, now.nanoseconds)
}

/// A clock that never goes back, since some point: for measuring.
pub fn monotonic() -> Duration {
    Duration::from_nanos(clock::monotonic())
}

/// Waits. What was written before is sent first; the request's wall-time limit
/// still holds.
pub fn sleep(time: Duration) {
    clock::sleep(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
}
