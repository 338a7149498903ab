//! The files that a handler may read: those of the folder that it was loaded
//! from. All that waits for the disk does so on a blocking thread.

use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use cap_std::fs::{Dir, File, Metadata as Found, OpenOptions, OpenOptionsExt as _};
use rustix::fs::OFlags;
use wasmtime::component::ResourceTable;

use crate::bindings::clock_types::Datetime;
use crate::bindings::file_types::{Entry, Error, Kind, Metadata};

/// Files that a request may have open: descriptors are the whole process's.
pub(crate) const OPEN: usize = 64;

/// Bytes that one read of an open file gives: the host holds them meanwhile, for
/// each request that reads.
const PIECE: usize = 1024 * 1024;

/// Entries of a folder that are listed: each costs the host a hundred bytes.
pub(crate) const ENTRIES: usize = 10_000;

/// A table for the files that a request has open.
pub(crate) fn table() -> ResourceTable {
    let mut table = ResourceTable::new();
    table.set_max_capacity(OPEN);
    table
}

/// A file that a guest has open.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct OpenFile {
    file: Arc<std::fs::File>,
    about: Metadata,
    /// Where the next read begins.
    pub(crate) place: u64,
}

impl OpenFile {
    /// What was known when it was opened.
    pub(crate) fn metadata(&self) -> Metadata {
        self.about
    }

    /// At most `max` bytes, and [`PIECE`].
    pub(crate) async fn read(&mut self, max: u32) -> Result<Vec<u8>, Error> {
        let (file, place) = (Arc::clone(&self.file), self.place);
        let max = PIECE.min(max as usize);
        let bytes = blocking(move || {
            let mut bytes = vec![0; max];
            let mut filled = 0;
            while filled < max {
                match file.read_at(&mut bytes[filled..], place.saturating_add(filled as u64)) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // No file goes on behind the largest offset.
                    Err(error) if error.kind() == io::ErrorKind::InvalidInput => break,
                    Err(error) => return Err(error.into()),
                }
            }
            bytes.truncate(filled);
            Ok(bytes)
        })
        .await?;
        self.place = self.place.saturating_add(bytes.len() as u64);
        Ok(bytes)
    }
}

/// Opens a file.
pub(crate) async fn open(dir: &Arc<Dir>, path: &str) -> Result<OpenFile, Error> {
    at(dir, path, |dir, path| {
        let (file, about) = open_file(dir, path)?;
        Ok(OpenFile {
            file: Arc::new(file.into_std()),
            about: metadata(&about)?,
            place: 0,
        })
    })
    .await
}

/// The whole of a file of at most `limit` bytes.
pub(crate) async fn read(dir: &Arc<Dir>, path: &str, limit: usize) -> Result<Vec<u8>, Error> {
    at(dir, path, move |dir, path| {
        let (file, about) = open_file(dir, path)?;
        let limit = limit as u64;
        let too_large = |size| Error::Limit(format!("{limit} bytes of a file; it has {size}"));
        if about.len() > limit {
            return Err(too_large(about.len()));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
        // It may grow meanwhile.
        let read = file.take(limit + 1).read_to_end(&mut bytes)? as u64;
        if read > limit {
            return Err(too_large(read));
        }
        Ok(bytes)
    })
    .await
}

/// What is known of a file or folder.
pub(crate) async fn stat(dir: &Arc<Dir>, path: &str) -> Result<Metadata, Error> {
    at(dir, path, |dir, path| metadata(&dir.metadata(path)?)).await
}

/// What is in a folder, by name.
pub(crate) async fn list(dir: &Arc<Dir>, path: &str) -> Result<Vec<Entry>, Error> {
    at(dir, path, |dir, path| {
        let folder = match dir.open_dir(path) {
            Ok(folder) => folder,
            Err(_) if dir.is_file(path) => return Err(Error::IsFile),
            Err(error) => return Err(error.into()),
        };
        let mut entries = Vec::new();
        for entry in folder.entries()? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if is_hidden(&name) {
                continue;
            }
            // Through the root, which a link may need.
            let Ok(about) = dir.metadata(path.join(&name)).map_err(Error::from) else {
                continue;
            };
            let Ok(kind) = kind(&about) else { continue };
            if entries.len() == ENTRIES {
                return Err(Error::Limit(format!("{ENTRIES} entries of a folder")));
            }
            entries.push(Entry { name, kind });
        }
        entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    })
    .await
}

