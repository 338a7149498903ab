//! Handlers that mocks answer with, given to the server while it runs.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use host_runtime::is_script;
use parking_lot::Mutex;
use tempfile::{NamedTempFile, TempDir};

use crate::router;

/// Handlers at a time.
const MOST: usize = 1_000;
/// Bytes of all of them.
const BYTES: u64 = 256 << 20;

/// Components and scripts, by name. They are whoever's who made this: a server that
/// is started again finds those that it had. They are in a folder of their own, which
/// is made with the first of them and ends with this.
#[derive(Debug, Default)]
pub struct Uploads {
    folder: Mutex<Option<TempDir>>,
}

/// Why a handler cannot be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// The name is none that a file may have here. Whoever drives the server is at
    /// fault.
    #[error("a handler's name is letters, digits, `-`, `_` and dots between them: {0:?} is not")]
    Name(String),
    /// There are too many already.
    #[error("{MOST} handlers are all that a server takes")]
    TooMany,
    /// They would take too much.
    #[error("a server's handlers have {BYTES} bytes at most")]
    TooLarge,
    /// The machine has no place for it.
    #[error("the handler cannot be kept: {0}")]
    Kept(#[from] io::Error),
}

impl Uploads {
    /// Without any.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Takes a handler: a component, or a script if its name ends in `.py`. One of
    /// the same name is replaced. Waits for the disk.
    ///
    /// # Errors
    /// See [`UploadError`]. Whether it is a component is found when it answers.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), UploadError> {
        let file = file_of(name).ok_or_else(|| UploadError::Name(name.to_owned()))?;
        let mut folder = self.folder.lock();
        let folder = match &mut *folder {
            Some(folder) => folder,
            none => none.insert(TempDir::with_prefix("host-mocks-")?),
        };
        let (mut count, mut length) = (1, bytes.len() as u64);
        for other in std::fs::read_dir(folder.path())? {
            let other = other?;
            if other.file_name() != *file {
                count += 1;
                length += other.metadata()?.len();
            }
        }
        if count > MOST {
            return Err(UploadError::TooMany);
        }
        if length > BYTES {
            return Err(UploadError::TooLarge);
        }
        // It appears whole: a request may ask for it meanwhile.
        let mut new = NamedTempFile::new_in(folder.path())?;
        new.write_all(bytes)?;
        let path = folder.path().join(file);
        new.persist(path).map_err(io::Error::from)?;
        Ok(())
    }

    /// Takes a handler away; says whether it was there. Waits for the disk.
    pub fn remove(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|(folder, file)| std::fs::remove_file(folder.join(file)).is_ok())
    }

    /// The folder and the file of a handler, if there is one of this name.
    pub(crate) fn find(&self, name: &str) -> Option<(PathBuf, String)> {
        let folder = self.folder.lock();
        let (folder, file) = folder.as_ref().zip(file_of(name))?;
        let is_there = folder.path().join(&file).is_file();
        is_there.then(|| (folder.path().to_owned(), file))
    }
}

/// The file of a handler's name: itself for a script, else with `.wasm` behind it,
/// unless it is there.
fn file_of(name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_name = !name.is_empty()
        && name.len() <= 100
        && name.chars().all(plain)
        && !name.starts_with('.')
        && !name.ends_with('.');
    let has_end = is_script(Path::new(name)) || name.ends_with(router::EXTENSION);
    is_name.then(|| match has_end {
        true => name.to_owned(),
        false => format!("{name}{}", router::EXTENSION),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handlers_name_is_a_files() {
        for (name, file) in [
            ("hello", Some("hello.wasm")),
            ("hello.wasm", Some("hello.wasm")),
            ("script.py", Some("script.py")),
            ("a.b", Some("a.b.wasm")),
            ("", None),
            (".hidden", None),
            ("..", None),
            ("a/b", None),
            ("a\0", None),
            ("a.", None),
        ] {
            assert_eq!(file_of(name).as_deref(), file, "{name:?}");
        }
        assert_eq!(file_of(&"a".repeat(101)), None);
    }

    #[test]
    fn handlers_come_and_go() {
        let uploads = Uploads::new();
        assert!(!uploads.remove("hello"), "there are none yet");
        assert!(uploads.find("hello").is_none());
        uploads.put("hello", b"one").unwrap();
        uploads.put("hello.wasm", b"two").unwrap();
        let (folder, file) = uploads.find("hello").unwrap();
        assert_eq!(std::fs::read(folder.join(file)).unwrap(), b"two");
        assert!(matches!(
            uploads.put("../x", b""),
            Err(UploadError::Name(_))
        ));
        assert!(uploads.remove("hello") && !uploads.remove("hello"));
        assert!(uploads.find("hello").is_none());
        drop(uploads);
        assert!(!folder.exists(), "what was uploaded ends with its owner");
    }

    #[test]
    fn what_they_take_is_bounded() {
        let uploads = Uploads::new();
        let half = vec![0; (BYTES / 2) as usize];
        uploads.put("a", &half).unwrap();
        uploads.put("b", &half).unwrap();
        // It takes its own place.
        uploads.put("b", &half).unwrap();
        assert!(matches!(uploads.put("c", b"c"), Err(UploadError::TooLarge)));
        assert!(uploads.remove("b"));
        for n in 1..MOST {
            uploads.put(&format!("c{n}"), b"c").unwrap();
        }
        assert!(matches!(uploads.put("d", b"d"), Err(UploadError::TooMany)));
    }
}
