//! `cargo xtask bench`: host beside its peers on this machine, in one run.
//!
//! Rounds alternate between the servers, so that what else the machine does
//! falls on all of them; what is reported is the median of the rounds and the
//! ratio to host, never an absolute claim.

mod bodies;
mod contest;
mod files;
mod handlers;
mod languages;
mod load;
mod peers;
mod process;
mod report;
mod sandbox;
mod testing;
mod writes;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Compares host with its peers in one run, and reports ratios.
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
struct Args {
    /// The built binary.
    #[arg(long, default_value = "target/release/host")]
    host: PathBuf,
    /// The built example components.
    #[arg(long, default_value = "target/plugins")]
    plugins: PathBuf,
    /// The built components of the tests.
    #[arg(long, default_value = "target/test-plugins")]
    test_plugins: PathBuf,
    /// The state folder whose compiled code is used: interpreters take long.
    #[arg(long, default_value = "target/scripts-state")]
    state: PathBuf,
    /// Rounds of each load; the median is reported.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each round.
    #[arg(long, default_value_t = 3)]
    seconds: u32,
    /// Leave wptserve out (it needs python and `pip install wptserve`).
    #[arg(long)]
    no_wptserve: bool,
    #[command(subcommand)]
    only: Option<Only>,
}

#[derive(Subcommand)]
enum Only {
    /// Requests a second against bare hyper, the bare h2 crate and wptserve.
    Load,
    /// Raw writes and the journal against checked writes without.
    Writes,
    /// Large bodies, down and up, against bare libraries.
    Bodies,
    /// Files, templates, listings and pipes, against wptserve and nginx.
    Files,
    /// What a fresh sandbox costs: instantiate, call, drop.
    Sandbox,
    /// Reload time and memory of many idle handlers.
    Handlers,
    /// The same handler in every language, against wptserve's.
    Languages,
    /// Servers of tests: host-testing beside wiremock and Python's test_server.
    Testing,
    /// Serves as a peer until it is killed (used by this program itself).
    #[command(hide = true)]
    Peer {
        /// Which.
        kind: peers::Kind,
    },
}

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.only {
        Some(Only::Peer { kind }) => peers::serve(*kind),
        Some(Only::Load) => load::run(&args),
        Some(Only::Writes) => writes::run(&args),
        Some(Only::Bodies) => bodies::run(&args),
        Some(Only::Files) => files::run(&args),
        Some(Only::Sandbox) => sandbox::run(&args),
        Some(Only::Handlers) => handlers::run(&args),
        Some(Only::Languages) => languages::run(&args),
        Some(Only::Testing) => testing::run(&args),
        None => {
            load::run(&args)?;
            writes::run(&args)?;
            bodies::run(&args)?;
            files::run(&args)?;
            sandbox::run(&args)?;
            handlers::run(&args)?;
            languages::run(&args)?;
            testing::run(&args)
        }
    }
}