/// Does something with what a path names, where waiting holds nobody up.
async fn at<T: Send + 'static>(
    dir: &Arc<Dir>,
    path: &str,
    work: impl FnOnce(&Dir, &Path) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (dir, path) = (Arc::clone(dir), resolve(path)?);
    blocking(move || work(&dir, &path)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(Error::Io(panic.to_string())))
}

/// The path of a name beneath the folder; `.` for the folder itself.
fn resolve(path: &str) -> Result<PathBuf, Error> {
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop().ok_or(Error::NotFound)?),
            name if is_hidden(name) || name.contains('\0') => return Err(Error::NotFound),
            name => names.push(name),
        }
    }
    if names.is_empty() {
        names.push(".");
    }
    Ok(names.into_iter().collect())
}

/// Whether a name is hidden, as the server hides it (RFC 8615 for the exception).
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') && name != ".well-known"
}

fn open_file(dir: &Dir, path: &Path) -> Result<(File, Found), Error> {
    let mut options = OpenOptions::new();
    // Not to wait for a FIFO's writer. Files and folders do not look at it.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = dir.open_with(path, options.read(true).custom_flags(flags))?;
    let about = file.metadata()?;
    match kind(&about)? {
        Kind::File => Ok((file, about)),
        Kind::Folder => Err(Error::IsFolder),
    }
}

fn kind(about: &Found) -> Result<Kind, Error> {
    match about {
        about if about.is_file() => Ok(Kind::File),
        about if about.is_dir() => Ok(Kind::Folder),
        _ => Err(Error::NotFound),
    }
}

