//! Compiling what takes long: components that carry an interpreter.
//!
//! They are compiled one at a time, on threads of their own: a handler in Rust that
//! comes meanwhile does not wait behind ten thousand functions. What was compiled of
//! one is used for the next: two handlers in JavaScript have the same interpreter,
//! function for function.

use std::sync::{Arc, LazyLock};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use wasmtime::{Engine, Error, Result};

use crate::cache::Cache;
use crate::engine;
use crate::functions::Functions;

/// Bytes of a component that takes long, about a second for each of these on two
/// processors. Handlers in Rust or C have a tenth of it, interpreters ten times
/// as much.
pub(crate) const HEAVY: usize = 1024 * 1024;

static THREADS: LazyLock<Result<ThreadPool, ThreadPoolBuildError>> = LazyLock::new(|| {
    ThreadPoolBuilder::new()
        .thread_name(|number| format!("compiler-{number}"))
        .build()
});

/// Compiles a component for engines of ours. Blocks, for ten seconds or more.
pub(crate) fn precompile(bytes: &[u8], cache: &Cache) -> Result<Vec<u8>> {
    let threads = THREADS.as_ref().map_err(Error::new)?;
    let mut config = engine::for_compiling();
    // The engine only tells for whom functions are kept.
    let functions = Arc::new(cache.functions(&Engine::new(&config)?));
    config.enable_incremental_compilation(functions.clone())?;
    let engine = Engine::new(&config)?;
    let code = threads.install(|| engine.precompile_component(bytes))?;
    drop((engine, config));
    keep(cache, functions);
    Ok(code)
}

/// Puts what is new on disk.
fn keep(cache: &Cache, functions: Arc<Functions>) {
    let kept = match Arc::into_inner(functions) {
        Some(functions) => functions.keep(cache),
        // The compiler still holds them: the next one finds them.
        None => Ok(()),
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "compiled functions could not be kept");
    }
}
