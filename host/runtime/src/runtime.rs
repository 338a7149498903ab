//! The runtime: an engine, what guests may import, and compiling.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use blake3::Hash as Digest;
use futures_util::future::{BoxFuture, FutureExt, Shared};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::cache::Cache;
use crate::component::{Loaded, Problem, check_preamble};
use crate::heavy::{self, HEAVY};
use crate::kept;
use crate::script::Interpreter;
use crate::state::State;
use crate::{bindings, engine, wasi};

const MIB: usize = 1024 * 1024;

/// How a [`Runtime`] is set up.
#[derive(Clone, Debug)]
pub struct RuntimeConfig {
    /// Where compiled code is kept. It must be a directory of its own: it is
    /// closed to other users. `None` keeps nothing.
    pub cache_dir: Option<PathBuf>,
    /// Instances that can be alive at a time, of all tenants: the pool's size.
    /// It takes address space only; memory is taken by what runs.
    pub instances: u32,
    /// How long a request waits for its turn when the pool, or its tenant's
    /// share, is used up. Then it is answered 503.
    pub instance_wait: Duration,
    /// The component that runs scripts (world `script-runtime` of the WIT); with
    /// `None` a script's request is refused.
    pub interpreter: Option<PathBuf>,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            cache_dir: None,
            instances: 1_000,
            instance_wait: Duration::from_secs(2),
            interpreter: None,
        }
    }
}

