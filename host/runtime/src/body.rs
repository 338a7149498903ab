//! The request's body as a handler takes it: by frames, by pieces, whole, or as
//! a file (`body/input.rs`).

mod input;

use bytes::Bytes;
use futures_util::FutureExt as _;
use host_wire::{Credit, DataFrame, Event, Exchange, Fields, HeadersFrame, WireError};
use tokio::task::coop::unconstrained;

use crate::bindings::frame_types::Goaway;
use crate::bindings::types::BodyError;
use crate::watch::{Seen, Watch};

/// The size of a piece when the handler names none.
const PIECE: usize = 65_536;

/// How far a body has come from the wire to the handler.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// Received, and neither handed out nor kept yet.
    rest: Bytes,
    /// The window that `rest` took; given back when the next frame is wanted.
    credit: Credit,
    /// What is kept of it, from its beginning on, to be read again.
    kept: Vec<u8>,
    /// Whether what comes is to be kept: it was asked for whole or as a file.
    keeps: bool,
    /// Where in `kept` the next piece begins.
    piece: usize,
    /// Where in `kept` the file is.
    place: usize,
    /// Whether a piece was handed out that was not kept.
    taken: bool,
    ended: bool,
    /// It will never be complete.
    broken: bool,
    /// Nobody wants what still comes of it.
    unwanted: bool,
    /// The trailer fields that came after it.
    trailers: Option<HeadersFrame>,
}

/// Where a body comes from, and how much of it may be kept.
pub(crate) struct Source<'a> {
    pub(crate) exchange: &'a mut Exchange,
    pub(crate) watch: &'a mut Watch,
    /// In bytes.
    pub(crate) limit: usize,
}

/// What came.
pub(crate) enum Next {
    /// A frame of the body.
    Content(DataFrame),
    /// Something else, which is noted.
    Beside,
    /// The body's end.
    End,
}

impl Body {
    /// The next frame from the wire; `None` after the last.
    ///
    /// # Errors
    /// `incomplete` when the client reset the stream or left.
    async fn receive(&mut self, source: &mut Source<'_>) -> Result<Option<DataFrame>, BodyError> {
        while !self.ended && !self.broken {
            let event = source.exchange.next().await;
            if let Some(frame) = self.take(event, source.exchange, source.watch) {
                return Ok(Some(frame));
            }
        }
        if self.broken {
            return Err(BodyError::Incomplete);
        }
        Ok(None)
    }

    /// Notes what came from the exchange; gives content back.
    fn take(
        &mut self,
        event: Option<Event>,
        exchange: &Exchange,
        watch: &mut Watch,
    ) -> Option<DataFrame> {
        match event {
            Some(Event::Data(frame)) if self.unwanted => self.taken |= !frame.data.is_empty(),
            Some(Event::Data(frame)) => return Some(frame),
            Some(Event::Trailers(frame)) => self.trailers = Some(frame),
            // The head is always the first event and was taken before.
            Some(Event::Headers(_)) => {}
            Some(Event::Control(frame)) => watch.push(Seen::Frame(frame)),
            Some(Event::GoAway {
                last_stream,
                code,
                debug,
            }) => watch.push(Seen::Goaway(Goaway {
                last_stream_id: last_stream,
                code,
                debug: debug.into(),
            })),
            Some(Event::End) => self.ended = true,
            // The handler's own doing: it knows, and may want to see the answer.
            Some(Event::Reset(_)) if exchange.has_given_up() => self.broken |= !self.ended,
            Some(Event::Reset(code)) => self.leave(watch, WireError::Reset(code)),
            Some(Event::Gone) => self.leave(watch, WireError::Gone),
            None => {
                self.ended = true;
                watch.over = true;
            }
        }
        None
    }

    fn leave(&mut self, watch: &mut Watch, how: WireError) {
        self.broken |= !self.ended;
        watch.leave(how);
    }

    /// The next thing that comes, for the frame hooks.
    pub(crate) async fn next(&mut self, exchange: &mut Exchange, watch: &mut Watch) -> Next {
        if self.ended || self.broken {
            return Next::End;
        }
        let event = exchange.next().await;
        match self.take(event, exchange, watch) {
            Some(frame) => {
                self.taken |= !frame.data.is_empty();
                Next::Content(frame)
            }
            None => Next::Beside,
        }
    }

