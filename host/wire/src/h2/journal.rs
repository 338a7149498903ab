//! What passes on an HTTP/2 connection, frame by frame, for the journal.

use std::time::Duration;

use super::frame::{HEAD_LEN, Head, flag, kind};
use super::hpack::{Bounds, Decoder};
use crate::journal::{Block, Direction, Frame, Page, Payload, Preview, Turns, Unread, What};
use crate::{Fields, Priority};

/// Bytes of a payload that are kept to be read: any frame that the engine takes
/// or writes by itself. Of a longer one, raw, only that much is told.
const PAYLOAD_BYTES: usize = 64 * 1024;

/// Bytes of a header block that are kept.
const BLOCK_BYTES: usize = 256 * 1024;

/// The largest dynamic table that is followed.
const TABLE_BYTES: usize = 1024 * 1024;

/// What is told of a list of fields.
const LIST: Bounds = Bounds {
    bytes: 256 * 1024,
    fields: 1000,
};

/// Reads one direction, with a decoder of its own.
pub(crate) struct Frames {
    direction: Direction,
    /// Bytes read.
    offset: u64,
    decoder: Decoder,
    /// A block could not be decoded.
    doubtful: bool,
    /// A frame's header, as far as it came.
    header: Vec<u8>,
    /// The frame that is read.
    current: Option<Current>,
    /// The block whose end has not come: its stream and bytes.
    block: Option<(u32, Vec<u8>)>,
    turns: Turns,
}

struct Current {
    head: Head,
    stream: u32,
    at: u64,
    /// Bytes that have not come.
    left: u32,
    payload: Vec<u8>,
}

impl Frames {
    pub(crate) fn new(direction: Direction, offset: u64) -> Self {
        let mut decoder = Decoder::new();
        // What was announced, and whether in time, is the engine's to judge.
        decoder.allow(TABLE_BYTES);
        Self {
            direction,
            offset,
            decoder,
            doubtful: false,
            header: Vec::with_capacity(HEAD_LEN),
            current: None,
            block: None,
            turns: Turns::default(),
        }
    }

    /// A read or a write begins.
    pub(crate) fn turn(&mut self, now: Duration) {
        let is_open = self.current.is_some() || !self.header.is_empty();
        self.turns.next(now, is_open);
    }

    /// Reads what passed at once.
    pub(crate) fn read(&mut self, mut bytes: &[u8], page: &Page) {
        while !bytes.is_empty() {
            let Some(current) = &mut self.current else {
                let n = bytes.len().min(HEAD_LEN - self.header.len());
                self.header.extend_from_slice(&bytes[..n]);
                self.offset += n as u64;
                bytes = &bytes[n..];
                self.begin(page);
                continue;
            };
            let n = bytes.len().min(current.left as usize);
            let room = wanted(current.head).saturating_sub(current.payload.len());
            current.payload.extend_from_slice(&bytes[..n.min(room)]);
            current.left -= n as u32;
            self.offset += n as u64;
            bytes = &bytes[n..];
            self.complete(page);
        }
    }

    fn begin(&mut self, page: &Page) {
        let Some(header) = self.header.first_chunk::<HEAD_LEN>() else {
            return;
        };
        let head = Head::parse(*header);
        let [.., s0, s1, s2, s3] = *header;
        self.current = Some(Current {
            head,
            stream: u32::from_be_bytes([s0, s1, s2, s3]),
            at: self.offset - HEAD_LEN as u64,
            left: head.length,
            payload: Vec::new(),
        });
        self.header.clear();
        self.complete(page);
    }

    fn complete(&mut self, page: &Page) {
        if let Some(current) = self.current.take_if(|current| current.left == 0) {
            self.tell(&current, page);
        }
    }

    /// Tells what was begun.
    pub(crate) fn end(&mut self, page: &Page) {
        if let Some(current) = self.current.take() {
            self.tell(&current, page);
        }
        if !self.header.is_empty() {
            let at = self.offset - self.header.len() as u64;
            let unread = What::Bytes(Unread {
                direction: self.direction,
                request: None,
                data: Preview::of(&self.header),
                cause: self.cause(at, page),
            });
            page.passed(unread, self.turns.take());
            self.header.clear();
        }
    }

    fn cause(&self, at: u64, page: &Page) -> Option<crate::journal::Cause> {
        match self.direction {
            Direction::In => None,
            Direction::Out => page.cause(at),
        }
    }

    fn tell(&mut self, current: &Current, page: &Page) {
        let (padding, payload) = self.payload(current);
        let frame = What::Frame(Frame {
            direction: self.direction,
            kind: current.head.kind,
            flags: current.head.flags,
            stream: current.stream,
            length: current.head.length,
            missing: current.left,
            padding,
            payload,
            cause: self.cause(current.at, page),
        });
        page.passed(frame, self.turns.take());
    }

