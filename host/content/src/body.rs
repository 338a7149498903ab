//! Content that is pulled piece by piece, so that an answer of any length costs
//! the memory of one piece.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cap_std::fs::{File, FileExt};
use rustix::io::{ReadWriteFlags, preadv2};

use crate::blocking::blocking;

/// Bytes read of a file at a time. It bounds what an exchange holds of it, and
/// is large enough that the switch to a blocking thread costs little.
pub const BLOCK: usize = 64 * 1024;

/// The content of an answer.
pub struct Body(Inner);

enum Inner {
    Bytes(Bytes),
    File(FilePart),
    Chain(VecDeque<Body>),
    Source(Box<dyn Source>),
}

/// What comes next of a [`Body`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes to be sent, at most [`BLOCK`] of them from a file.
    Data(Bytes),
    /// Time to wait before the next piece is asked for.
    Pause(Duration),
}

/// What a [`Source`] has next; `None` when it has ended.
pub type Pull<'a> = Pin<Box<dyn Future<Output = io::Result<Option<Piece>>> + Send + 'a>>;

/// Content that is made while it is sent, such as a pipe's.
pub trait Source: Send {
    /// Bytes that are still to come, pauses not counted; `None` if that cannot
    /// be known before the end.
    fn length(&self) -> Option<u64>;

    /// The next piece. After an error or `None` it is not asked again.
    fn next(&mut self) -> Pull<'_>;
}

impl Body {
    /// No content.
    pub const fn empty() -> Self {
        Self(Inner::Bytes(Bytes::new()))
    }

    /// Content that is made while it is sent.
    pub fn from_source(source: impl Source + 'static) -> Self {
        Self(Inner::Source(Box::new(source)))
    }

    /// The bytes of a file from `start` on, so many of them. A file that ends
    /// before them is an error when they are read.
    pub(crate) fn from_file(file: Arc<File>, start: u64, length: u64) -> Self {
        Self(Inner::File(FilePart {
            file,
            start,
            left: length,
            ahead: Bytes::new(),
        }))
    }

    /// The same with its first block, or all of it, read at once, where waiting
    /// for a disk does no harm.
    pub(crate) fn read_ahead(mut self) -> io::Result<Self> {
        if let Inner::File(part) = &mut self.0
            && part.ahead.is_empty()
        {
            part.ahead = read(&part.file, part.start, part.block())?;
            part.start += part.ahead.len() as u64;
            part.left -= part.ahead.len() as u64;
        }
        Ok(self)
    }

    /// One body after the other.
    pub fn chain(bodies: impl IntoIterator<Item = Body>) -> Self {
        Self(Inner::Chain(bodies.into_iter().collect()))
    }

