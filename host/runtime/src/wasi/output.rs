//! Stdout and stderr: lines for the handler's log.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::context::Context;

/// Bytes of a line of output before it is logged without its end.
const LINE: usize = 8 * 1024;

/// Bytes that a guest may write at once, and so make the host allocate.
const PERMIT: usize = 64 * 1024;

/// Stdout or stderr: lines for the handler's log.
#[derive(Clone)]
pub(crate) struct Output(Arc<Lines>);

struct Lines {
    /// Whose they are.
    context: Mutex<Arc<Context>>,
    level: tracing::Level,
    /// The line that has no end yet.
    begun: Mutex<Vec<u8>>,
}

impl Output {
    pub(crate) fn new(context: &Arc<Context>, level: tracing::Level) -> Self {
        Self(Arc::new(Lines {
            context: Mutex::new(context.clone()),
            level,
            begun: Mutex::new(Vec::new()),
        }))
    }

    /// What is written from now on is that run's; a line that has no end yet was the
    /// one's before.
    pub(super) fn speak_for(&self, context: &Arc<Context>) {
        self.0.end();
        *self.0.context.lock() = context.clone();
    }
}

impl Lines {
    fn write(&self, bytes: &[u8]) {
        let mut begun = self.begun.lock();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            for part in piece.chunks(LINE) {
                begun.extend_from_slice(part);
                if begun.ends_with(b"\n") || begun.len() >= LINE {
                    self.log(&mut begun);
                }
            }
        }
    }

    /// Logs the last line, where it has no end.
    fn end(&self) {
        let mut begun = self.begun.lock();
        if !begun.is_empty() {
            self.log(&mut begun);
        }
    }

    fn log(&self, line: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(line);
        self.context.lock().log(self.level, text.trim_end());
        line.clear();
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.end();
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    /// Without the default's task in between: lines are logged as they come.
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.write(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.write(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
