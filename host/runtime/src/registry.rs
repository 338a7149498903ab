//! Files to handlers: what is served is what is on disk now, or the last
//! version that could serve.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime};

use blake3::Hash as Digest;
use cap_std::fs::{Dir, File, Metadata, MetadataExt};
use parking_lot::RwLock;
use rustix::fs::{AtFlags, Stat};

use crate::component::Problem;
use crate::handler::Program;
use crate::script::{self, Script};
use crate::{Handler, Runtime};

/// Bytes of a component that host is willing to read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// For how long after its last change a file may change again without its time
/// or size telling: file systems count time in steps of up to some 10 ms.
const SETTLES: Duration = Duration::from_millis(50);

/// Why a file cannot be served. The handler's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", file.display())]
pub struct LoadError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub problem: LoadProblem,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadProblem {
    /// It is no handler.
    #[error(transparent)]
    Component(#[from] Problem),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is larger than any component that host reads.
    #[error("it is {size} bytes large; host reads up to {largest} of such a file")]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// Those that host is willing to read.
        largest: u64,
    },
    /// It is a script, and nothing is there to run it.
    #[error(
        "it is a Python script, and no Python runtime was found to run it: \
         --python-runtime FILE names one, and `cargo xtask guests` builds it"
    )]
    NoRuntime,
}

/// The handlers of one directory.
#[derive(Debug)]
pub struct Registry {
    runtime: Arc<Runtime>,
    dir: Arc<Dir>,
    entries: RwLock<HashMap<PathBuf, Arc<Entry>>>,
    /// What `Entry::used` counts from.
    began: Instant,
}

/// One file.
#[derive(Debug, Default)]
struct Entry {
    state: RwLock<Versions>,
    /// Held while the file is read and loaded, so that this happens once.
    loading: tokio::sync::Mutex<()>,
    /// When it was last asked for: milliseconds since the registry's beginning.
    used: AtomicU64,
}

#[derive(Debug, Default)]
struct Versions {
    /// The last version that could serve.
    good: Option<Arc<Handler>>,
    /// The version that was read last.
    seen: Option<Seen>,
}

#[derive(Debug)]
struct Seen {
    version: Version,
    hash: Option<Digest>,
    error: Option<LoadError>,
}

/// What tells one version of a file from another. The time is that of the
/// inode's last change: any write moves it to now, and unlike that of the
/// content's last change nobody can set it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    changed: (i64, i64),
    size: u64,
    inode: (u64, u64),
}

/// A version that was read.
#[derive(Clone, Copy, Debug)]
struct Version {
    stamp: Stamp,
    /// Whether the stamp would tell of any change since.
    settled: bool,
}

impl From<&Metadata> for Stamp {
    fn from(about: &Metadata) -> Self {
        Self {
            changed: (about.ctime(), about.ctime_nsec()),
            size: about.len(),
            inode: (about.dev(), about.ino()),
        }
    }
}

impl From<&Stat> for Stamp {
    fn from(about: &Stat) -> Self {
        #[expect(
            clippy::unnecessary_cast,
            reason = "the fields' types are the platform's"
        )]
        Self {
            changed: (about.st_ctime as i64, about.st_ctime_nsec as i64),
            size: about.st_size as u64,
            inode: (about.st_dev as u64, about.st_ino as u64),
        }
    }
}

impl Version {
    /// What was read at the time `now`.
    fn new(stamp: Stamp, now: SystemTime) -> Self {
        let settled = stamp.is_settled(now);
        Self { stamp, settled }
    }
}

impl Stamp {
    /// Whether a change after the time `now` would show in the stamp.
    fn is_settled(self, now: SystemTime) -> bool {
        let (seconds, nanoseconds) = self.changed;
        let changed = u64::try_from(seconds)
            .ok()
            .zip(u32::try_from(nanoseconds).ok())
            .map(|(seconds, nanoseconds)| Duration::new(seconds, nanoseconds));
        let Some(changed) = changed else { return true };
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        now.abs_diff(changed) > SETTLES
    }
}

impl Registry {
    /// The handlers of `dir`. Nothing is loaded before it is asked for.
    pub fn new(runtime: Arc<Runtime>, dir: Arc<Dir>) -> Self {
        Self {
            runtime,
            dir,
            entries: RwLock::default(),
            began: Instant::now(),
        }
    }

