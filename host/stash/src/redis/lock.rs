//! The lock of a tenant whose stash is in Redis.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use redis::Script;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep};

use super::{Link, OPERATION, Pauses};
use crate::StashError;

/// Takes and gives back the lock.
#[derive(Debug)]
pub(super) struct Locks {
    link: Arc<Link>,
    key: String,
    take: Script,
    give_back: Script,
    /// Those of this process queue up here: one at a time asks Redis.
    turn: Arc<Mutex<()>>,
}

/// The lock in Redis, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    locks: Arc<Locks>,
    /// Says whose the lock is: nobody gives back another's.
    token: Vec<u8>,
    /// After this Redis frees it by itself.
    time: Duration,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Locks {
    pub(super) fn new(link: Arc<Link>, key: String) -> Self {
        Self {
            link,
            key,
            take: Script::new(include_str!("scripts/lock.lua")),
            give_back: Script::new(include_str!("scripts/unlock.lua")),
            turn: Arc::default(),
        }
    }

    pub(super) async fn take(self: &Arc<Self>, longest: Duration) -> Result<Lease, StashError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        // Made before the lock is ours: whoever stops waiting in the middle
        // gives back what Redis may have given by then.
        let lease = Lease {
            locks: Arc::clone(self),
            token: token()?,
            // Redis counts from before it is known here that the lock is taken,
            // and gets the word that it is free after that.
            time: longest.saturating_add(2 * OPERATION),
            turn: Some(turn),
        };
        let mut script = self.take.key(&self.key);
        let milliseconds = i64::try_from(lease.time.as_millis()).unwrap_or(i64::MAX / 2);
        script.arg(&lease.token).arg(milliseconds);
        let mut pauses = Pauses::new();
        while !self.link.run::<bool>(&script).await? {
            sleep(pauses.next()).await;
        }
        Ok(lease)
    }
}

/// Names one holder of the lock.
fn token() -> Result<Vec<u8>, StashError> {
    let mut token = vec![0; 16];
    match getrandom::fill(&mut token) {
        Ok(()) => Ok(token),
        Err(error) => Err(StashError::Unavailable(format!(
            "cannot be locked without random numbers: {error}"
        ))),
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (locks, token, time) = (
            Arc::clone(&self.locks),
            mem::take(&mut self.token),
            self.time,
        );
        let turn = self.turn.take();
        let give_back = async move {
            let began = Instant::now();
            let mut script = locks.give_back.key(&locks.key);
            script.arg(&token);
            let mut done = locks.link.run::<()>(&script).await.is_ok();
            // The next of this process need not wait for a Redis that is away:
            // they are told so. The lock is given back when it is there again.
            drop(turn);
            while !done && began.elapsed() < time {
                sleep(OPERATION).await;
                done = locks.link.run::<()>(&script).await.is_ok();
            }
        };
        // Without a runtime the process is ending, and time frees the lock.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(give_back);
        }
    }
}
