//! Compiled code on disk, so that a component is compiled once in its life.
//!
//! A file's name is made of the component's hash and of the engine's settings
//! and version, so that nothing is ever out of date: what is not found is
//! compiled. Beside `NAME.code` stands `NAME.code.mac`, a keyed hash of it. So do
//! `NAME.functions`, of which further components are compiled (`functions.rs`).

use std::fs::{self, DirBuilder, File, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use blake3::Hash as Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::functions::{self, Functions};
use crate::precompiled;

/// What the names of compiled components end with.
const CODE: &str = "code";
/// The same of packs of functions.
const FUNCTIONS: &str = "functions";

/// Bytes that compiled components may take together; beyond it those not used for
/// the longest time go.
const MOST: u64 = 4 * 1024 * 1024 * 1024;

/// A directory of compiled code.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
    key: [u8; blake3::KEY_LEN],
}

impl Cache {
    /// Opens the directory; makes it, and the key in it, where they are
    /// missing.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let probe = tempfile::NamedTempFile::new_in(dir)?;
        let (ours, about) = (probe.as_file().metadata()?.uid(), fs::metadata(dir)?);
        if about.uid() != ours {
            let what = "belongs to another user: compiled code from it cannot be trusted";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
        }
        if about.mode() & 0o077 != 0 {
            fs::set_permissions(dir, Permissions::from_mode(0o700))?;
        }
        Ok(Self {
            key: key(dir)?,
            dir: dir.to_owned(),
        })
    }

    /// The compiled form of the component with this hash, if it is there and
    /// sound.
    pub(crate) fn load(&self, engine: &Engine, wasm: Digest) -> Option<Component> {
        let code = self.path(engine, wasm, CODE);
        let expected = fs::read(mac_of(&code)).ok()?;
        let found = self.mac(&code).ok()?;
        if expected != *found.as_bytes() {
            tracing::warn!(file = %code.display(), "compiled code is damaged: compiling anew");
            return None;
        }
        self.touch(&code);
        match precompiled::load(engine, &code) {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(file = %code.display(), %error, "compiled code does not load");
                None
            }
        }
    }

    /// Keeps compiled code.
    pub(crate) fn store(&self, engine: &Engine, wasm: Digest, code: &[u8]) -> io::Result<()> {
        self.seal(&self.path(engine, wasm, CODE), code)?;
        self.prune(CODE, MOST)
    }

    /// Whether there is code of that component, sound or not.
    pub(crate) fn has(&self, engine: &Engine, wasm: Digest) -> bool {
        self.path(engine, wasm, CODE).exists()
    }

    /// The functions that were compiled for engines like this one. What is
    /// damaged is left out.
    pub(crate) fn functions(&self, engine: &Engine) -> Functions {
        let extension = format!("{}.{FUNCTIONS}", settings(engine));
        let _ = self.prune(FUNCTIONS, functions::MOST);
        let mut packs = Vec::new();
        for (_, _, path) in self.files(&extension).unwrap_or_default() {
            if let (Ok(bytes), Ok(mac)) = (fs::read(&path), fs::read(mac_of(&path)))
                && mac == *blake3::keyed_hash(&self.key, &bytes).as_bytes()
            {
                packs.push((path, bytes));
            }
        }
        let mut name = [0; 8];
        // A name that is taken already costs what it had.
        let _ = getrandom::fill(&mut name);
        let name = format!("{:016x}.{extension}", u64::from_le_bytes(name));
        Functions::new(packs, self.dir.join(name))
    }

    /// Writes a file and its keyed hash.
    pub(crate) fn seal(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mac = blake3::keyed_hash(&self.key, bytes);
        self.put(path, bytes)?;
        self.put(&mac_of(path), mac.as_bytes())
    }

    /// Notes that a file was used, for `prune`.
    pub(crate) fn touch(&self, path: &Path) {
        if let Ok(file) = File::open(path) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    fn path(&self, engine: &Engine, wasm: Digest, extension: &str) -> PathBuf {
        let name = format!("{}-{}.{extension}", wasm.to_hex(), settings(engine));
        self.dir.join(name)
    }

    fn mac(&self, path: &Path) -> io::Result<Digest> {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update_reader(File::open(path)?)?;
        Ok(hasher.finalize())
    }

    /// Writes a file that appears complete or not at all.
    fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes what was not used for the longest time of the files that end so,
    /// beyond so many bytes.
    fn prune(&self, extension: &str, most: u64) -> io::Result<()> {
        let mut files = self.files(extension)?;
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        files.sort();
        for (_, size, path) in files {
            if total <= most {
                break;
            }
            // What is mapped stays usable: only the name goes.
            fs::remove_file(mac_of(&path))?;
            fs::remove_file(path)?;
            total -= size;
        }
        Ok(())
    }

    /// The files whose names end so: when each was used, its bytes, and where it is.
    fn files(&self, extension: &str) -> io::Result<Vec<(SystemTime, u64, PathBuf)>> {
        let end = format!(".{extension}");
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let is_one = entry.file_name().to_string_lossy().ends_with(&end);
            if is_one && let Ok(about) = entry.metadata() {
                files.push((about.modified()?, about.len(), entry.path()));
            }
        }
        Ok(files)
    }
}

/// Where a file's keyed hash is.
fn mac_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".mac");
    name.into()
}

/// Stands for the engine's version and settings in names.
fn settings(engine: &Engine) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The key in `dir`; a new one if there is none.
fn key(dir: &Path) -> io::Result<[u8; blake3::KEY_LEN]> {
    let path = dir.join("key");
    if let Ok(bytes) = fs::read(&path)
        && let Ok(key) = bytes.try_into()
    {
        return Ok(key);
    }
    let mut key = [0; blake3::KEY_LEN];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(&key)?;
    file.persist(&path)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest component: eight bytes.
    const WASM: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn what_was_stored_loads_and_damage_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("a/b");
        let cache = Cache::open(&dir).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().mode() & 0o777, 0o700);
        let engine = Engine::default();
        let hash = blake3::hash(WASM);
        assert!(cache.load(&engine, hash).is_none());
        let code = engine.precompile_component(WASM).unwrap();
        cache.store(&engine, hash, &code).unwrap();
        assert!(cache.load(&engine, hash).is_some());
        // The next process reads the same key.
        let again = Cache::open(&dir).unwrap();
        assert!(again.load(&engine, hash).is_some());
        assert!(again.load(&engine, blake3::hash(b"other")).is_none());

        let path = cache.path(&engine, hash, CODE);
        let mut damaged = code;
        *damaged.last_mut().unwrap() ^= 1;
        cache.put(&path, &damaged).unwrap();
        assert!(cache.load(&engine, hash).is_none());
    }

    #[test]
    fn a_directory_open_to_others_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        Cache::open(dir.path()).unwrap();
        assert_eq!(fs::metadata(dir.path()).unwrap().mode() & 0o777, 0o700);
    }
}
