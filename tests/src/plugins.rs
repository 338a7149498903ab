//! The handlers that tests run, and the folder that they are served from.

use std::fs;
use std::path::{Path, PathBuf};

/// The workspace's target folder, found from the running test's own place in
/// it: `target/release/deps/…`.
pub fn target_dir() -> PathBuf {
    release_dir().parent().expect("target/release").to_owned()
}

/// Where the binary under test is.
pub fn host_binary() -> PathBuf {
    let path = release_dir().join(format!("host{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{} is not built: run `cargo xtask test`",
        path.display()
    );
    path
}

fn release_dir() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors().nth(2).expect("target/release").to_owned()
}

/// The bytes of an example's component, as built by `cargo xtask guests`.
pub fn plugin(name: &str) -> Vec<u8> {
    built("plugins", name)
}

/// The source of an example, by its path in `examples`.
pub fn example(path: &str) -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    fs::read_to_string(examples.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The bytes of one of `tests/guests`.
pub fn test_plugin(name: &str) -> Vec<u8> {
    built("test-plugins", name)
}

fn built(folder: &str, name: &str) -> Vec<u8> {
    let path = target_dir().join(folder).join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|e| {
        panic!(
            "{}: {e}: run `cargo xtask test`, which builds the guests first",
            path.display()
        )
    })
}

/// A folder of handlers and files, gone with its value.
#[derive(Debug)]
pub struct PluginsDir(tempfile::TempDir);

impl PluginsDir {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a file in place as a deployment should: written beside it, then
    /// renamed, so that nobody ever sees half of it. Folders are made.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        // Beside the folder, not in it: a name in it would be a route.
        let staged = tempfile::NamedTempFile::new_in(std::env::temp_dir()).expect("a file");
        fs::write(staged.path(), content).expect("to write a file");
        staged
            .persist(&path)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}
