//! What it sees of WASI's file system.

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

fn root() -> Result<Descriptor, String> {
    let mut folders = get_directories();
    let (root, name) = folders.pop().ok_or("no folder")?;
    assert!(folders.is_empty() && name == "/", "one folder, the root");
    Ok(root)
}

fn told<T>(result: Result<T, ErrorCode>) -> Result<T, String> {
    result.map_err(|error| error.name().to_owned())
}

fn either(result: Result<String, String>) -> String {
    result.unwrap_or_else(|error| error)
}

/// A file's content.
pub(crate) fn read(path: &str) -> String {
    either((|| {
        let how = OpenFlags::empty();
        let flags = DescriptorFlags::READ;
        let file = told(root()?.open_at(PathFlags::SYMLINK_FOLLOW, path, how, flags))?;
        let stream = told(file.read_via_stream(0))?;
        let mut bytes = Vec::new();
        let read = crate::read_all(&stream, |piece| bytes.extend_from_slice(piece));
        read.map_err(|error| format!("{error:?}"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })())
}

/// The names in a folder, sorted.
pub(crate) fn list(path: &str) -> String {
    either((|| {
        let how = OpenFlags::DIRECTORY;
        let flags = DescriptorFlags::READ;
        let folder = told(root()?.open_at(PathFlags::SYMLINK_FOLLOW, path, how, flags))?;
        let entries = told(folder.read_directory())?;
        let mut names = Vec::new();
        while let Some(entry) = told(entries.read_directory_entry())? {
            names.push(entry.name);
        }
        names.sort();
        Ok(names.join(" "))
    })())
}

/// Makes a file, or is refused.
pub(crate) fn write(path: &str) -> String {
    either((|| {
        let flags = DescriptorFlags::WRITE;
        told(root()?.open_at(PathFlags::empty(), path, OpenFlags::CREATE, flags))?;
        Ok("written".to_owned())
    })())
}
