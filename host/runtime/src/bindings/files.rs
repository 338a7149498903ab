//! `files`: what the handler may read of its own folder.

use wasmtime::component::{Resource, ResourceTableError};

use super::file_types::{Entry, Error, Host, HostFile, Metadata};
use crate::files::{self, OPEN, OpenFile};
use crate::state::State;

/// What a function gives: `Err` outside ends the guest, and never happens.
type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl Host for State {
    async fn own_path(&mut self) -> wasmtime::Result<String> {
        Ok(format!("/{}", self.context.file.to_string_lossy()))
    }

    async fn open(&mut self, path: String) -> Answer<Resource<OpenFile>> {
        let opened = match files::open(&self.context.dir, &path).await {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        match self.files.push(opened) {
            Ok(file) => Ok(Ok(file)),
            Err(ResourceTableError::Full) => {
                Ok(Err(Error::Limit(format!("{OPEN} files open at a time"))))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read(&mut self, path: String) -> Answer<Vec<u8>> {
        let limit = self.context.tenant.limits.body_bytes;
        Ok(files::read(&self.context.dir, &path, limit).await)
    }

    async fn stat(&mut self, path: String) -> Answer<Metadata> {
        Ok(files::stat(&self.context.dir, &path).await)
    }

    async fn list_folder(&mut self, path: String) -> Answer<Vec<Entry>> {
        Ok(files::list(&self.context.dir, &path).await)
    }
}

impl HostFile for State {
    async fn metadata(&mut self, file: Resource<OpenFile>) -> wasmtime::Result<Metadata> {
        Ok(self.files.get(&file)?.metadata())
    }

    async fn read(&mut self, file: Resource<OpenFile>, max: u32) -> Answer<Vec<u8>> {
        Ok(self.files.get_mut(&file)?.read(max).await)
    }

    async fn seek(&mut self, file: Resource<OpenFile>, offset: u64) -> wasmtime::Result<()> {
        self.files.get_mut(&file)?.place = offset;
        Ok(())
    }

    async fn tell(&mut self, file: Resource<OpenFile>) -> wasmtime::Result<u64> {
        Ok(self.files.get(&file)?.place)
    }

    async fn drop(&mut self, file: Resource<OpenFile>) -> wasmtime::Result<()> {
        self.files.delete(file)?;
        Ok(())
    }
}
