//! A folder of sources, and what it says of itself.
//!
//! | in the folder | language | begins with |
//! |---|---|---|
//! | `Cargo.toml` | Rust | its crate, a `cdylib` |
//! | `package.json` | JavaScript, TypeScript | its `main`, else the only `*.js` or `*.ts` |
//! | `*.c` | C | all of them |
//! | one `*.js` or `*.ts`, one `*.py` | JavaScript, TypeScript; Python | that file |
//!
//! `host.build.toml` is optional and says otherwise: `language` (rust, js, c or
//! python), `entry` (the file to begin with), `output` (the component, `../NAME.wasm`
//! without), `flags` (further arguments for cargo or clang).

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use crate::languages::{self, c, js, python, rust};
use crate::process::TIME_LIMIT;
use crate::{BuildError, Output, ProjectError, Sources, place, sdk};

/// The file that says what the folder's names do not, and that the folder is a
/// project.
pub const MANIFEST: &str = "host.build.toml";

/// A language that handlers are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust, by cargo.
    Rust,
    /// JavaScript and TypeScript, by node with esbuild and componentize-js.
    #[serde(alias = "ts")]
    Js,
    /// C, by clang.
    C,
    /// Python, compiled with an interpreter by componentize-py.
    Python,
}

/// A folder of sources that makes one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The folder, as an absolute path.
    pub folder: PathBuf,
    /// What it is written in.
    pub language: Language,
    /// The file to begin with, beneath the folder; none for all `*.c`.
    pub entry: Option<PathBuf>,
    /// Where the component goes.
    pub output: PathBuf,
    /// Further arguments for cargo or clang.
    pub flags: Vec<String>,
    /// Folders that componentize-py is looked for in, before `PATH`.
    pub tools: Vec<PathBuf>,
}

/// What a build made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The component's length in bytes.
    pub length: usize,
    /// Whether its file was replaced; an equal one is left as it is.
    pub is_new: bool,
}

/// host.build.toml.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Manifest {
    language: Option<Language>,
    entry: Option<PathBuf>,
    output: Option<PathBuf>,
    #[serde(default)]
    flags: Vec<String>,
}

impl Project {
    /// Looks at a folder. Waits for the disk.
    ///
    /// # Errors
    /// See [`ProjectError`].
    pub fn open(folder: &Path) -> Result<Self, ProjectError> {
        let unreadable = |source| ProjectError::Unreadable {
            path: folder.to_owned(),
            source,
        };
        let folder = folder.canonicalize().map_err(unreadable)?;
        let manifest = Manifest::read(&folder.join(MANIFEST))?;
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            names.push(PathBuf::from(entry.map_err(unreadable)?.file_name()));
        }
        names.sort();
        let (language, entry) = match (manifest.language, manifest.entry) {
            (Some(language), Some(entry)) => (language, Some(entry)),
            (None, Some(entry)) => {
                let language = language_of(&entry);
                let none = || ProjectError::NoSource(folder.clone());
                (language.ok_or_else(none)?, Some(entry))
            }
            (Some(language), None) => (language, language.entry(&folder, &names)?),
            (None, None) => found(&folder, &names)?,
        };
        if let Some(entry) = &entry
            && !folder.join(entry).is_file()
        {
            let entry = entry.clone();
            return Err(ProjectError::NoEntry { folder, entry });
        }
        let output = match manifest.output {
            Some(output) => folder.join(output),
            None => beside(&folder).ok_or_else(|| ProjectError::NoName(folder.clone()))?,
        };
        Ok(Self {
            language,
            entry,
            output,
            flags: manifest.flags,
            tools: vec![folder.join(".venv/bin")],
            folder,
        })
    }

    /// Whether its component is there, and was built from the sources as they are,
    /// with what this program has for the language. Waits for the disk.
    pub fn is_current(&self) -> bool {
        let Some(built) = sdk::built(self) else {
            return false;
        };
        self.output.is_file()
            && Sources::of(&self.folder)
                .newest
                .is_some_and(|newest| newest <= built)
    }

    /// Builds the component and puts it in its place. Dropped, it ends what runs.
    /// Needs tokio's reactor and timer.
    ///
    /// # Errors
    /// See [`BuildError`]. The component that was there stays.
    pub async fn build(&self, output: &mut Output<'_>) -> Result<Built, BuildError> {
        let started = SystemTime::now();
        let build = self.component(output);
        let bytes = match tokio::time::timeout(TIME_LIMIT, build).await {
            Ok(bytes) => bytes?,
            Err(_) => return Err(BuildError::TooLong(TIME_LIMIT)),
        };
        let is_new = place::put(&bytes, &self.output).map_err(|source| BuildError::File {
            path: self.output.clone(),
            source,
        })?;
        sdk::note(self, started)?;
        Ok(Built {
            length: bytes.len(),
            is_new,
        })
    }

    async fn component(&self, output: &mut Output<'_>) -> Result<Vec<u8>, BuildError> {
        sdk::unpack(self)?;
        match self.language {
            Language::Rust => rust::component(self, output).await,
            Language::Js => js::component(self, output).await,
            Language::C => c::component(self, output).await,
            Language::Python => python::component(self, output).await,
        }
    }
}

