//! A Rust compiler for WebAssembly: `host-project` finds it, and here it is
//! installed if there is none and we may.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};
use host_project::languages::rust::{DEBIAN_LINKER, DEBIAN_PACKAGES, Toolchain};

use crate::command::{self, output, run};

/// Finds a compiler, or installs one: Debian's where we are root on a Debian, else
/// rustup's target where there is a rustup.
pub(crate) async fn obtain() -> Result<Toolchain> {
    let missing = match Toolchain::find().await {
        Ok(toolchain) => return Ok(toolchain),
        Err(missing) => missing,
    };
    // `rustc-web` would push out a `rustc` that somebody works with.
    let may_apt = command::exists("apt-get", &["--version"])
        && is_root()
        && !command::exists("dpkg", &["-s", "rustc"]);
    if may_apt {
        match install_debian().await {
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
        "{missing}. Either\n  {}\nor, on Debian, as root,\n  apt-get install {}",
        missing.install.join("\n  "),
        DEBIAN_PACKAGES.join(" ")
    )
}

async fn install_debian() -> Result<()> {
    apt_get(&DEBIAN_PACKAGES)?;
    if let Ok(linker) = fs::read_link(DEBIAN_LINKER)
        && !Path::new(DEBIAN_LINKER).exists()
    {
        // The link names the package: `lld-22`.
        apt_get(&[&linker.to_string_lossy()])?;
    }
    let found = Toolchain::find().await;
    ensure!(found.is_ok(), "installed, and still not complete");
    Ok(())
}

/// Installs Debian's packages.
pub(crate) fn apt_get(packages: &[&str]) -> Result<()> {
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
