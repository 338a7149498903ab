//! Task `bench`: host beside its peers, in one run.

use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, run as run_command};
use crate::{guests, paths};

/// What to hand on.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Arguments for the bench, as in `cargo xtask bench -- --rounds 9 load`.
    #[arg(last = true)]
    bench: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    guests::run(&guests::Args::default())?;
    run_command(&mut cargo(&["build", "--release"]))?;
    let mut bench = Command::new(paths::target().join("release/host-bench"));
    run_command(bench.args(&args.bench))
}