impl Manifest {
    fn read(path: &Path) -> Result<Self, ProjectError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => {
                let path = path.to_owned();
                return Err(ProjectError::Unreadable { path, source });
            }
        };
        toml::from_str(&text).map_err(|source| ProjectError::Manifest {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

impl Language {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Js => "JavaScript",
            Self::C => "C",
            Self::Python => "Python",
        }
    }

    /// The file that a project in this language begins with.
    fn entry(self, folder: &Path, names: &[PathBuf]) -> Result<Option<PathBuf>, ProjectError> {
        match self {
            Self::Rust => Ok(Some(PathBuf::from(rust::MANIFEST))),
            Self::C => Ok(None),
            Self::Js => match js::main_of(folder)? {
                Some(main) => Ok(Some(main)),
                None => self.only(folder, names).map(Some),
            },
            Self::Python => self.only(folder, names).map(Some),
        }
    }

    /// The only file of this language.
    fn only(self, folder: &Path, names: &[PathBuf]) -> Result<PathBuf, ProjectError> {
        let files = names.iter().filter(|name| language_of(name) == Some(self));
        let files: Vec<&PathBuf> = files.collect();
        match files[..] {
            [file] => Ok(file.clone()),
            [] => Err(ProjectError::NoSource(folder.to_owned())),
            _ => Err(ProjectError::Ambiguous {
                folder: folder.to_owned(),
                found: files
                    .iter()
                    .map(|file| file.display().to_string())
                    .collect(),
            }),
        }
    }
}

/// What a folder's names say.
fn found(folder: &Path, names: &[PathBuf]) -> Result<(Language, Option<PathBuf>), ProjectError> {
    let has = |wanted: &str| names.iter().any(|name| name == Path::new(wanted));
    let language = if has(rust::MANIFEST) {
        Language::Rust
    } else if has(js::MANIFEST) {
        Language::Js
    } else {
        let mut found: Vec<Language> = Vec::new();
        for language in names.iter().filter_map(|name| language_of(name)) {
            if !found.contains(&language) {
                found.push(language);
            }
        }
        match found[..] {
            [] => return Err(ProjectError::NoSource(folder.to_owned())),
            [language] => language,
            _ => {
                let files = names.iter().filter(|name| language_of(name).is_some());
                return Err(ProjectError::Ambiguous {
                    folder: folder.to_owned(),
                    found: files.map(|file| file.display().to_string()).collect(),
                });
            }
        }
    };
    Ok((language, language.entry(folder, names)?))
}

/// The language of a file's name.
fn language_of(file: &Path) -> Option<Language> {
    let name = file.file_name()?.to_str()?;
    if name == rust::MANIFEST {
        return Some(Language::Rust);
    }
    // The types of something else, and what tools are set up with.
    if name.ends_with(".d.ts") || name.contains(".config.") {
        return None;
    }
    match file.extension().and_then(OsStr::to_str)? {
        "js" | "mjs" | "ts" | "mts" => Some(Language::Js),
        "c" => Some(Language::C),
        "py" => Some(Language::Python),
        _ => None,
    }
}

