//! Raw bytes, read along as a client reads them (RFC 9112 §4 to §7), so that
//! the connection goes on behind an answer that is complete.
//!
//! It is as strict as the reader of requests: wherever two clients could
//! disagree about the end of the answer, the end is that of the connection.

use bytes::{Buf, Bytes};
use memchr::memchr;

use super::answer::{Answer, Chunk, Framing, State};
use super::body::{CHUNK_LINE, chunk_size};
use super::framing::ends_chunked;
use super::lines::{self, Section};
use super::syntax::is_field_value;
use crate::content::{self, Method};
use crate::{Fields, Limits};

impl Answer {
    /// Takes note of bytes that are written as they are. Heads and trailers
    /// are held to `limits`, as those of requests.
    pub(super) fn read_along(&mut self, mut bytes: &[u8], limits: &Limits) {
        self.raw |= !bytes.is_empty();
        while !bytes.is_empty() {
            match self.state {
                State::Start | State::Head => self.read_head(&mut bytes, limits),
                State::Content(Framing::Length(left)) if left > 0 => {
                    let left = left - skip(&mut bytes, left);
                    self.state = State::Content(Framing::Length(left));
                }
                State::Content(Framing::Chunked(chunk)) => {
                    match self.read_chunked(chunk, &mut bytes, limits) {
                        Some(framing) => self.state = State::Content(framing),
                        None => self.lose_track(),
                    }
                }
                State::Content(Framing::Close) => return,
                // Behind the end of the answer.
                State::Content(_) => self.lose_track(),
                State::Done | State::Closed | State::GivenUp => {
                    self.persistent = false;
                    return;
                }
            }
        }
    }

    /// The end of the answer cannot be told.
    fn lose_track(&mut self) {
        self.state = State::Content(Framing::Close);
        self.persistent = false;
        self.partial.clear();
    }

    /// Moves bytes to what is partial: to the end of the line, or to the most
    /// that a line or a section may have.
    fn take_line(&mut self, bytes: &mut &[u8], limits: &Limits) {
        let line = memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        let room = limits.head_bytes.max(CHUNK_LINE) - self.partial.len();
        let taken = line.min(room);
        self.partial.extend_from_slice(&bytes[..taken]);
        bytes.advance(taken);
    }

    /// The section that `partial` is when it is complete, taken.
    fn take_section(&mut self, limits: &Limits) -> Result<Option<(Bytes, Section)>, NotToBeTold> {
        let found = self.scan.find(&self.partial, limits);
        Ok(found.map_err(|_| NotToBeTold)?.map(|section| {
            self.scan = lines::Scan::default();
            (self.partial.split().freeze(), section)
        }))
    }

    fn read_head(&mut self, bytes: &mut &[u8], limits: &Limits) {
        self.state = State::Head;
        self.take_line(bytes, limits);
        if !begins_status_line(&self.partial) {
            return self.lose_track();
        }
        match self.take_section(limits) {
            Ok(None) => {}
            Ok(Some((head, section))) => match StatusHead::parse(&head, section) {
                Some(head) => self.headed(&head),
                None => self.lose_track(),
            },
            Err(NotToBeTold) => self.lose_track(),
        }
    }

    /// A complete head.
    fn headed(&mut self, head: &StatusHead) {
        if head.status < 200 {
            // Behind 101 another protocol is spoken, and HTTP/1.0 takes any
            // head for the final one.
            if head.status == 101 || self.to.http10 {
                return self.lose_track();
            }
            self.continued |= head.status == 100;
            self.state = State::Start;
            return;
        }
        let framing = self.announced(head);
        let old = head.http10 || self.to.http10;
        self.persistent = self.to.persistent
            && framing != Framing::Close
            && !head.fields.has_token("connection", "close")
            && (!old || head.fields.has_token("connection", "keep-alive"));
        self.state = State::Content(framing);
    }

