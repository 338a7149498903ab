//! `clock`: the time of day, a clock that never goes back, and waiting.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::generated::host::handler::clock::{Datetime, Host};
use crate::state::State;

impl Host for State {
    fn now(&mut self) -> Datetime {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Datetime {
            seconds: now.as_secs(),
            nanoseconds: now.subsec_nanos(),
        }
    }

    fn monotonic(&mut self) -> u64 {
        // Since the request began: a clock of the machine's uptime would tell
        // tenants about each other.
        nanoseconds(self.context.started.elapsed())
    }

    async fn sleep(&mut self, duration: u64) {
        self.let_go().await;
        // The run's own deadline ends what would wait longer than it.
        let limit = self.context.tenant.limits.wall;
        let limit = limit.saturating_add(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_nanos(duration).min(limit)).await;
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
