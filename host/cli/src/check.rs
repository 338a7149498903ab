//! `host check`: what a file is, and whether it would serve.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use host_runtime::{Inspection, Runtime, RuntimeConfig, is_script};
use serde_json::json;

use crate::flags::Format;
use crate::{FAILURE, SUCCESS, escape, output, python};

const AFTER: &str = "\
Examples:
  host check target/plugins/hello.wasm
  host check --format json target/plugins/*.wasm

The exit code is 1 if a file would be refused.";

/// Tell what a file is, which hooks it has, what it imports, and whether it would serve
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Check {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How to tell it; json is one object a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Check {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let runtime = Runtime::new(RuntimeConfig {
            instances: 1,
            ..RuntimeConfig::default()
        })?;
        let mut code = SUCCESS;
        for file in &self.files {
            let name = file.display();
            let bytes = fs::read(file).with_context(|| format!("{name} cannot be read"))?;
            let inspection = match is_script(file) {
                true => script(&bytes),
                false => runtime.inspect(&bytes),
            };
            if !inspection.is_accepted() {
                code = FAILURE;
            }
            let mut text = String::new();
            match self.format {
                Format::Text => {
                    writeln!(text, "{name}")?;
                    for line in inspection.to_string().lines() {
                        writeln!(text, "  {}", escape::line(line))?;
                    }
                }
                Format::Json => {
                    let file = name.to_string();
                    writeln!(
                        text,
                        "{}",
                        json!({ "file": file, "inspection": inspection })
                    )?;
                }
            }
            output::print(text.as_bytes())?;
        }
        Ok(code)
    }
}

/// A script serves where there is something to run it.
fn script(bytes: &[u8]) -> Inspection {
    let mut inspection = Inspection::of_script(bytes);
    match python::runtime() {
        Some(file) => inspection.toolchain.push(file.display().to_string()),
        None => {
            let why = "no Python runtime was found: see --python-runtime in `host serve --help`";
            inspection.refused = Some(why.to_owned());
        }
    }
    inspection
}
