//! The two kinds of store behind one type.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedMutexGuard;

use crate::memory::Memory;
use crate::redis::{Lease, Link, Redis};
use crate::{Key, Limits, Location, OpenError, StashError};

/// All that one server keeps.
#[derive(Debug)]
pub struct Store(Kind);

#[derive(Debug)]
enum Kind {
    Memory,
    Redis(Arc<Link>),
}

impl Store {
    /// Opens a store. A Redis must answer now; when it goes away later, the
    /// operations say so and go on when it is back.
    ///
    /// # Errors
    /// [`OpenError`] where a Redis cannot be reached.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        Ok(Self(match location {
            Location::Memory => Kind::Memory,
            Location::Redis(info) => match Link::open(info).await {
                Ok(link) => Kind::Redis(Arc::new(link)),
                Err(reason) => {
                    let location = location.to_string();
                    return Err(OpenError { location, reason });
                }
            },
        }))
    }

    /// The part of one tenant; to be asked for once, since in memory each is
    /// empty at first. In a Redis the name alone says whose it is: servers that
    /// share it share what is of the same name.
    pub fn tenant(&self, name: &str, limits: Limits) -> Stash {
        match &self.0 {
            Kind::Memory => Stash::in_memory(limits),
            Kind::Redis(link) => Stash(TenantKind::Redis(Redis::new(
                Arc::clone(link),
                name,
                limits,
            ))),
        }
    }
}

/// What one tenant keeps.
#[derive(Debug)]
pub struct Stash(TenantKind);

#[derive(Debug)]
enum TenantKind {
    Memory(Memory),
    Redis(Redis),
}

impl Stash {
    /// An empty one in memory.
    pub fn in_memory(limits: Limits) -> Self {
        Self(TenantKind::Memory(Memory::new(limits)))
    }

    /// Puts a value under a key that has none.
    ///
    /// # Errors
    /// [`StashError::Occupied`], [`StashError::Full`] and
    /// [`StashError::Unavailable`].
    pub async fn put(&self, key: &Key, value: Bytes) -> Result<(), StashError> {
        match &self.0 {
            TenantKind::Memory(memory) => memory.put(key, value),
            TenantKind::Redis(redis) => redis.put(key, &value).await,
        }
    }

    /// Takes the value of a key out; of several at once, one gets it.
    ///
    /// # Errors
    /// [`StashError::Unavailable`].
    pub async fn take(&self, key: &Key) -> Result<Option<Bytes>, StashError> {
        match &self.0 {
            TenantKind::Memory(memory) => Ok(memory.take(key)),
            TenantKind::Redis(redis) => redis.take(key).await,
        }
    }

    /// Waits for the tenant's one lock and takes it, first come, first served
    /// within a server. `longest` is the time that the guard will live for at
    /// most: should this process end without a word, a Redis frees the lock
    /// after it.
    ///
    /// # Errors
    /// [`StashError::Unavailable`].
    pub async fn lock(&self, longest: Duration) -> Result<Guard, StashError> {
        let held = match &self.0 {
            TenantKind::Memory(memory) => Held::Memory {
                _guard: memory.lock().await,
            },
            TenantKind::Redis(redis) => Held::Redis {
                _lease: redis.lock(longest).await?,
            },
        };
        Ok(Guard { _held: held })
    }

    /// Puts a message at the end of a key's queue. Queues and values have
    /// nothing to do with each other, and a queue need not be made.
    ///
    /// # Errors
    /// [`StashError::Full`] and [`StashError::Unavailable`].
    pub async fn send(&self, key: &Key, message: Bytes) -> Result<(), StashError> {
        match &self.0 {
            TenantKind::Memory(memory) => memory.send(key, message),
            TenantKind::Redis(redis) => redis.send(key, &message).await,
        }
    }

    /// Takes the first message out of a key's queue, and waits for one as long
    /// as `timeout` says. `None` when that is over.
    ///
    /// # Errors
    /// [`StashError::Unavailable`].
    pub async fn receive(&self, key: &Key, timeout: Duration) -> Result<Option<Bytes>, StashError> {
        match &self.0 {
            TenantKind::Memory(memory) => Ok(memory.receive(key, timeout).await),
            TenantKind::Redis(redis) => redis.receive(key, timeout).await,
        }
    }
}

/// Holds a tenant's lock until it is dropped.
#[derive(Debug)]
#[must_use = "the lock is free again as soon as this is dropped"]
pub struct Guard {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    Memory { _guard: OwnedMutexGuard<()> },
    Redis { _lease: Lease },
}
