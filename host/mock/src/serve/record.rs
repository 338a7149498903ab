//! A request, from its exchange, as it is kept.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use host_wire::{Credit, DataFrame, Event, Exchange, HeadersFrame, Observer, WireOp};
use tokio::time::Instant;

use crate::limits::FRAMES;
use crate::request::{Frame, headers};
use crate::{Mocks, Request};

/// The flag of DATA and HEADERS (RFC 9113 §6.1, §6.2).
const END_STREAM: u8 = 0x1;

/// A request on its way. It is kept when that is said or, where somebody else
/// answers and this observes, when the request is complete or the answer begins;
/// at the latest when this is dropped. Then the answer is over, too.
pub(super) struct Recorder {
    mocks: Arc<Mocks>,
    request: Arc<Request>,
    kept: bool,
    began: Instant,
    head: Option<HeadersFrame>,
    /// Content that came, and is not yet in `held`.
    body: BytesMut,
    /// Content that came, all of it up to a frame behind what is kept.
    held: Bytes,
    trailers: Option<HeadersFrame>,
    end: Option<End>,
}

/// What ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Complete,
    Reset(u32),
    Gone,
}

impl Recorder {
    /// A request that just came.
    pub(super) async fn new(mocks: &Arc<Mocks>, exchange: &mut Exchange) -> Box<Self> {
        let mut recorder = Box::new(Self {
            mocks: Arc::clone(mocks),
            request: Arc::new(Request::of(exchange.head())),
            kept: false,
            began: Instant::now(),
            head: None,
            body: BytesMut::new(),
            held: Bytes::new(),
            trailers: None,
            end: None,
        });
        // The head, which is there.
        if let Some(event) = exchange.next().await {
            recorder.take(event);
        }
        recorder
    }

    /// What is known of it.
    pub(super) fn request(&self) -> &Arc<Request> {
        &self.request
    }

    /// To say more of it, until it is kept.
    pub(super) fn request_mut(&mut self) -> &mut Request {
        Arc::make_mut(&mut self.request)
    }

    /// Reads what may be put back: all of the request, or a little more than is
    /// kept of it.
    pub(super) async fn read_some(&mut self, exchange: &mut Exchange) {
        while self.end.is_none() && self.fits() {
            self.read_event(exchange).await;
        }
        self.settle();
    }

    /// Reads all of the request. What is not kept is counted.
    pub(super) async fn read(&mut self, exchange: &mut Exchange) {
        while self.end.is_none() {
            self.read_event(exchange).await;
        }
        self.settle();
    }

    /// Whether all of it has come.
    pub(super) fn is_read(&self) -> bool {
        self.end.is_some()
    }

    /// Keeps the request, once.
    pub(super) fn keep(&mut self) -> Arc<Request> {
        if !self.kept {
            self.settle();
            self.kept = true;
            self.mocks.record(&mut self.request);
        }
        Arc::clone(&self.request)
    }

    /// Whether all that has come is held, to be handed on.
    pub(super) fn is_whole(&self) -> bool {
        (self.held.len() + self.body.len()) as u64 == self.request.body_length
    }

    /// Makes the exchange as if nobody had looked at it, for somebody else who
    /// answers, and observes it from there. Only for what is whole.
    pub(super) fn hand_on(mut self: Box<Self>, exchange: &mut Exchange) {
        self.settle();
        exchange.put_back(self.events());
        exchange.observe(self);
    }

    async fn read_event(&mut self, exchange: &mut Exchange) {
        match exchange.next().await {
            Some(event) => self.take(event),
            None => self.end = Some(End::Gone),
        }
    }