    /// Takes what has come already, up to the next content, which stays here.
    pub(crate) fn look(&mut self, exchange: &mut Exchange, watch: &mut Watch) {
        while self.rest.is_empty() && !watch.over {
            // Whatever this task has done before: what has come counts.
            let Some(event) = unconstrained(exchange.next()).now_or_never() else {
                return;
            };
            if let Some(frame) = self.take(event, exchange, watch) {
                self.rest = frame.data;
                self.credit = frame.credit;
            }
        }
    }

    /// Waits for the next thing that comes behind the hooks that take a body.
    pub(crate) async fn watch(&mut self, exchange: &mut Exchange, watch: &mut Watch) {
        let event = exchange.next().await;
        // Content is not wanted any more.
        drop(self.take(event, exchange, watch));
    }

    /// Throws away what is left of it, and what still comes.
    pub(crate) fn give_up(&mut self) {
        self.taken |= !self.rest.is_empty();
        self.rest = Bytes::new();
        self.credit = Credit::default();
        self.unwanted = true;
    }

    /// The frame that trailer fields came in, once they have.
    pub(crate) fn trailers(&self) -> Option<&HeadersFrame> {
        self.trailers.as_ref()
    }

    /// The trailer fields; none before they have come.
    pub(crate) fn trailer_fields(&self) -> Fields {
        let trailers = self.trailers.as_ref();
        trailers
            .map(|frame| frame.fields.clone())
            .unwrap_or_default()
    }

    /// Waits until there is a `rest`; `false` at the body's end.
    async fn fill(&mut self, source: &mut Source<'_>) -> Result<bool, BodyError> {
        while self.rest.is_empty() {
            self.credit = Credit::default();
            let Some(frame) = self.receive(source).await? else {
                return Ok(false);
            };
            self.rest = frame.data;
            self.credit = frame.credit;
        }
        Ok(true)
    }

    /// Keeps the `rest`, if there is room for it.
    fn keep(&mut self, limit: usize) -> Result<(), BodyError> {
        if self.taken {
            return Err(BodyError::Taken);
        }
        if self.kept.len() + self.rest.len() > limit {
            return Err(BodyError::TooLarge(limit as u64));
        }
        self.kept.extend_from_slice(&std::mem::take(&mut self.rest));
        self.credit = Credit::default();
        Ok(())
    }

    /// Keeps what comes next; `false` at the body's end.
    async fn gather(&mut self, source: &mut Source<'_>) -> Result<bool, BodyError> {
        self.keeps = true;
        if self.taken || (self.unwanted && !self.ended) {
            return Err(BodyError::Taken);
        }
        if !self.fill(source).await? {
            return Ok(false);
        }
        self.keep(source.limit)?;
        Ok(true)
    }

    /// At most `max` bytes (0: [`PIECE`]) of what comes next; `None` at the end.
    pub(crate) async fn read(
        &mut self,
        source: &mut Source<'_>,
        max: u32,
    ) -> Result<Option<Vec<u8>>, BodyError> {
        let max = match max {
            0 => PIECE,
            max => max as usize,
        };
        if self.piece == self.kept.len() {
            if !self.fill(source).await? {
                return Ok(None);
            }
            if self.keeps {
                // What cannot be kept can still be handed out.
                let _ = self.keep(source.limit);
            }
        }
        let kept = &self.kept[self.piece..];
        if !kept.is_empty() {
            let piece = &kept[..max.min(kept.len())];
            self.piece += piece.len();
            return Ok(Some(piece.to_vec()));
        }
        self.taken = true;
        Ok(Some(self.rest.split_to(max.min(self.rest.len())).into()))
    }

    /// The whole body. When it is too large to be kept it can still be read by
    /// pieces.
    pub(crate) async fn whole(&mut self, source: &mut Source<'_>) -> Result<&[u8], BodyError> {
        let declared = declared_length(source.exchange);
        if !self.taken && declared.is_some_and(|length| length > source.limit as u64) {
            return Err(BodyError::TooLarge(source.limit as u64));
        }
        while self.gather(source).await? {}
        Ok(&self.kept)
    }
}

/// What Content-Length says, if it is one number (RFC 9110 §8.6).
fn declared_length(exchange: &Exchange) -> Option<u64> {
    let value = exchange.head().fields.get("content-length")?;
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}
