//! Compiled code that tests share: of what carries an interpreter, which takes too
//! long to be compiled by each of them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::plugins;

/// Bytes of a component that carries an interpreter: 10 MiB and more. Handlers in
/// Rust and C have a hundredth of that.
const HEAVY: u64 = 1024 * 1024;

/// The state folder that has it.
pub fn state() -> PathBuf {
    plugins::target_dir().join("scripts-state")
}

/// Has everything of that folder compiled, and what runs scripts, each once,
/// whoever asks for it at the same time.
pub fn compile(folder: &Path) {
    let mut files = vec![plugins::target_dir().join("runtimes/python.wasm")];
    find(folder, &mut files);
    files.retain(|file| fs::metadata(file).is_ok_and(|about| about.len() >= HEAVY));
    if files.is_empty() {
        return;
    }
    fs::create_dir_all(state()).expect("a folder");
    let turn = File::create(state().join("compiling")).expect("a file");
    turn.lock().expect("a lock");
    let mut command = Command::new(plugins::host_binary());
    command.args(["compile", "--state"]).arg(state());
    // However long that takes: its deadline is the runner's.
    let done = command.args(files).output().expect("to start host");
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "host compile: {told}");
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = entry.path();
        match path.extension().is_some_and(|end| end == "wasm") {
            true => files.push(path),
            // A link to a folder is not gone through: it may lead to the whole disk.
            false if entry.file_type().is_ok_and(|kind| kind.is_dir()) => find(&path, files),
            false => {}
        }
    }
}
