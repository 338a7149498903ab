//! Task `demo`: the examples, served.

use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, run as run_command};
use crate::{compile, guests, paths};

/// What to hand on.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Arguments for `host serve`, as in `cargo xtask demo -- --dev`.
    #[arg(last = true)]
    serve: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    guests::run(&guests::Args::default())?;
    run_command(&mut cargo(&["build", "--release"]))?;
    // With a `--state` of one's own host compiles them while it serves.
    compile::run(None)?;
    let mut host = Command::new(paths::host());
    host.arg("serve")
        .arg("--plugins")
        .arg(paths::target().join("plugins"));
    become_it(host.args(&args.serve))
}

/// Signals are then the host's own.
#[cfg(unix)]
fn become_it(host: &mut Command) -> Result<()> {
    use anyhow::Context;
    use std::os::unix::process::CommandExt;
    Err(host.exec()).with_context(|| format!("cannot run {}", paths::host().display()))
}

#[cfg(not(unix))]
fn become_it(host: &mut Command) -> Result<()> {
    run_command(host)
}
