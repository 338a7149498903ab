//! One request of a connection, and the connection lent to it.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use super::wire::{Slot, Wire};
use crate::{DataFrame, Event, Head, HeadersFrame, Progress, Reply, WireError, WireOp};

/// An HTTP/1 exchange. It holds its connection, and gives it back when it is
/// dropped.
pub struct Exchange {
    head: Head,
    next: Next,
    watched: bool,
    /// Taken out by `drop` only.
    wire: Option<Box<Wire>>,
    slot: Arc<Slot>,
}

/// What [`Exchange::next`] answers next.
#[derive(Debug)]
enum Next {
    Headers,
    Body,
    /// The request is complete.
    Ended,
    Nothing,
}

impl Exchange {
    pub(super) fn new(head: Head, wire: Box<Wire>, slot: Arc<Slot>) -> Self {
        Self {
            head,
            next: Next::Headers,
            watched: false,
            wire: Some(wire),
            slot,
        }
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    pub(crate) async fn unless_gone<F: Future>(&mut self, work: F) -> Result<F::Output, WireError> {
        let Some(wire) = &mut self.wire else {
            return Err(WireError::Gone);
        };
        let mut work = pin!(work);
        let done = tokio::select! {
            biased;
            done = &mut work => done,
            closed = wire.client_closes() => match closed {
                true => return Err(WireError::Gone),
                false => work.await,
            },
        };
        wire.stop_waiting();
        Ok(done)
    }

    pub(crate) fn drain(&self) -> Option<crate::Drain> {
        self.wire.as_ref().map(|wire| wire.socket.drain())
    }

    pub(crate) async fn next(&mut self) -> Option<Event> {
        let wire = self.wire.as_mut()?;
        match self.next {
            Next::Ended if self.watched => {
                let gone = wire.client_closes().await;
                self.next = Next::Nothing;
                gone.then_some(Event::Gone)
            }
            Next::Ended | Next::Nothing => None,
            Next::Headers => {
                self.next = Next::Body;
                Some(Event::Headers(HeadersFrame {
                    fields: self.head.fields.clone(),
                    end_stream: wire.body_is_done(),
                    ..HeadersFrame::default()
                }))
            }
            Next::Body => {
                let event = match wire.next_piece().await {
                    super::wire::Received::Data(data) => Event::Data(DataFrame {
                        stream_id: 0,
                        flags: 0,
                        flow_controlled_length: u32::try_from(data.len()).unwrap_or(u32::MAX),
                        data,
                        end_stream: false,
                        padding: None,
                        credit: crate::Credit::default(),
                    }),
                    super::wire::Received::Trailers(fields) => Event::Trailers(HeadersFrame {
                        fields,
                        end_stream: true,
                        ..HeadersFrame::default()
                    }),
                    super::wire::Received::End => Event::End,
                    super::wire::Received::Gone => Event::Gone,
                };
                match event {
                    Event::End => self.next = Next::Ended,
                    Event::Gone => self.next = Next::Nothing,
                    _ => {}
                }
                Some(event)
            }
        }
    }

    pub(crate) async fn apply(&mut self, op: WireOp) -> Result<Reply, WireError> {
        match &mut self.wire {
            Some(wire) => wire.apply(op).await.map(|()| Reply::Done),
            None => Err(WireError::Gone),
        }
    }

    pub(crate) fn watch(&mut self) {
        self.watched = true;
    }

    pub(crate) fn peer(&self) -> Result<crate::Peer, WireError> {
        Err(WireError::WrongProtocol {
            operation: "peer",
            protocol: self.head.protocol.as_str(),
        })
    }

    pub(crate) fn progress(&self) -> Progress {
        self.wire
            .as_ref()
            .map_or_else(Progress::default, |wire| wire.progress())
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(wire) = self.wire.take() {
            self.slot.give_back(wire);
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("head", &self.head)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
