//! One tenant's stash in Redis.
//!
//! Each operation is a script of `scripts/`, which Redis runs as a whole:
//! nothing comes between a look and what follows from it. What waits, asks
//! again and again: `BLPOP` would need a connection for each that waits, and
//! loses the message of one that has just left.
//!
//! The keys of the tenant `T`: `host:stash:T:value:UUID:PATH` (a string),
//! `host:stash:T:queue:UUID:PATH` (a list), `host:stash:T:size` (a hash, what
//! the others take together) and `host:stash:T:lock` (a string, whose lock).
//! None but the lock expires.

mod link;
mod lock;
mod scripts;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

pub(crate) use link::Link;
pub(crate) use lock::Lease;

use crate::{Key, Limit, Limits, StashError};
use lock::Locks;
use scripts::Scripts;

/// What an operation on Redis may take, a new connection included. Far more
/// than a Redis that is well needs, and less than a request's wall time.
pub(crate) const OPERATION: Duration = Duration::from_secs(5);

/// The pauses between one try and the next of what waits: short at first, and
/// then so that hundreds who wait cost a Redis little.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(crate) struct Redis {
    link: Arc<Link>,
    scripts: Scripts,
    limits: Limits,
    /// What all keys of the tenant begin with.
    prefix: String,
    locks: Arc<Locks>,
}

impl Redis {
    pub(crate) fn new(link: Arc<Link>, tenant: &str, limits: Limits) -> Self {
        let prefix = prefix(tenant);
        let locks = Locks::new(Arc::clone(&link), format!("{prefix}lock"));
        Self {
            link,
            scripts: Scripts::new(),
            limits,
            prefix,
            locks: Arc::new(locks),
        }
    }

    pub(crate) async fn put(&self, key: &Key, value: &Bytes) -> Result<(), StashError> {
        let script = self.scripts.put.key(self.key("value", key));
        self.add(key, value, script).await
    }

    pub(crate) async fn take(&self, key: &Key) -> Result<Option<Bytes>, StashError> {
        let script = self.scripts.take.key(self.key("value", key));
        self.remove(key, script).await
    }

    pub(crate) async fn lock(&self, longest: Duration) -> Result<Lease, StashError> {
        self.locks.take(longest).await
    }

    pub(crate) async fn send(&self, key: &Key, message: &Bytes) -> Result<(), StashError> {
        let script = self.scripts.send.key(self.key("queue", key));
        self.add(key, message, script).await
    }

    pub(crate) async fn receive(
        &self,
        key: &Key,
        timeout: Duration,
    ) -> Result<Option<Bytes>, StashError> {
        let began = Instant::now();
        let mut pauses = Pauses::new();
        loop {
            let script = self.scripts.receive.key(self.key("queue", key));
            let message = self.remove(key, script).await?;
            let left = timeout.saturating_sub(began.elapsed());
            if message.is_some() || left.is_zero() {
                return Ok(message);
            }
            sleep(pauses.next().min(left)).await;
        }
    }

    fn key(&self, kind: &str, key: &Key) -> String {
        format!("{}{kind}:{}:{}", self.prefix, key.digits(), key.path())
    }

    /// Runs a script that adds an entry.
    async fn add(
        &self,
        key: &Key,
        content: &Bytes,
        mut script: redis::ScriptInvocation<'_>,
    ) -> Result<(), StashError> {
        script.key(format!("{}size", self.prefix));
        script.arg(&content[..]).arg(key.cost(content.len()));
        script.arg(self.limits.bytes).arg(self.limits.entries);
        let refused: Option<String> = self.link.run(&script).await?;
        match refused.as_deref() {
            None => Ok(()),
            Some("occupied") => Err(StashError::Occupied(key.clone())),
            Some("bytes") => Err(StashError::Full(Limit::Bytes(self.limits.bytes))),
            Some(_) => Err(StashError::Full(Limit::Entries(self.limits.entries))),
        }
    }

    /// Runs a script that removes an entry, if there is one.
    async fn remove(
        &self,
        key: &Key,
        mut script: redis::ScriptInvocation<'_>,
    ) -> Result<Option<Bytes>, StashError> {
        script.key(format!("{}size", self.prefix)).arg(key.cost(0));
        let content: Option<Vec<u8>> = self.link.run(&script).await?;
        Ok(content.map(Bytes::from))
    }
}

/// What all keys of a tenant begin with, and those of no other.
fn prefix(tenant: &str) -> String {
    let tenant = tenant.replace('%', "%25").replace(':', "%3A");
    format!("host:stash:{tenant}:")
}

/// How long to pause between tries.
struct Pauses(Duration);

impl Pauses {
    fn new() -> Self {
        Self(FIRST_PAUSE)
    }

    fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tenants_keys_begin_like_anothers() {
        let names = ["a", "a:", "a:value", "a%3A", "", ":", "ab"];
        for one in names {
            for other in names.into_iter().filter(|other| *other != one) {
                let (one, other) = (prefix(one), prefix(other));
                assert!(!one.starts_with(&other), "{one} {other}");
            }
        }
    }

    #[test]
    fn pauses_grow_and_then_stay() {
        let mut pauses = Pauses::new();
        let mut last = Duration::ZERO;
        while last < LONGEST_PAUSE {
            let pause = pauses.next();
            assert!(pause > last);
            last = pause;
        }
        assert_eq!(pauses.next(), LONGEST_PAUSE);
    }
}
