//! A file in its place, in one step.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;

/// Puts the bytes in place in one step, so that a running host never reads half
/// of a file; makes the folders above it. Leaves a file alone that has them
/// already, so that it is not taken for a new version; says whether it wrote.
///
/// # Errors
/// Those of the file system.
pub fn put(bytes: &[u8], path: &Path) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Hidden: beside a handler every other name would be a route.
    let mut file = tempfile::Builder::new()
        .prefix(".host-")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    set_readable(&file)?;
    file.persist(path)?;
    Ok(true)
}

/// A temporary file is its owner's alone; a component may be read by all.
fn set_readable(file: &NamedTempFile) -> io::Result<()> {
    let permissions = fs::Permissions::from_mode(0o644);
    file.as_file().set_permissions(permissions)
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
