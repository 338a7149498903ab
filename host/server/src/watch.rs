//! Loads handlers before they are asked for: those near the top of the folder at
//! the start, then each one there whose file changed.
//!
//! Only to save the first client the wait. Which version answers is decided by
//! the registry, which looks at the file on each request: a lost notification
//! loses nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use host_runtime::is_script;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::near::Near;
use crate::sites::Root;

/// Notifications that may wait; more are dropped.
const QUEUE: usize = 1024;

/// One change of a file comes as several notifications: those of this time are
/// taken together.
const GATHER: Duration = Duration::from_millis(10);

/// Warms the handlers of a folder until it is dropped.
pub(crate) async fn warm(root: Arc<Root>) {
    let (sender, mut changed) = mpsc::channel(QUEUE);
    let near = near(&root).await;
    let _watcher = match watch(&root, &near.folders, sender) {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            let folder = root.folder.display();
            tracing::warn!(%folder, "changed handlers are loaded when asked for only: {error}");
            None
        }
    };
    // A script has nothing to load ahead, but what runs it: one of them does for all.
    let scripts = near.handlers.iter().filter(|file| is_script(file)).take(1);
    let components = near.handlers.iter().filter(|file| !is_script(file));
    for file in components.chain(scripts) {
        root.registry.warm(file).await;
    }
    while let Some(first) = changed.recv().await {
        sleep(GATHER).await;
        let mut files = BTreeSet::from([first]);
        while let Ok(file) = changed.try_recv() {
            files.insert(file);
        }
        for file in files {
            root.registry.warm(&file).await;
        }
    }
    // No watcher: nothing more to do, and nobody to wake for.
    std::future::pending().await
}

async fn near(root: &Arc<Root>) -> Near {
    let dir = Arc::clone(&root.dir);
    let near = spawn_blocking(move || Near::of(&dir)).await;
    near.unwrap_or_default()
}

/// Sends the handlers that change in these folders, as paths beneath the root's.
fn watch(
    root: &Root,
    folders: &[PathBuf],
    sender: mpsc::Sender<PathBuf>,
) -> notify::Result<RecommendedWatcher> {
    let folder = root.folder.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let Ok(event) = event else { return };
        if let EventKind::Access(_) = event.kind {
            return;
        }
        for path in event.paths {
            if let Ok(file) = path.strip_prefix(&folder)
                && file
                    .extension()
                    .is_some_and(|extension| extension == "wasm")
            {
                // When the queue is full, the file is loaded when asked for.
                let _ = sender.try_send(file.to_owned());
            }
        }
    })?;
    for folder in folders {
        watcher.watch(&root.folder.join(folder), RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}