/// `DIR/hello.wasm` for `DIR/hello`.
fn beside(folder: &Path) -> Option<PathBuf> {
    let mut name = folder.file_name()?.to_owned();
    name.push(languages::EXTENSION);
    Some(folder.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("hello");
        fs::create_dir(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        temp
    }

    fn open(files: &[(&str, &str)]) -> Result<Project, ProjectError> {
        Project::open(&folder(files).path().join("hello"))
    }

    #[test]
    fn names_say_the_language() {
        use Language::{C, Js, Python, Rust};
        for (names, language, entry) in [
            (&["Cargo.toml", "x.py"][..], Rust, Some("Cargo.toml")),
            (&["a.c", "b.c", "a.h"], C, None),
            (&["a.js", "vite.config.js"], Js, Some("a.js")),
            (&["a.ts", "host.d.ts"], Js, Some("a.ts")),
            (&["a.py", "README.md"], Python, Some("a.py")),
        ] {
            let files: Vec<_> = names.iter().map(|name| (*name, "")).collect();
            let project = open(&files).unwrap();
            assert_eq!(project.language, language, "{names:?}");
            assert_eq!(project.entry, entry.map(PathBuf::from), "{names:?}");
            let output = project.folder.with_file_name("hello.wasm");
            assert_eq!(project.output, output);
        }
    }

    #[test]
    fn package_json_names_the_module() {
        let package = ("package.json", r#"{ "main": "./b.ts" }"#);
        let project = open(&[package, ("a.ts", ""), ("b.ts", "")]).unwrap();
        assert_eq!(project.entry, Some(PathBuf::from("./b.ts")));
        let package = ("package.json", "{}");
        let project = open(&[package, ("a.ts", "")]).unwrap();
        assert_eq!(project.entry, Some(PathBuf::from("a.ts")));
    }

    #[test]
    fn host_build_toml_says_otherwise() {
        let manifest =
            "language = \"c\"\nentry = \"b.c\"\noutput = \"../x/y.wasm\"\nflags = [\"-O2\"]";
        let project = open(&[(MANIFEST, manifest), ("a.py", ""), ("b.c", "")]).unwrap();
        assert_eq!(project.language, Language::C);
        assert_eq!(project.entry, Some(PathBuf::from("b.c")));
        assert_eq!(project.output, project.folder.join("../x/y.wasm"));
        assert_eq!(project.flags, ["-O2"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (files, expected) in [
            (&[("x.txt", "")][..], "has no source of a handler"),
            (&[("a.py", ""), ("b.c", "")], "several handlers: a.py, b.c"),
            (
                &[("a.py", ""), ("b.py", "")],
                "several handlers: a.py, b.py",
            ),
            (&[(MANIFEST, "entry = \"a.c\"")], "has no file a.c"),
            (&[(MANIFEST, "\nlanguage = \"cobol\"")], "line 2"),
            (&[(MANIFEST, "colour = 1")], "unknown field"),
            (&[("package.json", "{")], "package.json"),
        ] {
            let error = open(files).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let gone = Project::open(Path::new("/there/is/none")).unwrap_err();
        assert!(gone.to_string().contains("cannot be read"));
    }

    #[test]
    fn what_was_built_is_current_until_a_source_changes() {
        let temp = folder(&[("a.c", "")]);
        let project = Project::open(&temp.path().join("hello")).unwrap();
        assert!(!project.is_current());
        sdk::unpack(&project).unwrap();
        sdk::note(&project, SystemTime::now()).unwrap();
        assert!(!project.is_current(), "there is no component");
        fs::write(&project.output, "").unwrap();
        assert!(project.is_current());
        let source = fs::File::create(project.folder.join("a.c")).unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(2);
        source.set_modified(later).unwrap();
        assert!(!project.is_current());
    }
}
