//! The folder that a guest was granted: what it may open there, and how much.
//!
//! The rules are those of the contract's `files` (`files.rs`): nothing outside
//! by a link, no hidden names, nothing but files and folders, nothing written.
//! All is done in place. What a script does with files is a handful of looks
//! into what the kernel has in memory, and each hop to a blocking thread costs
//! ten times the look; where the disk has to be waited for, the guest's CPU time
//! runs on.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Weak};

use cap_primitives::fs::{OpenOptions, OpenOptionsExt as _};
use cap_std::fs::Dir;
use rustix::fs::OFlags;
use wasmtime_wasi::filesystem::{self, Descriptor, WasiFilesystemCtx};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorFlags, DescriptorType, DirectoryEntry, ErrorCode, OpenFlags,
};
use wasmtime_wasi::{FsPerms, OpenMode};

use super::sources::Sources;
use crate::files::{ENTRIES, OPEN, is_hidden};

/// Listings that a guest may have under way: the host holds each as a whole.
const LISTINGS: usize = 4;

/// Whether wasmtime's implementation may do its work in place.
const IN_PLACE: bool = true;

/// What one guest has open of its folder.
#[derive(Default)]
pub(super) struct Folder {
    /// What wasmtime's implementation asks for. Nothing is in it: it gives no
    /// folder of its own.
    pub(super) none: WasiFilesystemCtx,
    /// The root, once the guest has asked for it.
    root: Option<filesystem::Dir>,
    /// Files and folders. Streams hold them as well as descriptors do.
    opened: Vec<Weak<File>>,
    listings: usize,
    /// The sources that it has read.
    pub(super) sources: Sources,
}

/// Why a guest does not get what it asks for.
#[derive(Debug)]
pub(super) enum Refused {
    /// As an error of the call.
    Error(ErrorCode),
    /// By a bound of host's, of so many of something: for the log too, since
    /// WASI has no error that says so.
    Bound(usize, &'static str),
}

impl From<ErrorCode> for Refused {
    fn from(error: ErrorCode) -> Self {
        Self::Error(error)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Error(ErrorCode::from(error))
    }
}

impl Folder {
    /// The root as a descriptor.
    pub(super) fn root(&mut self, dir: &Dir) -> io::Result<Descriptor> {
        let root = match &self.root {
            Some(root) => root,
            None => self.root.insert(folder(dir.try_clone()?.into_std_file())),
        };
        Ok(Descriptor::Dir(root.clone()))
    }

    /// Notes what the guest looks at.
    pub(super) fn note(&mut self, dir: &Dir, start: &Descriptor, path: &str) {
        let is_root = match (start, &self.root) {
            (Descriptor::Dir(start), Some(root)) => Arc::ptr_eq(&start.dir, &root.dir),
            _ => false,
        };
        self.sources.note(dir, path, is_root);
    }

    /// Opens what a path names beneath a folder.
    pub(super) fn open(
        &mut self,
        start: &Descriptor,
        path: &str,
        how: OpenFlags,
        flags: DescriptorFlags,
    ) -> Result<Descriptor, Refused> {
        let start = directory(start)?;
        if how != how & OpenFlags::DIRECTORY || flags.contains(DescriptorFlags::WRITE) {
            return Err(ErrorCode::NotPermitted.into());
        }
        check(path)?;
        self.opened.retain(|file| file.strong_count() > 0);
        if self.opened.len() >= OPEN {
            return Err(Refused::Bound(OPEN, "files open at a time"));
        }
        let mut options = OpenOptions::new();
        // Not to wait for a FIFO's writer. Files and folders do not look at it.
        let nonblock = OFlags::NONBLOCK.bits().cast_signed();
        options.read(true).custom_flags(nonblock);
        let file = cap_primitives::fs::open(start, Path::new(path), &options)?;
        let about = file.metadata()?;
        let (descriptor, handle) = if about.is_dir() {
            let folder = folder(file);
            let handle = Arc::downgrade(&folder.dir);
            (Descriptor::Dir(folder), handle)
        } else if !about.is_file() {
            return Err(ErrorCode::NoEntry.into());
        } else if how.contains(OpenFlags::DIRECTORY) {
            return Err(ErrorCode::NotDirectory.into());
        } else {
            let file = filesystem::File::new(file, FsPerms::ReadOnly, OpenMode::READ, IN_PLACE);
            let handle = Arc::downgrade(&file.file);
            (Descriptor::File(file), handle)
        };
        self.opened.push(handle);
        Ok(descriptor)
    }

