//! One tenant's stash in the server's own memory.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::{Instant, timeout_at};

use crate::{Key, Limit, Limits, StashError};

/// Longer than any request lives, and short enough to reckon with.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

#[derive(Debug)]
pub(crate) struct Memory {
    limits: Limits,
    kept: Mutex<Kept>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Kept {
    values: HashMap<Key, Bytes>,
    /// Those that have messages, or somebody who waits for one.
    queues: HashMap<Key, Queue>,
    /// Of values and messages together.
    bytes: usize,
    entries: usize,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Bytes>,
    arrived: Arc<Notify>,
    waiting: usize,
}

impl Memory {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            kept: Mutex::default(),
            lock: Arc::default(),
        }
    }

    pub(crate) fn put(&self, key: &Key, value: Bytes) -> Result<(), StashError> {
        let mut kept = self.kept.lock();
        if kept.values.contains_key(key) {
            return Err(StashError::Occupied(key.clone()));
        }
        kept.count(key, &value, &self.limits)?;
        kept.values.insert(key.clone(), value);
        Ok(())
    }

    pub(crate) fn take(&self, key: &Key) -> Option<Bytes> {
        let mut kept = self.kept.lock();
        let value = kept.values.remove(key)?;
        kept.discount(key, &value);
        Some(value)
    }

    pub(crate) async fn lock(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.lock).lock_owned().await
    }

    pub(crate) fn send(&self, key: &Key, message: Bytes) -> Result<(), StashError> {
        let mut kept = self.kept.lock();
        kept.count(key, &message, &self.limits)?;
        let queue = kept.queues.entry(key.clone()).or_default();
        queue.messages.push_back(message);
        queue.arrived.notify_one();
        Ok(())
    }

    pub(crate) async fn receive(&self, key: &Key, timeout: Duration) -> Option<Bytes> {
        let deadline = Instant::now() + timeout.min(FOR_EVER);
        let waiter = Waiter::new(&self.kept, key);
        loop {
            // Who looks after it has begun to listen misses nothing.
            let mut arrived = pin!(waiter.arrived.notified());
            arrived.as_mut().enable();
            if let Some(message) = self.kept.lock().pop(key) {
                return Some(message);
            }
            if timeout_at(deadline, arrived).await.is_err() {
                return None;
            }
        }
    }
}

impl Kept {
    /// Counts one more entry, if there is room.
    fn count(&mut self, key: &Key, content: &Bytes, limits: &Limits) -> Result<(), StashError> {
        let bytes = self.bytes.saturating_add(key.cost(content.len()));
        if bytes > limits.bytes {
            return Err(StashError::Full(Limit::Bytes(limits.bytes)));
        }
        if self.entries >= limits.entries {
            return Err(StashError::Full(Limit::Entries(limits.entries)));
        }
        self.bytes = bytes;
        self.entries += 1;
        Ok(())
    }

    fn discount(&mut self, key: &Key, content: &Bytes) {
        self.bytes -= key.cost(content.len());
        self.entries -= 1;
    }

    /// The first message of a queue.
    fn pop(&mut self, key: &Key) -> Option<Bytes> {
        let message = self.queues.get_mut(key)?.messages.pop_front()?;
        self.discount(key, &message);
        self.tidy(key);
        Some(message)
    }

    /// Forgets a queue that nobody needs.
    fn tidy(&mut self, key: &Key) {
        let idle = |queue: &Queue| queue.waiting == 0 && queue.messages.is_empty();
        if self.queues.get(key).is_some_and(idle) {
            self.queues.remove(key);
        }
    }
}

/// Somebody who waits for a message, and may stop to at any time.
struct Waiter<'a> {
    kept: &'a Mutex<Kept>,
    key: &'a Key,
    arrived: Arc<Notify>,
}

impl<'a> Waiter<'a> {
    fn new(kept: &'a Mutex<Kept>, key: &'a Key) -> Self {
        let mut locked = kept.lock();
        let queue = locked.queues.entry(key.clone()).or_default();
        queue.waiting += 1;
        let arrived = Arc::clone(&queue.arrived);
        drop(locked);
        Self { kept, key, arrived }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut kept = self.kept.lock();
        if let Some(queue) = kept.queues.get_mut(self.key) {
            queue.waiting -= 1;
        }
        kept.tidy(self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 20,
        entries: 3,
    };

    fn key(n: u8) -> Key {
        Key::new("/p", &format!("{n:032x}")).unwrap()
    }

    #[test]
    fn what_is_kept_is_counted_and_nothing_is_thrown_away() {
        let memory = Memory::new(LIMITS);
        let big = Bytes::from(vec![0; 18]);
        let full = |limit| Err(StashError::Full(limit));
        memory.put(&key(1), big.clone()).unwrap();
        assert_eq!(memory.put(&key(2), Bytes::new()), full(Limit::Bytes(20)));
        assert_eq!(memory.send(&key(2), Bytes::new()), full(Limit::Bytes(20)));
        assert_eq!(memory.take(&key(1)), Some(big));
        assert_eq!(memory.take(&key(1)), None);

        memory.put(&key(1), Bytes::new()).unwrap();
        memory.send(&key(1), Bytes::new()).unwrap();
        memory.send(&key(1), Bytes::new()).unwrap();
        assert_eq!(memory.send(&key(1), Bytes::new()), full(Limit::Entries(3)));
        assert_eq!(memory.put(&key(2), Bytes::new()), full(Limit::Entries(3)));
        assert!(matches!(
            memory.put(&key(1), Bytes::new()),
            Err(StashError::Occupied(_))
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_waiting_leaves_nothing_behind() {
        let memory = Arc::new(Memory::new(LIMITS));
        let second = Duration::from_secs(1);
        assert_eq!(memory.receive(&key(1), second).await, None);
        assert_eq!(memory.receive(&key(1), Duration::ZERO).await, None);
        let waits = tokio::spawn({
            let memory = Arc::clone(&memory);
            async move { memory.receive(&key(1), Duration::MAX).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(memory.kept.lock().queues.len(), 1);
        waits.abort();
        waits.await.unwrap_err();
        let kept = memory.kept.lock();
        assert_eq!((kept.queues.len(), kept.entries, kept.bytes), (0, 0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn every_message_reaches_one_of_those_who_wait() {
        let memory = Arc::new(Memory::new(LIMITS));
        let receive = || {
            let memory = Arc::clone(&memory);
            tokio::spawn(async move { memory.receive(&key(1), Duration::MAX).await })
        };
        let waiting = [receive(), receive(), receive()];
        tokio::task::yield_now().await;
        for n in 0..3 {
            memory.send(&key(1), Bytes::from(vec![n])).unwrap();
        }
        let mut got = Vec::new();
        for one in waiting {
            got.push(one.await.unwrap().unwrap()[0]);
        }
        got.sort_unstable();
        assert_eq!(got, [0, 1, 2]);
    }
}
