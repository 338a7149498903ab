//! The component that runs Python scripts, built of `guest-sdk/python`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use host_project::put;

use crate::command::{self, output, run};
use crate::paths;

/// What makes a component of Python, and its version: it brings CPython with it.
const COMPONENTIZE: &str = "componentize-py";
const VERSION: &str = "0.25.1";

/// Where host looks for it, beneath the target folder.
const RUNTIME: &str = "runtimes/python.wasm";

/// Its sources, and the contract that it is written against.
const SOURCES: [&str; 2] = ["guest-sdk/python/host_runtime", "guest-sdk/python/wptserve"];
const CONTRACT: &str = "wit";
const WORLD: &str = "host:handler/script-runtime";
const APP: &str = "host_runtime.app";

/// Builds it beneath `out`, unless what is there was built of the same sources:
/// it takes half a minute.
pub(crate) fn build(out: &Path) -> Result<()> {
    let component = out.join(RUNTIME);
    let shown = component.strip_prefix(paths::root()).unwrap_or(&component);
    let stamp = component.with_extension("stamp");
    let sources = digest()?;
    if component.is_file() && fs::read_to_string(&stamp).is_ok_and(|old| old == sources) {
        println!("{:<36} (unchanged)", shown.display());
        return Ok(());
    }
    let program = componentize()?;
    let folder = tempfile::tempdir()?;
    let built = folder.path().join("python.wasm");
    let mut command = Command::new(program);
    command.current_dir(paths::root().join("guest-sdk/python"));
    command
        .arg("--wit-path")
        .arg(paths::root().join(CONTRACT))
        .args(["--world", WORLD, "componentize", "--python-path", "."])
        .arg("--output")
        .arg(&built)
        .arg(APP);
    run(&mut command)?;
    let bytes = fs::read(&built).context("componentize-py wrote no component")?;
    put(&bytes, &component)?;
    put(sources.as_bytes(), &stamp)?;
    let kib = bytes.len().div_ceil(1024);
    println!("{:<36} {kib:>5} KiB", shown.display());
    Ok(())
}

/// componentize-py of our version: the one of the system, or else one that is
/// installed into the target folder.
pub(crate) fn componentize() -> Result<PathBuf> {
    if is_ours(Path::new(COMPONENTIZE)) {
        return Ok(COMPONENTIZE.into());
    }
    let environment = paths::target().join("componentize-py");
    let program = environment.join("bin").join(COMPONENTIZE);
    if is_ours(&program) {
        return Ok(program);
    }
    const HINT: &str = "the Python runtime needs componentize-py, and there is no Python to \
                        install it with: install python3 with its venv, or run \
                        `pip install componentize-py==0.25.1`";
    let mut venv = Command::new("python3");
    run(venv.args(["-m", "venv", "--clear"]).arg(&environment)).context(HINT)?;
    let mut pip = Command::new(environment.join("bin/pip"));
    let wanted = format!("{COMPONENTIZE}=={VERSION}");
    run(pip.args(["install", "--quiet", "--disable-pip-version-check", &wanted])).context(HINT)?;
    Ok(program)
}

fn is_ours(program: &Path) -> bool {
    let asked = command::exists(&program.to_string_lossy(), &["--version"])
        .then(|| output(Command::new(program).arg("--version")));
    matches!(asked, Some(Ok(answer)) if answer.split_whitespace().last() == Some(VERSION))
}

/// What tells one state of the sources from another.
fn digest() -> Result<String> {
    let mut files = Vec::new();
    for folder in SOURCES.into_iter().chain([CONTRACT]) {
        list(&paths::root().join(folder), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    VERSION.hash(&mut hasher);
    for file in files {
        file.strip_prefix(paths::root())?.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder);
    for entry in entries.with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("py" | "wit") => files.push(path),
            None if path.is_dir() => list(&path, files)?,
            _ => {}
        }
    }
    Ok(())
}
