//! Handlers that mocks answer with, given to the server while it runs.

use std::io;
use std::path::Path;
use std::sync::Arc;

use host_runtime::is_script;
use host_stash::Stash;
use parking_lot::Mutex;
use tempfile::TempDir;

use crate::commons::Commons;
use crate::config::TenantConfig;
use crate::sites::{Known, Opened, Site};
use crate::{ServerError, router};

/// Handlers of one server at a time.
const MOST: usize = 1_000;

/// Components and scripts, by name. They are in a folder of their own, which is
/// made with the first of them and ends with the server, and may write raw.
#[derive(Debug)]
pub struct Uploads {
    commons: Arc<Commons>,
    known: Known,
    folder: Mutex<Option<Folder>>,
}

#[derive(Debug)]
struct Folder {
    temporary: TempDir,
    site: Arc<Site>,
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
    /// The machine has no place for it.
    #[error("the handler cannot be kept: {0}")]
    Kept(#[from] io::Error),
    /// The machine cannot run it.
    #[error("handlers cannot run")]
    Run(#[from] Box<ServerError>),
}

impl Uploads {
    pub(crate) fn new(commons: Arc<Commons>, known: Known) -> Arc<Self> {
        Arc::new(Self {
            commons,
            known,
            folder: Mutex::new(None),
        })
    }

    /// Takes a handler: a component, or a script if its name ends in `.py`. One of
    /// the same name is replaced.
    ///
    /// # Errors
    /// See [`UploadError`]. Whether it is a component is found when it answers.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), UploadError> {
        let file = file_of(name).ok_or_else(|| UploadError::Name(name.to_owned()))?;
        let mut folder = self.folder.lock();
        let folder = match &mut *folder {
            Some(folder) => folder,
            none => none.insert(self.folder()?),
        };
        let path = folder.temporary.path();
        if std::fs::read_dir(path)?.count() >= MOST && !path.join(&file).exists() {
            return Err(UploadError::TooMany);
        }
        // It appears whole: a request may ask for it meanwhile.
        let mut new = tempfile::NamedTempFile::new_in(path)?;
        io::Write::write_all(&mut new, bytes)?;
        new.persist(path.join(file)).map_err(io::Error::from)?;
        Ok(())
    }

    /// Takes a handler away; says whether it was there.
    pub fn remove(&self, name: &str) -> bool {
        let folder = self.folder.lock();
        let removed = folder
            .as_ref()
            .zip(file_of(name))
            .map(|(folder, file)| std::fs::remove_file(folder.temporary.path().join(file)).is_ok());
        removed.unwrap_or(false)
    }

    /// The site and the file of a handler, if there is one of this name.
    pub(crate) fn find(&self, name: &str) -> Option<(Arc<Site>, String)> {
        let folder = self.folder.lock();
        let (folder, file) = folder.as_ref().zip(file_of(name))?;
        let is_there = folder.temporary.path().join(&file).is_file();
        is_there.then(|| (Arc::clone(&folder.site), file))
    }

    fn folder(&self) -> Result<Folder, UploadError> {
        let temporary = TempDir::with_prefix("host-mocks-")?;
        let mut config = TenantConfig::of_folder(temporary.path().to_owned());
        config.name = "mocks".to_owned();
        let opened = Opened::of(&config).map_err(Box::new)?;
        let runtime = self.commons.runtime().map_err(Box::new)?;
        let stash = Stash::in_memory(config.limits.stash);
        let site = Site::new(&config, opened, &runtime, &self.known, stash, true);
        Ok(Folder { temporary, site })
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

    #[tokio::test]
    async fn handlers_come_and_go() {
        let uploads = Uploads::new(Commons::new(None, None), Known::default());
        assert!(!uploads.remove("hello"), "there are none yet");
        assert!(uploads.find("hello").is_none());
        uploads.put("hello", b"one").unwrap();
        uploads.put("hello.wasm", b"two").unwrap();
        let (site, file) = uploads.find("hello").unwrap();
        assert_eq!(site.main.dir.read(&file).unwrap(), b"two");
        assert!(matches!(
            uploads.put("../x", b""),
            Err(UploadError::Name(_))
        ));
        assert!(uploads.remove("hello") && !uploads.remove("hello"));
        assert!(uploads.find("hello").is_none());
        let folder = site.main.folder.clone();
        drop(uploads);
        assert!(!folder.exists(), "what was uploaded ends with the server");
    }
}
