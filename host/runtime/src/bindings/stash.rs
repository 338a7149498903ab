//! `stash`: what the tenant's handlers leave for later requests.

use std::time::Duration;

use bytes::Bytes;
use host_stash::Key;
use wasmtime::component::Resource;

use super::Guard;
use super::generated::host::handler::stash::{Host, HostGuard, StashError};
use crate::state::State;
use crate::url;

impl Host for State {
    async fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        path: Option<String>,
    ) -> Result<(), StashError> {
        let key = self.key(&key, path)?;
        Ok(self.stash().put(&key, Bytes::from(value)).await?)
    }

    async fn take(
        &mut self,
        key: String,
        path: Option<String>,
    ) -> Result<Option<Vec<u8>>, StashError> {
        let key = self.key(&key, path)?;
        let value = self.stash().take(&key).await?;
        Ok(value.map(Vec::from))
    }

    async fn lock(&mut self) -> Result<Resource<Guard>, StashError> {
        if self.guard.is_some() {
            // It would wait for itself.
            return Err(StashError::Locked);
        }
        self.let_go().await;
        let lock = self.stash().lock(self.context.tenant.limits.wall).await?;
        let number = self.guards;
        self.guards = number.wrapping_add(1);
        self.guard = Some((number, lock));
        Ok(Resource::new_own(number))
    }

    async fn send(
        &mut self,
        key: String,
        message: Vec<u8>,
        path: Option<String>,
    ) -> Result<(), StashError> {
        let key = self.key(&key, path)?;
        Ok(self.stash().send(&key, Bytes::from(message)).await?)
    }

    async fn receive(
        &mut self,
        key: String,
        timeout: u64,
        path: Option<String>,
    ) -> Result<Option<Vec<u8>>, StashError> {
        let key = self.key(&key, path)?;
        self.let_go().await;
        let timeout = Duration::from_nanos(timeout);
        let message = self.stash().receive(&key, timeout).await?;
        Ok(message.map(Vec::from))
    }
}

impl HostGuard for State {
    fn release(&mut self, guard: Resource<Guard>) {
        // A guard that was released before leaves a later one's lock alone.
        self.guard.take_if(|(number, _)| *number == guard.rep());
    }

    fn drop(&mut self, guard: Resource<Guard>) -> wasmtime::Result<()> {
        self.release(guard);
        Ok(())
    }
}

impl State {
    fn stash(&self) -> &host_stash::Stash {
        &self.context.tenant.stash
    }

    /// The key of a UUID; at the request's own path, unless there is another.
    fn key(&self, uuid: &str, path: Option<String>) -> Result<Key, StashError> {
        let own = || url::parts(&url::of(self.exchange.head())).path;
        Ok(Key::new(path.unwrap_or_else(own), uuid)?)
    }
}

impl From<host_stash::StashError> for StashError {
    fn from(error: host_stash::StashError) -> Self {
        use host_stash::StashError as Theirs;
        let message = error.to_string();
        match error {
            Theirs::InvalidKey(_) => Self::InvalidKey(message),
            Theirs::Occupied(_) => Self::Occupied(message),
            Theirs::Full(_) => Self::Limit(message),
            // Whatever else comes between a handler and its store.
            _ => Self::Unavailable(message),
        }
    }
}
