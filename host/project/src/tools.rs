//! Where a language's programs are, and how to install what is missing.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::Missing;

/// A program that a build needs.
pub(crate) struct Tool {
    /// Its name, as in `clang`.
    pub(crate) name: &'static str,
    /// The variable that names another.
    pub(crate) variable: Option<&'static str>,
    /// What it is for.
    pub(crate) why: &'static str,
    /// How to install it.
    pub(crate) install: fn(System) -> Vec<String>,
}

impl Tool {
    /// The program that its variable names; else the first of that name in
    /// `folders`; else in `PATH`, where the newest of `clang-22` and the like
    /// stands in for `clang`.
    pub(crate) fn find(&self, folders: &[PathBuf]) -> Result<PathBuf, Missing> {
        let path = env::var_os("PATH").unwrap_or_default();
        let named = self.variable.and_then(env::var_os);
        self.look(named.as_deref(), folders, &path)
            .ok_or_else(|| self.missing())
    }

    fn look(&self, named: Option<&OsStr>, folders: &[PathBuf], path: &OsStr) -> Option<PathBuf> {
        let paths: Vec<PathBuf> = env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .collect();
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            let mut places = paths.iter().map(|folder| folder.join(named));
            return match Path::new(named).components().count() {
                1 => places.find(|file| is_program(file)),
                _ => Some(PathBuf::from(named)).filter(|file| is_program(file)),
            };
        }
        let mut places = folders.iter().chain(&paths);
        places
            .find_map(|folder| Some(folder.join(self.name)).filter(|file| is_program(file)))
            .or_else(|| newest(self.name, &paths))
    }

    /// That it is missing.
    pub(crate) fn missing(&self) -> Missing {
        Missing {
            tool: match self.variable.and_then(env::var_os) {
                Some(named) => named.to_string_lossy().into_owned(),
                None => self.name.to_owned(),
            },
            why: self.why,
            install: (self.install)(System::here()),
        }
    }
}

/// The newest of the programs `NAME-VERSION`.
fn newest(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let entries = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten();
    let versions = entries.filter_map(|entry| {
        let version = version_of(&entry.path(), name)?;
        is_program(&entry.path()).then(|| (version, entry.path()))
    });
    Some(versions.max()?.1)
}

/// The number behind a program's name: 22 of `/usr/bin/clang-22`.
pub(crate) fn version_of(program: &Path, name: &str) -> Option<u32> {
    let file = program.file_name()?.to_str()?;
    file.strip_prefix(name)?.strip_prefix('-')?.parse().ok()
}

fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Who installs programs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// apt-get: Debian and what comes from it.
    Debian,
    /// brew, on a Mac.
    Homebrew,
    /// Somebody else.
    Other,
}

impl System {
    pub(crate) fn here() -> Self {
        if cfg!(target_os = "macos") {
            return Self::Homebrew;
        }
        match Path::new("/etc/debian_version").exists() {
            true => Self::Debian,
            false => Self::Other,
        }
    }

    /// The command that installs packages by the names that each system has for
    /// them.
    pub(crate) fn install(self, debian: &str, homebrew: &str, other: &str) -> String {
        match self {
            Self::Debian if rustix::process::geteuid().is_root() => {
                format!("apt-get install {debian}")
            }
            Self::Debian => format!("sudo apt-get install {debian}"),
            Self::Homebrew => format!("brew install {homebrew}"),
            Self::Other => other.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLANG: Tool = Tool {
        name: "clang",
        variable: None,
        why: "it compiles C",
        install: |_| Vec::new(),
    };

    fn programs(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let file = folder.path().join(name);
            fs::write(&file, "").unwrap();
            let mode = if name.contains("plain") { 0o644 } else { 0o755 };
            fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
        }
        folder
    }

    fn found(named: Option<&str>, own: &[&str], path: &[&str]) -> Option<String> {
        let (own, path) = (programs(own), programs(path));
        let named = named.map(OsStr::new);
        let found = CLANG.look(named, &[own.path().to_owned()], path.path().as_os_str())?;
        let from = if found.starts_with(own.path()) {
            "own"
        } else {
            "path"
        };
        Some(format!("{from} {}", found.file_name()?.to_str()?))
    }

    #[test]
    fn the_projects_own_then_path_then_the_newest_version() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(found(None, &["clang"], &["clang"]), some("own clang"));
        assert_eq!(found(None, &[], &["clang-9", "clang"]), some("path clang"));
        assert_eq!(
            found(None, &[], &["clang-9", "clang-22"]),
            some("path clang-22")
        );
        assert_eq!(found(None, &[], &["clang-cl-30", "clangd"]), None);
        assert_eq!(
            found(Some("clang-9"), &["clang"], &["clang-9"]),
            some("path clang-9")
        );
        assert_eq!(found(Some("gone"), &["clang"], &["clang"]), None);
    }

    #[test]
    fn what_cannot_be_run_is_no_program() {
        let folder = programs(&["clang-plain"]);
        assert!(!is_program(&folder.path().join("clang-plain")));
    }
}
