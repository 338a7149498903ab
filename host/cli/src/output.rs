//! Standard output: whole at once for a command that ends, through a bounded
//! buffer for one that serves.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// Bytes of log that may wait for whoever reads it. Beyond that lines are
/// dropped and counted: a reader that stops must not stop the server.
const ROOM: usize = 8 * 1024 * 1024;

/// How long the last lines may take when the server ends.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Writes to standard output. That nobody reads it any more is no error.
pub(crate) fn print(text: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// A buffer of lines with a thread that writes them to standard output.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// How to say that lines were dropped.
    dropped: fn(u64) -> String,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    dropped: u64,
    /// Whether the first line has been given.
    begun: bool,
    /// Whether no more is to come.
    closed: bool,
    /// Whether the thread has ended.
    ended: bool,
}

impl Lines {
    /// Starts the thread. Nothing is written before [`Self::begin`].
    pub(crate) fn start(dropped: fn(u64) -> String) -> io::Result<Self> {
        let lines = Self(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            dropped,
        }));
        let shared = Arc::clone(&lines.0);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || shared.write_all(io::stdout()))?;
        Ok(lines)
    }

    /// Writes this before all other lines, which may flow from now on.
    pub(crate) fn begin(&self, first: &str) {
        let mut state = self.0.state.lock();
        state.waiting.splice(0..0, first.bytes());
        state.begun = true;
        self.0.changed.notify_all();
    }

    /// Adds a line, its end included.
    pub(crate) fn push(&self, line: &str) {
        let mut state = self.0.state.lock();
        if state.waiting.len() + line.len() > ROOM {
            state.dropped += 1;
            return;
        }
        let was_empty = state.waiting.is_empty();
        state.waiting.extend_from_slice(line.as_bytes());
        if was_empty {
            self.0.changed.notify_all();
        }
    }

    /// Waits until all is written, but not for long.
    pub(crate) fn close(&self) {
        let mut state = self.0.state.lock();
        state.begun = true;
        state.closed = true;
        self.0.changed.notify_all();
        let shared = &self.0;
        let left = |state: &mut State| !state.ended;
        shared.changed.wait_while_for(&mut state, left, LAST_LINES);
    }
}

impl Shared {
    fn write_all(&self, mut out: impl Write) {
        let mut taken = Vec::new();
        // Whether anybody reads. If not, lines are taken and thrown away.
        let mut is_read = true;
        loop {
            let mut state = self.state.lock();
            while !state.closed && (!state.begun || state.waiting.is_empty()) {
                self.changed.wait(&mut state);
            }
            std::mem::swap(&mut taken, &mut state.waiting);
            if state.dropped > 0 {
                taken.extend((self.dropped)(state.dropped).bytes());
                state.dropped = 0;
            }
            if taken.is_empty() {
                state.ended = true;
                self.changed.notify_all();
                return;
            }
            drop(state);
            is_read = is_read && out.write_all(&taken).and_then(|()| out.flush()).is_ok();
            taken.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> Lines {
        Lines(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            dropped: |count| format!("dropped {count}\n"),
        }))
    }

    fn written(lines: &Lines) -> String {
        lines.0.state.lock().closed = true;
        let mut out = Vec::new();
        lines.0.write_all(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_first_line_is_first() {
        let lines = shared();
        lines.push("early\n");
        lines.begin("first\n");
        lines.push("late\n");
        assert_eq!(written(&lines), "first\nearly\nlate\n");
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let lines = shared();
        let line = format!("{}\n", "x".repeat(ROOM / 2 - 1));
        for _ in 0..5 {
            lines.push(&line);
        }
        let written = written(&lines);
        assert_eq!(written.len(), ROOM + "dropped 3\n".len());
        assert!(written.ends_with("dropped 3\n"));
    }

    #[test]
    fn a_reader_that_leaves_stops_nothing() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let lines = shared();
        lines.push("a\n");
        lines.0.state.lock().closed = true;
        lines.0.write_all(Broken);
        assert!(lines.0.state.lock().ended);
    }
}