    /// How the content behind a final head ends (RFC 9112 §6.3).
    fn announced(&self, head: &StatusHead) -> Framing {
        if self.to.method.is_tunnel(head.status) {
            return Framing::Close;
        }
        if self.to.method == Method::Head {
            return Framing::Withheld;
        }
        if matches!(head.status, 204 | 304) {
            return Framing::None;
        }
        let coded = head.fields.contains("transfer-encoding");
        match content::length(&head.fields) {
            Ok(Some(length)) if !coded => Framing::Length(length),
            // HTTP/1.0 knows no chunks (RFC 9112 §6.1).
            Ok(None) if coded && !head.http10 && !self.to.http10 && ends_chunked(&head.fields) => {
                Framing::Chunked(Chunk::Size)
            }
            _ => Framing::Close,
        }
    }

    /// Where chunked content stands after the next bytes; `None` when its end
    /// cannot be told.
    fn read_chunked(
        &mut self,
        chunk: Chunk,
        bytes: &mut &[u8],
        limits: &Limits,
    ) -> Option<Framing> {
        let next = match chunk {
            Chunk::Size => {
                self.take_line(bytes, limits);
                match chunk_size(&self.partial).ok()? {
                    None => Chunk::Size,
                    Some((size, _)) => {
                        self.partial.clear();
                        match size {
                            0 => Chunk::Trailers,
                            size => Chunk::Data(size),
                        }
                    }
                }
            }
            Chunk::Data(left) => match left - skip(bytes, left) {
                0 => Chunk::End { cr: false },
                left => Chunk::Data(left),
            },
            Chunk::End { cr } => match (cr, bytes.get_u8()) {
                (false, b'\r') => Chunk::End { cr: true },
                (true, b'\n') => Chunk::Size,
                _ => return None,
            },
            Chunk::Trailers => {
                self.take_line(bytes, limits);
                match self.take_section(limits).ok()? {
                    None => Chunk::Trailers,
                    Some((trailers, section)) => {
                        lines::fields(&trailers, section.lines).ok()?;
                        return Some(Framing::None);
                    }
                }
            }
        };
        Some(Framing::Chunked(next))
    }
}

/// No client could be trusted to find the same end.
struct NotToBeTold;

/// What of an answer's head says how it goes on.
struct StatusHead {
    http10: bool,
    status: u16,
    fields: Fields,
}

impl StatusHead {
    /// Understands a complete head that begins with a status line.
    fn parse(head: &Bytes, section: Section) -> Option<Self> {
        let end = memchr(b'\n', head)?;
        let reason = head[..end].strip_suffix(b"\r")?.get(12..)?;
        if !is_field_value(reason) {
            return None;
        }
        Some(Self {
            http10: head[7] == b'0',
            status: head[9..12]
                .iter()
                .fold(0, |status, digit| status * 10 + u16::from(digit - b'0')),
            fields: lines::fields(&head.slice(end + 1..), section.lines - 1).ok()?,
        })
    }
}

/// Whether it can become `HTTP/1.x SP 3DIGIT [ SP reason ] CRLF` (RFC 9112 §4);
/// the space before no reason is often left out.
fn begins_status_line(head: &[u8]) -> bool {
    const VERSION: &[u8] = b"HTTP/1.";
    head.iter().take(13).enumerate().all(|(at, byte)| match at {
        0..=6 => *byte == VERSION[at],
        7 => matches!(byte, b'0' | b'1'),
        8 => *byte == b' ',
        9 => matches!(byte, b'1'..=b'9'),
        10 | 11 => byte.is_ascii_digit(),
        _ => matches!(byte, b' ' | b'\r'),
    })
}

/// Passes over at most `n` bytes, and says over how many.
fn skip(bytes: &mut &[u8], n: u64) -> u64 {
    let skipped = bytes.len().min(usize::try_from(n).unwrap_or(usize::MAX));
    bytes.advance(skipped);
    skipped as u64
}
