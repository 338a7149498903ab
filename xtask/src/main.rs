//! The project's own command, `cargo xtask TASK`: one module per task.
//!
//! It never does what a plain cargo command does already; it knows the order
//! of things (guests, host, tests) and hides the guests' toolchain.

mod bench;
mod check;
mod command;
mod compile;
mod demo;
mod fuzz;
mod guests;
mod paths;
mod projects;
mod python;
mod test;
mod toolchain;
mod typescript;
mod wit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own command.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the handlers: examples into target/plugins, the tests' into
    /// target/test-plugins; and what runs Python scripts into target/runtimes.
    Guests(guests::Args),
    /// Build everything and serve the examples.
    Demo(demo::Args),
    /// Build everything and run every test.
    Test(test::Args),
    /// Compare host with its peers in one run.
    Bench(bench::Args),
    /// Run each fuzz target for a short time.
    Fuzz(fuzz::Args),
    /// Check the contract in wit/: it parses, everything has its comment, and the
    /// types for JavaScript are up to date.
    Wit(wit::Args),
    /// What must hold before a commit: format, lints, docs, the contract.
    Check,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Guests(args) => guests::run(&args),
        Task::Demo(args) => demo::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Fuzz(args) => fuzz::run(&args),
        Task::Wit(args) => wit::run(&args),
        Task::Check => check::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The causes, and no backtrace of this program's own.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
