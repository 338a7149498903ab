//! Task `fuzz`: each fuzz target for a short time, beginning with its saved
//! corpus.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::{exists, run as run_command};
use crate::paths;

/// The targets; `host_wire::fuzz` and `host_content::fuzz` say what each of them
/// checks.
const TARGETS: [&str; 6] = ["frame", "hpack", "http2", "http1", "pipes", "template"];

/// Seconds for one input: more is a hang.
const HANG: u32 = 25;

/// What to run, and for how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Seconds for each target.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Only this target; may be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(
        exists("cargo-fuzz", &["--version"]),
        "cargo-fuzz is missing: cargo install --locked cargo-fuzz"
    );
    ensure!(
        exists("rustup", &["run", "nightly", "rustc", "--version"]),
        "the nightly toolchain is missing: rustup toolchain install nightly"
    );
    let wanted = |target: &&str| args.only.is_empty() || args.only.iter().any(|o| o == target);
    let targets: Vec<&str> = TARGETS.into_iter().filter(wanted).collect();
    ensure!(
        !targets.is_empty(),
        "no target of that name; there are {}",
        TARGETS.join(", ")
    );
    let found = tempfile::tempdir()?;
    for target in targets {
        // What is new goes to a folder of its own, so that the saved corpus
        // changes only when somebody means it to.
        let new = found.path().join(target);
        std::fs::create_dir(&new)?;
        let saved = paths::root().join("fuzz/corpus").join(target);
        let mut fuzz = Command::new("rustup");
        fuzz.current_dir(paths::root())
            .args(["run", "nightly", "cargo", "fuzz", "run", target])
            .args([&new, &saved])
            .arg("--")
            .arg(format!("-max_total_time={}", args.seconds))
            .arg(format!("-timeout={HANG}"))
            .args(["-verbosity=0", "-print_final_stats=1"]);
        run_command(&mut fuzz)?;
    }
    Ok(())
}
