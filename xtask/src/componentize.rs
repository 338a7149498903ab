//! From what the compiler made to a component in its place.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::NamedTempFile;
use wit_component::ComponentEncoder;

/// The first eight bytes of a component: magic, version 13, layer 1. A core
/// module has version 1 and layer 0.
const COMPONENT: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/// The component of a compiled guest. The linker of wasm32-wasip2 has made one
/// already.
pub(crate) fn component(compiled: &Path) -> Result<Vec<u8>> {
    let bytes =
        fs::read(compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    if bytes.starts_with(&COMPONENT) {
        return Ok(bytes);
    }
    ComponentEncoder::default()
        .validate(true)
        .module(&bytes)
        .and_then(|mut encoder| encoder.encode())
        .with_context(|| format!("cannot make a component of {}", compiled.display()))
}

/// Puts the bytes in place in one step, so that a running host never reads half
/// of a file. Leaves a file alone that has them already, so that it is not
/// taken for a new version; says whether it wrote.
pub(crate) fn put(bytes: &[u8], path: &Path) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let place = || -> Result<()> {
        let folder = path.parent().context("no folder")?;
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        set_readable(file.as_file())?;
        file.persist(path)?;
        Ok(())
    };
    place().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

/// A temporary file is its owner's alone; a component may be read by all.
#[cfg(unix)]
fn set_readable(file: &fs::File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.set_permissions(fs::Permissions::from_mode(0o644))?)
}

#[cfg(not(unix))]
fn set_readable(_: &fs::File) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.wasm");
        assert!(put(b"one", &path).unwrap());
        assert!(!put(b"one", &path).unwrap());
        assert!(put(b"two", &path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
