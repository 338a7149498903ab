//! What a language needs beside its tools: the contract and the SDK, which this
//! binary has with it and unpacks into the project.
//!
//! `PROJECT/.host/` has the same folders as the repository, `wit/` and
//! `guest-sdk/LANGUAGE/`, so that what refers from one to the other is right in
//! both; what is made for editors; and `built`, from when the component is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{BuildError, Language, Project, place};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The folder of what is unpacked: hidden, so that it is no source and not served.
pub(crate) const FOLDER: &str = ".host";

/// When the sources were read that the component is made of, and with what.
const BUILT: &str = "built";

/// The files of the templates, by their paths in the repository.
pub(crate) fn templates() -> &'static [(&'static str, &'static [u8])] {
    TEMPLATES
}

/// Where a project's copy is.
pub(crate) fn folder(project: &Project) -> PathBuf {
    project.folder.join(FOLDER)
}

/// Writes what the project's language needs, but for what is there already.
pub(crate) fn unpack(project: &Project) -> Result<(), BuildError> {
    let needed = needed(project);
    let target = folder(project);
    unpack_into(&target, &needed).map_err(|source| BuildError::File {
        path: target,
        source,
    })
}

/// The same for scripts in Python: the modules that they import, for editors.
pub(crate) fn unpack_modules(folder: &Path) -> io::Result<()> {
    unpack_into(&folder.join(FOLDER), &["guest-sdk/python/wptserve"])
}

fn unpack_into(target: &Path, needed: &[&str]) -> io::Result<()> {
    // A file of an older SDK could be taken for one of this.
    for (path, folder) in needed.iter().map(|folder| (target.join(folder), folder)) {
        let stays = |file: &Path| {
            let name = Path::new(folder).join(file);
            SDK.iter().any(|(known, _)| Path::new(known) == name)
        };
        remove_others(&path, Path::new(""), &stays)?;
    }
    for (path, bytes) in files(needed) {
        place::put(bytes, &target.join(path))?;
    }
    Ok(())
}

/// Removes the files of a folder that do not stay.
fn remove_others(root: &Path, below: &Path, stays: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(below)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let file = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            remove_others(root, &file, stays)?;
        } else if !stays(&file) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn files<'a>(needed: &'a [&str]) -> impl Iterator<Item = (&'static str, &'static [u8])> + use<'a> {
    let is_in = |path: &str, folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    let all = SDK.iter().copied();
    all.filter(move |(path, _)| needed.iter().any(|folder| is_in(path, folder)))
}

fn needed(project: &Project) -> Vec<&'static str> {
    match project.language {
        // Some have it from elsewhere, as the examples do.
        Language::Rust if !refers_to_copy(project) => vec![],
        Language::Rust => vec!["wit", "guest-sdk/rust"],
        Language::Js => vec!["wit", "guest-sdk/js"],
        Language::C => vec!["wit", "guest-sdk/c"],
        Language::Python => vec!["wit", "guest-sdk/python-component"],
    }
}

/// Whether a crate's manifest names the copy.
fn refers_to_copy(project: &Project) -> bool {
    let manifest = fs::read_to_string(project.folder.join("Cargo.toml"));
    manifest.is_ok_and(|text| text.contains(".host/guest-sdk"))
}

/// From when the project's component is, if it was built with what is here.
pub(crate) fn built(project: &Project) -> Option<SystemTime> {
    let path = folder(project).join(BUILT);
    let text = fs::read_to_string(&path).ok()?;
    if text != stamp(project) {
        return None;
    }
    fs::metadata(path).ok()?.modified().ok()
}

/// Notes that the component was built from what there was then.
pub(crate) fn note(project: &Project, when: SystemTime) -> Result<(), BuildError> {
    let path = folder(project).join(BUILT);
    let noted = place::put(stamp(project).as_bytes(), &path)
        .and_then(|_| fs::File::options().append(true).open(&path))
        .and_then(|file| file.set_modified(when));
    noted.map_err(|source| BuildError::File { path, source })
}

/// What a component is built with, in words that change with it.
fn stamp(project: &Project) -> String {
    let mut hash = blake3::Hasher::new();
    for (path, bytes) in files(&needed(project)) {
        hash.update(path.as_bytes());
        hash.update(bytes);
    }
    let version = env!("CARGO_PKG_VERSION");
    format!("host {version} {}\n", hash.finalize().to_hex())
}
