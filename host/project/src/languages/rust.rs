//! Rust: cargo with a compiler for WebAssembly, rustup's if its target is installed,
//! else Debian's, which builds the standard library from source.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokio::process::Command;

use crate::tools::Tool;
use crate::{BuildError, Missing, Output, Project, process};

/// What says that a folder is a crate.
pub(crate) const MANIFEST: &str = "Cargo.toml";

/// Debian's compiler, with the source and the linker that building the standard
/// library for WebAssembly takes.
pub const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "rust-web-llvm"];
/// A link to a linker of some version, in a package that `rust-web-llvm` does
/// not depend on.
pub const DEBIAN_LINKER: &str = "/usr/bin/rust-lld";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";

/// The first eight bytes of a component: magic, version 13, layer 1. A core
/// module has version 1 and layer 0.
const COMPONENT: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/// What cargo takes rustc's flags from, before all others.
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

const INSTALL: &str = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";
const TARGET: &str = "rustup target add wasm32-unknown-unknown";

const CARGO: Tool = Tool {
    name: "cargo",
    variable: Some("CARGO"),
    why: "it builds Rust",
    install: |_| vec![INSTALL.to_owned()],
};

/// Not run: asked for, to say how its target is installed.
const RUSTUP: Tool = Tool {
    name: "rustup",
    variable: None,
    why: "it installs Rust",
    install: |_| vec![INSTALL.to_owned()],
};

/// What compiles for WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The compiler that builds everything else; its target is installed.
    Rustup {
        /// The target.
        target: &'static str,
    },
    /// Debian's rustc, under the cargo that is there.
    Debian,
}

/// A crate that was compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// Its manifest.
    pub manifest: PathBuf,
    /// The module or component that the linker made.
    pub file: PathBuf,
}

impl Toolchain {
    /// Finds a compiler.
    ///
    /// # Errors
    /// There is none.
    pub async fn find() -> Result<Self, Missing> {
        // The bare target makes smaller components: no WASI between the
        // standard library and the host.
        for target in ["wasm32-unknown-unknown", "wasm32-wasip2"] {
            if rustup_has(target).await {
                return Ok(Self::Rustup { target });
            }
        }
        let debian = [DEBIAN_RUSTC, DEBIAN_SOURCE, DEBIAN_LINKER];
        if debian.iter().all(|path| Path::new(path).exists()) {
            return Ok(Self::Debian);
        }
        Err(Missing {
            tool: "a Rust compiler for WebAssembly".to_owned(),
            why: "it builds handlers in Rust",
            install: match RUSTUP.find(&[]) {
                Ok(_) => vec![TARGET.to_owned()],
                Err(rustup) => [rustup.install, vec![TARGET.to_owned()]].concat(),
            },
        })
    }

    /// The target that it compiles for.
    fn target(self) -> &'static str {
        match self {
            Self::Rustup { target } => target,
            Self::Debian => "wasm32-unknown-unknown",
        }
    }

    /// Compiles a crate, or crates of a workspace, in the release profile.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn compile(
        self,
        workspace: &Path,
        arguments: &[OsString],
        output: &mut Output<'_>,
    ) -> Result<Vec<Compiled>, BuildError> {
        let mut cargo = Command::new(CARGO.find(&[])?);
        cargo.current_dir(workspace);
        cargo.args(["build", "--release", "--target", self.target()]);
        cargo.arg("--message-format=json-render-diagnostics");
        // What somebody sets for this build is theirs.
        if env::var_os(FLAGS).is_none() {
            cargo.env(FLAGS, reproducible_flags(workspace));
        }
        if self == Self::Debian {
            // The flags are unstable, the compiler is a stable release.
            cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            // No features: no backtraces and no unwinding to carry along.
            cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="]);
        }
        cargo.args(arguments);
        Ok(compiled(&process::answer(cargo, output).await?))
    }
}

