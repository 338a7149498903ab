//! Which operation wrote which bytes.
//!
//! An operation runs as a future in which [`CAUSE`] is set, so that the places
//! where bytes are queued need not be told who calls them.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;

use super::{Cause, Page};

tokio::task_local! {
    /// What is being done, where a journal wants to know.
    static CAUSE: (Arc<Page>, Cause);
}

/// Runs an operation so that what it writes is told to be its.
pub(crate) async fn caused_by<T>(
    page: Arc<Page>,
    cause: Cause,
    work: impl Future<Output = T>,
) -> T {
    // Boxed, so that operations without a journal stay small.
    CAUSE.scope((page, cause), Box::pin(work)).await
}

/// HTTP/2: `bytes` were appended to the queue behind `from`, counted from the
/// protocol's beginning.
pub(crate) fn appended(from: u64, bytes: usize) {
    let _ = CAUSE.try_with(|(page, cause)| page.appended(from, bytes as u64, *cause));
}

/// HTTP/2: whose the bytes are that were held back, in their order.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// All of them.
    bytes: u64,
    runs: Vec<(u64, u64, Arc<Page>, Cause)>,
}

impl Aside {
    /// So many more were held back.
    pub(crate) fn queued(&mut self, bytes: usize) {
        let (from, bytes) = (self.bytes, bytes as u64);
        self.bytes += bytes;
        let _ = CAUSE.try_with(|(page, cause)| {
            self.runs.push((from, bytes, Arc::clone(page), *cause));
        });
    }

    /// All of them were appended to the queue behind `at`.
    pub(crate) fn appended(&mut self, at: u64) {
        for (from, bytes, page, cause) in std::mem::take(self).runs {
            page.appended(at + from, bytes, cause);
        }
    }
}

/// HTTP/1: the bytes that wait for the socket have grown from `from` to `to`.
pub(crate) fn queued(from: usize, to: usize) {
    let _ = CAUSE.try_with(|(page, cause)| {
        let mut marks = page.marks.lock();
        let written = marks.written;
        marks.add(written + from as u64, written + to as u64, *cause);
    });
}

/// Runs of bytes that operations wrote and the tap has not seen yet. There are
/// no more of them than bytes that wait for the socket, which are bounded.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Bytes handed to the socket.
    written: u64,
    /// Where HTTP/2 began.
    base: u64,
    runs: VecDeque<(u64, u64, Cause)>,
}

impl Marks {
    pub(super) fn begin(&mut self) {
        self.base = self.written;
    }

    pub(super) fn wrote(&mut self, bytes: usize) {
        self.written += bytes as u64;
    }

    pub(super) fn appended(&mut self, from: u64, bytes: u64, cause: Cause) {
        let from = self.base + from;
        self.add(from, from + bytes, cause);
    }

    pub(super) fn add(&mut self, from: u64, to: u64, cause: Cause) {
        if from >= to {
            return;
        }
        match self.runs.back_mut() {
            Some(last) if last.1 == from && last.2 == cause => last.1 = to,
            _ => self.runs.push_back((from, to, cause)),
        }
    }

    pub(super) fn cause(&mut self, offset: u64) -> Option<Cause> {
        while self.runs.front().is_some_and(|run| run.1 <= offset) {
            self.runs.pop_front();
        }
        let (from, _, cause) = self.runs.front()?;
        (*from <= offset).then_some(*cause)
    }
}
