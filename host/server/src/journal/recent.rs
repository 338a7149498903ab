//! The journal in memory: what happened last.

use std::collections::VecDeque;
use std::sync::Arc;

use host_wire::journal::{Entry, Journal};
use parking_lot::Mutex;

use super::json;

/// Bytes of lines that are kept: heads may be long.
const BYTES: usize = 64 << 20;

/// The newest entries, as the lines that a [`File`](super::File) would have.
#[derive(Debug)]
pub struct Recent {
    entries: usize,
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    /// With the numbers of their connections.
    all: VecDeque<(u64, String)>,
    bytes: usize,
}

impl Recent {
    /// Entries that a test's server keeps: some thousand requests.
    pub const ENTRIES: usize = 50_000;

    /// Keeps so many entries, and 64 MiB of them at most; older ones go.
    pub fn new(entries: usize) -> Arc<Self> {
        Arc::new(Self {
            entries,
            lines: Mutex::default(),
        })
    }

    /// The lines that are kept, of this connection or of all, oldest first, each
    /// without its line end.
    pub fn lines(&self, connection: Option<u64>) -> Vec<String> {
        let lines = self.lines.lock();
        let wanted = lines
            .all
            .iter()
            .filter(|(of, _)| connection.is_none_or(|connection| connection == *of));
        wanted.map(|(_, line)| line.clone()).collect()
    }

    /// Forgets them.
    pub fn clear(&self) {
        *self.lines.lock() = Lines::default();
    }
}

impl Journal for Recent {
    fn record(&self, entry: &Entry) {
        let mut line = Vec::new();
        json::append(entry, &mut line);
        let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        let mut lines = self.lines.lock();
        lines.bytes += line.len();
        lines.all.push_back((entry.connection, line));
        while lines.all.len() > self.entries || lines.bytes > BYTES {
            let Some((_, oldest)) = lines.all.pop_front() else {
                break;
            };
            lines.bytes -= oldest.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use host_wire::journal::{Page, What};

    use super::*;

    #[test]
    fn the_newest_are_kept_by_connection() {
        let recent = Recent::new(2);
        for connection in [1, 2, 1] {
            Page::new(Arc::clone(&recent) as _, connection).record(What::Reset { cause: None });
        }
        let of = |connection| recent.lines(connection).len();
        assert_eq!(
            (of(None), of(Some(1)), of(Some(2)), of(Some(3))),
            (2, 1, 1, 0)
        );
        assert!(
            recent.lines(None)[0].starts_with('{'),
            "{:?}",
            recent.lines(None)
        );
        recent.clear();
        assert_eq!(of(None), 0);
        let nothing = Recent::new(0);
        Page::new(Arc::clone(&nothing) as _, 1).record(What::Reset { cause: None });
        assert!(nothing.lines(None).is_empty());
    }
}
