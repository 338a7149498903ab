//! `host new`: a project to begin with.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use clap::builder::PossibleValuesParser;
use host_project::Template;

use crate::{SUCCESS, output};

const AFTER: &str = "\
Examples:
  host new rust plugins/hello
  host new ts plugins/hello
  host new py plugins/hello

LANG is one of
  rust     Rust
  js, ts   JavaScript and TypeScript
  c        C
  python   Python, compiled with its interpreter
  py       a script in Python, as wptserve runs them: nothing is built";

/// Make a small project that builds and serves at once
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct New {
    /// What it is written in
    #[arg(value_name = "LANG", value_parser = PossibleValuesParser::new(Template::ALL.map(Template::name)))]
    language: String,

    /// Its folder, whose name is the handler's too; it must not exist
    #[arg(value_name = "NAME")]
    folder: PathBuf,
}

impl New {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let mut templates = Template::ALL.into_iter();
        let template = templates
            .find(|template| template.name() == self.language)
            .context("no such language")?;
        host_project::make(template, &self.folder)?;
        let folder = self.folder.display();
        let above = match self.folder.parent() {
            Some(parent) if parent != Path::new("") => parent.display().to_string(),
            _ => ".".to_owned(),
        };
        let name = self.folder.file_name().unwrap_or_default().display();
        let about = template.about();
        let next = match template.is_built() {
            true => format!("  host build {folder}\n  host serve --plugins {above} --watch\n"),
            false => format!(
                "  host serve --plugins {above}\n  curl http://127.0.0.1:8000/{name}/{name}.py\n"
            ),
        };
        output::print(format!("{folder} is {about}. Next:\n{next}").as_bytes())?;
        Ok(SUCCESS)
    }
}
