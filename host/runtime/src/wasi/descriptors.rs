//! `wasi:filesystem`: wasmtime's implementation, behind the checks of `folder`.

use wasmtime::component::{HasData, Resource, ResourceTable};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream,
    ErrorCode, Filesize, Host, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue,
    NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use super::folder::{self, Folder, Refused};
use crate::context::Context;

/// What the interfaces of files work on.
pub(super) struct Files<'a> {
    pub(super) folder: &'a mut Folder,
    pub(super) table: &'a mut ResourceTable,
    pub(super) context: &'a Context,
}

impl HasData for Files<'static> {
    type Data<'a> = Files<'a>;
}

type Own<T> = Resource<T>;

impl Files<'_> {
    /// wasmtime's implementation.
    fn theirs(&mut self) -> WasiFilesystemCtxView<'_> {
        WasiFilesystemCtxView {
            ctx: &mut self.folder.none,
            table: self.table,
        }
    }

    fn refuse(&self, refused: Refused) -> FsError {
        match refused {
            Refused::Error(error) => error.into(),
            Refused::Bound(limit, what) => {
                let text = format!("refused: a handler may have {limit} {what}");
                self.context.log(tracing::Level::WARN, &text);
                ErrorCode::InsufficientMemory.into()
            }
        }
    }
}

impl preopens::Host for Files<'_> {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Own<Descriptor>, String)>> {
        let Some(dir) = &self.context.folder else {
            return Ok(Vec::new());
        };
        let root = self.folder.root(dir)?;
        Ok(vec![(self.table.push(root)?, "/".to_owned())])
    }
}

impl Host for Files<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        error.downcast()
    }

    fn filesystem_error_code(
        &mut self,
        error: Own<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        self.theirs().filesystem_error_code(error)
    }
}