/// Why a [`Runtime`] cannot be made. The host's or its machine's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// The engine refuses its settings, or the machine has no room for it.
    #[error("the wasm engine cannot start: {0:#}")]
    Engine(#[source] wasmtime::Error),
    /// The thread that makes guests yield cannot start.
    #[error("the wasm engine's clock cannot start: {0}")]
    Clock(#[source] io::Error),
    /// The component that runs scripts cannot be read.
    #[error("cannot read {file}, which is to run scripts: {source}", file = file.display())]
    Interpreter {
        /// Its file.
        file: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The directory for compiled code cannot be used.
    #[error("cannot keep compiled code in {dir}: {source}", dir = dir.display())]
    Cache {
        /// The directory.
        dir: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// What all handlers share: nothing that they could see of each other.
pub struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    cache: Option<Cache>,
    /// Each for one instance of the pool.
    pub(crate) slots: Semaphore,
    /// Each for one instance that waits for a request, beside those.
    pub(crate) room: Arc<Semaphore>,
    /// The pool's size.
    pub(crate) instances: u32,
    pub(crate) instance_wait: Duration,
    /// What runs scripts.
    pub(crate) interpreter: Option<Interpreter>,
    /// Components in use or being made, by the hash of their bytes.
    components: Mutex<HashMap<Digest, Entry>>,
    /// Bounds the components that are made at a time.
    compilers: Semaphore,
    /// One of those that take long to compile is at a time.
    heavy: Semaphore,
}

enum Entry {
    Ready(Weak<Loaded>),
    Coming(Loading),
}

type Loading = Shared<BoxFuture<'static, Result<Arc<Loaded>, Problem>>>;

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("instances", &self.instances)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Starts an engine.
    ///
    /// # Errors
    /// See [`RuntimeError`].
    pub fn new(config: RuntimeConfig) -> Result<Arc<Self>, RuntimeError> {
        let (engine, instances) = engine::new(config.instances)?;
        let mut linker = Linker::new(&engine);
        // Linked is not instantiated: what a component does not import costs
        // its requests nothing, so one linker serves all.
        wasi::add_to_linker(&mut linker)
            .and_then(|()| bindings::add_to_linker(&mut linker))
            .map_err(RuntimeError::Engine)?;
        let open = |dir: PathBuf| match Cache::open(&dir) {
            Ok(cache) => Ok(cache),
            Err(source) => Err(RuntimeError::Cache { dir, source }),
        };
        let interpreter = |file: PathBuf| match File::open(&file) {
            Ok(_) => Ok(Interpreter::new(file)),
            Err(source) => Err(RuntimeError::Interpreter { file, source }),
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Arc::new(Self {
            engine,
            linker,
            cache: config.cache_dir.map(open).transpose()?,
            slots: Semaphore::new(instances as usize),
            room: Arc::new(Semaphore::new(kept::ROOM)),
            instances,
            instance_wait: config.instance_wait,
            interpreter: config.interpreter.map(interpreter).transpose()?,
            components: Mutex::new(HashMap::new()),
            compilers: Semaphore::new(threads),
            heavy: Semaphore::new(1),
        }))
    }

    /// The component of these bytes, as the log calls it: the one in use if there
    /// is one, otherwise from the cache, otherwise compiled, once for all that ask
    /// meanwhile.
    pub(crate) async fn load(
        self: &Arc<Self>,
        name: &Path,
        hash: Digest,
        bytes: Vec<u8>,
    ) -> Result<Arc<Loaded>, Problem> {
        let loading = {
            let mut components = self.components.lock();
            match components.get(&hash) {
                Some(Entry::Coming(loading)) => loading.clone(),
                Some(Entry::Ready(weak)) if let Some(loaded) = weak.upgrade() => return Ok(loaded),
                _ => {
                    components.retain(|_, entry| match entry {
                        Entry::Ready(weak) => weak.strong_count() > 0,
                        Entry::Coming(_) => true,
                    });
                    let loading = self.clone().start(name.to_owned(), hash, bytes);
                    components.insert(hash, Entry::Coming(loading.clone()));
                    loading
                }
            }
        };
        loading.await
    }

    /// Loads in a task of its own: a client that leaves does not stop it.
    fn start(self: Arc<Self>, name: PathBuf, hash: Digest, bytes: Vec<u8>) -> Loading {
        let task = tokio::spawn(async move {
            let is_long = self.takes_long(hash, &bytes);
            let turns = match is_long {
                true => &self.heavy,
                false => &self.compilers,
            };
            let _permit = turns.acquire().await;
            let (began, file) = (Instant::now(), name.display());
            if is_long {
                let size = bytes.len() / MIB;
                tracing::info!(%file, "compiling {size} MiB, once: it takes a while");
            }
            let runtime = self.clone();
            let made = tokio::task::spawn_blocking(move || runtime.make(hash, &bytes)).await;
            if is_long {
                let seconds = began.elapsed().as_secs_f64();
                tracing::info!(%file, "compiled in {seconds:.1} s");
            }
            let result = match made {
                Ok(result) => result.map(Arc::new),
                Err(error) => Err(Problem::Invalid(format!("the compiler failed: {error}"))),
            };
            let mut components = self.components.lock();
            match &result {
                Ok(loaded) => {
                    components.insert(hash, Entry::Ready(Arc::downgrade(loaded)));
                }
                Err(_) => {
                    components.remove(&hash);
                }
            }
            result
        });
        let flat = |joined: Result<_, tokio::task::JoinError>| match joined {
            Ok(result) => result,
            Err(error) => Err(Problem::Invalid(format!("loading was ended: {error}"))),
        };
        task.map(flat).boxed().shared()
    }

    /// Whether these bytes have to be compiled, and that takes long.
    pub(crate) fn takes_long(&self, hash: Digest, bytes: &[u8]) -> bool {
        bytes.len() >= HEAVY && !self.is_cached(hash)
    }

    /// Whether compiled code of these bytes is on disk.
    fn is_cached(&self, hash: Digest) -> bool {
        let cache = self.cache.as_ref();
        cache.is_some_and(|cache| cache.has(&self.engine, hash))
    }

    /// Compiles a component into the cache, if it is not there; says whether it
    /// was. Blocks, for ten seconds or more where it carries an interpreter.
    ///
    /// # Errors
    /// See [`Problem`]. Whether host has what it imports is not looked at.
    pub fn precompile(&self, bytes: &[u8]) -> Result<bool, Problem> {
        let hash = blake3::hash(bytes);
        let was_there = self.is_cached(hash);
        self.compile(hash, bytes).map(|_| was_there)
    }

    /// Checks, compiles and links. Blocks.
    fn make(&self, hash: Digest, bytes: &[u8]) -> Result<Loaded, Problem> {
        let component = self.compile(hash, bytes)?;
        Loaded::new(&self.linker, &component)
    }

    /// The compiled component. What was compiled is loaded from the cache even
    /// the first time: mapped from a file it takes memory only where it is used.
    pub(crate) fn compile(&self, hash: Digest, bytes: &[u8]) -> Result<Component, Problem> {
        check_preamble(bytes)?;
        let invalid = |error: wasmtime::Error| Problem::Invalid(format!("{error:#}"));
        let Some(cache) = &self.cache else {
            return Component::from_binary(&self.engine, bytes).map_err(invalid);
        };
        if let Some(component) = cache.load(&self.engine, hash) {
            return Ok(component);
        }
        let code = match bytes.len() >= HEAVY {
            true => heavy::precompile(bytes, cache),
            false => self.engine.precompile_component(bytes),
        };
        let code = code.map_err(invalid)?;
        if let Err(error) = cache.store(&self.engine, hash, &code) {
            tracing::warn!(%error, "compiled code could not be kept");
        }
        match cache.load(&self.engine, hash) {
            Some(component) => Ok(component),
            None => Component::from_binary(&self.engine, bytes).map_err(invalid),
        }
    }
}
