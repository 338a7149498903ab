//! Task `guests`: every handler in the repository, built into components, and
//! the runtimes of scripts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::{self, cargo, output};
use crate::componentize::{component, put};
use crate::paths;
use crate::python;
use crate::toolchain::Toolchain;

/// What to build, and where to.
#[derive(Default, clap::Args)]
pub(crate) struct Args {
    /// Only this handler (its crate's name); may be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Put the folders `plugins`, `test-plugins` and `runtimes` here instead of
    /// target/.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A workspace of handlers and the folder that its components go to.
const WORKSPACES: [(&str, &str); 2] = [
    ("examples/rust", "plugins"),
    ("tests/guests", "test-plugins"),
];

/// The name of what runs Python scripts, which is no crate.
const PYTHON_RUNTIME: &str = "python-runtime";

/// One handler's crate.
struct Guest {
    /// The crate's name.
    name: String,
    /// The component's name in its folder, without `.wasm`: the crate's name,
    /// or `[package.metadata.host] route`.
    route: String,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let toolchain = Toolchain::find()?;
    let target = paths::target();
    let target_dir = target.join("guests");
    let compiled = target_dir.join(toolchain.target()).join("release");
    let out = args.out.as_deref().unwrap_or(&target);

    let mut known = Vec::new();
    let mut built = 0;
    for (workspace, folder) in WORKSPACES {
        let workspace = paths::root().join(workspace);
        let all = guests(&workspace)?;
        known.extend(all.iter().map(|guest| guest.name.clone()));
        let wanted = |guest: &Guest| args.only.is_empty() || args.only.contains(&guest.name);
        let chosen: Vec<Guest> = all.into_iter().filter(wanted).collect();
        if chosen.is_empty() {
            continue;
        }
        let mut build = toolchain.build(&workspace, &target_dir);
        for guest in &chosen {
            build.args(["--package", &guest.name]);
        }
        command::run(&mut build)?;
        for guest in &chosen {
            place(guest, &compiled, &out.join(folder))?;
        }
        built += chosen.len();
    }
    known.push(PYTHON_RUNTIME.to_owned());
    if args.only.is_empty() || args.only.iter().any(|name| name == PYTHON_RUNTIME) {
        python::build(out)?;
        built += 1;
    }
    if built == 0 {
        bail!("no handler of that name; there are {}", known.join(", "));
    }
    Ok(())
}

/// The crates of a workspace that make a component.
fn guests(workspace: &Path) -> Result<Vec<Guest>> {
    let mut metadata = cargo(&[
        "metadata",
        "--no-deps",
        "--format-version=1",
        "--manifest-path",
    ]);
    let text = output(metadata.arg(workspace.join("Cargo.toml")))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let components = packages.filter(|package| {
        let targets = package["targets"].as_array().into_iter().flatten();
        let mut kinds = targets
            .filter_map(|target| target["kind"].as_array())
            .flatten();
        kinds.any(|kind| kind == "cdylib")
    });
    let guest = |package: &Value| {
        let name = package["name"].as_str()?;
        let route = package["metadata"]["host"]["route"]
            .as_str()
            .unwrap_or(name);
        Some(Guest {
            name: name.to_owned(),
            route: route.to_owned(),
        })
    };
    Ok(components.filter_map(guest).collect())
}

fn place(guest: &Guest, compiled: &Path, folder: &Path) -> Result<()> {
    let file = format!("{}.wasm", guest.name.replace('-', "_"));
    let bytes = component(&compiled.join(file))?;
    let path = folder.join(format!("{}.wasm", guest.route));
    let news = if put(&bytes, &path)? {
        ""
    } else {
        " (unchanged)"
    };
    let shown = path.strip_prefix(paths::root()).unwrap_or(&path);
    let kib = bytes.len().div_ceil(1024);
    println!("{:<36} {kib:>5} KiB{news}", shown.display());
    Ok(())
}
