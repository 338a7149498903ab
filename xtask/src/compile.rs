//! What takes long to compile, compiled before anybody waits for it: components that
//! carry an interpreter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::run as run_command;
use crate::paths;

/// Bytes of a component that carries an interpreter: 10 MiB and more. Handlers in Rust
/// and C have a hundredth of that.
const HEAVY: u64 = 1024 * 1024;

/// Compiles the guests that take long, for hosts of that state folder, or of the one
/// that is host's own choice. What is compiled already takes no time.
pub(crate) fn run(state: Option<&Path>) -> Result<()> {
    let mut files = Vec::new();
    for folder in ["runtimes", "plugins"] {
        find(&paths::target().join(folder), &mut files)?;
    }
    if files.is_empty() {
        return Ok(());
    }
    files.sort();
    let mut host = Command::new(paths::host());
    host.arg("compile").args(files);
    if let Some(state) = state {
        host.arg("--state").arg(state);
    }
    run_command(&mut host)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "wasm")
            && fs::metadata(&path)?.len() >= HEAVY
        {
            files.push(path);
        }
    }
    Ok(())
}