    /// Whether no more has come than is kept.
    fn fits(&self) -> bool {
        self.request.body_length <= self.mocks.limits.body as u64
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Data(frame) => {
                self.see_data(&frame);
            }
            Event::Headers(frame) => {
                self.see_fields("HEADERS", &frame);
                if frame.end_stream {
                    self.request_mut().done = true;
                }
                self.head = Some(frame);
            }
            Event::Trailers(frame) => {
                self.see_fields("TRAILERS", &frame);
                self.request_mut().trailers = headers(&frame.fields);
                self.trailers = Some(frame);
            }
            Event::End => {
                self.request_mut().done = true;
                self.end = Some(End::Complete);
            }
            Event::Reset(code) => {
                self.request_mut().done = false;
                self.see("RST_STREAM", 0, u64::from(code), false, None);
                self.end = Some(End::Reset(code));
            }
            Event::Gone => self.end = Some(End::Gone),
            Event::Control(_) | Event::GoAway { .. } => {}
        }
    }

    fn see_data(&mut self, frame: &DataFrame) {
        let length = frame.data.len() as u64;
        let (flags, end, padding) = (frame.flags, frame.end_stream, frame.padding);
        self.see("DATA", flags, length, end, padding);
        if self.fits() && !self.kept {
            self.body.extend_from_slice(&frame.data);
        }
        self.request_mut().body_length += length;
    }

    fn see_fields(&mut self, kind: &str, frame: &HeadersFrame) {
        let lines = frame.fields.iter();
        let length: usize = lines.map(|(name, value)| name.len() + value.len()).sum();
        let (flags, end, padding) = (frame.flags, frame.end_stream, frame.padding);
        self.see(kind, flags, length as u64, end, padding);
    }

    fn see(&mut self, kind: &str, flags: u8, length: u64, end_stream: bool, padding: Option<u8>) {
        let frames = &mut self.request_mut().frames;
        if frames.len() < FRAMES {
            frames.push(Frame {
                kind: kind.to_owned(),
                flags,
                length,
                end_stream,
                padding,
            });
        }
    }

    /// Puts what came into the request.
    fn settle(&mut self) {
        if self.kept {
            return;
        }
        if !self.body.is_empty() {
            // Once some is held, either all of it is or no more is kept.
            self.held = self.body.split().freeze();
        }
        let kept = self.held.len().min(self.mocks.limits.body);
        let (body, took) = (self.held.slice(..kept), self.began.elapsed());
        let request = self.request_mut();
        request.body = body.into();
        request.took = took;
    }

    /// What came, as it came; frames behind the thousandth as one.
    fn events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        events.extend(self.head.take().map(Event::Headers));
        let mut left = self.held.clone();
        let data = self.request.frames.iter().filter(|f| f.kind == "DATA");
        for frame in data {
            let length = usize::try_from(frame.length).unwrap_or(usize::MAX);
            let data = left.split_to(length.min(left.len()));
            events.push(self.data(data, frame.flags, frame.padding));
        }
        if !left.is_empty() {
            let ends = self.end == Some(End::Complete) && self.trailers.is_none();
            let is_http2 = self.request.is_http2();
            let flags = if ends && is_http2 { END_STREAM } else { 0 };
            events.push(self.data(left, flags, None));
        }
        events.extend(self.trailers.take().map(Event::Trailers));
        events.extend(self.end.map(|end| match end {
            End::Complete => Event::End,
            End::Reset(code) => Event::Reset(code),
            End::Gone => Event::Gone,
        }));
        events
    }

    fn data(&self, data: Bytes, flags: u8, padding: Option<u8>) -> Event {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let overhead = padding.map_or(0, |padding| 1 + u32::from(padding));
        Event::Data(DataFrame {
            stream_id: self.request.stream,
            flags,
            data,
            end_stream: flags & END_STREAM != 0,
            padding,
            flow_controlled_length: length.saturating_add(overhead),
            credit: Credit::default(),
        })
    }
}

impl Observer for Recorder {
    fn came(&mut self, event: &Event) {
        if self.kept || self.end.is_some() {
            return;
        }
        match event {
            Event::Data(frame) => self.see_data(frame),
            Event::Trailers(frame) => self.take(Event::Trailers(frame.clone())),
            Event::Headers(_) | Event::Control(_) | Event::GoAway { .. } => {}
            Event::End => self.take(Event::End),
            Event::Reset(code) => self.take(Event::Reset(*code)),
            Event::Gone => self.take(Event::Gone),
        }
        if self.end.is_some() {
            self.keep();
        }
    }

    fn writes(&mut self, op: &WireOp) {
        if begins_answer(op) {
            self.keep();
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let request = self.keep();
        self.mocks.answered(request.id);
    }
}

/// Whether the answer itself has begun, or is given up, with this.
fn begins_answer(op: &WireOp) -> bool {
    !matches!(
        op,
        WireOp::WriteHeaders { status: ..=199, .. }
            | WireOp::Flush
            | WireOp::Push { .. }
            | WireOp::GoAway { .. }
            | WireOp::Ping { .. }
            | WireOp::Settings { .. }
            | WireOp::WindowUpdate { .. }
            | WireOp::Priority { .. }
            | WireOp::Padding(_)
            | WireOp::Coding(_)
            | WireOp::TableSize(_)
            | WireOp::EncodeFields(_)
    )
}
