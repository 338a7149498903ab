//! Opening what is beneath the folder that is served, and nothing else.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

use cap_std::fs::{Dir, File, Metadata, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;

use crate::refusal::Refusal;

/// Refuses a path that can name nothing here, before the kernel does.
pub(crate) fn check(path: &Path) -> Result<(), Refusal> {
    if path.as_os_str().as_bytes().contains(&0) {
        return Err(Refusal::Nul);
    }
    let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.components().all(is_below) {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    }
}

/// Opens the file or folder at `path`, which is not empty. Links are followed as
/// long as they stay beneath `dir`.
pub(crate) fn open(dir: &Dir, path: &Path) -> Result<(File, Metadata), Refusal> {
    let mut options = OpenOptions::new();
    // Not to wait for a FIFO's writer. Files and folders do not look at it.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    options.read(true).custom_flags(flags);
    let file = dir.open_with(path, &options)?;
    let metadata = file.metadata()?;
    if metadata.is_file() || metadata.is_dir() {
        Ok((file, metadata))
    } else {
        Err(Refusal::NotFound)
    }
}

/// Opens a regular file.
pub(crate) fn open_file(dir: &Dir, path: &Path) -> Result<(File, Metadata), Refusal> {
    let (file, metadata) = open(dir, path)?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(Refusal::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use cap_std::ambient_authority;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use tempfile::TempDir;

    use super::*;

    /// `root` with a file and a folder, beside it a secret and a folder whose
    /// name begins like the root's.
    fn folder() -> (TempDir, Dir) {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::create_dir(temp.path().join("rootx")).unwrap();
        fs::write(temp.path().join("secret"), "secret").unwrap();
        fs::write(temp.path().join("rootx/secret"), "secret").unwrap();
        fs::write(root.join("a.txt"), "hello").unwrap();
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        (temp, dir)
    }

    fn opens(dir: &Dir, path: impl AsRef<Path>) -> bool {
        let path = path.as_ref();
        check(path).is_ok() && open_file(dir, path).is_ok()
    }

    #[test]
    fn links_work_inside_and_lead_nowhere_else() {
        let (temp, dir) = folder();
        let root = temp.path().join("root");
        for (target, link) in [
            ("../a.txt", "sub/inside"),
            ("../secret", "outside"),
            ("../rootx", "sibling"),
            ("..", "parent"),
            ("loop", "loop"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        symlink(temp.path().join("secret"), root.join("absolute")).unwrap();
        assert!(opens(&dir, "sub/inside"));
        for path in ["outside", "absolute", "parent/secret", "sibling/secret"] {
            assert!(
                matches!(open(&dir, Path::new(path)), Err(Refusal::NotFound)),
                "{path}"
            );
        }
        assert!(matches!(
            open(&dir, Path::new("loop")),
            Err(Refusal::NotFound)
        ));
    }

    /// wptserve joins an absolute path to its root and looks only whether the
    /// result begins with it.
    #[test]
    fn a_sibling_whose_name_begins_like_the_roots_is_out_of_reach() {
        let (temp, dir) = folder();
        let absolute = temp.path().join("rootx/secret");
        assert!(
            absolute
                .to_string_lossy()
                .starts_with(&*temp.path().join("root").to_string_lossy())
        );
        assert!(!opens(&dir, &absolute));
        assert!(!opens(&dir, "../rootx/secret"));
        assert!(!opens(&dir, "sub/../../rootx/secret"));
        // Without the check it is cap-std that keeps them out.
        for path in [&*absolute, Path::new("../rootx/secret")] {
            assert!(
                matches!(open(&dir, path), Err(Refusal::NotFound)),
                "{path:?}"
            );
        }
    }

    #[test]
    fn what_can_name_nothing_is_refused_by_its_name() {
        for path in ["..", "../x", "sub/../a.txt", "/", "/etc/passwd"] {
            assert!(
                matches!(check(Path::new(path)), Err(Refusal::NotFound)),
                "{path}"
            );
        }
        assert!(matches!(check(Path::new("a\0b")), Err(Refusal::Nul)));
        for path in ["", "a", "a..b", "...", "sub/a;x", "./a"] {
            assert!(check(Path::new(path)).is_ok(), "{path}");
        }
    }

    #[test]
    fn only_regular_files_are_opened() {
        let (temp, dir) = folder();
        let _listener = UnixListener::bind(temp.path().join("root/socket")).unwrap();
        let long = "x".repeat(300);
        let fifo = temp.path().join("root/fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR, 0).unwrap();
        for path in ["sub", "socket", "fifo", "none", "a.txt/", "a.txt/b", &long] {
            assert!(
                matches!(open_file(&dir, Path::new(path)), Err(Refusal::NotFound)),
                "{path}"
            );
        }
    }
}
