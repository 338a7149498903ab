//! What passes on an HTTP/1 connection, message by message, for the journal.
//!
//! It follows the framing of RFC 9112 §6 as a lenient client would, and where
//! that leads nowhere it tells bytes.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::Fields;
use crate::detect::PREFACE;
use crate::journal::{
    Cause, Direction, MessageHead, Of, Page, Piece, Preview, Turns, Unread, What,
};

/// Bytes of a head or a line that are kept while its end has not come. Heads
/// that the engine takes are shorter by default.
const HELD_BYTES: usize = 256 * 1024;

/// Requests whose methods are remembered until they are answered; a client
/// that pipelines more gets only the framing of its answers to HEAD told wrong.
const METHODS: usize = 1024;

/// The requests that came and are not answered: their numbers, and whether a
/// response has no body whatever its head says (RFC 9110 §9.3.2).
#[derive(Default)]
pub(crate) struct Methods {
    count: u32,
    heads: VecDeque<u32>,
}

/// Reads one direction.
pub(crate) struct Messages {
    pub(crate) direction: Direction,
    /// Bytes read.
    pub(crate) offset: u64,
    state: State,
    /// What is held until its end has come, where that begins, and how much of
    /// it has been looked at.
    held: Vec<u8>,
    held_at: u64,
    scanned: usize,
    /// The number of the message's request, and of the last one that was
    /// answered.
    request: u32,
    answered: u32,
    turns: Turns,
}

/// What is expected next.
enum State {
    Head,
    /// So many bytes of content.
    Content(u64),
    ChunkSize,
    Chunk {
        at: u64,
        data: Preview,
        left: u64,
    },
    /// The line end behind a chunk.
    ChunkEnd,
    Trailers,
    /// Content until the connection ends.
    Rest,
    /// Nothing that can be known.
    Unknown,
}

impl Messages {
    pub(crate) fn new(direction: Direction) -> Self {
        Self {
            direction,
            offset: 0,
            state: State::Head,
            held: Vec::new(),
            held_at: 0,
            scanned: 0,
            request: 0,
            answered: 0,
            turns: Turns::default(),
        }
    }

    /// A read or a write begins.
    pub(crate) fn turn(&mut self, now: Duration) {
        let is_open = !self.held.is_empty() || matches!(self.state, State::Chunk { .. });
        self.turns.next(now, is_open);
    }

