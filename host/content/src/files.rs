//! One file as an answer: type, length, time, and the bytes in constant memory.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use cap_std::fs::{Dir, File};
use host_wire::{Exchange, Fields, WireError, WireOp};
use tokio::task::spawn_blocking;

use crate::{asis, methods};

/// Bytes read at a time. It bounds what an exchange holds of a file, and is
/// large enough that the switch to a blocking thread costs little.
const BLOCK: usize = 64 * 1024;

/// The type of a file whose name tells none (RFC 9110 §8.3).
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// What became of an exchange that a file was to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The status that was sent; none where an `.asis` file has none.
    pub status: Option<u16>,
    /// Bytes of content that were written.
    pub bytes: u64,
}

/// Answers an exchange with the file at `path` beneath `dir`: 200, 405 for a
/// method other than GET and HEAD, or 404 where there is no such regular file.
/// Links are followed as long as they stay beneath `dir`.
///
/// A name that ends in `.asis` is that of a whole HTTP/1 response, written byte
/// for byte where the tenant has been granted `raw`, and refused with 403 where
/// not; HTTP/2 has no such bytes and answers 500, as wptserve does.
///
/// A file that becomes shorter while it is sent cannot keep its Content-Length:
/// the exchange is given up, so that the client sees a truncated answer as one.
///
/// # Errors
/// The client's leaving, as [`Exchange::apply`] tells it.
pub async fn serve_file(
    exchange: &mut Exchange,
    dir: &Arc<Dir>,
    path: &Path,
    raw: bool,
) -> Result<Served, WireError> {
    let (content_type, opened) = {
        let (dir, path) = (Arc::clone(dir), path.to_owned());
        let content_type = content_type(&path);
        (
            content_type,
            blocking(move || Opened::open(&dir, path)).await,
        )
    };
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(error) => return refuse(exchange, &error).await,
    };
    if !methods::is_allowed(&exchange.head().method) {
        methods::refuse_method(exchange).await?;
        return Ok(Served::empty(405));
    }
    if asis::is_asis(path) {
        return asis::serve(exchange, opened, raw).await;
    }

    let mut fields = Fields::with_capacity(5);
    fields.append("Content-Type", content_type);
    fields.append("Content-Length", opened.length.to_string());
    if let Some(modified) = opened.modified {
        fields.append("Last-Modified", httpdate::fmt_http_date(modified));
    }
    if exchange.head().method == "HEAD" {
        exchange.respond(200, fields, Bytes::new()).await?;
        return Ok(Served::empty(200));
    }
    let bytes = opened.length;
    let first = opened.first.take().unwrap_or_default();
    if opened.left == 0 {
        exchange.respond(200, fields, first).await?;
    } else {
        stream(exchange, fields, first, opened).await?;
    }
    let status = Some(200);
    Ok(Served { status, bytes })
}

/// Writes the head, the first block and the rest of a file, block by block: the
/// next one is read when the one before it has been taken.
async fn stream(
    exchange: &mut Exchange,
    mut fields: Fields,
    first: Bytes,
    mut opened: Opened,
) -> Result<(), WireError> {
    const INTERNAL_ERROR: u32 = 2;
    fields.add_server_and_date();
    exchange
        .apply(WireOp::WriteHeaders {
            stream: None,
            status: 200,
            reason: None,
            fields,
            end: false,
        })
        .await?;
    let mut data = first;
    loop {
        let end = opened.left == 0;
        exchange
            .apply(WireOp::WriteData {
                stream: None,
                data,
                end,
            })
            .await?;
        if end {
            return Ok(());
        }
        (opened, data) = match opened.next().await {
            Ok(next) => next,
            Err(_) => {
                let (stream, code) = (None, INTERNAL_ERROR);
                return exchange
                    .apply(WireOp::Reset { stream, code })
                    .await
                    .map(drop);
            }
        };
    }
}

/// 404 for what is not there or not beneath the directory; 500 for the rest,
/// such as a failing disk or too many open files.
async fn refuse(exchange: &mut Exchange, error: &io::Error) -> Result<Served, WireError> {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    let (status, message) = match error.kind() {
        // Links that leave the directory are "permission denied" to cap-std:
        // that something is there outside is nobody's business.
        NotFound | NotADirectory | InvalidFilename | PermissionDenied => (404, "not found"),
        _ => (500, "the file could not be read"),
    };
    exchange.refuse(status, Fields::new(), message).await?;
    Ok(Served::empty(status))
}

impl Served {
    pub(crate) const fn empty(status: u16) -> Self {
        Self {
            status: Some(status),
            bytes: 0,
        }
    }
}

/// A file that is open, with its first block read.
pub(crate) struct Opened {
    file: File,
    pub(crate) length: u64,
    modified: Option<SystemTime>,
    pub(crate) first: Option<Bytes>,
    /// Bytes not read yet.
    pub(crate) left: u64,
}

