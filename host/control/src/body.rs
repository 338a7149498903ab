//! A request's body, read as a whole.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes, BytesMut};
use host_wire::{Event, Exchange};

use crate::limits::{BODIES, BODY};
use crate::problem::Problem;

/// Counts what all bodies take together that are read at the moment.
#[derive(Debug, Default)]
pub(crate) struct Room(AtomicUsize);

/// A body's part of that, until it is dropped.
struct Part<'a> {
    room: &'a Room,
    bytes: usize,
}

impl Part<'_> {
    /// Takes more; says whether there was so much.
    fn take(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        self.room.0.fetch_add(bytes, Ordering::Relaxed) + bytes <= BODIES
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.room.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A body that was read, and its part of the room.
pub(crate) struct Whole<'a> {
    pub(crate) bytes: Bytes,
    _part: Part<'a>,
}

/// Reads it; `None` where the client has left.
pub(crate) async fn read<'a>(
    exchange: &mut Exchange,
    room: &'a Room,
) -> Option<Result<Whole<'a>, Problem>> {
    let mut part = Part { room, bytes: 0 };
    let mut bytes = BytesMut::new();
    loop {
        match exchange.next().await? {
            Event::Data(frame) => {
                if bytes.len() + frame.data.len() > BODY {
                    let why = format!("a body has {BODY} bytes at most");
                    return Some(Err(Problem::new(413, why)));
                }
                if !part.take(frame.data.len()) {
                    let why = "too much is sent at once: try again";
                    return Some(Err(Problem::new(503, why).with("Retry-After", "1")));
                }
                bytes.extend_from_slice(&frame.data);
            }
            Event::End => {
                let bytes = bytes.freeze();
                return Some(Ok(Whole { bytes, _part: part }));
            }
            Event::Reset(_) | Event::Gone => return None,
            _ => {}
        }
    }
}
