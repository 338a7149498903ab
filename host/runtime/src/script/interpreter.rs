//! The interpreter: the one component that runs all scripts.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::OnceCell;
use wasmtime::component::ComponentExportIndex;

use super::{LoadParams, Ready};
use crate::Runtime;
use crate::component::{LOAD, Loaded, Problem, hook};
use crate::registry::LoadProblem;

/// The file of an interpreter, and what it holds once a script needed it.
#[derive(Debug)]
pub(crate) struct Interpreter {
    file: PathBuf,
    runner: OnceCell<Arc<Runner>>,
}

/// An interpreter that is ready to be instantiated.
pub(crate) struct Runner {
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) load: ComponentExportIndex,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

impl Interpreter {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self {
            file,
            runner: OnceCell::new(),
        }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The interpreter, loaded once for all that ask: some ten seconds if it was
    /// never compiled on this machine, then milliseconds. Where that failed, the
    /// next one tries again.
    pub(crate) async fn runner(&self, runtime: &Arc<Runtime>) -> Result<Arc<Runner>, LoadProblem> {
        let runner = self.runner.get_or_try_init(|| self.start(runtime));
        runner.await.cloned()
    }

    async fn start(&self, runtime: &Arc<Runtime>) -> Result<Arc<Runner>, LoadProblem> {
        let bytes = tokio::fs::read(&self.file).await;
        let bytes = bytes.map_err(|error| LoadProblem::Unreadable(error.to_string()))?;
        let loaded = runtime
            .load(&self.file, blake3::hash(&bytes), bytes)
            .await?;
        let load = hook::<LoadParams, Ready>(&loaded.pre, LOAD)?;
        let hooks = loaded.hooks();
        match load {
            Some(load) if hooks.main && hooks.handle_pipe => Ok(Arc::new(Runner { loaded, load })),
            _ => Err(Problem::NoRuntime.into()),
        }
    }
}