impl HostDescriptor for Files<'_> {
    async fn open_at(
        &mut self,
        start: Own<Descriptor>,
        _: PathFlags,
        path: String,
        how: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Own<Descriptor>> {
        let start = self.table.get(&start)?;
        if let Some(dir) = &self.context.folder {
            self.folder.note(dir, start, &path);
        }
        match self.folder.open(start, &path, how, flags) {
            Ok(opened) => Ok(self.table.push(opened)?),
            Err(refused) => Err(self.refuse(refused)),
        }
    }

    async fn read_directory(
        &mut self,
        folder: Own<Descriptor>,
    ) -> FsResult<Own<DirectoryEntryStream>> {
        let listed = self.folder.list(self.table.get(&folder)?);
        listed.map_err(|refused| self.refuse(refused))?;
        let entries = self.theirs().read_directory(folder).await;
        if entries.is_err() {
            self.folder.listed();
        }
        entries
    }

    async fn stat_at(
        &mut self,
        start: Own<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        folder::check(&path)?;
        if let Some(dir) = &self.context.folder {
            let start = self.table.get(&start)?;
            self.folder.note(dir, start, &path);
        }
        let (again, follow) = (borrowed(&start), PathFlags::SYMLINK_FOLLOW);
        let followed = self.theirs().stat_at(start, follow, path.clone()).await;
        if followed.is_ok() || flags.contains(follow) {
            return followed;
        }
        // A link that leads outside, or nowhere, is there all the same: libc looks at
        // each entry of a listing, and gives all of it up for one that it cannot see.
        self.theirs().stat_at(again, PathFlags::empty(), path).await
    }

    async fn metadata_hash_at(
        &mut self,
        start: Own<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        folder::check(&path)?;
        let (again, follow) = (borrowed(&start), PathFlags::SYMLINK_FOLLOW);
        let mut theirs = self.theirs();
        let followed = theirs.metadata_hash_at(start, follow, path.clone()).await;
        if followed.is_ok() || flags.contains(follow) {
            return followed;
        }
        let none = PathFlags::empty();
        self.theirs().metadata_hash_at(again, none, path).await
    }

    /// Guests see what links lead to, and no links: their text may be a path of
    /// this machine.
    async fn readlink_at(&mut self, _: Own<Descriptor>, _: String) -> FsResult<String> {
        Err(ErrorCode::Invalid.into())
    }

    async fn get_flags(&mut self, file: Own<Descriptor>) -> FsResult<DescriptorFlags> {
        self.theirs().get_flags(file).await
    }

    async fn get_type(&mut self, file: Own<Descriptor>) -> FsResult<DescriptorType> {
        self.theirs().get_type(file).await
    }

    async fn stat(&mut self, file: Own<Descriptor>) -> FsResult<DescriptorStat> {
        self.theirs().stat(file).await
    }

    async fn metadata_hash(&mut self, file: Own<Descriptor>) -> FsResult<MetadataHashValue> {
        self.theirs().metadata_hash(file).await
    }

    async fn is_same_object(
        &mut self,
        one: Own<Descriptor>,
        other: Own<Descriptor>,
    ) -> wasmtime::Result<bool> {
        self.theirs().is_same_object(one, other).await
    }

    async fn read(
        &mut self,
        file: Own<Descriptor>,
        length: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        self.theirs().read(file, length, offset).await
    }

    fn read_via_stream(
        &mut self,
        file: Own<Descriptor>,
        offset: Filesize,
    ) -> FsResult<Own<DynInputStream>> {
        self.theirs().read_via_stream(file, offset)
    }

    fn drop(&mut self, file: Own<Descriptor>) -> wasmtime::Result<()> {
        self.table.delete(file)?;
        Ok(())
    }

    /// Advice would reach what others have in the kernel's cache.
    async fn advise(
        &mut self,
        _: Own<Descriptor>,
        _: Filesize,
        _: Filesize,
        _: Advice,
    ) -> FsResult<()> {
        Ok(())
    }

    /// There is nothing of the guest's that could be lost.
    async fn sync(&mut self, _: Own<Descriptor>) -> FsResult<()> {
        Ok(())
    }

    async fn sync_data(&mut self, _: Own<Descriptor>) -> FsResult<()> {
        Ok(())
    }

    // What follows would write.

    async fn set_size(&mut self, _: Own<Descriptor>, _: Filesize) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn set_times(
        &mut self,
        _: Own<Descriptor>,
        _: NewTimestamp,
        _: NewTimestamp,
    ) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn set_times_at(
        &mut self,
        _: Own<Descriptor>,
        _: PathFlags,
        _: String,
        _: NewTimestamp,
        _: NewTimestamp,
    ) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn write(&mut self, _: Own<Descriptor>, _: Vec<u8>, _: Filesize) -> FsResult<Filesize> {
        Err(ErrorCode::NotPermitted.into())
    }

    fn write_via_stream(
        &mut self,
        _: Own<Descriptor>,
        _: Filesize,
    ) -> FsResult<Own<DynOutputStream>> {
        Err(ErrorCode::NotPermitted.into())
    }

    fn append_via_stream(&mut self, _: Own<Descriptor>) -> FsResult<Own<DynOutputStream>> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn create_directory_at(&mut self, _: Own<Descriptor>, _: String) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn link_at(
        &mut self,
        _: Own<Descriptor>,
        _: PathFlags,
        _: String,
        _: Own<Descriptor>,
        _: String,
    ) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn symlink_at(&mut self, _: Own<Descriptor>, _: String, _: String) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn rename_at(
        &mut self,
        _: Own<Descriptor>,
        _: String,
        _: Own<Descriptor>,
        _: String,
    ) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn remove_directory_at(&mut self, _: Own<Descriptor>, _: String) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn unlink_file_at(&mut self, _: Own<Descriptor>, _: String) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }
}

impl HostDirectoryEntryStream for Files<'_> {
    async fn read_directory_entry(
        &mut self,
        entries: Own<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        loop {
            let again = Resource::new_borrow(entries.rep());
            let Some(entry) = self.theirs().read_directory_entry(again).await? else {
                return Ok(None);
            };
            if let Some(entry) = folder::shown(entry) {
                return Ok(Some(entry));
            }
        }
    }

    fn drop(&mut self, entries: Own<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.table.delete(entries)?;
        self.folder.listed();
        Ok(())
    }
}

/// The same descriptor for a second call.
fn borrowed(descriptor: &Own<Descriptor>) -> Own<Descriptor> {
    Resource::new_borrow(descriptor.rep())
}