    /// Says whether one more listing may begin, which is all read at once.
    pub(super) fn list(&mut self, folder: &Descriptor) -> Result<(), Refused> {
        let entries = cap_primitives::fs::read_base_dir(directory(folder)?)?;
        if entries.take(ENTRIES + 1).count() > ENTRIES {
            return Err(Refused::Bound(ENTRIES, "entries of a folder"));
        }
        if self.listings >= LISTINGS {
            return Err(Refused::Bound(LISTINGS, "listings at a time"));
        }
        self.listings += 1;
        Ok(())
    }

    /// A listing is over.
    pub(super) fn listed(&mut self) {
        self.listings = self.listings.saturating_sub(1);
    }
}

/// An entry as the guest sees it; `None` for a hidden one.
pub(super) fn shown(mut entry: DirectoryEntry) -> Option<DirectoryEntry> {
    if is_hidden(&entry.name) {
        return None;
    }
    // Links are what they lead to, for guests, which is asked when they are used.
    if let DescriptorType::SymbolicLink = entry.type_ {
        entry.type_ = DescriptorType::Unknown;
    }
    Some(entry)
}

/// Says whether a path has a hidden name, which is then not found.
pub(super) fn check(path: &str) -> Result<(), ErrorCode> {
    let hidden = |name| !matches!(name, "." | "..") && is_hidden(name);
    match path.split('/').any(hidden) {
        true => Err(ErrorCode::NoEntry),
        false => Ok(()),
    }
}

fn folder(dir: File) -> filesystem::Dir {
    filesystem::Dir::new(dir, FsPerms::ReadOnly, OpenMode::READ, IN_PLACE)
}

fn directory(descriptor: &Descriptor) -> Result<&File, ErrorCode> {
    match descriptor {
        Descriptor::Dir(dir) => Ok(&dir.dir),
        Descriptor::File(_) => Err(ErrorCode::NotDirectory),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use cap_std::ambient_authority;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use tempfile::TempDir;

    use super::*;

    /// A folder with what must be read and what must not, a secret beside it.
    fn root() -> (TempDir, Folder, Descriptor) {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        fs::create_dir_all(root.join("sub/.git")).unwrap();
        fs::create_dir(root.join(".well-known")).unwrap();
        fs::write(temp.path().join("secret"), "secret").unwrap();
        for name in ["a.txt", "sub/b", "sub/.git/config", ".env", ".well-known/x"] {
            fs::write(root.join(name), name).unwrap();
        }
        symlink("../a.txt", root.join("sub/inside")).unwrap();
        symlink("../secret", root.join("outside")).unwrap();
        symlink(temp.path().join("secret"), root.join("absolute")).unwrap();
        mknodat(CWD, root.join("fifo"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        let mut folder = Folder::default();
        let root = folder.root(&dir).unwrap();
        (temp, folder, root)
    }

    fn open(folder: &mut Folder, start: &Descriptor, path: &str) -> Result<Descriptor, Refused> {
        folder.open(start, path, OpenFlags::empty(), DescriptorFlags::READ)
    }

    fn error(result: Result<Descriptor, Refused>) -> ErrorCode {
        match result {
            Err(Refused::Error(error)) => error,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was opened"),
        }
    }

    #[test]
    fn what_is_inside_is_opened_to_be_read() {
        let (_temp, mut folder, root) = root();
        for path in [
            "a.txt",
            "./sub/../a.txt",
            "sub/inside",
            ".well-known/x",
            "sub",
        ] {
            open(&mut folder, &root, path).unwrap_or_else(|error| panic!("{path}: {error:?}"));
        }
        let sub = open(&mut folder, &root, "sub").unwrap();
        open(&mut folder, &sub, "b").unwrap();
        let file = open(&mut folder, &root, "a.txt").unwrap();
        let error_of = |how, flags| error(Folder::default().open(&root, "a.txt", how, flags));
        for (how, flags) in [
            (OpenFlags::CREATE, DescriptorFlags::READ),
            (OpenFlags::TRUNCATE, DescriptorFlags::READ),
            (OpenFlags::EXCLUSIVE, DescriptorFlags::READ),
            (OpenFlags::empty(), DescriptorFlags::WRITE),
        ] {
            assert_eq!(error_of(how, flags), ErrorCode::NotPermitted);
        }
        let found = error_of(OpenFlags::DIRECTORY, DescriptorFlags::READ);
        assert_eq!(found, ErrorCode::NotDirectory);
        assert_eq!(
            error(open(&mut folder, &file, "x")),
            ErrorCode::NotDirectory
        );
    }

    #[test]
    fn what_is_hidden_or_outside_or_no_file_is_refused_and_nothing_waits() {
        let (_temp, mut folder, root) = root();
        for path in [
            ".env",
            "sub/.git/config",
            "sub/../.env",
            ".git",
            "fifo",
            "none",
            "",
        ] {
            let found = error(open(&mut folder, &root, path));
            assert_eq!(found, ErrorCode::NoEntry, "{path}");
        }
        for path in ["..", "../secret", "outside", "absolute", "/a.txt"] {
            let found = error(open(&mut folder, &root, path));
            assert_eq!(found, ErrorCode::NotPermitted, "{path}");
        }
        // A folder's own root is a root as well.
        let sub = open(&mut folder, &root, "sub").unwrap();
        assert_eq!(
            error(open(&mut folder, &sub, "../a.txt")),
            ErrorCode::NotPermitted
        );
        assert_eq!(
            error(open(&mut folder, &sub, "inside")),
            ErrorCode::NotPermitted
        );
    }

    #[test]
    fn listings_show_no_hidden_names_and_no_links() {
        let entry = |name: &str, type_| DirectoryEntry {
            name: name.to_owned(),
            type_,
        };
        for name in [".env", ".", ".."] {
            assert!(shown(entry(name, DescriptorType::RegularFile)).is_none());
        }
        let known = shown(entry(".well-known", DescriptorType::Directory)).unwrap();
        assert_eq!(known.type_, DescriptorType::Directory);
        let link = shown(entry("link", DescriptorType::SymbolicLink)).unwrap();
        assert_eq!(link.type_, DescriptorType::Unknown);
    }

    #[test]
    fn what_is_open_and_what_is_listed_is_bounded() {
        let (temp, mut folder, root) = root();
        let opened: Vec<_> = (0..OPEN)
            .map(|_| open(&mut folder, &root, "a.txt").unwrap())
            .collect();
        let more = open(&mut folder, &root, "a.txt");
        assert!(matches!(more, Err(Refused::Bound(OPEN, _))));
        drop(opened);
        open(&mut folder, &root, "a.txt").unwrap();

        for _ in 0..LISTINGS {
            folder.list(&root).unwrap();
        }
        let more = folder.list(&root);
        assert!(matches!(more, Err(Refused::Bound(LISTINGS, _))));
        folder.listed();
        folder.list(&root).unwrap();
        folder.listed();
        let large = temp.path().join("root/large");
        fs::create_dir(&large).unwrap();
        for i in 0..=ENTRIES {
            symlink("a", large.join(i.to_string())).unwrap();
        }
        let large = open(&mut folder, &root, "large").unwrap();
        let more = folder.list(&large);
        assert!(matches!(more, Err(Refused::Bound(ENTRIES, _))));
    }
}
