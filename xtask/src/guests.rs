//! Task `guests`: every handler in the repository, built into components, and
//! the runtime of scripts. The crates are built here, `projects.rs` has the other
//! languages' folders and `python.rs` the runtime.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_project::languages::rust::{self, Toolchain};
use host_project::{Output, put};
use serde_json::Value;

use crate::command::{cargo, output};
use crate::{paths, projects, python, toolchain};

/// What to build, and where to.
#[derive(Default, clap::Args)]
pub(crate) struct Args {
    /// Only this handler, as in `hello` (a crate) or `js/hello`; may be given more
    /// than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only handlers in this language, whose tools are then enough; may be given
    /// more than once.
    #[arg(long, value_name = "LANGUAGE")]
    lang: Vec<Lang>,
    /// Put the folders `plugins`, `test-plugins` and `runtimes` here instead of
    /// target/.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A language of guests.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    Rust,
    C,
    Js,
    Python,
}

impl Args {
    /// Whether a guest of this name is asked for.
    pub(crate) fn wants(&self, lang: Lang, name: &str) -> bool {
        let is_named = self.only.is_empty() || self.only.iter().any(|only| only == name);
        is_named && (self.lang.is_empty() || self.lang.contains(&lang))
    }
}

/// A workspace of handlers and the folder that its components go to.
const WORKSPACES: [(&str, &str); 2] = [
    ("examples/rust", "plugins"),
    ("tests/guests", "test-plugins"),
];

/// What of the examples is served as it is, by its name in `examples/files` and in
/// `plugins`.
const FILES: [&str; 1] = ["gallery/raw.asis"];

/// The name of what runs Python scripts, which is no crate.
const PYTHON_RUNTIME: &str = "python-runtime";

/// What to do where a language's tools cannot be had.
const WITHOUT: &str = "not built (`--lang rust` leaves other languages out)";

/// One handler's crate.
struct Guest {
    /// The crate's name.
    name: String,
    /// The component's name in its folder, without `.wasm`: the crate's name,
    /// or `[package.metadata.host] route`.
    route: String,
    /// Its Cargo.toml.
    manifest: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    threads.block_on(build(args))
}

async fn build(args: &Args) -> Result<()> {
    let target = paths::target();
    let out = args.out.as_deref().unwrap_or(&target);

    let mut known = Vec::new();
    let mut built = 0;
    for (workspace, folder) in WORKSPACES {
        let workspace = paths::root().join(workspace);
        let all = guests(&workspace)?;
        known.extend(all.iter().map(|guest| guest.name.clone()));
        let wanted = |guest: &Guest| args.wants(Lang::Rust, &guest.name);
        let chosen: Vec<Guest> = all.into_iter().filter(wanted).collect();
        if chosen.is_empty() {
            continue;
        }
        let toolchain = toolchain::obtain().await?;
        compile(toolchain, &workspace, &chosen, &out.join(folder)).await?;
        built += chosen.len();
    }
    known.push(PYTHON_RUNTIME.to_owned());
    if args.wants(Lang::Python, PYTHON_RUNTIME) {
        python::build(out)?;
        built += 1;
    }
    for (lang, name, folder) in projects::all()? {
        if args.wants(lang, &name) {
            let place = out.join("plugins").join(&name);
            let placed = projects::build(lang, &folder, &place).await;
            placed.with_context(|| format!("{name}: {WITHOUT}"))?;
            built += 1;
        }
        known.push(name);
    }
    for name in FILES {
        let bytes = std::fs::read(paths::root().join("examples/files").join(name));
        let place = out.join("plugins").join(name);
        put(&bytes.context(name)?, &place)?;
    }
    if built == 0 {
        bail!("no handler of that name; there are {}", known.join(", "));
    }
    Ok(())
}

/// Compiles crates of a workspace and puts their components in place.
async fn compile(
    toolchain: Toolchain,
    workspace: &Path,
    guests: &[Guest],
    folder: &Path,
) -> Result<()> {
    let mut arguments = vec![
        OsString::from("--target-dir"),
        paths::target().join("guests").into(),
    ];
    for guest in guests {
        arguments.extend(["--package".into(), OsString::from(&guest.name)]);
    }
    let mut print = |bytes: &[u8]| drop(io::stderr().write_all(bytes));
    let mut output = Output::new(io::stderr().is_terminal(), &mut print);
    let compiled = toolchain.compile(workspace, &arguments, &mut output);
    let compiled = compiled.await?;
    for guest in guests {
        let mut files = compiled.iter();
        let file = files.find(|compiled| compiled.manifest == guest.manifest);
        let file = file.with_context(|| format!("cargo made no module of {}", guest.name))?;
        place(guest, &rust::encode(&file.file)?, folder)?;
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
            manifest: PathBuf::from(package["manifest_path"].as_str()?),
        })
    };
    Ok(components.filter_map(guest).collect())
}

fn place(guest: &Guest, bytes: &[u8], folder: &Path) -> Result<()> {
    let path = folder.join(format!("{}.wasm", guest.route));
    let is_new = put(bytes, &path)?;
    tell(&path, bytes.len(), is_new);
    Ok(())
}

/// Says that a component is in its place.
pub(crate) fn tell(path: &Path, length: usize, is_new: bool) {
    let shown = path.strip_prefix(paths::root()).unwrap_or(path);
    let kib = length.div_ceil(1024);
    let news = if is_new { "" } else { " (unchanged)" };
    println!("{:<36} {kib:>5} KiB{news}", shown.display());
}