    /// The handler of a file, named relative to the directory, as it is on disk
    /// at this moment; `None` if there is no such file now. When the newest
    /// version cannot serve, it is the last one that could.
    ///
    /// # Errors
    /// No version of the file could ever serve.
    pub async fn handler(&self, file: &Path) -> Result<Option<Arc<Handler>>, LoadError> {
        if let Some(known) = self.unchanged(file) {
            return known.map(Some);
        }
        // In place: a look into the kernel's tables takes less than handing it
        // to another thread.
        let stamp = match self.stamp(file) {
            Ok(Some(stamp)) => stamp,
            Ok(None) => {
                self.forget(file);
                return Ok(None);
            }
            Err(cause) => return self.in_trouble(file, &cause).map(Some),
        };
        let entry = self.entry(file);
        entry.used.store(self.now(), Relaxed);
        if let Some(known) = entry.known(stamp) {
            return known.map(Some);
        }
        let _loading = entry.loading.lock().await;
        // Somebody else may have loaded it while this one waited.
        if let Some(known) = entry.known(stamp) {
            return known.map(Some);
        }
        let (dir, path) = (self.dir.clone(), file.to_owned());
        let read = tokio::task::spawn_blocking(move || read(&dir, &path)).await;
        match read.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
            Ok(Contents::Whole(version, bytes)) => {
                self.update(file, &entry, version, bytes).await;
            }
            Ok(Contents::TooLarge(version)) => {
                let problem = LoadProblem::TooLarge {
                    size: version.stamp.size,
                    largest: largest(file),
                };
                entry.fail(error(file, problem), version, None);
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                self.forget(file);
                return Ok(None);
            }
            Err(cause) => {
                // Perhaps it can be read the next time, changed or not.
                let problem = LoadProblem::Unreadable(cause.to_string());
                let settled = false;
                let version = Version { stamp, settled };
                entry.fail(error(file, problem), version, None);
            }
        }
        entry.answer().map(Some)
    }

    /// Loads a file ahead of the first request for it. What is wrong with it is
    /// in the log, and is said again to whoever asks.
    pub async fn warm(&self, file: &Path) {
        let _ = self.handler(file).await;
    }

    /// Forgets a file. Requests under way are not touched.
    pub fn forget(&self, file: &Path) {
        if self.entries.read().contains_key(file) {
            self.entries.write().remove(file);
        }
    }

    /// Gives back the memory of handlers that nobody asked for in this long: the
    /// next request loads them again, from the cache in less than a millisecond.
    /// A file whose newest version cannot serve is kept: its last good one is
    /// nowhere else.
    pub fn forget_idle(&self, idle: Duration) {
        let idle = u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
        let now = self.now();
        self.entries.write().retain(|_, entry| {
            let used = now.saturating_sub(entry.used.load(Relaxed)) < idle;
            let versions = entry.state.read();
            used || versions
                .seen
                .as_ref()
                .is_none_or(|seen| seen.error.is_some())
        });
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Why the newest version of a file is not the one that serves, if so.
    pub fn problem(&self, file: &Path) -> Option<LoadError> {
        let entry = self.entries.read().get(file)?.clone();
        let versions = entry.state.read();
        versions.seen.as_ref()?.error.clone()
    }

    /// The answer for a file that is what it was, for one system call instead of
    /// three. The path is followed wherever links lead, which is safe here: only
    /// a file with the stamp of one that was opened inside the directory, device
    /// and inode included, is ever served.
    fn unchanged(&self, file: &Path) -> Option<Result<Arc<Handler>, LoadError>> {
        let entry = self.entries.read().get(file)?.clone();
        let about = rustix::fs::statat(&*self.dir, file, AtFlags::empty()).ok()?;
        let known = entry.known(Stamp::from(&about))?;
        entry.used.store(self.now(), Relaxed);
        Some(known)
    }

    /// The stamp of a file; `None` if there is none by that name, or none that
    /// may be looked at.
    fn stamp(&self, file: &Path) -> io::Result<Option<Stamp>> {
        use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
        match self.dir.metadata(file) {
            Ok(about) => Ok(about.is_file().then(|| Stamp::from(&about))),
            Err(error) => match error.kind() {
                NotFound | NotADirectory | InvalidInput | InvalidFilename => Ok(None),
                // The path leads out of the directory, or into one closed to us.
                io::ErrorKind::PermissionDenied => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// What to serve while the file system cannot be asked (no more descriptors,
    /// a broken disk): the last version that could, if there is one.
    fn in_trouble(&self, file: &Path, cause: &io::Error) -> Result<Arc<Handler>, LoadError> {
        tracing::warn!(file = %file.display(), %cause, "a handler's file cannot be looked at");
        let entry = self.entries.read().get(file).cloned();
        let good = entry.and_then(|entry| entry.state.read().good.clone());
        good.ok_or_else(|| error(file, LoadProblem::Unreadable(cause.to_string())))
    }

    fn entry(&self, file: &Path) -> Arc<Entry> {
        if let Some(entry) = self.entries.read().get(file) {
            return entry.clone();
        }
        let mut entries = self.entries.write();
        entries.entry(file.to_owned()).or_default().clone()
    }

    /// Takes what was read for the newest version.
    async fn update(&self, file: &Path, entry: &Entry, version: Version, bytes: Vec<u8>) {
        let hash = blake3::hash(&bytes);
        {
            let mut versions = entry.state.write();
            if let Some(seen) = &mut versions.seen
                && seen.hash == Some(hash)
            {
                seen.version = version;
                return;
            }
        }
        match self.program(file, hash, bytes).await {
            Ok(program) => {
                let handler = Handler::new(self.runtime.clone(), program, self.dir.clone(), file);
                let mut versions = entry.state.write();
                if versions.good.is_some() {
                    tracing::info!(file = %file.display(), "the handler was reloaded");
                }
                versions.good = Some(Arc::new(handler));
                versions.seen = Some(Seen {
                    version,
                    hash: Some(hash),
                    error: None,
                });
            }
            Err(problem) => entry.fail(error(file, problem), version, Some(hash)),
        }
    }

    /// What a file's bytes are. A script's mistakes are those of the requests
    /// that run it.
    async fn program(
        &self,
        file: &Path,
        hash: Digest,
        bytes: Vec<u8>,
    ) -> Result<Program, LoadProblem> {
        if !script::is_script(file) {
            let loaded = self.runtime.load(hash, bytes).await?;
            return Ok(Program::Component(loaded));
        }
        match self.runtime.interpreter {
            Some(_) => Ok(Program::Script(Arc::new(Script::new(file, &bytes)))),
            None => Err(LoadProblem::NoRuntime),
        }
    }
}

fn error(file: &Path, problem: LoadProblem) -> LoadError {
    LoadError {
        file: file.to_owned(),
        problem,
    }
}

impl Entry {
    /// The answer for a version that was seen already.
    fn known(&self, stamp: Stamp) -> Option<Result<Arc<Handler>, LoadError>> {
        let versions = self.state.read();
        let seen = versions.seen.as_ref()?;
        let same = seen.version.stamp == stamp && seen.version.settled;
        same.then(|| versions.answer())?
    }

    fn answer(&self) -> Result<Arc<Handler>, LoadError> {
        self.state.read().answer().unwrap_or_else(|| {
            Err(LoadError {
                file: PathBuf::new(),
                problem: LoadProblem::Unreadable("it was never read".into()),
            })
        })
    }

    /// Notes that a version cannot serve, and says so once.
    fn fail(&self, error: LoadError, version: Version, hash: Option<Digest>) {
        let mut versions = self.state.write();
        let said = versions.seen.as_ref().and_then(|seen| seen.error.as_ref());
        if said == Some(&error) {
            // Once is enough.
        } else if versions.good.is_some() {
            tracing::error!(%error, "the new version cannot serve: the last good one goes on");
        } else {
            tracing::error!(%error, "a handler cannot be loaded");
        }
        versions.seen = Some(Seen {
            version,
            hash,
            error: Some(error),
        });
    }
}

impl Versions {
    fn answer(&self) -> Option<Result<Arc<Handler>, LoadError>> {
        if let Some(good) = &self.good {
            return Some(Ok(good.clone()));
        }
        let error = self.seen.as_ref()?.error.clone()?;
        Some(Err(error))
    }
}

enum Contents {
    Whole(Version, Vec<u8>),
    TooLarge(Version),
}

/// Bytes that are read of a file, by what its name says that it is.
fn largest(file: &Path) -> u64 {
    match script::is_script(file) {
        true => script::LARGEST,
        false => LARGEST,
    }
}

/// Reads a file. The stamp is that of the file which was read, from before.
fn read(dir: &Dir, file: &Path) -> io::Result<Contents> {
    let largest = largest(file);
    let file: File = dir.open(file)?;
    let about = file.metadata()?;
    let stamp = Stamp::from(&about);
    if about.len() > largest {
        return Ok(Contents::TooLarge(Version::new(stamp, SystemTime::now())));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    file.take(largest).read_to_end(&mut bytes)?;
    let version = Version::new(stamp, SystemTime::now());
    Ok(Contents::Whole(version, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_file_is_not_settled() {
        let stamp = |seconds: i64| Stamp {
            changed: (seconds, 0),
            size: 1,
            inode: (1, 1),
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        assert!(!stamp(1000).is_settled(now));
        assert!(stamp(999).is_settled(now));
        // A time in the future changes when the file does.
        assert!(stamp(2000).is_settled(now));
        assert!(stamp(-5).is_settled(now));
    }
}
