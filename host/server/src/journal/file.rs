//! The journal as a file.

use std::cell::RefCell;
use std::fs::{self, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use host_wire::journal::{Entry, Journal, What};
use parking_lot::{Condvar, Mutex};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::json;

/// Bytes that are put together before they are written.
const BUFFER: usize = 64 * 1024;

/// How old a line may be before a reader of the file sees it.
const OLDEST: Duration = Duration::from_secs(1);

/// Bytes that wait for a disk or a pipe which takes them too slowly. What comes when
/// there are so many is lost, and counted.
const WAITING: usize = 64 << 20;

/// How long the end waits for what is not written yet.
const LAST: Duration = Duration::from_secs(2);

/// Bytes of a line that memory is kept for; nearly all are shorter.
const LINE_BYTES: usize = 8 * 1024;

thread_local! {
    /// The line that is put together, so that nobody waits for that.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A file of JSON lines, written by a thread of its own: connections never wait for
/// the disk.
pub struct File {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// There is something to write at once, or nothing will come any more.
    wake: Condvar,
    /// Nothing waits to be written.
    idle: Condvar,
}

#[derive(Default)]
struct State {
    /// Lines that wait.
    lines: Vec<u8>,
    /// Entries that did not fit behind them.
    lost: u64,
    /// Somebody wants to read them now.
    is_wanted: bool,
    /// Some are being written.
    is_writing: bool,
    /// Nobody adds any more.
    is_closed: bool,
    /// The file takes no more.
    has_failed: bool,
}

impl File {
    /// Makes the file, or empties it. It is its owner's only, if it is new: it
    /// holds what clients sent, cookies and passwords too.
    ///
    /// # Errors
    /// The system's own; another process writes a journal there; it is a pipe that
    /// nobody reads.
    pub fn create(path: &Path) -> io::Result<Self> {
        let flags = OFlags::APPEND | OFlags::NONBLOCK;
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(|error| match error.raw_os_error() {
                // Of a pipe (fifo(7)).
                Some(ENXIO) => io::Error::other("it is a pipe that nobody reads yet"),
                _ => error,
            })?;
        // Opening must not wait for a reader; the thread that writes may.
        fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
        if file.metadata()?.is_file() {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::other("another host writes its journal there"));
                }
                // There are file systems without locks.
                Err(TryLockError::Error(_)) | Ok(()) => file.set_len(0)?,
            }
        }
        let shared = Arc::new(Shared::default());
        let writer = Arc::clone(&shared);
        let thread = thread::Builder::new().name("journal".to_owned());
        thread.spawn(move || writer.write(file))?;
        Ok(Self { shared })
    }
}

/// No such device or address.
const ENXIO: i32 = 6;

impl Journal for File {
    fn record(&self, entry: &Entry) {
        LINE.with_borrow_mut(|line| {
            line.clear();
            json::append(entry, line);
            let mut state = self.shared.state.lock();
            state.add(line);
            state.is_wanted |= matches!(entry.what, What::Close { .. });
            if state.is_wanted || state.lines.len() >= BUFFER {
                self.shared.wake.notify_one();
            }
            drop(state);
            line.shrink_to(LINE_BYTES);
        });
    }

    fn finish(&self) {
        let mut state = self.shared.state.lock();
        state.is_wanted = true;
        self.shared.wake.notify_one();
        let is_busy = |state: &mut State| state.is_writing || !state.lines.is_empty();
        self.shared.idle.wait_while_for(&mut state, is_busy, LAST);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.shared.state.lock().is_closed = true;
        self.shared.wake.notify_one();
    }
}

impl State {
    fn add(&mut self, line: &[u8]) {
        if self.has_failed {
            return;
        }
        if self.lines.len() + line.len() > WAITING {
            self.lost += 1;
            return;
        }
        if self.lost > 0 {
            json::append_lost(std::mem::take(&mut self.lost), &mut self.lines);
        }
        self.lines.extend_from_slice(line);
    }
}

impl Shared {
    /// Writes what comes, until nothing can come any more.
    fn write(&self, mut file: fs::File) {
        let mut lines = Vec::new();
        while self.next(&mut lines) {
            if let Err(error) = file.write_all(&lines) {
                tracing::error!("the journal ends here: it cannot be written: {error}");
                let mut state = self.state.lock();
                state.has_failed = true;
                state.lines = Vec::new();
                state.is_writing = false;
                self.idle.notify_all();
                return;
            }
            lines.clear();
            lines.shrink_to(BUFFER);
        }
    }

    /// Waits for lines to write, and puts them into `lines`; says whether there are.
    fn next(&self, lines: &mut Vec<u8>) -> bool {
        let mut state = self.state.lock();
        state.is_writing = false;
        loop {
            if state.lines.is_empty() {
                self.idle.notify_all();
                state.is_wanted = false;
            }
            let is_due = state.is_wanted || state.lines.len() >= BUFFER || state.is_closed;
            if !is_due && !self.wake.wait_for(&mut state, OLDEST).timed_out() {
                continue;
            }
            if !state.lines.is_empty() {
                break;
            }
            if state.is_closed {
                return false;
            }
        }
        std::mem::swap(lines, &mut state.lines);
        state.is_wanted = false;
        state.is_writing = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use host_wire::journal::Page;

    use super::*;

    fn reset(file: &Arc<File>) {
        let page = Page::new(Arc::clone(file) as Arc<dyn Journal>, 1);
        page.record(What::Reset { cause: None });
    }

    #[test]
    fn lines_are_there_when_it_has_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        fs::write(&path, "old\n").unwrap();
        let file = Arc::new(File::create(&path).unwrap());
        let error = File::create(&path).err().unwrap();
        assert!(error.to_string().contains("another host"), "{error}");
        for lines in 1..4 {
            reset(&file);
            file.finish();
            assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), lines);
        }
        drop(file);
    }

    #[test]
    fn a_pipe_that_is_not_read_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let error = File::create(&path).err().unwrap();
        assert!(error.to_string().contains("nobody reads"), "{error}");
        let nonblock = OFlags::NONBLOCK.bits().cast_signed();
        let reader = fs::OpenOptions::new()
            .read(true)
            .custom_flags(nonblock)
            .open(&path)
            .unwrap();
        let file = Arc::new(File::create(&path).unwrap());
        let mut state = State::default();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..80 {
            state.add(&line);
        }
        assert!(state.lines.len() <= WAITING && state.lost == 16);
        // Far more than a pipe holds.
        for _ in 0..10_000 {
            reset(&file);
        }
        drop((file, reader));
    }
}
