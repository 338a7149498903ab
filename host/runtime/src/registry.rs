//! Files to handlers: what is served is what is on disk now, or the last
//! version that could serve.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use blake3::Hash as Digest;
use cap_std::fs::Dir;
use futures_util::future::{BoxFuture, FutureExt, Shared};
use parking_lot::RwLock;
use tokio::time::timeout;

use crate::component::Problem;
use crate::contents::{Contents, Version, largest, read};
use crate::handler::Program;
use crate::kept::Keep;
use crate::script::{self, Script};
use crate::stamp::Stamp;
use crate::{Handler, Runtime};

/// How long a request waits for a first version that takes long to compile. Most
/// clients and proxies give up after 30 s, and this one is to be told why.
pub(crate) const BEGINS: Duration = Duration::from_secs(20);

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
    /// It is still being compiled.
    #[error(
        "it is still being compiled, which takes a while, once: try again in some seconds. \
         `host compile` does it beforehand"
    )]
    Compiling,
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
    kept: Arc<Keep>,
    /// What `Entry::used` counts from.
    began: Instant,
}

/// One file.
#[derive(Debug, Default)]
struct Entry {
    state: RwLock<Versions>,
    /// Held while the file is read, so that this happens once.
    reading: tokio::sync::Mutex<()>,
    /// When it was last asked for: milliseconds since the registry's beginning.
    used: AtomicU64,
}

#[derive(Debug, Default)]
struct Versions {
    /// The last version that could serve.
    good: Option<Arc<Handler>>,
    /// The version that was read last, of those that are ready or cannot serve.
    seen: Option<Seen>,
    /// A version that is being made.
    coming: Option<Coming>,
}

/// A version that is being made, in a task of its own.
#[derive(Debug)]
struct Coming {
    version: Version,
    hash: Digest,
    made: Made,
}

/// The making of a version.
#[derive(Clone, Debug)]
struct Made {
    /// Ready when the version has come to `good` or `seen`.
    done: Shared<BoxFuture<'static, ()>>,
    /// Whether it is an interpreter's, that has to be compiled.
    is_long: bool,
}

#[derive(Debug)]
struct Seen {
    version: Version,
    hash: Option<Digest>,
    error: Option<LoadError>,
}

impl Registry {
    /// The handlers of `dir`. Nothing is loaded before it is asked for.
    pub fn new(runtime: Arc<Runtime>, dir: Arc<Dir>) -> Self {
        Self {
            runtime,
            dir,
            entries: RwLock::default(),
            kept: Arc::default(),
            began: Instant::now(),
        }
    }

    /// The handler of a file, named relative to the directory, as it is on disk
    /// at this moment; `None` if there is no such file now. When the newest
    /// version cannot serve, or carries an interpreter and is still being compiled,
    /// it is the last one that could.
    ///
    /// # Errors
    /// No version of the file could ever serve, or the first one is not compiled
    /// yet.
    pub async fn handler(&self, file: &Path) -> Result<Option<Arc<Handler>>, LoadError> {
        self.look(file, false).await
    }

    /// See [`Self::handler`]. Who is `patient` waits until a new version is made.
    async fn look(&self, file: &Path, patient: bool) -> Result<Option<Arc<Handler>>, LoadError> {
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
        let made = match entry.coming(stamp) {
            Some(made) => made,
            None => {
                let _reading = entry.reading.lock().await;
                // Somebody else may have read it while this one waited.
                if let Some(known) = entry.known(stamp) {
                    return known.map(Some);
                }
                match entry.coming(stamp) {
                    Some(made) => made,
                    None => match self.read(file, &entry, stamp).await {
                        Some(made) => made,
                        None => return Ok(None),
                    },
                }
            }
        };
        let good = entry.state.read().good.clone();
        let patience = match &good {
            _ if patient || !made.is_long => Duration::MAX,
            // Nobody waits for what would hold up everybody.
            Some(_) => Duration::ZERO,
            None => BEGINS,
        };
        if timeout(patience, made.done).await.is_ok() {
            return entry.answer(file).map(Some);
        }
        // It goes on, for those that come later.
        good.map(Some)
            .ok_or_else(|| error(file, LoadProblem::Compiling))
    }

