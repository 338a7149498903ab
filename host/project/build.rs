//! Puts the contract, the SDKs and the templates into the binary, so that
//! projects are made and built where there is no checkout.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is embedded, from the repository's root: the list's name, its folder.
const LISTS: [(&str, &[&str]); 2] = [
    (
        "SDK",
        &[
            "wit",
            "guest-sdk/rust",
            "guest-sdk/js",
            "guest-sdk/c",
            "guest-sdk/python-component",
            "guest-sdk/python/wptserve",
        ],
    ),
    ("TEMPLATES", &["host/project/templates"]),
];

/// What tools leave in folders of sources.
const LEFT_BY_TOOLS: [&str; 4] = ["node_modules", "target", "__pycache__", ".host"];

fn main() -> Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("run by cargo")?);
    let root = here.ancestors().nth(2).ok_or("host/project")?.to_path_buf();
    let mut code = String::new();
    for (name, folders) in LISTS {
        let mut files = Vec::new();
        for folder in folders {
            collect(&root.join(folder), &mut files)?;
        }
        files.sort();
        writeln!(code, "static {name}: &[(&str, &[u8])] = &[")?;
        for file in files {
            let path = file.strip_prefix(&root)?.display().to_string();
            writeln!(code, "    ({path:?}, include_bytes!({file:?})),")?;
        }
        writeln!(code, "];")?;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("run by cargo")?);
    fs::write(out.join("embedded.rs"), code)?;
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}

/// Adds the files of a folder and of those in it, and has cargo look at them.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut is_clean = true;
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        if LEFT_BY_TOOLS.iter().any(|name| entry.file_name() == *name) {
            is_clean = false;
        } else if entry.file_type()?.is_dir() {
            folders.push(path);
        } else {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    // Cargo looks at all beneath a folder: at what tools leave it should not.
    if is_clean {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
    folders.iter().try_for_each(|folder| collect(folder, files))
}
