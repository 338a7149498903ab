//! Compiled functions on disk: what a component has in common with one that was
//! compiled before is not compiled again.
//!
//! A compilation reads what earlier ones left, and leaves what it compiled itself
//! in one more file, a pack: for each function its key (Cranelift's hash of all
//! that its code depends on), the number of bytes, and these.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use parking_lot::RwLock;
use wasmtime::CacheStore;

use crate::cache::Cache;

/// Bytes of packs that are read for a compilation, and stay on disk: some ten
/// interpreters, each with its handlers. Those not used for the longest time go.
pub(crate) const MOST: u64 = 256 * 1024 * 1024;

/// Bytes of a key.
const KEY: usize = 32;
/// What stands before each function.
const HEADER: usize = KEY + size_of::<u32>();

type Key = [u8; KEY];

/// The functions of one compilation: those that are known, and those that it adds.
pub(crate) struct Functions {
    packs: Vec<Pack>,
    /// Where a known function is: the pack's number, and its place there.
    known: HashMap<Key, (usize, Range<usize>)>,
    added: RwLock<HashMap<Key, Vec<u8>>>,
    /// Where to leave what is added.
    file: PathBuf,
}

/// A file of functions.
struct Pack {
    file: PathBuf,
    bytes: Vec<u8>,
    used: AtomicBool,
}

impl Functions {
    /// The functions of these packs; what this one adds goes to `file`.
    pub(crate) fn new(packs: Vec<(PathBuf, Vec<u8>)>, file: PathBuf) -> Self {
        let mut known = HashMap::new();
        for (number, (_, bytes)) in packs.iter().enumerate() {
            let mut at = 0;
            while let Some((key, place)) = function(bytes, at) {
                at = place.end;
                known.insert(key, (number, place));
            }
        }
        let pack = |(file, bytes)| Pack {
            file,
            bytes,
            used: AtomicBool::new(false),
        };
        Self {
            packs: packs.into_iter().map(pack).collect(),
            known,
            added: RwLock::default(),
            file,
        }
    }

    /// Leaves what was added, and notes which packs were of use.
    pub(crate) fn keep(self, cache: &Cache) -> io::Result<()> {
        for pack in self.packs.iter().filter(|pack| pack.used.load(Relaxed)) {
            cache.touch(&pack.file);
        }
        let added = self.added.into_inner();
        if added.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        for (key, code) in added {
            if let Ok(length) = u32::try_from(code.len()) {
                bytes.extend_from_slice(&key);
                bytes.extend_from_slice(&length.to_le_bytes());
                bytes.extend_from_slice(&code);
            }
        }
        cache.seal(&self.file, &bytes)
    }
}

/// The function at that place of a pack: its key and where its code is.
fn function(pack: &[u8], at: usize) -> Option<(Key, Range<usize>)> {
    let header = pack.get(at..at + HEADER)?;
    let (key, length) = header.split_first_chunk::<KEY>()?;
    let begin = at + HEADER;
    let end = begin + u32::from_le_bytes(length.try_into().ok()?) as usize;
    (end <= pack.len()).then_some((*key, begin..end))
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let key = Key::try_from(key).ok()?;
        if let Some((number, place)) = self.known.get(&key) {
            let pack = &self.packs[*number];
            pack.used.store(true, Relaxed);
            return Some(Cow::Borrowed(&pack.bytes[place.clone()]));
        }
        // A third of an interpreter's functions are the same as another of it.
        self.added.read().get(&key).cloned().map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let Ok(key) = Key::try_from(key) else {
            return false;
        };
        self.added.write().insert(key, value);
        true
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Functions")
            .field("known", &self.known.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    #[test]
    fn what_one_compilation_added_the_next_one_knows() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path()).unwrap();
        let engine = Engine::default();
        let key = |n: u8| [n; KEY];

        let first = cache.functions(&engine);
        assert_eq!(first.get(&key(1)), None);
        assert!(first.insert(&key(1), b"one".to_vec()));
        assert!(first.insert(&key(2), b"".to_vec()));
        assert!(!first.insert(b"no key", b"x".to_vec()));
        assert_eq!(first.get(&key(1)).as_deref(), Some(b"one".as_slice()));
        first.keep(&cache).unwrap();

        let second = cache.functions(&engine);
        assert_eq!(second.get(&key(1)).as_deref(), Some(b"one".as_slice()));
        assert_eq!(second.get(&key(2)).as_deref(), Some(b"".as_slice()));
        let file = second.packs[0].file.clone();
        second.keep(&cache).unwrap();

        // One byte is another: nothing of that file is code any more.
        let mut bytes = std::fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(cache.functions(&engine).get(&key(1)), None);
    }

    #[test]
    fn a_pack_that_ends_early_has_what_is_whole() {
        let mut pack = vec![7; KEY];
        pack.extend_from_slice(&2_u32.to_le_bytes());
        pack.extend_from_slice(b"ab");
        let whole = pack.clone();
        pack.extend_from_slice(&[8; KEY]);
        pack.extend_from_slice(&9_u32.to_le_bytes());
        let functions = Functions::new(vec![(PathBuf::new(), pack)], PathBuf::new());
        assert_eq!(functions.get(&[7; KEY]).as_deref(), Some(&whole[HEADER..]));
        assert_eq!(functions.get(&[8; KEY]), None);
    }
}
