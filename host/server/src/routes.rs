//! Every path of a folder and what answers it, for people to look at.

use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

use crate::router;

/// Folders deeper than this are not listed. (They are served.)
const DEPTH: usize = 32;
/// Files beyond this number are not listed.
const FILES: usize = 100_000;

/// A file that is served, and its paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The file, beneath its folder.
    pub file: PathBuf,
    /// Whether it is a handler, by its name.
    pub is_handler: bool,
    /// The paths it answers, the shortest first, percent-encoded.
    pub paths: Vec<String>,
}

/// The routes of a folder, in the order of their files. What cannot be read is
/// left out. Waits for the disk.
pub fn of_folder(dir: &Dir) -> Vec<Route> {
    let mut routes = Vec::new();
    list(dir, Path::new(""), 0, &mut routes);
    routes.sort_by(|a, b| a.file.cmp(&b.file));
    routes
}

fn list(dir: &Dir, folder: &Path, depth: usize, routes: &mut Vec<Route>) {
    let entries = if depth == 0 {
        dir.entries()
    } else {
        dir.read_dir(folder)
    };
    for entry in entries.into_iter().flatten().flatten() {
        if routes.len() >= FILES {
            return;
        }
        let file = folder.join(entry.file_name());
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        // Links to files count as files; links to folders are not followed,
        // since they may lead in circles.
        if kind.is_dir() {
            if depth < DEPTH {
                list(dir, &file, depth + 1, routes);
            }
        } else if dir.is_file(&file) {
            let (is_handler, paths) = router::paths_of(&file);
            if !paths.is_empty() {
                routes.push(Route {
                    file,
                    is_handler,
                    paths,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use cap_std::ambient_authority;

    use super::*;

    #[test]
    fn what_is_listed_is_what_is_served() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        fs::create_dir_all(root.join("a/deep")).unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        for file in ["hello.wasm", "a/index.wasm", "a/deep/x.txt", ".git/config"] {
            fs::write(root.join(file), "x").unwrap();
        }
        fs::write(temp.path().join("secret"), "x").unwrap();
        symlink("../secret", root.join("outside")).unwrap();
        symlink("hello.wasm", root.join("inside.wasm")).unwrap();
        symlink("..", root.join("a/circle")).unwrap();
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        let found = of_folder(&dir);
        let found: Vec<_> = found
            .iter()
            .map(|r| (r.file.to_str().unwrap(), r.is_handler, r.paths[0].as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("a/deep/x.txt", false, "/a/deep/x.txt"),
                ("a/index.wasm", true, "/a/"),
                ("hello.wasm", true, "/hello"),
                ("inside.wasm", true, "/inside"),
            ]
        );
    }
}
