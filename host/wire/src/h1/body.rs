//! A request's body, taken out of what was read of it, piece by piece as it
//! arrives (RFC 9112 §6, §7.1).

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;

use super::framing::Length;
use super::lines::{self, Scan};
use super::refused::Refused;
use crate::{Fields, Limits};

/// Bytes of a chunk-size line. A size takes 16 at most; the rest is extensions,
/// which nobody uses.
pub(super) const CHUNK_LINE: usize = 1024;

/// Bytes of chunk extensions in one body: more are sent to make a server work,
/// not to be understood. CVE-2023-39326.
const EXTENSION_BYTES: usize = 16 * 1024;

/// What a body consists of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Some of the content, never empty.
    Data(Bytes),
    /// The trailer fields; `End` follows.
    Trailers(Fields),
    /// The body is complete.
    End,
}

/// The decoder of one body. The default is that of no body.
#[derive(Debug, Default)]
pub(super) struct Body {
    state: State,
    extensions: usize,
}

#[derive(Debug, Default)]
enum State {
    /// So many bytes are to come.
    Length(u64),
    /// A chunk-size line is to come.
    ChunkSize,
    /// So many bytes of a chunk are to come.
    Chunk(u64),
    /// The CRLF behind a chunk is to come.
    ChunkEnd,
    /// The trailer section is to come, its empty line at least.
    Trailers(Scan),
    /// Nothing is to come.
    #[default]
    Done,
}

impl Body {
    pub(super) fn new(length: Length) -> Self {
        Self {
            state: match length {
                Length::Bytes(0) => State::Done,
                Length::Bytes(n) => State::Length(n),
                Length::Chunked => State::ChunkSize,
            },
            extensions: 0,
        }
    }

    /// Whether all of it was taken.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Bytes that are known to be still to come.
    pub(super) fn left(&self) -> u64 {
        match self.state {
            State::Length(left) | State::Chunk(left) => left,
            _ => 0,
        }
    }

    /// Takes the next piece off `read`; `None` when more must be read first.
    pub(super) fn take(
        &mut self,
        read: &mut BytesMut,
        limits: &Limits,
    ) -> Result<Option<Piece>, Refused> {
        loop {
            match &mut self.state {
                State::Done => return Ok(Some(Piece::End)),
                State::Length(left) | State::Chunk(left) => {
                    if read.is_empty() {
                        return Ok(None);
                    }
                    let here = read.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= here as u64;
                    if *left == 0 {
                        self.state = match self.state {
                            State::Length(_) => State::Done,
                            _ => State::ChunkEnd,
                        };
                    }
                    return Ok(Some(Piece::Data(read.split_to(here).freeze())));
                }
                State::ChunkSize => {
                    let Some((size, line)) = chunk_size(read)? else {
                        return Ok(None);
                    };
                    self.extensions += line.extensions;
                    if self.extensions > EXTENSION_BYTES {
                        return Err(Refused::malformed(
                            format!("more than {EXTENSION_BYTES} bytes of chunk extensions"),
                            "CVE-2023-39326",
                        ));
                    }
                    read.advance(line.len);
                    self.state = match size {
                        0 => State::Trailers(Scan::default()),
                        size => State::Chunk(size),
                    };
                }
                State::ChunkEnd => {
                    if read.len() < 2 && b"\r\n".starts_with(read) {
                        return Ok(None);
                    }
                    if !read.starts_with(b"\r\n") {
                        return Err(Refused::malformed(
                            "a chunk does not end in CRLF where its size says",
                            "RFC 9112 §7.1",
                        ));
                    }
                    read.advance(2);
                    self.state = State::ChunkSize;
                }
                State::Trailers(scan) => {
                    let Some(section) = scan.find(read, limits)? else {
                        return Ok(None);
                    };
                    let bytes = read.split_to(section.len).freeze();
                    self.state = State::Done;
                    if section.lines > 0 {
                        let fields = lines::fields(&bytes, section.lines)?;
                        return Ok(Some(Piece::Trailers(fields)));
                    }
                }
            }
        }
    }
}

/// How much of a chunk-size line is what.
pub(super) struct ChunkLine {
    /// All of it, CRLF included.
    len: usize,
    /// What is behind the digits.
    extensions: usize,
}

/// `chunk-size [ chunk-ext ] CRLF` (RFC 9112 §7.1.1).
pub(super) fn chunk_size(read: &[u8]) -> Result<Option<(u64, ChunkLine)>, Refused> {
    let refused = |what: &'static str| Err(Refused::malformed(what, "RFC 9112 §7.1"));
    let window = &read[..read.len().min(CHUNK_LINE)];
    let Some(end) = memchr(b'\n', window) else {
        if window.len() == CHUNK_LINE {
            return refused("a chunk-size line that does not end");
        }
        return Ok(None);
    };
    let Some(line) = window[..end].strip_suffix(b"\r") else {
        return refused("a chunk-size line ends in LF without CR");
    };
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    if digits == 0 {
        return refused("a chunk size is not a hexadecimal number");
    }
    // 16 digits fit in 64 bits whatever they are; leading zeros count as well.
    if digits > 16 {
        return refused("a chunk size of more than 16 digits");
    }
    let size = line[..digits].iter().fold(0, |size, digit| {
        size << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or(0))
    });
    let rest = &line[digits..];
    if !rest.is_empty() {
        // "Bad" whitespace may stand before the semicolon (RFC 9110 §5.6.3).
        if !super::syntax::trim(rest).starts_with(b";") {
            return refused("a chunk size is not a hexadecimal number");
        }
        if !super::syntax::is_field_value(rest) {
            return refused("a control character in a chunk extension");
        }
    }
    let line = ChunkLine {
        len: end + 1,
        extensions: rest.len(),
    };
    Ok(Some((size, line)))
}
