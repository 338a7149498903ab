//! Where things are, from the repository's root.

use std::env;
use std::path::{Path, PathBuf};

/// The repository's root: the folder above this crate's.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target folder, where everything that is built goes.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The program, built in the release profile.
pub(crate) fn host() -> PathBuf {
    target()
        .join("release")
        .join(format!("host{}", env::consts::EXE_SUFFIX))
}

/// The workspaces beside the main one, which cargo does not reach from it: the
/// guests' kit, the examples, the tests' handlers.
pub(crate) fn guest_workspaces() -> [PathBuf; 3] {
    ["guest-sdk/rust", "examples/rust", "tests/guests"].map(|folder| root().join(folder))
}

/// What is built of the guests' workspaces for this machine: tests and lints.
pub(crate) fn native_guests() -> PathBuf {
    target().join("guests-native")
}

/// The state folder of tests whose handlers take long to compile.
pub(crate) fn tests_state() -> PathBuf {
    target().join("scripts-state")
}
