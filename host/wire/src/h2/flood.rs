//! Counting what a client may do only so often.

use tokio::time::Instant;

/// How often something may happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// So many times at once.
    pub burst: u32,
    /// And so many more with each second.
    pub per_second: u32,
}

/// What is left of a [`Rate`].
#[derive(Debug)]
pub(super) struct Budget {
    rate: Rate,
    left: u32,
    filled: Instant,
}

impl Budget {
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            left: rate.burst,
            filled: now,
        }
    }

    /// Counts one; `false` where that is too much.
    pub(super) fn spend(&mut self, now: Instant) -> bool {
        self.spend_all(1, now)
    }

    /// Counts `n`; `false` where that is too much.
    pub(super) fn spend_all(&mut self, n: u32, now: Instant) -> bool {
        let enough = self.has(n, now);
        self.left = self.left.saturating_sub(n);
        enough
    }

    /// Whether there are `n` left.
    pub(super) fn has(&mut self, n: u32, now: Instant) -> bool {
        if self.left < n {
            let seconds = now.saturating_duration_since(self.filled).as_secs_f64();
            let gained = seconds * f64::from(self.rate.per_second);
            let gained = gained.min(f64::from(self.rate.burst)) as u32;
            if gained > 0 {
                self.earn(gained);
                self.filled = now;
            }
        }
        self.left >= n
    }

    /// What is gone of a burst.
    pub(super) fn spent(&self) -> u32 {
        self.rate.burst - self.left
    }

    /// Takes `n` back, for honest work.
    pub(super) fn earn(&mut self, n: u32) {
        self.left = self.left.saturating_add(n).min(self.rate.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const RATE: Rate = Rate {
        burst: 3,
        per_second: 2,
    };

    #[test]
    fn a_burst_then_a_rate() {
        let start = Instant::now();
        let mut budget = Budget::new(RATE, start);
        let spent = |budget: &mut Budget, now| (0..9).take_while(|_| budget.spend(now)).count();
        assert_eq!(spent(&mut budget, start), 3);
        assert_eq!(spent(&mut budget, start + Duration::from_secs(1)), 2);
        assert_eq!(spent(&mut budget, start + Duration::from_secs(99)), 3);
        budget.earn(9);
        assert!(!budget.spend_all(4, start + Duration::from_secs(99)));
        budget.earn(9);
        assert!(budget.spend_all(2, start + Duration::from_secs(99)));
        budget.earn(2);
        assert_eq!(spent(&mut budget, start + Duration::from_secs(99)), 3);
    }
}
