//! Task `wit`: the contract parses, everything in it has its comment, what was made of
//! it is of the same, and what it is published with is right.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use toml::Table;
use wit_parser::{Docs, Interface, Resolve, TypeDefKind, WorldItem};

use crate::{command, paths, typescript};

/// What to do.
#[derive(Default, clap::Args)]
pub(crate) struct Args {
    /// Write what is made of the contract: the JavaScript SDK's types.
    #[arg(long)]
    write: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let folder = paths::root().join("wit");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&folder)?;
    let package = &resolve.packages[package];

    let mut bare = Vec::new();
    for (name, id) in &package.interfaces {
        uncommented(name, &resolve.interfaces[*id], &resolve, &mut bare);
    }
    for (name, id) in &package.worlds {
        let world = &resolve.worlds[*id];
        note(&world.docs, || name.clone(), &mut bare);
        for (key, item) in &world.exports {
            if let WorldItem::Function(function) = item {
                let hook = resolve.name_world_key(key);
                note(&function.docs, || format!("{name}.{hook}"), &mut bare);
            }
        }
    }
    ensure!(
        bare.is_empty(),
        "without a comment in wit/: {}",
        bare.join(", ")
    );

    let imports = package
        .worlds
        .get("imports")
        .context("no world `imports`")?;
    let imports = resolve.worlds[*imports].imports.values();
    let interfaces = imports.filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(&resolve.interfaces[*id]),
        _ => None,
    });
    typescript::run(&resolve, &interfaces.collect::<Vec<_>>(), args.write)?;

    ensure!(
        package.name.version.is_some(),
        "a package is published under a version: package {};",
        package.name
    );
    publishable()?;
    println!(
        "wit: {}, {} interfaces, worlds {}",
        package.name,
        package.interfaces.len(),
        package
            .worlds
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    );
    // A second opinion, where it is installed.
    if command::exists("wasm-tools", &["--version"]) {
        command::output(
            Command::new("wasm-tools")
                .args(["component", "wit"])
                .arg(folder),
        )?;
    }
    Ok(())
}

/// What `wkg` publishes it with: a description, and the workspace's licence.
fn publishable() -> Result<()> {
    let read = |name: &str| -> Result<Table> {
        let text = fs::read_to_string(paths::root().join(name));
        text.context(name.to_owned())?
            .parse()
            .context(name.to_owned())
    };
    let (published, workspace) = (read("wkg.toml")?, read("Cargo.toml")?);
    let metadata = published
        .get("metadata")
        .context("wkg.toml: no [metadata]")?;
    let said = metadata.get("description").and_then(|text| text.as_str());
    ensure!(
        said.is_some_and(|text| !text.is_empty()),
        "wkg.toml: no metadata.description"
    );
    let licence = &workspace["workspace"]["package"]["license"];
    ensure!(
        metadata.get("licenses") == Some(licence),
        "wkg.toml: metadata.licenses is not the workspace's {licence}"
    );
    Ok(())
}

/// Adds the interface's items that have no comment.
fn uncommented(name: &str, interface: &Interface, resolve: &Resolve, bare: &mut Vec<String>) {
    note(&interface.docs, || name.to_owned(), bare);
    for (function, definition) in &interface.functions {
        note(&definition.docs, || format!("{name}.{function}"), bare);
    }
    for (type_name, id) in &interface.types {
        let definition = &resolve.types[*id];
        // What `use` brings in has its comment where it comes from.
        if matches!(definition.kind, TypeDefKind::Type(_)) && definition.docs.contents.is_none() {
            continue;
        }
        note(&definition.docs, || format!("{name}.{type_name}"), bare);
        let parts: Vec<(&String, &Docs)> = match &definition.kind {
            TypeDefKind::Record(record) => record
                .fields
                .iter()
                .map(|field| (&field.name, &field.docs))
                .collect(),
            TypeDefKind::Variant(variant) => variant
                .cases
                .iter()
                .map(|case| (&case.name, &case.docs))
                .collect(),
            TypeDefKind::Flags(flags) => flags
                .flags
                .iter()
                .map(|flag| (&flag.name, &flag.docs))
                .collect(),
            // An enum's cases mostly say it by their names.
            _ => Vec::new(),
        };
        for (part, docs) in parts {
            note(docs, || format!("{name}.{type_name}.{part}"), bare);
        }
    }
}

fn note(docs: &Docs, name: impl FnOnce() -> String, bare: &mut Vec<String>) {
    if docs
        .contents
        .as_ref()
        .is_none_or(|text| text.trim().is_empty())
    {
        bare.push(name());
    }
}
