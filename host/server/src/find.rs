//! What a folder has for a path, by name: `router.rs` with a look at the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use host_content::wrappers::Wrapper;
use host_runtime::{Handler, LoadError};

use crate::near::PROJECT;
use crate::router::{self, EXTENSION, INDEX, Unroutable};
use crate::sites::Root;

/// What a folder has for a path.
pub(crate) enum Found {
    /// A handler and its file.
    Handler(Arc<Handler>, PathBuf),
    /// A component that is a pipe and no handler.
    Pipe(PathBuf),
    /// A handler that no version of could ever run.
    Broken(PathBuf, LoadError),
    /// A folder that a handler answers for, asked for without its last slash.
    Index,
    /// This is for host-content, and perhaps not there.
    Content(PathBuf),
    /// Nothing has such a name.
    Nothing,
}

/// What host-content has there.
pub(crate) enum Content {
    File,
    /// A page that is made from this script of a test.
    Wrapper(PathBuf),
    Folder,
    /// A folder, asked for without its last slash.
    FolderName,
}

impl Root {
    /// Looks for a path, which begins with the slash of the folder.
    pub(crate) async fn find(&self, path: &[u8]) -> Result<Found, Unroutable> {
        let plan = match router::plan(path) {
            Err(Unroutable::NotFound) => return Ok(Found::Nothing),
            plan => plan?,
        };
        for file in plan.handlers {
            match self.registry.handler(&file).await {
                Ok(Some(handler)) if handler.hooks().answer() => {
                    return Ok(Found::Handler(handler, file));
                }
                Ok(Some(_)) => return Ok(Found::Pipe(file)),
                Ok(None) => {}
                Err(error) => return Ok(Found::Broken(file, error)),
            }
        }
        Ok(match plan.content {
            None => Found::Nothing,
            // In place, as the registry does: a look into the kernel's tables.
            Some(folder) if !path.ends_with(b"/") && self.dir.is_file(folder.join(INDEX)) => {
                Found::Index
            }
            Some(content) if self.is_source(&content) => Found::Nothing,
            Some(content) => Found::Content(content),
        })
    }

    /// Whether this is in a project: its author serves what is built of it, and not
    /// by accident what it is built of.
    fn is_source(&self, content: &Path) -> bool {
        let folders = content.ancestors();
        let mut inside = folders.filter(|folder| !folder.as_os_str().is_empty());
        inside.any(|folder| self.dir.is_file(folder.join(PROJECT)))
    }

    /// What there is of a [`Found::Content`] that was found for `path`.
    pub(crate) fn content(&self, content: &Path, path: &[u8]) -> Option<Content> {
        if self.content.wrappers
            && let Some((_, script)) = Wrapper::of(content)
            && self.dir.is_file(&script)
        {
            return Some(Content::Wrapper(script));
        }
        let is_folder = content.as_os_str().is_empty() || self.dir.is_dir(content);
        match (is_folder, path.ends_with(b"/")) {
            (true, true) => Some(Content::Folder),
            (true, false) => Some(Content::FolderName),
            (false, false) if self.dir.is_file(content) => Some(Content::File),
            (false, _) => None,
        }
    }

    /// A handler's own name: `/a/b` for `a/b.wasm`, behind where it is mounted.
    pub(crate) fn name_of(&self, file: &Path) -> String {
        let name = route_of(file);
        format!("{}{name}", self.url_base.trim_end_matches('/'))
    }
}

/// A handler's name where its folder is the root: `/a/b` for `a/b.wasm`.
pub(crate) fn route_of(file: &Path) -> String {
    let name = file.to_string_lossy();
    format!("/{}", name.strip_suffix(EXTENSION).unwrap_or(&name))
}
