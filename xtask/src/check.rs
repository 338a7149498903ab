//! Task `check`: what must hold before a commit.

use anyhow::Result;

use crate::command::{cargo, run as run_command};
use crate::{paths, wit};

pub(crate) fn run() -> Result<()> {
    wit::run(&wit::Args::default())?;
    run_command(&mut cargo(&["fmt", "--all", "--check"]))?;
    for workspace in paths::guest_workspaces() {
        let mut fmt = cargo(&["fmt", "--all", "--check", "--manifest-path"]);
        run_command(fmt.arg(workspace.join("Cargo.toml")))?;
    }

    // In the release profile, which has wasmtime compiled already.
    let all = [
        "clippy",
        "--release",
        "--workspace",
        "--all-targets",
        "--",
        "--deny=warnings",
    ];
    run_command(&mut cargo(&all))?;
    for workspace in paths::guest_workspaces() {
        // For this machine: lints need no WebAssembly toolchain.
        let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", "--manifest-path"]);
        clippy.arg(workspace.join("Cargo.toml"));
        clippy.arg("--target-dir").arg(paths::native_guests());
        run_command(clippy.args(["--", "--deny=warnings"]))?;
    }

    let mut docs = cargo(&["doc", "--release", "--workspace", "--no-deps"]);
    run_command(docs.env("RUSTDOCFLAGS", "--deny=warnings"))?;
    let sdk = "guest-sdk/rust/Cargo.toml";
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--manifest-path", sdk]);
    docs.arg("--target-dir").arg(paths::native_guests());
    run_command(docs.env("RUSTDOCFLAGS", "--deny=warnings"))
}