    /// Bytes that are still to come; `None` if that cannot be known before the
    /// end.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(bytes.len() as u64),
            Inner::File(part) => Some(part.length()),
            Inner::Chain(bodies) => bodies.iter().map(Self::length).sum(),
            Inner::Source(source) => source.length(),
        }
    }

    /// The next piece, never an empty one; `None` after the last.
    ///
    /// # Errors
    /// What reading a file says, and [`io::ErrorKind::UnexpectedEof`] for one
    /// that became shorter.
    pub async fn next(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let piece = match &mut self.0 {
                Inner::Bytes(bytes) if bytes.is_empty() => None,
                Inner::Bytes(bytes) => Some(Piece::Data(std::mem::take(bytes))),
                Inner::File(part) => part.next().await?.map(Piece::Data),
                Inner::Source(source) => source.next().await?,
                Inner::Chain(bodies) => {
                    let Some(first) = bodies.front_mut() else {
                        return Ok(None);
                    };
                    match Box::pin(first.next()).await? {
                        None => {
                            bodies.pop_front();
                            continue;
                        }
                        piece => piece,
                    }
                }
            };
            match piece {
                Some(Piece::Data(data)) if data.is_empty() => {}
                piece => return Ok(piece),
            }
        }
    }

    /// All of it at once, its pauses waited for.
    ///
    /// # Errors
    /// Those of [`Body::next`], and [`io::ErrorKind::FileTooLarge`] for more
    /// than `limit` bytes.
    pub async fn collect(mut self, limit: usize) -> io::Result<Bytes> {
        let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
        if self.length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut whole = BytesMut::new();
        loop {
            match self.next().await? {
                // One piece, as most are: nothing is copied.
                Some(Piece::Data(data)) if whole.is_empty() && self.length() == Some(0) => {
                    return Ok(data);
                }
                Some(Piece::Data(data)) if data.len() > limit - whole.len() => {
                    return Err(too_large());
                }
                Some(Piece::Data(data)) => whole.extend_from_slice(&data),
                Some(Piece::Pause(time)) => tokio::time::sleep(time).await,
                None => return Ok(whole.freeze()),
            }
        }
    }

    /// The bytes from `start` up to and without `end`, or as many of them as
    /// there are. Of a file nothing else is read.
    pub fn slice(self, start: u64, end: u64) -> Self {
        let length = end.saturating_sub(start);
        match self.0 {
            Inner::Bytes(bytes) => {
                let at =
                    |place: u64| usize::try_from(place).map_or(bytes.len(), |p| p.min(bytes.len()));
                let start = at(start);
                bytes.slice(start..at(end).max(start)).into()
            }
            Inner::File(part) => {
                let skipped = start.min(part.length());
                let left = length.min(part.length() - skipped);
                let begin = part.start - part.ahead.len() as u64;
                Self::from_file(part.file, begin + skipped, left)
            }
            inner => Self::from_source(Slice {
                body: Self(inner),
                skip: start,
                left: length,
            }),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Bytes(bytes))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

/// Bytes of a file, read block by block.
struct FilePart {
    file: Arc<File>,
    /// What was read already, of the bytes before `start`.
    ahead: Bytes,
    /// Where reading goes on.
    start: u64,
    /// Bytes not read yet.
    left: u64,
}

impl FilePart {
    fn length(&self) -> u64 {
        self.ahead.len() as u64 + self.left
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if !self.ahead.is_empty() {
            return Ok(Some(std::mem::take(&mut self.ahead)));
        }
        if self.left == 0 {
            return Ok(None);
        }
        let block = match self.cached() {
            Some(block) => block,
            None => {
                let (file, start, length) = (Arc::clone(&self.file), self.start, self.block());
                blocking(move || read(&file, start, length)).await?
            }
        };
        self.start += block.len() as u64;
        self.left -= block.len() as u64;
        Ok(Some(block))
    }

    /// What the kernel has of the next block in memory: nobody waits for it, so
    /// it needs no other thread. `None` where it would have to be read, or where
    /// the file system cannot tell.
    fn cached(&self) -> Option<Bytes> {
        let mut block = vec![0; self.block()];
        let mut parts = [IoSliceMut::new(&mut block)];
        let length = preadv2(&*self.file, &mut parts, self.start, ReadWriteFlags::NOWAIT).ok()?;
        block.truncate(length);
        // At the end of a file that became shorter there are none.
        (length > 0).then(|| block.into())
    }

    /// Bytes of the next block.
    fn block(&self) -> usize {
        usize::try_from(self.left).map_or(BLOCK, |left| left.min(BLOCK))
    }
}

/// Reads exactly so many bytes.
fn read(file: &File, start: u64, length: usize) -> io::Result<Bytes> {
    let mut block = vec![0; length];
    file.read_exact_at(&mut block, start)?;
    Ok(block.into())
}

/// A part of a body that is made while it is sent.
struct Slice {
    body: Body,
    /// Bytes to leave out first.
    skip: u64,
    /// Bytes to let pass then.
    left: u64,
}

impl Source for Slice {
    fn length(&self) -> Option<u64> {
        let length = self.body.length()?;
        Some(length.saturating_sub(self.skip).min(self.left))
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(async {
            while self.left > 0 {
                let data = match self.body.next().await? {
                    Some(Piece::Data(data)) => data,
                    other => return Ok(other),
                };
                let skipped = usize::try_from(self.skip).map_or(data.len(), |s| s.min(data.len()));
                self.skip -= skipped as u64;
                let rest = data.slice(skipped..);
                if rest.is_empty() {
                    continue;
                }
                let taken = usize::try_from(self.left).map_or(rest.len(), |l| l.min(rest.len()));
                self.left -= taken as u64;
                return Ok(Some(Piece::Data(rest.slice(..taken))));
            }
            Ok(None)
        })
    }
}

#[cfg(test)]
mod tests;
