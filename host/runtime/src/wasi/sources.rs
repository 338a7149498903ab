//! What an interpreter has read of the sources in its folder: an edit is to show
//! with the next request.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cap_std::fs::Dir;

use crate::stamp::Stamp;

/// What the names of sources end with.
const EXTENSION: &str = ".py";

/// Sources that are looked at before each request. Whoever imports more has a fresh
/// interpreter each time.
const MOST: usize = 256;

/// The sources that a guest has looked at, and what they were then.
#[derive(Debug, Default)]
pub(super) struct Sources {
    seen: Vec<(PathBuf, Stamp)>,
    /// Some change of one could not be told.
    blind: bool,
}

impl Sources {
    /// Notes that a guest looks at a file: at a path beneath the root, or beneath
    /// another folder, which may be moved meanwhile.
    pub(super) fn note(&mut self, dir: &Dir, path: &str, is_beneath_root: bool) {
        if !path.ends_with(EXTENSION) || self.seen.iter().any(|(known, _)| known == path) {
            return;
        }
        // What is not there is not read.
        let Ok(stamp) = Stamp::of(dir, Path::new(path)) else {
            self.blind |= !is_beneath_root;
            return;
        };
        let is_told = is_beneath_root && stamp.is_settled(SystemTime::now());
        self.blind |= !is_told || self.seen.len() >= MOST;
        if !self.blind {
            self.seen.push((path.into(), stamp));
        }
    }

    /// Whether all of them are what they were.
    pub(super) fn are_current(&self, dir: &Dir) -> bool {
        let is_same =
            |(path, stamp): &(PathBuf, Stamp)| Stamp::of(dir, path).is_ok_and(|now| now == *stamp);
        !self.blind && self.seen.iter().all(is_same)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use cap_std::ambient_authority;

    use super::*;

    #[test]
    fn an_edit_of_what_was_read_is_noticed_and_no_other() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        for name in ["read.py", "other.py", "data.txt"] {
            fs::write(temp.path().join(name), "1").unwrap();
        }
        let is_settled = |name: &str| {
            let stamp = Stamp::of(&dir, Path::new(name)).unwrap();
            stamp.is_settled(SystemTime::now())
        };
        while !is_settled("data.txt") {
            std::thread::yield_now();
        }

        let mut sources = Sources::default();
        for name in ["read.py", "data.txt", "missing.py", "read.py"] {
            sources.note(&dir, name, true);
        }
        assert_eq!(sources.seen.len(), 1);
        fs::write(temp.path().join("other.py"), "22").unwrap();
        fs::write(temp.path().join("data.txt"), "22").unwrap();
        assert!(sources.are_current(&dir));
        fs::write(temp.path().join("read.py"), "22").unwrap();
        assert!(!sources.are_current(&dir));
    }

    #[test]
    fn what_cannot_be_told_counts_as_changed() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        let mut sources = Sources::default();
        assert!(sources.are_current(&dir));
        fs::write(temp.path().join("a.py"), "1").unwrap();
        sources.note(&dir, "a.py", false);
        assert!(!sources.are_current(&dir));
    }
}