    fn payload(&mut self, current: &Current) -> (Option<u8>, Payload) {
        let Current { head, payload, .. } = current;
        let whole = Preview {
            length: u64::from(head.length - current.left),
            ..Preview::of(payload)
        };
        let other = (None, Payload::Other(whole));
        if current.left > 0 && head.kind != kind::DATA {
            return other;
        }
        let plain = |payload| (None, payload);
        match (head.kind, &**payload) {
            (kind::DATA, _) => data(current).unwrap_or(other),
            (kind::HEADERS | kind::PUSH_PROMISE | kind::CONTINUATION, _) => {
                self.on_block(*head, payload).unwrap_or(other)
            }
            (kind::PRIORITY, bytes) => match priority(bytes) {
                Some((priority, [])) => plain(Payload::Priority(priority)),
                _ => other,
            },
            (kind::RST_STREAM, bytes) => match u32_of(bytes) {
                Some((code, [])) => plain(Payload::Reset(code)),
                _ => other,
            },
            (kind::WINDOW_UPDATE, bytes) => match u32_of(bytes) {
                Some((increment, [])) => plain(Payload::WindowUpdate(increment)),
                _ => other,
            },
            (kind::SETTINGS, bytes) if bytes.len() % 6 == 0 && bytes.len() < PAYLOAD_BYTES => {
                let settings = bytes.chunks_exact(6).filter_map(|setting| {
                    let (id, value) = setting.split_first_chunk::<2>()?;
                    Some((u16::from_be_bytes(*id), u32_of(value)?.0))
                });
                plain(Payload::Settings(settings.collect()))
            }
            (kind::PING, bytes) => match bytes.try_into() {
                Ok(data) => plain(Payload::Ping(data)),
                Err(_) => other,
            },
            (kind::GOAWAY, bytes) => match u32_of(bytes).and_then(|(last, rest)| {
                let (code, debug) = u32_of(rest)?;
                Some((last, code, debug))
            }) {
                Some((last_stream, code, debug)) => plain(Payload::GoAway {
                    last_stream,
                    code,
                    debug: Preview {
                        length: u64::from(head.length) - 8,
                        ..Preview::of(debug)
                    },
                }),
                None => other,
            },
            _ => other,
        }
    }

    /// `None` if the frame's own layout is broken.
    fn on_block(&mut self, head: Head, payload: &[u8]) -> Option<(Option<u8>, Payload)> {
        let cut = payload.len() < head.length as usize;
        let (padding, mut block) = match head.kind {
            kind::CONTINUATION => (None, payload),
            _ => unpad(head, payload)?,
        };
        let (mut promised, mut prioritised) = (None, None);
        if head.kind == kind::PUSH_PROMISE {
            let (id, rest) = u32_of(block)?;
            (promised, block) = (Some(id), rest);
        } else if head.kind == kind::HEADERS && head.has(flag::PRIORITY) {
            let (priority, rest) = priority(block)?;
            (prioritised, block) = (Some(priority), rest);
        }
        let open = match head.kind {
            kind::CONTINUATION => self.block.take_if(|(stream, _)| *stream == head.stream),
            _ => Some((head.stream, Vec::new())),
        };
        let ended = head.has(flag::END_HEADERS);
        let told = match open {
            None => Some(Block::Undecodable {
                what: "no header block is open on this stream".into(),
                block: Preview::of(block),
            }),
            Some((stream, mut whole)) => {
                let room = BLOCK_BYTES.saturating_sub(whole.len());
                let lost = cut || block.len() > room;
                whole.extend_from_slice(&block[..block.len().min(room)]);
                if ended {
                    Some(self.decode(&whole, lost || whole.len() == BLOCK_BYTES))
                } else {
                    self.block = Some((stream, whole));
                    None
                }
            }
        };
        let payload = Payload::Block {
            promised,
            priority: prioritised,
            block: told,
        };
        Some((padding, payload))
    }

    fn decode(&mut self, block: &[u8], lost: bool) -> Block {
        let what = if lost {
            "longer than the journal keeps".into()
        } else {
            match self.decoder.decode(block, LIST) {
                Ok(list) => {
                    return Block::Fields {
                        fields: Fields::from(list.fields),
                        cut: list.over,
                        doubtful: self.doubtful,
                    };
                }
                Err(error) => format!("{error} ({})", error.section()).into(),
            }
        };
        self.doubtful = true;
        Block::Undecodable {
            what,
            block: Preview::of(block),
        }
    }
}

/// Bytes of a payload that are wanted.
fn wanted(head: Head) -> usize {
    match head.kind {
        // The padding's length goes before the content.
        kind::DATA => 1 + crate::journal::PREVIEW,
        _ => PAYLOAD_BYTES,
    }
}

/// What DATA holds; `None` if its padding is longer than it is.
fn data(current: &Current) -> Option<(Option<u8>, Payload)> {
    let came = u64::from(current.head.length - current.left);
    let (padding, length, start) = match current.payload.split_first() {
        Some((padding, start)) if current.head.has(flag::PADDED) => {
            let taken = 1 + u64::from(*padding);
            let length = u64::from(current.head.length).checked_sub(taken)?;
            (Some(*padding), length.min(came - 1), start)
        }
        _ => (None, came, &*current.payload),
    };
    let kept = start
        .len()
        .min(usize::try_from(length).unwrap_or(usize::MAX));
    let data = Preview {
        length,
        ..Preview::of(&start[..kept])
    };
    Some((padding, Payload::Data(data)))
}

fn unpad(head: Head, payload: &[u8]) -> Option<(Option<u8>, &[u8])> {
    if !head.has(flag::PADDED) {
        return Some((None, payload));
    }
    let (padding, rest) = payload.split_first()?;
    let length = rest.len().checked_sub(usize::from(*padding))?;
    Some((Some(*padding), &rest[..length]))
}

fn u32_of(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (value, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*value), rest))
}

fn priority(bytes: &[u8]) -> Option<(Priority, &[u8])> {
    let (dependency, rest) = u32_of(bytes)?;
    let (weight, rest) = rest.split_first()?;
    let priority = Priority {
        dependency: dependency & 0x7fff_ffff,
        weight: *weight,
        exclusive: dependency >> 31 == 1,
    };
    Some((priority, rest))
}
