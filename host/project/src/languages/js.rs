//! JavaScript and TypeScript: node runs the SDK's `build.mjs`, which bundles by
//! esbuild and makes the component by componentize-js. What package.json asks for
//! is installed by npm, as cargo fetches crates.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokio::process::Command;

use crate::tools::Tool;
use crate::{BuildError, Missing, Output, Project, ProjectError, process, sdk};

/// What says that a folder is a package.
pub(crate) const MANIFEST: &str = "package.json";

/// What `build.mjs` imports, with the versions to install.
const PACKAGES: [(&str, &str); 3] = [
    ("@bytecodealliance/componentize-js", "0.23.0"),
    // componentize-js imports it, and does not ask for it itself.
    ("@bytecodealliance/preview2-shim", "0.25.0"),
    ("esbuild", "0.28"),
];

const NODE: Tool = Tool {
    name: "node",
    variable: Some("NODE"),
    why: "it builds handlers in JavaScript, version 20 or later",
    install: |system| {
        let other = "download it from https://nodejs.org/en/download";
        vec![system.install("nodejs npm", "node", other)]
    },
};

const NPM: Tool = Tool {
    name: "npm",
    variable: Some("NPM"),
    why: "it installs what package.json asks for",
    install: |system| {
        let other = "download Node.js from https://nodejs.org/en/download";
        vec![system.install("npm", "node", other)]
    },
};

#[derive(Deserialize)]
struct Package {
    main: Option<PathBuf>,
}

/// The module that package.json names.
pub(crate) fn main_of(folder: &Path) -> Result<Option<PathBuf>, ProjectError> {
    let path = folder.join(MANIFEST);
    let Ok(text) = fs::read(&path) else {
        return Ok(None);
    };
    match serde_json::from_slice::<Package>(&text) {
        Ok(package) => Ok(package.main),
        Err(error) => Err(ProjectError::Unreadable {
            path,
            source: error.into(),
        }),
    }
}

/// The component of a module.
pub(crate) async fn component(
    project: &Project,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    let node = NODE.find(&[])?;
    if missing(&project.folder).is_some() && project.folder.join(MANIFEST).is_file() {
        let mut npm = Command::new(NPM.find(&[])?);
        npm.current_dir(&project.folder);
        npm.args(["install", "--no-audit", "--no-fund"]);
        process::run(npm, output).await?;
    }
    if let Some(missing) = missing(&project.folder) {
        return Err(missing.into());
    }
    let mut node = Command::new(node);
    node.current_dir(&project.folder);
    node.arg(sdk::folder(project).join("guest-sdk/js/build.mjs"));
    super::by_file(node, project, output).await
}

/// The first of the packages that node would not find from this folder.
fn missing(folder: &Path) -> Option<Missing> {
    let is_there = |name: &str| {
        let mut above = folder.ancestors();
        above.any(|folder| folder.join("node_modules").join(name).is_dir())
    };
    let (name, _) = PACKAGES.iter().find(|(name, _)| !is_there(name))?;
    let packages = PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    Some(Missing {
        tool: (*name).to_owned(),
        why: "it makes components of JavaScript",
        install: vec![format!(
            "npm install --prefix {} --save-dev {}",
            folder.display(),
            packages.join(" ")
        )],
    })
}
