//! A body, piece by piece.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::Failure;
use crate::{Body, Piece};

/// Bytes of a file that are read at a time.
const FILE_PIECE: u64 = 64 * 1024;

/// Where content comes from.
#[derive(Debug)]
pub(super) struct Source {
    from: Origin,
    /// Bytes that are left.
    left: u64,
}

#[derive(Debug)]
enum Origin {
    Bytes(Bytes),
    Pieces(std::vec::IntoIter<Piece>),
    File(File, PathBuf),
}

/// What is to be sent next, after a wait.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) delay: Duration,
    pub(super) data: Bytes,
    /// Nothing follows.
    pub(super) last: bool,
}

impl Source {
    /// What a body has. A file is opened, and nothing of it is read.
    pub(super) async fn new(body: Body) -> Result<Self, Failure> {
        let bytes = |bytes: Bytes| Self {
            left: bytes.len() as u64,
            from: Origin::Bytes(bytes),
        };
        Ok(match body {
            Body::Empty => bytes(Bytes::new()),
            Body::Bytes(data) => bytes(data.into()),
            Body::Json(value) => bytes(value.to_string().into()),
            Body::Pieces(pieces) => Self {
                left: pieces.iter().map(|piece| piece.data.len() as u64).sum(),
                from: Origin::Pieces(pieces.into_iter()),
            },
            Body::File(path) => {
                let (file, length) = open(&path).await.map_err(|error| {
                    Failure::Impossible(format!("cannot read {}: {error}", path.display()))
                })?;
                Self {
                    left: length,
                    from: Origin::File(file, path),
                }
            }
        })
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Whether nothing comes.
    pub(super) fn is_empty(&self) -> bool {
        match &self.from {
            // An empty piece may be waited for.
            Origin::Pieces(pieces) => pieces.len() == 0,
            _ => self.left == 0,
        }
    }

    /// What comes next; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<Next>, Failure> {
        let next = match &mut self.from {
            Origin::Bytes(bytes) if bytes.is_empty() => return Ok(None),
            Origin::Bytes(bytes) => Next {
                delay: Duration::ZERO,
                data: std::mem::take(bytes),
                last: true,
            },
            Origin::Pieces(pieces) => match pieces.next() {
                None => return Ok(None),
                Some(Piece { delay, data }) => Next {
                    delay,
                    data: data.into(),
                    last: pieces.len() == 0,
                },
            },
            Origin::File(..) if self.left == 0 => return Ok(None),
            Origin::File(file, path) => {
                let data = piece(file, self.left).await.map_err(|error| {
                    Failure::Impossible(format!("cannot read {}: {error}", path.display()))
                })?;
                Next {
                    delay: Duration::ZERO,
                    last: data.len() as u64 == self.left,
                    data,
                }
            }
        };
        self.left -= next.data.len() as u64;
        Ok(Some(next))
    }
}

/// A file and its length. What is no ordinary file might never end, or block.
async fn open(path: &Path) -> io::Result<(File, u64)> {
    if !tokio::fs::metadata(path).await?.is_file() {
        return Err(io::Error::other("it is no ordinary file"));
    }
    let file = File::open(path).await?;
    let length = file.metadata().await?.len();
    Ok((file, length))
}

/// The next piece of a file that has so many bytes left.
async fn piece(file: &mut File, left: u64) -> io::Result<Bytes> {
    let most = left.min(FILE_PIECE);
    let mut data = BytesMut::with_capacity(most as usize);
    let mut file = file.take(most);
    if file.read_buf(&mut data).await? == 0 {
        return Err(io::Error::other("it has become shorter"));
    }
    Ok(data.freeze())
}