fn metadata(about: &Found) -> Result<Metadata, Error> {
    let modified = about.modified().ok();
    let modified = modified.and_then(|time| time.into_std().duration_since(UNIX_EPOCH).ok());
    let kind = kind(about)?;
    Ok(Metadata {
        kind,
        size: match kind {
            Kind::File => about.len(),
            Kind::Folder => 0,
        },
        modified: modified.map(|since| Datetime {
            seconds: since.as_secs(),
            nanoseconds: since.subsec_nanos(),
        }),
    })
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{
            InvalidFilename, InvalidInput, NotADirectory, NotFound, PermissionDenied,
        };
        match error.kind() {
            // The last is what a path gets that leads out of the folder.
            NotFound | NotADirectory | InvalidInput | InvalidFilename | PermissionDenied => {
                Self::NotFound
            }
            // Links that lead to each other; a socket.
            _ if matches!(
                rustix::io::Errno::from_io_error(&error),
                Some(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO)
            ) =>
            {
                Self::NotFound
            }
            _ => Self::Io(error.to_string()),
        }
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
    fn folder() -> (TempDir, Arc<Dir>) {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        fs::create_dir_all(root.join("sub/.git")).unwrap();
        fs::create_dir(root.join(".well-known")).unwrap();
        fs::write(temp.path().join("secret"), "secret").unwrap();
        for name in ["a.txt", "sub/b", "sub/.git/config", ".env", ".well-known/x"] {
            fs::write(root.join(name), name).unwrap();
        }
        for (target, link) in [
            ("../a.txt", "sub/inside"),
            ("../secret", "outside"),
            ("..", "parent"),
            ("loop", "loop"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        symlink(temp.path().join("secret"), root.join("absolute")).unwrap();
        mknodat(CWD, root.join("fifo"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        (temp, Arc::new(dir))
    }

    #[tokio::test]
    async fn files_are_named_from_the_root() {
        let (_temp, dir) = folder();
        for (path, content) in [
            ("/a.txt", "a.txt"),
            ("a.txt", "a.txt"),
            ("/sub/../a.txt", "a.txt"),
            ("./sub//b", "sub/b"),
            ("/sub/inside", "a.txt"),
            ("/.well-known/x", ".well-known/x"),
        ] {
            let bytes = read(&dir, path, 100).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&bytes), content, "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_hidden_or_outside_or_no_file_is_not_found() {
        let (temp, dir) = folder();
        let absolute = temp.path().join("secret");
        let long = "x".repeat(300);
        for path in [
            "/none",
            "/a.txt/b",
            "..",
            "../secret",
            "/sub/../../secret",
            "/outside",
            "/parent/secret",
            "/absolute",
            absolute.to_str().unwrap(),
            "/loop",
            "/fifo",
            "/.env",
            "/sub/.git/config",
            "/a\0b",
            &long,
        ] {
            let error = read(&dir, path, 100).await.unwrap_err();
            assert!(matches!(error, Error::NotFound), "{path}: {error:?}");
            let error = stat(&dir, path).await.unwrap_err();
            assert!(matches!(error, Error::NotFound), "{path}: {error:?}");
        }
        for path in ["/", "", "/sub", "sub/"] {
            let error = open(&dir, path).await.unwrap_err();
            assert!(matches!(error, Error::IsFolder), "{path}: {error:?}");
        }
    }

    #[tokio::test]
    async fn an_open_file_is_read_from_its_place() {
        let (temp, dir) = folder();
        let mut file = open(&dir, "/a.txt").await.unwrap();
        fs::remove_file(temp.path().join("root/a.txt")).unwrap();
        assert_eq!(file.read(2).await.unwrap(), b"a.");
        assert_eq!(file.read(100).await.unwrap(), b"txt");
        assert_eq!(file.read(100).await.unwrap(), b"");
        file.place = 1;
        assert_eq!(file.read(1).await.unwrap(), b".");
        assert_eq!(file.place, 2);
        for place in [6, i64::MAX as u64, u64::MAX] {
            file.place = place;
            assert_eq!(file.read(1).await.unwrap(), b"", "{place}");
        }
        assert_eq!(file.metadata().size, 5);
        assert!(file.metadata().modified.is_some());
    }

    #[tokio::test]
    async fn reads_are_bounded() {
        let (temp, dir) = folder();
        fs::write(temp.path().join("root/large"), vec![0; PIECE + 1]).unwrap();
        let mut file = open(&dir, "/large").await.unwrap();
        assert_eq!(file.read(u32::MAX).await.unwrap().len(), PIECE);
        assert_eq!(file.read(u32::MAX).await.unwrap().len(), 1);
        let error = read(&dir, "/large", PIECE).await.unwrap_err();
        assert!(matches!(error, Error::Limit(_)), "{error:?}");
        assert_eq!(
            read(&dir, "/large", PIECE + 1).await.unwrap().len(),
            PIECE + 1
        );
    }

    #[tokio::test]
    async fn a_folder_lists_what_can_be_read() {
        let (_temp, dir) = folder();
        let list = async |path| {
            let entries = super::list(&dir, path).await?;
            let names = entries.iter().map(|entry| match entry.kind {
                Kind::File => entry.name.clone(),
                Kind::Folder => format!("{}/", entry.name),
            });
            Ok::<_, Error>(names.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(list("/").await.unwrap(), ".well-known/ a.txt sub/");
        assert_eq!(list("sub").await.unwrap(), "b inside");
        assert!(matches!(list("/a.txt").await, Err(Error::IsFile)));
        assert!(matches!(list("/none").await, Err(Error::NotFound)));
        assert!(matches!(list("/sub/.git").await, Err(Error::NotFound)));
    }
}