/// The component of a crate's folder.
pub(crate) async fn component(
    project: &Project,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    CARGO.find(&[])?;
    let toolchain = Toolchain::find().await?;
    let flags: Vec<OsString> = project.flags.iter().map(OsString::from).collect();
    let compiled = toolchain.compile(&project.folder, &flags, output).await?;
    match &compiled[..] {
        [one] => encode(&one.file),
        [] => Err(BuildError::NoHandler(
            "the crate makes no module: Cargo.toml needs [lib] crate-type = [\"cdylib\"]"
                .to_owned(),
        )),
        _ => Err(BuildError::NoHandler(
            "the workspace makes several modules: choose one in host.build.toml, as in \
             flags = [\"--package\", \"NAME\"]"
                .to_owned(),
        )),
    }
}

/// The component of a compiled crate. The linker of wasm32-wasip2 has made one
/// already.
///
/// # Errors
/// The file cannot be read, or it is no module that fits a world.
pub fn encode(compiled: &Path) -> Result<Vec<u8>, BuildError> {
    let bytes = fs::read(compiled).map_err(|source| BuildError::File {
        path: compiled.to_owned(),
        source,
    })?;
    if bytes.starts_with(&COMPONENT) {
        return Ok(bytes);
    }
    super::encode(&bytes)
}

/// Keeps this machine's paths out of the components' panic messages: those from
/// the repository's root, where there is one, and of the registry. Goes before
/// RUSTFLAGS, which are meant for the machine's own programs.
fn reproducible_flags(workspace: &Path) -> String {
    let mut above = workspace.ancestors();
    let root = above.find(|folder| folder.join(".git").exists());
    let mut folders = vec![(root.unwrap_or(workspace).to_owned(), ".")];
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    folders.extend(home.map(|home| (home.join("registry/src"), "registry")));
    let flags = folders
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    flags.collect::<Vec<_>>().join("\u{1f}")
}

async fn rustup_has(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut rustc = Command::new(rustc);
    rustc.args(["--print", "target-libdir", "--target", target]);
    // That it does not know the target is no news.
    let mut quiet = |_: &[u8]| {};
    let mut output = Output::new(false, &mut quiet);
    let Ok(folder) = process::answer(rustc, &mut output).await else {
        return false;
    };
    let folder = String::from_utf8_lossy(&folder);
    let libraries = fs::read_dir(folder.trim()).into_iter().flatten().flatten();
    libraries.map(|file| file.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// A message of cargo's, as far as it is about something that was made.
#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

/// The modules among what cargo says that it has made.
fn compiled(said: &[u8]) -> Vec<Compiled> {
    let messages = said.split(|byte| *byte == b'\n');
    let messages = messages.filter_map(|line| serde_json::from_slice::<Message>(line).ok());
    let made = messages.filter(|message| {
        let mut kinds = message.target.iter().flat_map(|target| &target.kind);
        message.reason == "compiler-artifact" && kinds.any(|kind| kind == "cdylib")
    });
    made.filter_map(|message| {
        let mut files = message.filenames.into_iter();
        let is_module = |file: &PathBuf| file.extension().is_some_and(|end| end == "wasm");
        Some(Compiled {
            manifest: message.manifest_path?,
            file: files.find(is_module)?,
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_what_it_made() {
        let said = br#"{"reason":"compiler-artifact","manifest_path":"/a/Cargo.toml","target":{"kind":["lib"]},"filenames":["/t/liba.rlib"]}
{"reason":"compiler-artifact","manifest_path":"/b/Cargo.toml","target":{"kind":["cdylib"]},"filenames":["/t/b.d","/t/b.wasm"]}
{"reason":"build-finished","success":true}
"#;
        let b = Compiled {
            manifest: PathBuf::from("/b/Cargo.toml"),
            file: PathBuf::from("/t/b.wasm"),
        };
        assert_eq!(compiled(said), [b]);
    }
}
