//! Task `test`: every test there is, against fresh guests and a fresh host.

use std::path::Path;

use anyhow::Result;

use crate::command::{cargo, exists, run as run_command};
use crate::{compile, guests, paths};

/// What to hand on.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Arguments for the test runner, as in `cargo xtask test -- reload`.
    #[arg(last = true)]
    runner: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    guests::run(&guests::Args::default())?;
    // The tests drive the program from outside.
    run_command(&mut cargo(&["build", "--release"]))?;
    compile::run(Some(&paths::tests_state()))?;

    let mut tests = if exists("cargo-nextest", &["nextest", "--version"]) {
        cargo(&[
            "nextest",
            "run",
            "--cargo-profile",
            "release",
            "--workspace",
        ])
    } else {
        cargo(&[
            "test",
            "--release",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
        ])
    };
    run_command(tests.args(&args.runner))?;
    if args.runner.is_empty() {
        run_command(&mut cargo(&["test", "--release", "--workspace", "--doc"]))?;
        for workspace in paths::guest_workspaces() {
            native(&workspace)?;
        }
    }
    Ok(())
}

/// The tests of a guests' workspace, compiled for this machine: of what needs
/// no host.
fn native(workspace: &Path) -> Result<()> {
    let mut tests = cargo(&["test", "--workspace", "--manifest-path"]);
    tests.arg(workspace.join("Cargo.toml"));
    run_command(tests.arg("--target-dir").arg(paths::native_guests()))
}
