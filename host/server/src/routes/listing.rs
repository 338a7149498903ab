//! Every path of a tenant and what answers it, for people to look at.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cap_std::fs::Dir;

use super::action::Route;
use super::pattern::Pattern;
use super::table::Answer;
use super::trace::Silent;
use crate::router;
use crate::sites::{Root, Site};

/// Folders deeper than this are not listed. (They are served.)
const DEPTH: usize = 32;
/// Files beyond this number are not listed.
const FILES: usize = 100_000;

/// What a tenant serves.
#[derive(Debug)]
pub struct Listing {
    /// The tenant's name.
    pub tenant: String,
    /// Whether it may write raw.
    pub raw: bool,
    /// The paths that it does not serve.
    pub hidden: Vec<Pattern>,
    /// Its routes, in order.
    pub routes: Vec<Route>,
    /// The files that answer by their names, those of mounted folders behind the
    /// tenant's own.
    pub files: Vec<Listed>,
}

/// A file that answers by its name.
#[derive(Debug)]
pub struct Listed {
    /// The file, beneath its folder.
    pub file: PathBuf,
    /// Whether it is a handler, by its name.
    pub is_handler: bool,
    /// The paths it answers, the shortest first, percent-encoded.
    pub paths: Vec<String>,
    root: Arc<Root>,
}

impl Listed {
    /// The folder that it is in, if that is not the tenant's own.
    pub fn mount(&self) -> Option<&Path> {
        (self.root.url_base != "/").then_some(&self.root.folder)
    }

    /// What is in the file. Waits for the disk.
    ///
    /// # Errors
    /// It cannot be read, or is outside its folder.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        self.root.dir.read(&self.file)
    }
}

impl Listing {
    /// What a tenant serves at this moment. What cannot be read is left out.
    /// Waits for the disk.
    pub(crate) fn of(site: &Site) -> Self {
        let files = site.roots().flat_map(|root| listed(site, root));
        Self {
            tenant: site.tenant.name.clone(),
            raw: site.tenant.raw,
            hidden: site.table.hidden().to_vec(),
            routes: site.table.routes().cloned().collect(),
            files: files.take(FILES).collect(),
        }
    }
}

/// The files of a folder that answer for some path.
fn listed(site: &Site, root: &Arc<Root>) -> Vec<Listed> {
    let files = files(&root.dir).into_iter().filter_map(|file| {
        let (is_handler, paths) = router::paths_of(&file);
        let base = root.url_base.trim_end_matches('/');
        let paths = paths.into_iter().map(|path| format!("{base}{path}"));
        let paths: Vec<String> = paths.filter(|path| is_reached(site, root, path)).collect();
        (!paths.is_empty()).then(|| Listed {
            file,
            is_handler,
            paths,
            root: Arc::clone(root),
        })
    });
    files.collect()
}

/// Whether no route stands before a folder's file of this path.
fn is_reached(site: &Site, root: &Root, path: &str) -> bool {
    let target = Bytes::copy_from_slice(path.as_bytes());
    let Ok(choice) = site.table.choose(b"GET", &target, &mut Silent) else {
        return false;
    };
    match choice.answer {
        Answer::Named { mount, .. } => {
            choice.rewritten.is_none() && std::ptr::eq(mount.unwrap_or(&site.main), root)
        }
        _ => false,
    }
}

/// The files of a folder, in order. What cannot be read is left out. Waits for
/// the disk.
fn files(dir: &Dir) -> Vec<PathBuf> {
    let mut files = Vec::new();
    list(dir, Path::new(""), 0, &mut files);
    files.sort();
    files
}

fn list(dir: &Dir, folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let entries = if depth == 0 {
        dir.entries()
    } else {
        dir.read_dir(folder)
    };
    for entry in entries.into_iter().flatten().flatten() {
        if files.len() >= FILES {
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
                list(dir, &file, depth + 1, files);
            }
        } else if dir.is_file(&file) && !router::paths_of(&file).1.is_empty() {
            files.push(file);
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
        let expected = ["a/deep/x.txt", "a/index.wasm", "hello.wasm", "inside.wasm"];
        assert_eq!(files(&dir), expected.map(PathBuf::from));
    }
}