impl Opened {
    fn open(dir: &Dir, path: PathBuf) -> io::Result<Self> {
        // Asked before opening, since opening a FIFO waits for its writer.
        if !dir.metadata(&path)?.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let file = dir.open(&path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut opened = Self {
            file,
            length: metadata.len(),
            modified: metadata.modified().ok().and_then(http_time),
            first: None,
            left: metadata.len(),
        };
        opened.first = Some(opened.block()?);
        Ok(opened)
    }

    /// The next block, read where waiting for a disk holds nobody up.
    pub(crate) async fn next(mut self) -> io::Result<(Self, Bytes)> {
        blocking(move || {
            let block = self.block()?;
            Ok((self, block))
        })
        .await
    }

    /// The next block: shorter than [`BLOCK`] only at the end.
    fn block(&mut self) -> io::Result<Bytes> {
        let wanted = self.left.min(BLOCK as u64);
        let mut block = Vec::with_capacity(usize::try_from(wanted).unwrap_or(BLOCK));
        let read = (&mut self.file).take(wanted).read_to_end(&mut block)?;
        if (read as u64) < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= wanted;
        Ok(block.into())
    }
}

/// The time as `Last-Modified` may say it: not before 1970, which an HTTP date
/// cannot express, and not after now (RFC 9110 §8.8.2.1).
fn http_time(modified: cap_std::time::SystemTime) -> Option<SystemTime> {
    let modified = modified.into_std();
    (modified >= SystemTime::UNIX_EPOCH).then(|| modified.min(SystemTime::now()))
}

/// The media type that a name's extension stands for. Text is sent as UTF-8
/// without saying so: a test may want to see what a client makes of it.
fn content_type(path: &Path) -> &'static str {
    mime_guess::from_path(path)
        .first_raw()
        .unwrap_or(UNKNOWN_TYPE)
}

/// Runs what may wait for a disk away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use cap_std::ambient_authority;

    use super::*;

    fn folder() -> (tempfile::TempDir, Dir) {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(temp.path().join("secret"), "secret").unwrap();
        fs::write(root.join("a.txt"), "hello").unwrap();
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        (temp, dir)
    }

    #[test]
    fn a_file_is_read_in_blocks_and_to_the_end() {
        let (temp, dir) = folder();
        let content: Vec<u8> = (0..BLOCK * 2 + 7).map(|i| i as u8).collect();
        fs::write(temp.path().join("root/big"), &content).unwrap();
        let mut opened = Opened::open(&dir, "big".into()).unwrap();
        let mut read = opened.first.take().unwrap().to_vec();
        assert_eq!(read.len(), BLOCK);
        while opened.left > 0 {
            read.extend_from_slice(&opened.block().unwrap());
        }
        assert_eq!(read, content);
    }

    #[test]
    fn a_file_that_shrinks_is_an_error_not_a_short_answer() {
        let (temp, dir) = folder();
        let path = temp.path().join("root/big");
        fs::write(&path, vec![1; BLOCK * 2]).unwrap();
        let mut opened = Opened::open(&dir, "big".into()).unwrap();
        fs::write(&path, "short now").unwrap();
        assert_eq!(
            opened.block().unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }

    #[test]
    fn links_work_inside_and_lead_nowhere_else() {
        let (temp, dir) = folder();
        let root = temp.path().join("root");
        symlink("../a.txt", root.join("sub/inside")).unwrap();
        symlink("../secret", root.join("outside")).unwrap();
        symlink(temp.path().join("secret"), root.join("absolute")).unwrap();
        symlink("..", root.join("parent")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let first = |path: &str| Opened::open(&dir, path.into()).map(|o| o.first.unwrap());
        assert_eq!(first("sub/inside").unwrap(), "hello");
        for path in ["outside", "absolute", "parent/secret", "loop", "../secret"] {
            assert!(first(path).is_err(), "{path}");
        }
    }

    #[test]
    fn only_regular_files_are_opened() {
        let (temp, dir) = folder();
        let socket = temp.path().join("root/socket");
        let _listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
        for path in ["sub", "socket", "none", "a.txt/"] {
            assert!(Opened::open(&dir, path.into()).is_err(), "{path}");
        }
    }

    #[test]
    fn types_are_told_by_the_extension() {
        for (name, expected) in [
            ("a.html", "text/html"),
            ("a.js", "text/javascript"),
            ("a.JSON", "application/json"),
            ("a.png", "image/png"),
            ("a", UNKNOWN_TYPE),
            ("a.unheard-of", UNKNOWN_TYPE),
        ] {
            assert_eq!(content_type(Path::new(name)), expected, "{name}");
        }
    }
}