    /// Reads what passed at once. Answers the rest of it where HTTP/2 begins.
    pub(crate) fn read<'a>(
        &mut self,
        mut bytes: &'a [u8],
        methods: &mut Methods,
        page: &Page,
    ) -> Option<&'a [u8]> {
        while !bytes.is_empty() {
            if self.begins_http2(page) {
                return Some(bytes);
            }
            let took = match self.state {
                State::Head => self.head(bytes, methods, page),
                State::Content(_) | State::Rest => self.content(bytes, page),
                State::Chunk { .. } => self.chunk(bytes, page),
                State::ChunkSize | State::ChunkEnd => self.line(bytes, page),
                State::Trailers => self.trailers(bytes, page),
                // What is written at once may be a response again.
                State::Unknown
                    if self.direction == Direction::Out && bytes.starts_with(b"HTTP/") =>
                {
                    self.state = State::Head;
                    0
                }
                State::Unknown => {
                    self.unread(bytes, self.offset, page);
                    bytes.len()
                }
            };
            bytes = &bytes[took..];
            self.offset += took as u64;
            if self.is_preface() {
                self.held.clear();
                page.record(What::Preface);
                return Some(bytes);
            }
        }
        None
    }

    /// Tells what was begun.
    pub(crate) fn end(&mut self, page: &Page) {
        if let State::Chunk { at, data, left } = std::mem::replace(&mut self.state, State::Unknown)
        {
            self.piece(true, data, left, at, page);
        }
        self.give_up(page);
    }

    /// Our side says when it goes on in HTTP/2.
    fn begins_http2(&self, page: &Page) -> bool {
        let between = matches!(self.state, State::Head | State::Unknown) && self.held.is_empty();
        self.direction == Direction::Out && between && page.is_http2()
    }

    fn is_preface(&self) -> bool {
        self.direction == Direction::In && self.held == PREFACE
    }

    /// Holds what belongs to something whose end `find` finds, and answers how
    /// much of `bytes` it took and whether the end has come.
    fn hold(
        &mut self,
        bytes: &[u8],
        find: impl Fn(&[u8], usize) -> Result<usize, usize>,
    ) -> (usize, bool) {
        if self.held.is_empty() {
            self.held_at = self.offset;
            self.scanned = 0;
        }
        let before = self.held.len();
        self.held.extend_from_slice(bytes);
        match find(&self.held, self.scanned) {
            Ok(end) => {
                self.held.truncate(end);
                (end - before, true)
            }
            Err(scanned) => {
                self.scanned = scanned;
                (bytes.len(), false)
            }
        }
    }

    /// Tells what was held as bytes, and expects nothing any more.
    fn give_up(&mut self, page: &Page) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.unread(&held, self.held_at, page);
        }
        self.state = State::Unknown;
    }

    fn head(&mut self, bytes: &[u8], methods: &mut Methods, page: &Page) -> usize {
        let direction = self.direction;
        let (took, complete) = self.hold(bytes, |held, from| match direction {
            Direction::In if PREFACE.starts_with(held) => Err(0),
            Direction::In if held.starts_with(PREFACE) => Ok(PREFACE.len()),
            _ => end_of_fields(held, from),
        });
        let known = match self.direction {
            Direction::In => true,
            Direction::Out => {
                let n = self.held.len().min(5);
                self.held[..n] == b"HTTP/"[..n]
            }
        };
        if self.is_preface() {
            return took;
        }
        if !known || self.held.len() > HELD_BYTES {
            self.give_up(page);
        } else if complete {
            let held = Bytes::from(std::mem::take(&mut self.held));
            let (line, fields, raw) = parse(&held);
            if line.is_empty() {
                // Empty lines between messages (RFC 9112 §2.2).
                self.unread(&held, self.held_at, page);
                return took;
            }
            let (cause, status) = match self.direction {
                Direction::In => (None, None),
                Direction::Out => (page.cause(self.held_at), status(&line)),
            };
            self.begin(&line, &fields, status, cause, methods, page);
            let head = What::Head(MessageHead {
                direction: self.direction,
                request: self.request,
                line,
                status,
                fields,
                raw: raw.then_some(held),
                cause,
            });
            page.passed(head, self.turns.take());
        }
        took
    }

    /// Finds the message's request, and how its content is framed.
    fn begin(
        &mut self,
        line: &[u8],
        fields: &Fields,
        status: Option<u16>,
        cause: Option<Cause>,
        methods: &mut Methods,
        page: &Page,
    ) {
        let framed = if fields.has_token("transfer-encoding", "chunked") {
            Some(State::ChunkSize)
        } else {
            let length = fields.get("content-length");
            let length =
                length.and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
            length.map(|left| match left {
                0 => State::Head,
                left => State::Content(left),
            })
        };
        self.state = match self.direction {
            Direction::In => {
                methods.count += 1;
                self.request = methods.count;
                if line.starts_with(b"HEAD ") && methods.heads.len() < METHODS {
                    methods.heads.push_back(self.request);
                }
                framed.unwrap_or(State::Head)
            }
            Direction::Out => {
                self.request = match cause {
                    Some(Cause {
                        of: Of::Request(n), ..
                    }) => n,
                    _ => page.requests().max(self.answered + 1),
                };
                while methods.heads.front().is_some_and(|n| *n < self.request) {
                    methods.heads.pop_front();
                }
                let of_head = methods.heads.front() == Some(&self.request);
                if !matches!(status, Some(100..=199)) {
                    self.answered = self.request;
                }
                match status {
                    Some(100..=199 | 204 | 304) => State::Head,
                    _ if of_head => State::Head,
                    _ => framed.unwrap_or(State::Rest),
                }
            }
        };
    }

    fn content(&mut self, bytes: &[u8], page: &Page) -> usize {
        let took = match &mut self.state {
            State::Content(left) => {
                let n = bytes
                    .len()
                    .min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= n as u64;
                if *left == 0 {
                    self.state = State::Head;
                }
                n
            }
            _ => bytes.len(),
        };
        self.piece(false, Preview::of(&bytes[..took]), 0, self.offset, page);
        took
    }

    fn chunk(&mut self, bytes: &[u8], page: &Page) -> usize {
        let State::Chunk { at, data, left } = &mut self.state else {
            return 0;
        };
        let took = bytes
            .len()
            .min(usize::try_from(*left).unwrap_or(usize::MAX));
        data.add(&bytes[..took]);
        *left -= took as u64;
        if *left == 0 {
            let (at, data) = (*at, std::mem::take(data));
            self.state = State::ChunkEnd;
            self.piece(true, data, 0, at, page);
        }
        took
    }

    /// A chunk's size, or the line end behind it.
    fn line(&mut self, bytes: &[u8], page: &Page) -> usize {
        let (took, complete) = self.hold(bytes, |held, from| {
            let end = memchr::memchr(b'\n', &held[from..]);
            end.map(|at| from + at + 1).ok_or(held.len())
        });
        let line = self.held.trim_ascii_end();
        if complete && matches!(self.state, State::ChunkEnd) {
            if !line.is_empty() {
                self.give_up(page);
                return took;
            }
            self.state = State::ChunkSize;
            self.held.clear();
        } else if complete {
            let size = line.split(|b| *b == b';').next().unwrap_or_default();
            let size = std::str::from_utf8(size.trim_ascii()).ok();
            let Some(left) = size.and_then(|size| u64::from_str_radix(size, 16).ok()) else {
                self.give_up(page);
                return took;
            };
            let at = self.held_at;
            self.held.clear();
            let data = Preview::default();
            if left == 0 {
                self.piece(true, data, 0, at, page);
                self.state = State::Trailers;
            } else {
                self.state = State::Chunk { at, data, left };
            }
        } else if self.held.len() > HELD_BYTES {
            self.give_up(page);
        }
        took
    }

    fn trailers(&mut self, bytes: &[u8], page: &Page) -> usize {
        let (took, complete) = self.hold(bytes, end_of_fields);
        if complete {
            // As if the last chunk were a first line.
            let held = Bytes::from([b"\r\n", &*std::mem::take(&mut self.held)].concat());
            let (_, fields, _) = parse(&held);
            if !fields.is_empty() {
                let trailers = What::Trailers {
                    direction: self.direction,
                    request: self.request,
                    fields,
                    cause: self.cause(self.held_at, page),
                };
                page.passed(trailers, self.turns.take());
            }
            self.state = State::Head;
        } else if self.held.len() > HELD_BYTES {
            self.give_up(page);
        }
        took
    }

    fn cause(&self, at: u64, page: &Page) -> Option<Cause> {
        match self.direction {
            Direction::In => None,
            Direction::Out => page.cause(at),
        }
    }

    fn piece(&mut self, chunk: bool, data: Preview, missing: u64, at: u64, page: &Page) {
        let piece = What::Body(Piece {
            direction: self.direction,
            request: self.request,
            chunk,
            missing,
            data,
            cause: self.cause(at, page),
        });
        page.passed(piece, self.turns.take());
    }

    fn unread(&mut self, bytes: &[u8], at: u64, page: &Page) {
        let cause = self.cause(at, page);
        let unread = What::Bytes(Unread {
            direction: self.direction,
            request: match cause.map(|cause| cause.of) {
                Some(Of::Request(request)) => Some(request),
                _ => Some(self.request).filter(|request| *request > 0),
            },
            data: Preview::of(bytes),
            cause,
        });
        page.passed(unread, self.turns.take());
    }
}

