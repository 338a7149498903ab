//! Work that may wait for a disk, away from the threads that serve.

use std::io;

use tokio::task::spawn_blocking;

/// Runs `work` where waiting holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}
