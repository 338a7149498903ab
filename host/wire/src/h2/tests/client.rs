//! The client of a test, and the service that it talks to.

use std::future::Future;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{TestFrame, ping, settings, window_update};
use crate::detect::PREFACE;
use crate::h2::frame::{HEAD_LEN, Head, flag, kind};
use crate::h2::hpack::{Bounds, Decoder, Encoder};
use crate::h2::{Upgraded, serve};
use crate::journal::Tap;
use crate::{ConnectionInfo, Exchange, Indexing, Limits, Service, Transport, Violation};

/// Answers by a function.
pub(in crate::h2) struct Handler<F> {
    answer: F,
    violations: Arc<Mutex<Vec<Violation>>>,
}

impl<F, A> Service for Handler<F>
where
    F: Fn(Exchange) -> A + Send + Sync + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    fn call(&self, exchange: Exchange) -> impl Future<Output = ()> + Send {
        (self.answer)(exchange)
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        self.violations.lock().push(violation.clone());
    }
}

pub(in crate::h2) fn info() -> Arc<ConnectionInfo> {
    let address = ([127, 0, 0, 1], 80).into();
    Arc::new(ConnectionInfo {
        id: 1,
        peer: address,
        local: address,
        tls: None,
        journal: None,
    })
}

/// A client that says exactly what it is told to.
pub(in crate::h2) struct Client {
    io: DuplexStream,
    input: BytesMut,
    encoder: Encoder,
    decoder: Decoder,
    violations: Arc<Mutex<Vec<Violation>>>,
    pub drain: watch::Sender<bool>,
    pub server: JoinHandle<std::io::Result<()>>,
}

/// Bytes that the pipe holds in each direction.
pub(in crate::h2) const PIPE: usize = 64 * 1024;

impl Client {
    /// A connection of which nothing has been said yet.
    pub(in crate::h2) fn silent<F, A>(limits: Limits, upgraded: Option<Upgraded>, answer: F) -> Self
    where
        F: Fn(Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        Self::served(info(), limits, upgraded, answer)
    }

    /// The same, by a server that knows this of the connection.
    pub(in crate::h2) fn served<F, A>(
        info: Arc<ConnectionInfo>,
        limits: Limits,
        upgraded: Option<Upgraded>,
        answer: F,
    ) -> Self
    where
        F: Fn(Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let (io, theirs) = tokio::io::duplex(PIPE);
        let mut theirs: Box<dyn Transport> = Box::new(theirs);
        if let Some(page) = &info.journal {
            theirs = Box::new(Tap::new(theirs, Arc::clone(page)));
        }
        let violations = Arc::default();
        let handler = Handler {
            answer,
            violations: Arc::clone(&violations),
        };
        let (drain, drains) = watch::channel(false);
        let server = tokio::spawn(serve(
            theirs,
            BytesMut::new(),
            upgraded,
            info,
            Arc::new(limits),
            Arc::new(handler),
            drains,
        ));
        Self {
            io,
            input: BytesMut::new(),
            encoder: Encoder::new(),
            decoder: Decoder::new(),
            violations,
            drain,
            server,
        }
    }

    /// A connection whose SETTINGS have been exchanged, ours being `said`.
    pub(in crate::h2) async fn connect<F, A>(limits: Limits, said: &[(u16, u32)], answer: F) -> Self
    where
        F: Fn(Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let mut client = Self::silent(limits.clone(), None, answer);
        client.greet(&limits, said).await;
        client
    }

    /// Exchanges SETTINGS with a server that has these limits.
    pub(in crate::h2) async fn greet(&mut self, limits: &Limits, said: &[(u16, u32)]) {
        let theirs = crate::h2::settings::ours(limits);
        let more = limits.connection_window.saturating_sub(65_535);
        self.send_bytes(PREFACE).await;
        self.send(settings(said)).await;
        self.send(settings(&[]).ack()).await;
        self.expect(settings(&theirs)).await;
        if more > 0 {
            self.expect(window_update(0, more)).await;
        }
        self.expect(settings(&[]).ack()).await;
    }

    /// The same with default limits and settings.
    pub(in crate::h2) async fn new<F, A>(answer: F) -> Self
    where
        F: Fn(Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        Self::connect(Limits::default(), &[], answer).await
    }

