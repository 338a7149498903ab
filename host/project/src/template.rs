//! `host new`: what a project begins with, out of `templates/`.

use std::io;
use std::path::{Path, PathBuf};

use crate::{place, sdk};

/// The templates' folder in the repository; each has a folder there.
const FOLDER: &str = "host/project/templates";

/// What stands for the project's name in a template's files and in their names.
const NAME: &str = "{{name}}";

/// Characters of a name: it becomes a file's, a crate's and a package's.
const LONGEST: usize = 64;

/// What a project can begin as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// A crate in Rust.
    Rust,
    /// A module in JavaScript.
    Js,
    /// A module in TypeScript.
    Ts,
    /// A source in C.
    C,
    /// A module in Python, compiled with its interpreter.
    Python,
    /// A script in Python, as wptserve runs them: nothing is built.
    Py,
}

/// A project that was not made.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// The name cannot be a crate's, a package's and a route's.
    #[error("{0:?} is no name for a project: small letters, digits, - and _, first a letter")]
    Name(String),
    /// Something of that name is there.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written", path.display())]
    File {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 6] = [
        Self::Rust,
        Self::Js,
        Self::Ts,
        Self::C,
        Self::Python,
        Self::Py,
    ];

    /// Its name, as in `host new NAME`, and its folder's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Ts => "ts",
            Self::C => "c",
            Self::Python => "python",
            Self::Py => "py",
        }
    }

    /// What it makes, for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Rust => "a handler in Rust",
            Self::Js => "a handler in JavaScript",
            Self::Ts => "a handler in TypeScript",
            Self::C => "a handler in C",
            Self::Python => "a handler in Python, compiled",
            Self::Py => "a script in Python, as for wptserve",
        }
    }

    /// Whether it is built before it is served.
    pub fn is_built(self) -> bool {
        self != Self::Py
    }
}

/// Makes a project in a new folder, whose last name is the project's.
///
/// # Errors
/// See [`NewError`]. Nothing that exists is written to.
pub fn make(template: Template, folder: &Path) -> Result<(), NewError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    if !is_name(&name) {
        return Err(NewError::Name(name.into_owned()));
    }
    let failed = |source| NewError::File {
        path: folder.to_owned(),
        source,
    };
    if let Some(parent) = folder.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(NewError::Exists(folder.to_owned()));
        }
        made => made.map_err(failed)?,
    }
    let prefix = format!("{FOLDER}/{}/", template.name());
    for (path, bytes) in sdk::templates() {
        let Some(file) = path.strip_prefix(&prefix) else {
            continue;
        };
        let text = String::from_utf8_lossy(bytes).replace(NAME, &name);
        // Cargo and npm would take a template for a package of the repository.
        let file = file.replace(NAME, &name);
        let file = file.strip_suffix(".in").unwrap_or(&file);
        place::put(text.as_bytes(), &folder.join(file)).map_err(failed)?;
    }
    if template == Template::Py {
        sdk::unpack_modules(folder).map_err(failed)?;
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Project;

    #[test]
    fn each_template_is_a_project_that_says_how_to_go_on() {
        for template in Template::ALL {
            let temp = tempfile::tempdir().unwrap();
            let folder = temp.path().join("plugins/my-handler");
            make(template, &folder).unwrap();
            let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
            assert!(readme.contains("my-handler"), "{template:?}");
            assert!(!readme.contains("{{"), "{template:?}");
            if template.is_built() {
                let project = Project::open(&folder).unwrap();
                assert!(folder.join(crate::project::MANIFEST).is_file());
                assert_eq!(
                    project.output,
                    folder.canonicalize().unwrap().with_extension("wasm")
                );
            } else {
                assert!(folder.join("my-handler.py").is_file());
            }
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("mine");
        make(Template::C, &folder).unwrap();
        let again = make(Template::Js, &folder).unwrap_err();
        assert!(matches!(again, NewError::Exists(_)));
        assert!(!folder.join("package.json").exists());
    }

    #[test]
    fn a_name_fits_a_crate_and_a_route() {
        for name in ["a", "my-handler", "h2_frames"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1a", "A", "a b", "../a", "é", &"a".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
