//! A Rust compiler for WebAssembly: rustup's if its target is installed, else
//! Debian's, which builds the standard library from source.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::command::{self, output, run};
use crate::paths;

/// Debian's compiler, with the source and the linker that building the standard
/// library for WebAssembly takes.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "rust-web-llvm"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";
/// A link to a linker of some version, in a package that `rust-web-llvm` does
/// not depend on.
const DEBIAN_LINKER: &str = "/usr/bin/rust-lld";

/// What compiles the guests.
pub(crate) enum Toolchain {
    /// The compiler that builds everything else; its target is installed.
    Rustup { target: &'static str },
    /// Debian's rustc, under the cargo that runs this.
    Debian,
}

impl Toolchain {
    /// Finds a compiler, and installs Debian's if there is none and we may.
    pub(crate) fn find() -> Result<Self> {
        // The bare target makes smaller components: no WASI between the
        // standard library and the host.
        for target in ["wasm32-unknown-unknown", "wasm32-wasip2"] {
            if rustup_has(target) {
                return Ok(Self::Rustup { target });
            }
        }
        if debian_is_complete() {
            return Ok(Self::Debian);
        }
        install()
    }

    /// The target that it compiles for.
    pub(crate) fn target(&self) -> &'static str {
        match self {
            Self::Rustup { target } => target,
            Self::Debian => "wasm32-unknown-unknown",
        }
    }

    /// `cargo build` of a workspace of guests.
    pub(crate) fn build(&self, workspace: &Path, target_dir: &Path) -> Command {
        let mut cargo = command::cargo(&["build", "--release", "--target", self.target()]);
        cargo
            .arg("--manifest-path")
            .arg(workspace.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(target_dir);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", reproducible_flags());
        if matches!(self, Self::Debian) {
            // The flags are unstable, the compiler is a stable release.
            cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            // No features: no backtraces and no unwinding to carry along.
            cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="]);
        }
        cargo
    }
}

/// Keeps this machine's paths out of the components' panic messages. Replaces
/// whatever RUSTFLAGS are meant for the host's own build.
fn reproducible_flags() -> String {
    let mut folders = vec![(paths::root().to_path_buf(), "host")];
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    folders.extend(home.map(|home| (home.join("registry/src"), "registry")));
    let flags = folders
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    flags.collect::<Vec<_>>().join("\u{1f}")
}

fn rustup_has(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut rustc = Command::new(rustc);
    rustc.args(["--print", "target-libdir", "--target", target]);
    let Ok(folder) = output(&mut rustc) else {
        return false;
    };
    let libraries = fs::read_dir(folder.trim()).into_iter().flatten().flatten();
    libraries.map(|file| file.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn debian_is_complete() -> bool {
    [DEBIAN_RUSTC, DEBIAN_SOURCE, DEBIAN_LINKER]
        .iter()
        .all(|path| Path::new(path).exists())
}

/// Installs Debian's compiler where we are root on a Debian, else rustup's
/// target where there is a rustup.
fn install() -> Result<Toolchain> {
    // `rustc-web` would push out a `rustc` that somebody works with.
    let may_apt = command::exists("apt-get", &["--version"])
        && is_root()
        && !command::exists("dpkg", &["-s", "rustc"]);
    if may_apt {
        match install_debian() {
            Ok(()) => return Ok(Toolchain::Debian),
            Err(error) => eprintln!("{error:#}"),
        }
    }
    let target = "wasm32-unknown-unknown";
    if command::exists("rustup", &["--version"])
        && run(Command::new("rustup").args(["target", "add", target])).is_ok()
    {
        return Ok(Toolchain::Rustup { target });
    }
    bail!(
        "no Rust compiler for WebAssembly here. Either\n  \
         rustup target add {target}\n\
         or, on Debian, as root,\n  \
         apt-get install {}",
        DEBIAN_PACKAGES.join(" ")
    )
}

fn install_debian() -> Result<()> {
    apt_get(&DEBIAN_PACKAGES)?;
    if let Ok(linker) = fs::read_link(DEBIAN_LINKER)
        && !Path::new(DEBIAN_LINKER).exists()
    {
        // The link names the package: `lld-22`.
        apt_get(&[&linker.to_string_lossy()])?;
    }
    ensure!(debian_is_complete(), "installed, and still not complete");
    Ok(())
}

fn apt_get(packages: &[&str]) -> Result<()> {
    let install = || {
        let mut apt = Command::new("apt-get");
        apt.args(["install", "--yes"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut apt)
    };
    // A fresh container has no package lists.
    install().or_else(|_| {
        run(Command::new("apt-get").arg("update"))?;
        install()
    })
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
