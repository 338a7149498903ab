//! `host compile`: what `host serve` would compile, beforehand.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use host_runtime::{Runtime, RuntimeConfig};
use host_server::config::{self, ConfigError};

use crate::{FAILURE, SUCCESS, escape, output};

const AFTER: &str = "\
Examples:
  host compile target/plugins/*.wasm
  host compile --state /var/lib/host target/runtimes/python.wasm

Components in JavaScript and Python carry an interpreter, which takes ten seconds
and more to compile, once. host serve does it when it starts, and when such a file
changes; after this it finds them compiled in the same --state. Those that are
there already take no time. What runs Python scripts is such a component, too.

The exit code is 1 if a file is no component.";

/// Compile components before they are served
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Compile {
    /// The files
    #[arg(required = true, value_name = "FILE.wasm")]
    files: Vec<PathBuf>,

    /// Where compiled handlers are kept [default: $XDG_STATE_HOME/host or ~/.local/state/host]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

impl Compile {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let state = self.state.or_else(config::default_state);
        let state = state.ok_or(ConfigError::NoState)?;
        let runtime = Runtime::new(RuntimeConfig {
            cache_dir: Some(state.join("cache")),
            instances: 1,
            ..RuntimeConfig::default()
        })?;
        let mut code = SUCCESS;
        for file in &self.files {
            let name = file.display().to_string();
            let name = escape::line(&name);
            let bytes = fs::read(file).with_context(|| format!("{name} cannot be read"))?;
            let began = Instant::now();
            let line = match runtime.precompile(&bytes) {
                Ok(true) => format!("{name}: compiled already\n"),
                Ok(false) => {
                    let seconds = began.elapsed().as_secs_f64();
                    format!("{name}: compiled in {seconds:.1} s\n")
                }
                Err(problem) => {
                    code = FAILURE;
                    format!("{name}: {}\n", escape::line(&problem.to_string()))
                }
            };
            output::print(line.as_bytes())?;
        }
        Ok(code)
    }
}
