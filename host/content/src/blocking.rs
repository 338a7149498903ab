//! Work that may wait for a disk, away from the threads that serve.

use std::io;

use tokio::task::spawn_blocking;

/// Runs `work` where waiting holds nobody up.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<io::Error> + Send + 'static,
{
    spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::Other).into()))
}