    pub(in crate::h2) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.unwrap();
    }

    /// Compresses with a table of this size from now on.
    pub(in crate::h2) fn table_size(&mut self, size: usize) {
        self.encoder.set_table_size(size);
    }

    /// Sends, unless the server has left.
    pub(in crate::h2) async fn try_send(&mut self, frame: TestFrame) -> bool {
        let bytes = self.encode(frame);
        self.io.write_all(&bytes).await.is_ok()
    }

    pub(in crate::h2) async fn send(&mut self, frame: TestFrame) {
        assert!(self.try_send(frame).await, "the server has left");
    }

    pub(in crate::h2) async fn send_all(&mut self, frames: impl IntoIterator<Item = TestFrame>) {
        let mut bytes = Vec::new();
        for frame in frames {
            bytes.extend(self.encode(frame));
        }
        self.send_bytes(&bytes).await;
    }

    fn encode(&mut self, frame: TestFrame) -> Vec<u8> {
        let mut payload = Vec::new();
        if frame.kind == kind::HEADERS && !frame.fields.is_empty() {
            self.encoder.begin(&mut payload);
        }
        for (name, value) in &frame.fields {
            let (name, value) = (name.as_bytes(), value.as_bytes());
            let indexing = Indexing::Incremental;
            self.encoder
                .field(name, value, indexing, None, &mut payload);
        }
        // What `padded` put around nothing goes around the block.
        let at = usize::from(frame.flags & flag::PADDED != 0 && !frame.payload.is_empty());
        let at = if frame.fields.is_empty() { 0 } else { at };
        let block = std::mem::replace(&mut payload, frame.payload);
        payload.splice(at..at, block);
        let head = Head {
            length: payload.len() as u32,
            kind: frame.kind,
            flags: frame.flags,
            stream: frame.stream,
        };
        [&head.bytes(), &payload[..]].concat()
    }

    async fn frame(&mut self) -> Option<(Head, Bytes)> {
        loop {
            if let Some(head) = self.input.first_chunk::<HEAD_LEN>() {
                let head = Head::parse(*head);
                let length = HEAD_LEN + head.length as usize;
                if self.input.len() >= length {
                    return Some((head, self.input.split_to(length).freeze().slice(HEAD_LEN..)));
                }
            }
            if self.io.read_buf(&mut self.input).await.unwrap() == 0 {
                assert!(self.input.is_empty(), "the connection ended within a frame");
                return None;
            }
        }
    }

    /// The next frame as it is; `None` at the end of the connection.
    pub(in crate::h2) async fn receive_alone(&mut self) -> Option<TestFrame> {
        let (head, payload) = self.frame().await?;
        Some(TestFrame {
            kind: head.kind,
            flags: head.flags,
            stream: head.stream,
            fields: Vec::new(),
            payload: payload.to_vec(),
        })
    }

    /// The next frame, HEADERS and PUSH_PROMISE with their CONTINUATIONs and
    /// decoded; `None` at the end of the connection.
    pub(in crate::h2) async fn receive(&mut self) -> Option<TestFrame> {
        let mut seen = self.receive_alone().await?;
        if seen.kind == kind::GOAWAY {
            seen.payload.truncate(8);
        }
        if seen.kind != kind::HEADERS && seen.kind != kind::PUSH_PROMISE {
            return Some(seen);
        }
        // What goes around the block stays in the payload.
        let padded = seen.flags & flag::PADDED != 0;
        let before = usize::from(padded) + 4 * usize::from(seen.kind == kind::PUSH_PROMISE);
        let after = if padded { seen.payload[0] } else { 0 };
        let end = seen.payload.len() - usize::from(after);
        let mut block: Vec<u8> = seen.payload.drain(before..end).collect();
        while seen.flags & flag::END_HEADERS == 0 {
            let (next, payload) = self.frame().await.expect("a CONTINUATION");
            assert_eq!((next.kind, next.stream), (kind::CONTINUATION, seen.stream));
            block.extend_from_slice(&payload);
            seen.flags |= next.flags & flag::END_HEADERS;
        }
        seen.fields = self.decode(&block);
        Some(seen)
    }

    pub(in crate::h2) async fn expect(&mut self, frame: TestFrame) {
        let seen = self.receive().await;
        if seen.as_ref() != Some(&frame) {
            let violations = self.violations.lock();
            panic!("expected {frame:?}\n    seen {seen:?}\nviolations {violations:?}");
        }
    }

    /// Decodes the block that comes next.
    pub(in crate::h2) fn decode(&mut self, block: &[u8]) -> Vec<(String, String)> {
        let bounds = Bounds {
            bytes: usize::MAX,
            fields: usize::MAX,
        };
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        let list = self.decoder.decode(block, bounds).unwrap();
        let fields = list.fields.into_iter();
        fields.map(|(n, v)| (text(n), text(v))).collect()
    }

    /// Lets the server compress with a table of this size, as SETTINGS said.
    pub(in crate::h2) fn allow_table(&mut self, size: usize) {
        self.decoder.allow(size);
    }

    /// The next frame is this one, not decoded.
    pub(in crate::h2) async fn expect_alone(&mut self, frame: TestFrame) {
        assert_eq!(self.receive_alone().await, Some(frame));
    }

    /// The next bytes, whatever they are.
    pub(in crate::h2) async fn bytes(&mut self, n: usize) -> Bytes {
        while self.input.len() < n {
            assert!(self.io.read_buf(&mut self.input).await.unwrap() > 0);
        }
        self.input.split_to(n).freeze()
    }

    /// What comes next, as much as there is; `None` at the end.
    pub(in crate::h2) async fn any_bytes(&mut self) -> Option<usize> {
        self.input.clear();
        let read = self.io.read_buf(&mut self.input).await.unwrap();
        (read > 0).then_some(read)
    }

    /// Nothing more has been written, and everything before has been taken.
    pub(in crate::h2) async fn expect_nothing(&mut self) {
        self.send(ping(b"nothing?")).await;
        self.expect(ping(b"nothing?").ack()).await;
    }

    /// The connection ends here.
    pub(in crate::h2) async fn expect_end(&mut self) {
        assert_eq!(self.receive().await, None);
    }

    /// Content of a stream until END_STREAM, and in how many frames it came.
    pub(in crate::h2) async fn content(&mut self, stream: u32) -> (Vec<u8>, usize) {
        let (mut content, mut frames) = (Vec::new(), 0);
        loop {
            let frame = self.receive().await.expect("DATA");
            assert_eq!((frame.kind, frame.stream), (kind::DATA, stream));
            content.extend_from_slice(&frame.payload);
            frames += 1;
            if frame.flags & flag::END_STREAM != 0 {
                return (content, frames);
            }
        }
    }

    /// The one violation that was reported: its section and its stream.
    pub(in crate::h2) fn violation(&self) -> (&'static str, Option<u32>) {
        let violations = self.violations.lock();
        assert_eq!(violations.len(), 1, "{violations:?}");
        (violations[0].section, violations[0].stream)
    }

    pub(in crate::h2) fn violations(&self) -> Vec<Violation> {
        self.violations.lock().clone()
    }
}
