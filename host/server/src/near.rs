//! What is near the top of a folder: the handlers to load before they are asked
//! for, and to show at the start.
//!
//! Looking at everything would make the start of a server wait for the largest
//! of its folders. What is further down is served all the same.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;
use host_runtime::is_script;

use crate::router;

/// Entries that are looked at: some milliseconds' work, and more than anybody's
/// folder of handlers has.
const ENTRIES: usize = 1000;

/// The file that makes a folder a project: sources, of which nothing is served.
pub const PROJECT: &str = "host.build.toml";

/// The first entries of a folder, the upper ones first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Near {
    /// The handlers, beneath the folder, sorted.
    pub handlers: Vec<PathBuf>,
    /// The number of other files.
    pub files: usize,
    /// The folders that were opened, beneath the folder.
    pub folders: Vec<PathBuf>,
    /// The projects among them, which were not opened.
    pub projects: Vec<PathBuf>,
    /// Whether this is all that the folder has.
    pub is_all: bool,
}

impl Near {
    /// Looks into the folder. What cannot be read is left out. Waits for the
    /// disk.
    pub fn of(dir: &Dir) -> Self {
        let mut near = Self {
            is_all: true,
            ..Self::default()
        };
        let mut looked = 0;
        let mut waiting = VecDeque::from([PathBuf::new()]);
        while let Some(folder) = waiting.pop_front() {
            if looked == ENTRIES {
                near.is_all = false;
                break;
            }
            if !folder.as_os_str().is_empty() && dir.is_file(folder.join(PROJECT)) {
                near.projects.push(folder);
                continue;
            }
            let entries = if folder.as_os_str().is_empty() {
                dir.entries()
            } else {
                dir.read_dir(&folder)
            };
            for entry in entries.into_iter().flatten().flatten() {
                if looked == ENTRIES {
                    near.is_all = false;
                    break;
                }
                looked += 1;
                let path = folder.join(entry.file_name());
                // Links to folders are not followed: they may lead in circles.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && router::is_served(&path) => {
                        waiting.push_back(path);
                    }
                    Ok(kind) if !kind.is_dir() => near.add(dir, path),
                    _ => {}
                }
            }
            near.folders.push(folder);
        }
        near.handlers.sort();
        near.projects.sort();
        near
    }

    fn add(&mut self, dir: &Dir, file: PathBuf) {
        let (is_handler, paths) = router::paths_of(&file);
        if paths.is_empty() || !dir.is_file(&file) {
            return;
        }
        match is_handler {
            true => self.handlers.push(file),
            false => self.files += 1,
        }
    }

    /// Whether there are scripts among the handlers.
    pub fn has_scripts(&self) -> bool {
        self.handlers.iter().any(|file| is_script(file))
    }

    /// The shortest path of each handler, percent-encoded.
    pub fn paths(&self) -> Vec<String> {
        let shortest = |file: &PathBuf| router::paths_of(Path::new(file)).1.into_iter().next();
        self.handlers.iter().filter_map(shortest).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use cap_std::ambient_authority;

    use super::*;

    fn near(make: impl Fn(&Path)) -> Near {
        let temp = tempfile::tempdir().unwrap();
        make(temp.path());
        Near::of(&Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap())
    }

    #[test]
    fn a_small_folder_is_seen_whole() {
        let near = near(|root| {
            fs::create_dir_all(root.join("a/deep")).unwrap();
            fs::create_dir_all(root.join(".git")).unwrap();
            fs::create_dir_all(root.join("a/source/target")).unwrap();
            let files = [
                "a/source/host.build.toml",
                "a/source/target/x.wasm",
                "hello.wasm",
                "a/index.wasm",
                "a/deep/x.txt",
                ".git/hook.wasm",
            ];
            for file in files {
                fs::write(root.join(file), "x").unwrap();
            }
            symlink("..", root.join("a/circle")).unwrap();
        });
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let all = Near {
            handlers: paths(&["a/index.wasm", "hello.wasm"]),
            files: 1,
            folders: paths(&["", "a", "a/deep"]),
            projects: paths(&["a/source"]),
            is_all: true,
        };
        assert_eq!(near, all);
        assert_eq!(near.paths(), ["/a/", "/hello"]);
    }

    #[test]
    fn of_a_large_one_no_more_is_read_than_the_first_entries() {
        let near = near(|root| {
            for number in 0..ENTRIES {
                fs::create_dir(root.join(number.to_string())).unwrap();
            }
            fs::write(root.join("0/hello.wasm"), "x").unwrap();
        });
        assert_eq!(near.folders, [PathBuf::new()]);
        assert!(!near.is_all && near.handlers.is_empty());
    }
}
