//! A request's body by pieces: for those that are too large to be held, or that
//! are to be worked on while they come.

use std::io::{self, BufRead, Read};

use crate::BodyError;
use crate::bindings::host::handler::request::Request;

/// The pieces of a body as they arrive, from
/// [`Request::body_pieces`](crate::Request::body_pieces). Ends with the body,
/// or after the first error.
///
/// ```
/// use host_guest::prelude::*;
///
/// #[main]
/// fn length(request: &Request) -> Result<String> {
///     let mut length = 0;
///     for piece in request.body_pieces(0) {
///         length += piece?.len();
///     }
///     Ok(format!("{length} bytes"))
/// }
/// ```
pub struct BodyPieces<'a> {
    request: &'a Request,
    max: u32,
    done: bool,
}

impl<'a> BodyPieces<'a> {
    pub(crate) fn new(request: &'a Request, max: u32) -> Self {
        Self {
            request,
            max,
            done: false,
        }
    }
}

impl Iterator for BodyPieces<'_> {
    type Item = Result<Vec<u8>, BodyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let piece = self.request.read_body(self.max).transpose();
        self.done = !matches!(piece, Some(Ok(_)));
        piece
    }
}

/// A body as a reader, from
/// [`Request::body_reader`](crate::Request::body_reader). Its errors wrap a
/// [`BodyError`]. Buffered by the piece.
///
/// ```
/// use host_guest::prelude::*;
/// use std::io::BufRead;
///
/// #[main]
/// fn lines(request: &Request) -> Result<String> {
///     let mut longest = 0;
///     for line in request.body_reader().lines() {
///         longest = longest.max(line?.len());
///     }
///     Ok(format!("the longest line has {longest} bytes"))
/// }
/// ```
pub struct BodyReader<'a> {
    pieces: BodyPieces<'a>,
    piece: io::Cursor<Vec<u8>>,
}

impl<'a> BodyReader<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self {
            pieces: BodyPieces::new(request, 0),
            piece: io::Cursor::default(),
        }
    }
}

impl BufRead for BodyReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // An empty piece is not the end.
        while self.piece.fill_buf()?.is_empty() {
            match self.pieces.next() {
                Some(piece) => self.piece = io::Cursor::new(piece.map_err(io::Error::other)?),
                None => break,
            }
        }
        self.piece.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.piece.consume(count);
    }
}

impl Read for BodyReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
