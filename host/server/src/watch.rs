//! Loads handlers before they are asked for: all of them at the start, then
//! each one whose file changed.
//!
//! Only to save the first client the wait. Which version answers is decided by
//! the registry, which looks at the file on each request: a lost notification
//! loses nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::routes;
use crate::sites::Site;

/// Notifications that may wait; more are dropped.
const QUEUE: usize = 1024;

/// One change of a file comes as several notifications: those of this time are
/// taken together.
const GATHER: Duration = Duration::from_millis(10);

/// Warms the handlers of a site until it is dropped.
pub(crate) async fn warm(site: Arc<Site>) {
    let (sender, mut changed) = mpsc::channel(QUEUE);
    // Watching begins before looking, so that nothing falls between.
    let _watcher = match watch(&site, sender) {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            let folder = site.folder.display();
            tracing::warn!(%folder, "changed handlers are loaded when asked for only: {error}");
            None
        }
    };
    for file in handlers(&site).await {
        site.registry.warm(&file).await;
    }
    while let Some(first) = changed.recv().await {
        sleep(GATHER).await;
        let mut files = BTreeSet::from([first]);
        while let Ok(file) = changed.try_recv() {
            files.insert(file);
        }
        for file in files {
            site.registry.warm(&file).await;
        }
    }
    // No watcher: nothing more to do, and nobody to wake for.
    std::future::pending().await
}

async fn handlers(site: &Arc<Site>) -> Vec<PathBuf> {
    let dir = Arc::clone(&site.dir);
    let found = spawn_blocking(move || routes::of_folder(&dir)).await;
    let routes = found.unwrap_or_default();
    let handlers = routes.into_iter().filter(|route| route.is_handler);
    handlers.map(|route| route.file).collect()
}

/// Sends the handlers that change, as paths beneath the folder.
fn watch(site: &Site, sender: mpsc::Sender<PathBuf>) -> notify::Result<RecommendedWatcher> {
    let folder = site.folder.clone();
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
    watcher.watch(&site.folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}
