//! The request's body as a handler takes it: by frames, by pieces or whole.

use bytes::{Bytes, BytesMut};
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
    /// Received and not handed out yet.
    rest: Bytes,
    /// The window that `rest` took; given back when the next frame is wanted.
    credit: Credit,
    /// The whole body, once it was asked for. `rest` is then its unread end.
    whole: Option<Bytes>,
    /// Whether a piece was handed out that `whole` does not have.
    taken: bool,
    ended: bool,
    /// It will never be complete.
    broken: bool,
    /// Nobody wants what still comes of it.
    unwanted: bool,
    /// The trailer fields that came after it.
    trailers: Option<HeadersFrame>,
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
    async fn receive(
        &mut self,
        exchange: &mut Exchange,
        watch: &mut Watch,
    ) -> Result<Option<DataFrame>, BodyError> {
        while !self.ended && !self.broken {
            if let Some(frame) = self.take(exchange.next().await, watch) {
                return Ok(Some(frame));
            }
        }
        if self.broken {
            return Err(BodyError::Incomplete);
        }
        Ok(None)
    }

    /// Notes what came; gives content back.
    fn take(&mut self, event: Option<Event>, watch: &mut Watch) -> Option<DataFrame> {
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
        if self.ended {
            return Next::End;
        }
        match self.take(exchange.next().await, watch) {
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
            if let Some(frame) = self.take(event, watch) {
                self.rest = frame.data;
                self.credit = frame.credit;
            }
        }
    }

    /// Waits for the next thing that comes behind the hooks that take a body.
    pub(crate) async fn watch(&mut self, exchange: &mut Exchange, watch: &mut Watch) {
        let event = exchange.next().await;
        // Content is not wanted any more.
        drop(self.take(event, watch));
    }

    /// Throws away what is left of it, and what still comes.
    pub(crate) fn give_up(&mut self) {
        self.taken |= !self.rest.is_empty() && self.whole.is_none();
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

    /// At most `max` bytes (0: [`PIECE`]) of what comes next; `None` at the end.
    pub(crate) async fn read(
        &mut self,
        exchange: &mut Exchange,
        watch: &mut Watch,
        max: u32,
    ) -> Result<Option<Bytes>, BodyError> {
        while self.rest.is_empty() {
            self.credit = Credit::default();
            let Some(frame) = self.receive(exchange, watch).await? else {
                return Ok(None);
            };
            self.rest = frame.data;
            self.credit = frame.credit;
        }
        let max = match max {
            0 => PIECE,
            max => max as usize,
        };
        self.taken |= self.whole.is_none();
        Ok(Some(self.rest.split_to(max.min(self.rest.len()))))
    }

    /// The whole body, `limit` bytes at most. When it is larger it can still
    /// be read by pieces.
    pub(crate) async fn whole(
        &mut self,
        exchange: &mut Exchange,
        watch: &mut Watch,
        limit: usize,
    ) -> Result<Bytes, BodyError> {
        if let Some(whole) = &self.whole {
            return Ok(whole.clone());
        }
        if self.taken || self.unwanted {
            return Err(BodyError::Taken);
        }
        if declared_length(exchange).is_some_and(|length| length > limit as u64) {
            return Err(BodyError::TooLarge(limit as u64));
        }
        let mut gathered = BytesMut::new();
        loop {
            if self.rest.len() > limit {
                return Err(BodyError::TooLarge(limit as u64));
            }
            let Some(frame) = self.receive(exchange, watch).await? else {
                break;
            };
            // Most bodies are one frame, which needs no copy.
            if self.rest.is_empty() && gathered.is_empty() {
                self.rest = frame.data;
            } else {
                if gathered.is_empty() {
                    gathered.extend_from_slice(&self.rest);
                }
                if gathered.len() + frame.data.len() > limit {
                    gathered.extend_from_slice(&frame.data);
                    self.rest = gathered.freeze();
                    return Err(BodyError::TooLarge(limit as u64));
                }
                gathered.extend_from_slice(&frame.data);
            }
        }
        if !gathered.is_empty() {
            self.rest = gathered.freeze();
        }
        self.whole = Some(self.rest.clone());
        Ok(self.rest.clone())
    }
}

/// What Content-Length says, if it is one number (RFC 9110 §8.6).
fn declared_length(exchange: &Exchange) -> Option<u64> {
    let value = exchange.head().fields.get("content-length")?;
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}
