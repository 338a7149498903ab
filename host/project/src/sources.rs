//! The sources of a project: what of its folder a build is made from.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files and folders that are looked at: a handler with all that it includes.
const ENTRIES: usize = 10_000;

/// Folders that tools fill.
const LEFT_BY_TOOLS: [&str; 4] = ["target", "node_modules", "__pycache__", "venv"];

/// What a project's folder has, but for what tools leave there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Its folders, itself first.
    pub folders: Vec<PathBuf>,
    /// When the last of its files was changed.
    pub newest: Option<SystemTime>,
}

impl Sources {
    /// Looks through a folder, 10,000 entries at most. Waits for the disk.
    pub fn of(folder: &Path) -> Self {
        let mut sources = Self::default();
        let mut waiting = vec![folder.to_owned()];
        let mut looked = 0;
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                looked += 1;
                if looked > ENTRIES {
                    return sources;
                }
                if !is_source(&entry.file_name()) {
                    continue;
                }
                // Links are not followed: they may lead in circles.
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                if kind.is_dir() {
                    waiting.push(entry.path());
                } else if let Ok(changed) = entry.metadata().and_then(|file| file.modified()) {
                    sources.newest = sources.newest.max(Some(changed));
                }
            }
            sources.folders.push(folder);
        }
        sources
    }

    /// Whether a path, beneath a project's folder, can be one of its sources.
    pub fn have(path: &Path) -> bool {
        path.iter().all(is_source)
    }
}

/// Whether a name can be a source's: not an editor's or a tool's, and not what is
/// built.
fn is_source(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let is_left = LEFT_BY_TOOLS.iter().any(|left| name == *left);
    // A lock file is written by the build itself.
    let is_made = bytes.ends_with(b".wasm")
        || bytes.ends_with(b"~")
        || name == "Cargo.lock"
        || name == "package-lock.json";
    !is_left && !is_made && !bytes.starts_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_leave_is_no_source() {
        for (path, expected) in [
            ("src/lib.rs", true),
            ("Cargo.toml", true),
            ("a/target.c", true),
            ("target/release/x.rs", false),
            ("node_modules/a/index.js", false),
            (".host/wit/x.wit", false),
            ("src/.lib.rs.swp", false),
            ("src/lib.rs~", false),
            ("hello.wasm", false),
            ("Cargo.lock", false),
        ] {
            assert_eq!(Sources::have(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn the_newest_file_counts_and_no_circle_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, seconds: u64| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = fs::File::create(path).unwrap();
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            file.set_modified(time).unwrap();
            time
        };
        at("Cargo.toml", 10);
        let newest = at("src/lib.rs", 20);
        at("target/x.rs", 30);
        std::os::unix::fs::symlink("..", folder.path().join("src/circle")).unwrap();
        let sources = Sources::of(folder.path());
        assert_eq!(
            sources.folders,
            [folder.path().to_owned(), folder.path().join("src")]
        );
        let link = fs::symlink_metadata(folder.path().join("src/circle")).unwrap();
        assert_eq!(sources.newest, Some(newest.max(link.modified().unwrap())));
    }
}
