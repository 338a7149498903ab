//! `host completions`: a script for the shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{Cli, SUCCESS, output};

const AFTER: &str = "\
Examples:
  host completions bash > ~/.local/share/bash-completion/completions/host
  host completions zsh > ~/.zfunc/_host
  host completions fish > ~/.config/fish/completions/host.fish";

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "host", &mut script);
        output::print(&script)?;
        Ok(SUCCESS)
    }
}
