//! The request's body as a handler takes it: by frames, by pieces or whole.

use bytes::{Bytes, BytesMut};
use host_wire::{Credit, DataFrame, Event, Exchange, Fields, WireError};

use crate::bindings::types::BodyError;

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
    /// Why it will never be complete.
    pub(crate) broken: Option<WireError>,
    /// The trailer fields that came after it.
    pub(crate) trailers: Fields,
}

impl Body {
    /// The next frame from the wire; `None` after the last.
    ///
    /// # Errors
    /// `incomplete` when the client reset the stream or left.
    async fn receive(&mut self, exchange: &mut Exchange) -> Result<Option<DataFrame>, BodyError> {
        while !self.ended && self.broken.is_none() {
            match exchange.next().await {
                Some(Event::Data(frame)) => return Ok(Some(frame)),
                Some(Event::Trailers(frame)) => self.trailers = frame.fields,
                // The head is always the first event and was taken before.
                Some(Event::Headers(_) | Event::Control(_) | Event::GoAway { .. }) => {}
                Some(Event::End) | None => self.ended = true,
                Some(Event::Reset(code)) => self.broken = Some(WireError::Reset(code)),
                Some(Event::Gone) => self.broken = Some(WireError::Gone),
            }
        }
        match self.broken {
            Some(_) => Err(BodyError::Incomplete),
            None => Ok(None),
        }
    }

    /// The next frame, for `handle-data`.
    pub(crate) async fn frame(
        &mut self,
        exchange: &mut Exchange,
    ) -> Result<Option<DataFrame>, BodyError> {
        let frame = self.receive(exchange).await?;
        self.taken |= frame.as_ref().is_some_and(|f| !f.data.is_empty());
        Ok(frame)
    }

    /// At most `max` bytes (0: [`PIECE`]) of what comes next; `None` at the end.
    pub(crate) async fn read(
        &mut self,
        exchange: &mut Exchange,
        max: u32,
    ) -> Result<Option<Bytes>, BodyError> {
        while self.rest.is_empty() {
            self.credit = Credit::default();
            let Some(frame) = self.receive(exchange).await? else {
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
        limit: usize,
    ) -> Result<Bytes, BodyError> {
        if let Some(whole) = &self.whole {
            return Ok(whole.clone());
        }
        if self.taken {
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
            let Some(frame) = self.receive(exchange).await? else {
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
