//! The examples in other languages than Rust: folders that `host-project` builds, as
//! `host build` does. What it misses is installed here, if we may.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use host_project::{BuildError, Missing, Output, Project};

use crate::command::run;
use crate::guests::{Lang, tell};
use crate::{paths, python, toolchain};

/// A language's folder of projects, and the folder in `plugins` that they go to.
const FOLDERS: [(Lang, &str, &str); 3] = [
    (Lang::C, "examples/c", "c"),
    (Lang::Js, "examples/js", "js"),
    (Lang::Python, "examples/python-component", "python"),
];

/// Every project: its language, its name as in `js/hello`, and its folder.
pub(crate) fn all() -> Result<Vec<(Lang, String, PathBuf)>> {
    let mut found = Vec::new();
    for (lang, folder, route) in FOLDERS {
        let folder = paths::root().join(folder);
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_left = name == "node_modules" || name.starts_with('.');
            if entry.file_type()?.is_dir() && !is_left {
                found.push((lang, format!("{route}/{name}"), entry.path()));
            }
        }
    }
    found.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(found)
}

/// Builds a project to `NAME.wasm`, unless what is there is made of the same.
pub(crate) async fn build(lang: Lang, folder: &Path, name: &Path) -> Result<()> {
    let mut project = Project::open(folder)?;
    project.output = name.with_extension("wasm");
    if project.is_current() {
        let length = fs::metadata(&project.output)?.len();
        tell(&project.output, length.try_into()?, false);
        return Ok(());
    }
    prepare(lang, &mut project)?;
    let mut missed = Vec::new();
    let built = loop {
        let mut print = |bytes: &[u8]| drop(io::stderr().write_all(bytes));
        let mut output = Output::new(io::stderr().is_terminal(), &mut print);
        match project.build(&mut output).await {
            Err(BuildError::Missing(missing)) if !missed.contains(&missing.tool) => {
                install(&missing)?;
                missed.push(missing.tool);
            }
            built => break built?,
        }
    };
    tell(&project.output, built.length, built.is_new);
    Ok(())
}

/// What all projects of a language share, and no project installs.
fn prepare(lang: Lang, project: &mut Project) -> Result<()> {
    match lang {
        Lang::Rust | Lang::C => {}
        Lang::Js => packages()?,
        Lang::Python => {
            let program = python::componentize()?;
            project.tools.extend(program.parent().map(Path::to_owned));
        }
    }
    Ok(())
}

/// The packages that the examples in JavaScript are built with, as their lock file
/// says: beside it, where node looks for them from each example.
fn packages() -> Result<()> {
    let folder = paths::root().join("examples/js");
    let lock = folder.join("package-lock.json");
    // npm's own note of what it has installed.
    let installed = folder.join("node_modules/.package-lock.json");
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
    if changed(&installed).is_ok_and(|then| changed(&lock).is_ok_and(|now| now <= then)) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    // What the lock names. `npm ci` wants it to have the packages for every other system
    // as well, which a registry may not offer.
    npm.args(["install", "--no-save", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    run(&mut npm).context(
        "the examples in JavaScript need npm's packages: install Node.js 20 or later with npm",
    )
}

/// Installs what a build misses, where the system's own command does it and we are
/// root.
fn install(missing: &Missing) -> Result<()> {
    for line in &missing.install {
        let Some(packages) = line.strip_prefix("apt-get install ") else {
            anyhow::bail!("{missing}. Install it:\n  {}", missing.install.join("\n  "));
        };
        let packages: Vec<&str> = packages.split_whitespace().collect();
        toolchain::apt_get(&packages)?;
    }
    Ok(())
}
