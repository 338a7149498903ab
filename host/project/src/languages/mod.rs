//! One file for each language: what it runs, and what becomes a component.

pub mod c;
pub mod js;
pub mod python;
pub mod rust;

use std::env;
use std::fs;

use tokio::process::Command;
use wit_component::ComponentEncoder;

use crate::{BuildError, Output, Project, process};

/// The extension of components, with its dot.
pub(crate) const EXTENSION: &str = ".wasm";

/// The component of a module that has its world with it.
pub(crate) fn encode(module: &[u8]) -> Result<Vec<u8>, BuildError> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| BuildError::NoComponent(format!("{error:#}")))
}

/// Runs a builder that takes the entry and writes the component to a file.
async fn by_file(
    mut builder: Command,
    project: &Project,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    let work = tempfile::tempdir().map_err(|source| BuildError::File {
        path: env::temp_dir(),
        source,
    })?;
    let made = work.path().join("component.wasm");
    builder.args(&project.entry).arg("-o").arg(&made);
    process::run(builder, output).await?;
    fs::read(&made).map_err(|source| BuildError::File { path: made, source })
}