/// The end of a section of lines, behind the empty one; else how far it is
/// known that there is none.
fn end_of_fields(held: &[u8], from: usize) -> Result<usize, usize> {
    match held {
        [b'\n', ..] => return Ok(1),
        [b'\r', b'\n', ..] => return Ok(2),
        _ => {}
    }
    for at in memchr::memchr_iter(b'\n', &held[from..]).map(|at| from + at) {
        match held[at + 1..] {
            [b'\n', ..] => return Ok(at + 2),
            [b'\r', b'\n', ..] => return Ok(at + 3),
            [] | [b'\r'] => return Err(at),
            _ => {}
        }
    }
    Err(held.len())
}

/// First line, fields, and whether putting them together would not give the
/// same bytes.
fn parse(held: &Bytes) -> (Bytes, Fields, bool) {
    let mut plain = true;
    let mut lines = held.split_inclusive(|b| *b == b'\n').map(|line| {
        plain &= line.ends_with(b"\r\n");
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        held.slice_ref(line.strip_suffix(b"\r").unwrap_or(line))
    });
    let first = lines.next().unwrap_or_default();
    let mut fields = Fields::new();
    let mut spaced = true;
    for line in lines.filter(|line| !line.is_empty()) {
        let Some(colon) = memchr::memchr(b':', &line) else {
            spaced = false;
            fields.append(line, Bytes::new());
            continue;
        };
        let after = &line[colon + 1..];
        let value = after.trim_ascii();
        spaced &= after.strip_prefix(b" ") == Some(value);
        fields.append(line.slice(..colon), line.slice_ref(value));
    }
    (first, fields, !(plain && spaced))
}

fn status(line: &[u8]) -> Option<u16> {
    let word = line.split(|b| *b == b' ').nth(1)?;
    std::str::from_utf8(word).ok()?.parse().ok()
}
