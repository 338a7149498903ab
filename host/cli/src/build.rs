//! `host build`: from a project's sources to its component.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use host_project::{Output, Project};

use crate::signals::Signals;
use crate::{SUCCESS, escape, output, style};

const AFTER: &str = "\
Examples:
  host build plugins/hello
  host build plugins/*/
  CLANG=/opt/wasi-sdk/bin/clang host build plugins/hello

What is in the folder says the language: Cargo.toml is Rust, package.json JavaScript or
TypeScript, *.c C, one *.py Python. Its own tools do the work and print what they
print; what is not installed is named, with the command that installs it. They are
looked for in the project (.venv), then in PATH, also as clang-22; CARGO, CLANG,
WASM_LD, NODE, NPM and PYTHON name others.

host.build.toml in the folder says otherwise, all of it optional:
  language = \"c\"                # rust, js, c or python
  entry = \"main.c\"              # the file to begin with
  output = \"../hello.wasm\"      # the component; without, DIR.wasm beside the folder
  flags = [\"-O2\"]               # further arguments for cargo or clang

A folder that has this file is a project: `host serve` serves nothing that is in it,
and with --watch builds it when a source changes.";

/// Build the component of a folder of sources, in any language
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Build {
    /// The folders
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
}

impl Build {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let threads = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("no thread to build with")?;
        threads.block_on(async {
            let signals = Signals::listen().context("signals cannot be heard")?;
            for folder in &self.folders {
                tokio::select! {
                    built = build(folder) => built?,
                    () = signals.clone().have_come(1) => bail!("the build was stopped"),
                }
            }
            Ok(SUCCESS)
        })
    }
}

async fn build(folder: &Path) -> anyhow::Result<()> {
    let name = || escape::line(&folder.display().to_string()).into_owned();
    let project = Project::open(folder)?;
    let mut print = |bytes: &[u8]| {
        // If nobody reads it, there is nobody to tell.
        let _ = io::stderr().write_all(bytes);
    };
    let mut said = Output::new(style::is_wanted(&io::stderr()), &mut print);
    let built = project.build(&mut said).await.with_context(name)?;
    let kib = built.length.div_ceil(1024);
    let news = if built.is_new { "" } else { ", unchanged" };
    let component = project.output.display().to_string();
    let line = format!("{}: {kib} KiB{news}\n", escape::line(&component));
    Ok(output::print(line.as_bytes())?)
}
