//! The journal as a file.

use std::cell::RefCell;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use host_wire::journal::{Entry, Journal, What};
use parking_lot::Mutex;

use super::json;

/// Bytes that are put together before they are written.
const BUFFER: usize = 64 * 1024;

/// Bytes of a line that memory is kept for; nearly all are shorter.
const LINE_BYTES: usize = 8 * 1024;

thread_local! {
    /// The line that is put together, so that nobody waits for that.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A file of JSON lines. Nothing is left out: who writes faster than the disk
/// takes it waits for the disk.
pub struct File {
    /// `None` after an error: the journal has ended.
    writer: Mutex<Option<BufWriter<fs::File>>>,
}

impl File {
    /// Makes the file, or empties it. It is its owner's only, if it is new: it
    /// holds what clients sent, cookies and passwords too.
    ///
    /// # Errors
    /// The system's own.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(path)?;
        Ok(Self {
            writer: Mutex::new(Some(BufWriter::with_capacity(BUFFER, file))),
        })
    }

    fn with(&self, write: impl FnOnce(&mut BufWriter<fs::File>) -> io::Result<()>) {
        let mut writer = self.writer.lock();
        if let Some(open) = &mut *writer
            && let Err(error) = write(open)
        {
            tracing::error!("the journal ends here: it cannot be written: {error}");
            if let Some(open) = writer.take() {
                // What it holds would fail again when dropped.
                drop(open.into_parts());
            }
        }
    }
}

impl Journal for File {
    fn record(&self, entry: &Entry) {
        LINE.with_borrow_mut(|line| {
            line.clear();
            json::append(entry, line);
            self.with(|writer| {
                writer.write_all(line)?;
                match entry.what {
                    What::Close { .. } => writer.flush(),
                    _ => Ok(()),
                }
            });
            line.shrink_to(LINE_BYTES);
        });
    }

    fn flush(&self) {
        self.with(BufWriter::flush);
    }
}
