//! C: clang with wasi-libc. The bindings are made here, and the component too.
//!
//! 1. The sources are compiled against a world with every hook.
//! 2. Their objects say which hooks they define; the world keeps those. Host runs
//!    `main` at another time for a handler that takes the body by `handle-data`.
//! 3. That world's bindings, the SDK and the objects are linked into one module.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tokio::process::Command;
use wasmparser::{KnownCustom, Linking, Parser, Payload, SymbolFlags, SymbolInfo};
use wit_bindgen_c::Enabled;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::{Resolve, WorldId, WorldKey};

use crate::tools::{self, System, Tool};
use crate::{BuildError, Missing, Output, Project, place, process, sdk};

/// The world with every hook.
const WORLD: &str = "handler";

/// What the C names of hooks begin with, in the bindings of that world.
const HOOK: &str = "exports_handler_";

/// The target, by the names that a libc's folder may have: Debian's has the older one.
const TARGETS: [&str; 2] = ["--target=wasm32-wasip1", "--target=wasm32-wasi"];

/// Memory from the start, enough for a small handler: growing it costs more than
/// all the rest of one.
const MEMORY: &str = "-Wl,--initial-memory=524288";

const CLANG: Tool = Tool {
    name: "clang",
    variable: Some("CLANG"),
    why: "it compiles C",
    install: |system| install(system, "clang-22"),
};

const LINKER: Tool = Tool {
    name: "wasm-ld",
    variable: Some("WASM_LD"),
    why: "it links what clang compiled",
    install: |system| install(system, "lld-22"),
};

/// How a package of LLVM's is installed.
fn install(system: System, debian: &str) -> Vec<String> {
    let download = "download https://github.com/WebAssembly/wasi-sdk/releases, and set CLANG to \
                    its bin/clang";
    vec![system.install(debian, "llvm lld", download)]
}

/// What compiles and links here.
struct Compiler {
    clang: PathBuf,
    target: &'static str,
    linker: PathBuf,
    /// Where headers are.
    include: [PathBuf; 3],
    colour: bool,
}

/// The component of a folder of sources in C.
pub(crate) async fn component(
    project: &Project,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    let compiler = Compiler::find(project, output).await?;
    bindings_for_editors(project)?;
    let work = tempfile::tempdir().map_err(|source| BuildError::File {
        path: std::env::temp_dir(),
        source,
    })?;
    let work = work.path();

    let mut objects = Vec::new();
    let mut hooks = BTreeSet::new();
    for (number, source) in sources(project)?.iter().enumerate() {
        let object = work.join(format!("{number}.o"));
        let mut clang = compiler.command(project);
        clang.args(["-Wall", "-Wextra", "-Wno-unused-parameter"]);
        clang.args(&project.flags);
        clang.arg("-c").arg(source).arg("-o").arg(&object);
        process::run(clang, output).await?;
        let bytes = fs::read(&object).map_err(|error| unreadable(&object, error))?;
        hooks.extend(hooks_of(&bytes));
        objects.push(object);
    }

    let (mut resolve, world) = contract(project)?;
    let all: Vec<String> = hook_names(&resolve, world);
    hooks.retain(|hook| all.contains(hook));
    if hooks.is_empty() {
        return Err(BuildError::NoHandler(format!(
            "the sources define no hook; host.h has macros for them: {}",
            all.join(", ")
        )));
    }
    resolve.worlds[world].exports.retain(|key, _| match key {
        WorldKey::Name(name) => hooks.contains(name),
        WorldKey::Interface(_) => false,
    });
    for (name, bytes) in bindings(&mut resolve, world, true)?.iter() {
        let path = work.join(name);
        fs::write(&path, bytes).map_err(|error| unreadable(&path, error))?;
    }

    let sdk = &compiler.include[1];
    let module = work.join("module.wasm");
    let mut clang = compiler.command(project);
    // Generated, and of another version's taste.
    clang.arg("-w").arg("-I").arg(work);
    clang.arg(work.join("handler.c"));
    clang.args([sdk.join("host.c"), sdk.join("wasi.c")]);
    clang
        .args(&objects)
        .arg(work.join("handler_component_type.o"));
    let mut linker = OsString::from("-fuse-ld=");
    linker.push(&compiler.linker);
    clang.arg(linker).arg("-mexec-model=reactor");
    clang.args(["-Wl,--gc-sections", "-Wl,--strip-debug", MEMORY]);
    clang.arg("-o").arg(&module);
    process::run(clang, output).await?;
    let module = fs::read(&module).map_err(|error| unreadable(&module, error))?;
    super::encode(&module)
}

impl Compiler {
    async fn find(project: &Project, output: &mut Output<'_>) -> Result<Self, BuildError> {
        let clang = CLANG.find(&[])?;
        let version = tools::version_of(&clang, CLANG.name);
        let linker = match version {
            // One of the same version reads what it wrote.
            Some(version) => {
                let mut named = LINKER.name.to_owned();
                named.push_str(&format!("-{version}"));
                let beside = clang.with_file_name(named);
                match beside.is_file() && std::env::var_os("WASM_LD").is_none() {
                    true => beside,
                    false => LINKER.find(&[])?,
                }
            }
            None => {
                let beside: Vec<PathBuf> = clang.parent().map(Path::to_owned).into_iter().collect();
                LINKER.find(&beside)?
            }
        };
        let mut target = None;
        for known in TARGETS {
            if target.is_none() && Library::LIBC.is_there(&clang, known, output).await? {
                target = Some(known);
            }
        }
        let Some(target) = target else {
            return Err(Library::LIBC.missing(version).into());
        };
        if !Library::BUILTINS.is_there(&clang, target, output).await? {
            return Err(Library::BUILTINS.missing(version).into());
        }
        let copy = sdk::folder(project);
        Ok(Self {
            clang,
            target,
            linker,
            include: [
                project.folder.clone(),
                copy.join("guest-sdk/c"),
                copy.join("c"),
            ],
            colour: output.colour,
        })
    }