    /// Reads the newest version, and begins to make it; `None` if there is no file
    /// any more.
    async fn read(&self, file: &Path, entry: &Arc<Entry>, stamp: Stamp) -> Option<Made> {
        let (dir, path) = (self.dir.clone(), file.to_owned());
        let read = tokio::task::spawn_blocking(move || read(&dir, &path)).await;
        match read.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
            Ok(Contents::Whole(version, bytes)) => {
                return Some(self.update(file, entry, version, bytes));
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
                return None;
            }
            Err(cause) => {
                // Perhaps it can be read the next time, changed or not.
                let problem = LoadProblem::Unreadable(cause.to_string());
                let settled = false;
                let version = Version { stamp, settled };
                entry.fail(error(file, problem), version, None);
            }
        }
        Some(Made::already())
    }

    /// Loads a file ahead of the first request for it. What is wrong with it is
    /// in the log, and is said again to whoever asks.
    pub async fn warm(&self, file: &Path) {
        if let Ok(Some(handler)) = self.look(file, true).await
            && handler.is_script()
        {
            // What runs it, too.
            let _ = handler.guest().await;
        }
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
        self.kept.forget_idle();
        let idle = u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
        let now = self.now();
        self.entries.write().retain(|_, entry| {
            let used = now.saturating_sub(entry.used.load(Relaxed)) < idle;
            let versions = entry.state.read();
            let is_settled = |seen: &Seen| seen.error.is_none() && versions.coming.is_none();
            used || !versions.seen.as_ref().is_some_and(is_settled)
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
        let known = entry.known(Stamp::of(&self.dir, file).ok()?)?;
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

    /// Takes what was read for the newest version, and begins to make it, in a task
    /// of its own: nobody who leaves stops it.
    fn update(&self, file: &Path, entry: &Arc<Entry>, version: Version, bytes: Vec<u8>) -> Made {
        let hash = blake3::hash(&bytes);
        let mut versions = entry.state.write();
        if let Some(coming) = &mut versions.coming
            && coming.hash == hash
        {
            coming.version = version;
            return coming.made.clone();
        }
        // What was coming until now is not wanted any more.
        versions.coming = None;
        if let Some(seen) = &mut versions.seen
            && seen.hash == Some(hash)
        {
            seen.version = version;
            return Made::already();
        }
        let is_long = self.runtime.takes_long(hash, &bytes);
        if is_long && versions.good.is_some() {
            let file = file.display();
            tracing::info!(%file, "the handler has changed: until that is compiled, the last version serves");
        }
        let (entry, file) = (Arc::clone(entry), file.to_owned());
        let (runtime, dir) = (self.runtime.clone(), self.dir.clone());
        let kept = Arc::clone(&self.kept);
        let task = tokio::spawn(async move {
            let made = program(&runtime, &file, hash, bytes).await;
            let made = made.map(|program| Handler::new(runtime, program, dir, &file, kept));
            entry.come(&file, hash, made);
        });
        let made = Made {
            done: task.map(drop).boxed().shared(),
            is_long,
        };
        versions.coming = Some(Coming {
            version,
            hash,
            made: made.clone(),
        });
        made
    }
}

/// What a file's bytes are. A script's mistakes are those of the requests
/// that run it.
async fn program(
    runtime: &Arc<Runtime>,
    file: &Path,
    hash: Digest,
    bytes: Vec<u8>,
) -> Result<Program, LoadProblem> {
    if !script::is_script(file) {
        let loaded = runtime.load(file, hash, bytes).await?;
        return Ok(Program::Component(loaded));
    }
    match runtime.interpreter {
        Some(_) => Ok(Program::Script(Arc::new(Script::new(file, &bytes)))),
        None => Err(LoadProblem::NoRuntime),
    }
}

impl Made {
    /// What there is to wait for where nothing is being made.
    fn already() -> Self {
        Self {
            done: std::future::ready(()).boxed().shared(),
            is_long: false,
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

    /// What is being made of the version of this stamp.
    fn coming(&self, stamp: Stamp) -> Option<Made> {
        let versions = self.state.read();
        let coming = versions.coming.as_ref()?;
        let same = coming.version.stamp == stamp && coming.version.settled;
        same.then(|| coming.made.clone())
    }

    /// Takes what was made of a version, unless a newer one was read meanwhile.
    fn come(&self, file: &Path, hash: Digest, made: Result<Handler, LoadProblem>) {
        let mut versions = self.state.write();
        let Some(coming) = versions.coming.take_if(|coming| coming.hash == hash) else {
            return;
        };
        let version = coming.version;
        match made {
            Ok(handler) => {
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
            Err(problem) => {
                drop(versions);
                self.fail(error(file, problem), version, Some(hash));
            }
        }
    }

    fn answer(&self, file: &Path) -> Result<Arc<Handler>, LoadError> {
        // A first version that was replaced before it was ready.
        let nothing = || error(file, LoadProblem::Compiling);
        let answer = self.state.read().answer();
        answer.unwrap_or_else(|| Err(nothing()))
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