    fn command(&self, project: &Project) -> Command {
        let mut clang = Command::new(&self.clang);
        clang.current_dir(&project.folder);
        clang.args([self.target, "-Wno-deprecated"]);
        clang.args(["-Os", "-ffunction-sections", "-fdata-sections"]);
        for folder in &self.include {
            clang.arg("-I").arg(folder);
        }
        if self.colour {
            clang.arg("-fcolor-diagnostics");
        }
        clang
    }
}

/// A library that clang is to find.
struct Library {
    /// What clang is asked, and answers with the file's path.
    asked: &'static str,
    name: &'static str,
    why: &'static str,
    debian: fn(u32) -> String,
}

impl Library {
    const BUILTINS: Self = Self {
        asked: "-print-libgcc-file-name",
        name: "clang's runtime library for wasm32",
        why: "the compiler calls its functions",
        debian: |version| format!("libclang-rt-{version}-dev-wasm32"),
    };
    const LIBC: Self = Self {
        asked: "-print-file-name=libc.a",
        name: "wasi-libc",
        why: "it is C's standard library",
        debian: |_| "wasi-libc".to_owned(),
    };

    async fn is_there(
        &self,
        clang: &Path,
        target: &str,
        output: &mut Output<'_>,
    ) -> Result<bool, BuildError> {
        let mut asked = Command::new(clang);
        asked.args([target, "-Wno-deprecated", self.asked]);
        let file = process::answer(asked, output).await?;
        // What it does not find it answers with its bare name.
        let file = PathBuf::from(String::from_utf8_lossy(&file).trim());
        Ok(file.is_absolute() && file.is_file())
    }

    fn missing(&self, version: Option<u32>) -> Missing {
        let package = (self.debian)(version.unwrap_or(22));
        Missing {
            tool: self.name.to_owned(),
            why: self.why,
            install: install(System::here(), &package),
        }
    }
}

/// The sources: the entry, or all in the folder.
fn sources(project: &Project) -> Result<Vec<PathBuf>, BuildError> {
    if let Some(entry) = &project.entry {
        return Ok(vec![entry.clone()]);
    }
    let entries = fs::read_dir(&project.folder);
    let entries = entries.map_err(|error| unreadable(&project.folder, error))?;
    let names = entries
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()));
    let mut sources: Vec<PathBuf> = names
        .filter(|name| name.extension().is_some_and(|end| end == "c"))
        .collect();
    sources.sort();
    Ok(sources)
}

/// The hooks that an object file defines, by their names in the contract.
fn hooks_of(object: &[u8]) -> Vec<String> {
    let mut hooks = Vec::new();
    for payload in Parser::new(0).parse_all(object).flatten() {
        let Payload::CustomSection(section) = payload else {
            continue;
        };
        let KnownCustom::Linking(parts) = section.as_known() else {
            continue;
        };
        for part in parts.into_iter().flatten() {
            let Linking::SymbolTable(symbols) = part else {
                continue;
            };
            for symbol in symbols.into_iter().flatten() {
                if let SymbolInfo::Func { flags, name, .. } = symbol
                    && !flags.contains(SymbolFlags::UNDEFINED)
                    && let Some(hook) = name.and_then(|name| name.strip_prefix(HOOK))
                {
                    hooks.push(hook.replace('_', "-"));
                }
            }
        }
    }
    hooks
}

/// The contract, and its world with every hook.
fn contract(project: &Project) -> Result<(Resolve, WorldId), BuildError> {
    let mut resolve = Resolve::default();
    let folder = sdk::folder(project).join("wit");
    let (package, _) = resolve.push_dir(folder).map_err(own_fault)?;
    let world = resolve.select_world(&[package], Some(WORLD));
    Ok((resolve, world.map_err(own_fault)?))
}

fn hook_names(resolve: &Resolve, world: WorldId) -> Vec<String> {
    let exports = resolve.worlds[world].exports.keys();
    let names = exports.filter_map(|key| match key {
        WorldKey::Name(name) => Some(name.clone()),
        WorldKey::Interface(_) => None,
    });
    names.collect()
}

/// A world in C: `handler.h`, `handler.c`, and the object that has the world in it.
fn bindings(resolve: &mut Resolve, world: WorldId, with_object: bool) -> Result<Files, BuildError> {
    let options = wit_bindgen_c::Opts {
        autodrop_borrows: Enabled::Yes,
        no_object_file: !with_object,
        ..wit_bindgen_c::Opts::default()
    };
    let mut files = Files::default();
    let made = options.build().generate(resolve, world, &mut files);
    made.map_err(own_fault)?;
    Ok(files)
}

/// Writes `handler.h`, the whole contract in C with its comments, which sources
/// are compiled against and editors read.
fn bindings_for_editors(project: &Project) -> Result<(), BuildError> {
    let (mut resolve, world) = contract(project)?;
    let files = bindings(&mut resolve, world, false)?;
    let header = files.iter().find(|(name, _)| name.ends_with(".h"));
    if let Some((name, bytes)) = header {
        let path = sdk::folder(project).join("c").join(name);
        place::put(bytes, &path).map_err(|error| unreadable(&path, error))?;
    }
    Ok(())
}

fn own_fault(error: impl std::fmt::Display) -> BuildError {
    BuildError::Sdk(format!("{error:#}"))
}

fn unreadable(path: &Path, source: std::io::Error) -> BuildError {
    BuildError::File {
        path: path.to_owned(),
        source,
    }
}
