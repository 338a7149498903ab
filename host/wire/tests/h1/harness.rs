//! A server over a pipe, and a client that speaks bytes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use host_wire::{
    ConnectionInfo, Event, Exchange, Fields, Limits, Negotiated, Service, TlsInfo, Transport,
    Violation, WireError, WireOp, serve_connection,
};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

type Answering = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A service made of a function.
struct Function {
    handler: Box<dyn Fn(Exchange) -> Answering + Send + Sync>,
    violations: Arc<Mutex<Vec<Violation>>>,
}

impl Service for Function {
    async fn call(&self, exchange: Exchange) {
        (self.handler)(exchange).await;
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        self.violations.lock().push(violation.clone());
    }
}

/// How to serve.
pub(crate) struct Server {
    pub(crate) limits: Limits,
    pub(crate) negotiated: Negotiated,
    pub(crate) tls: bool,
    /// What fits in the pipe, each way.
    pub(crate) pipe: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            negotiated: Negotiated::Nothing,
            tls: false,
            pipe: 64 * 1024,
        }
    }
}

/// What is reported, how to stop it, and how it ended.
pub(crate) type Serving = (
    Arc<Mutex<Vec<Violation>>>,
    watch::Sender<bool>,
    JoinHandle<io::Result<()>>,
);

/// The client's end of a connection.
pub(crate) struct Client {
    pub(crate) io: DuplexStream,
    /// Received, and not looked at yet.
    pub(crate) read: Vec<u8>,
    violations: Arc<Mutex<Vec<Violation>>>,
    drain: watch::Sender<bool>,
    served: JoinHandle<io::Result<()>>,
}

/// Serves one connection by `handler`.
pub(crate) fn serve<F, A>(handler: F) -> Client
where
    F: Fn(Exchange) -> A + Send + Sync + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    Server::default().serve(handler)
}

impl Server {
    pub(crate) fn serve<F, A>(self, handler: F) -> Client
    where
        F: Fn(Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let (io, transport) = tokio::io::duplex(self.pipe);
        let (violations, drain, served) = self.serve_on(transport, handler);
        Client {
            io,
            read: Vec::new(),
            violations,
            drain,
            served,
        }
    }

    /// Serves a connection that the caller has made.
    pub(crate) fn serve_on<F, A>(self, transport: impl Transport, handler: F) -> Serving
    where
        F: Fn(Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let violations = Arc::new(Mutex::new(Vec::new()));
        let service = Function {
            handler: Box::new(move |exchange| Box::pin(handler(exchange))),
            violations: violations.clone(),
        };
        let info = ConnectionInfo {
            id: 1,
            peer: ([127, 0, 0, 1], 40000).into(),
            local: ([127, 0, 0, 1], 8000).into(),
            tls: self.tls.then(TlsInfo::default),
            journal: None,
        };
        let (drain, draining) = watch::channel(false);
        let served = tokio::spawn(serve_connection(
            transport,
            Arc::new(info),
            self.negotiated,
            Arc::new(self.limits),
            Arc::new(service),
            draining,
        ));
        (violations, drain, served)
    }
}

/// An answer as it was received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and fields, without the empty line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (n, value) = line.split_once(": ")?;
            n.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Closes the client's side.
    pub(crate) async fn finish(&mut self) {
        self.io.shutdown().await.unwrap();
    }

    /// Asks the server to stop.
    pub(crate) fn drain(&self) {
        self.drain.send(true).unwrap();
    }

    async fn more(&mut self) -> usize {
        self.io.read_buf(&mut self.read).await.unwrap()
    }

    /// Everything until the server closes.
    pub(crate) async fn rest(&mut self) -> String {
        String::from_utf8(self.rest_bytes().await).unwrap()
    }

    /// The same where it need not be text.
    pub(crate) async fn rest_bytes(&mut self) -> Vec<u8> {
        while self.more().await > 0 {}
        std::mem::take(&mut self.read)
    }

    /// Exactly these bytes come next.
    pub(crate) async fn expect(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        while self.read.len() < expected.len() && self.more().await > 0 {}
        let len = expected.len().min(self.read.len());
        let next: Vec<u8> = self.read.drain(..len).collect();
        assert_eq!(
            next.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }

    /// The next head, and its bytes taken.
    pub(crate) async fn head(&mut self) -> Answer {
        let end = loop {
            let end = self.read.windows(4).position(|w| w == b"\r\n\r\n");
            match end {
                Some(end) => break end,
                None => assert_ne!(self.more().await, 0, "closed: {:?}", self.read),
            }
        };
        let head = String::from_utf8(self.read[..end].to_vec()).unwrap();
        self.read.drain(..end + 4);
        let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3]
            .parse()
            .unwrap();
        let body = Vec::new();
        Answer { status, head, body }
    }

    /// The next answer with its body, which has a Content-Length, or is
    /// chunked, or goes on until the server closes.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut answer = self.head().await;
        if matches!(answer.status, 100..=199 | 204 | 304) {
            return answer;
        }
        if let Some(length) = answer.field("content-length") {
            let length = length.parse().unwrap();
            answer.body = self.take(length).await;
        } else if answer.field("transfer-encoding") == Some("chunked") {
            loop {
                let size = self.line().await;
                let size = usize::from_str_radix(&size, 16).unwrap();
                if size == 0 {
                    break;
                }
                let chunk = self.take(size).await;
                answer.body.extend(chunk);
                assert_eq!(self.line().await, "");
            }
            assert_eq!(self.line().await, "", "trailers are read by `line`");
        } else {
            answer.body = self.rest().await.into_bytes();
        }
        answer
    }

    pub(crate) async fn take(&mut self, len: usize) -> Vec<u8> {
        while self.read.len() < len {
            assert_ne!(self.more().await, 0, "closed: {:?}", self.read);
        }
        self.read.drain(..len).collect()
    }

    /// The next line, without its CRLF.
    pub(crate) async fn line(&mut self) -> String {
        let end = loop {
            match self.read.windows(2).position(|w| w == b"\r\n") {
                Some(end) => break end,
                None => assert_ne!(self.more().await, 0, "closed: {:?}", self.read),
            }
        };
        let line = String::from_utf8(self.read[..end].to_vec()).unwrap();
        self.read.drain(..end + 2);
        line
    }

    /// Nothing more comes and the server has closed; what it reported.
    pub(crate) async fn closed(mut self) -> Vec<Violation> {
        assert_eq!(self.rest().await, "");
        drop(self.io);
        self.served.await.unwrap().unwrap();
        std::mem::take(&mut *self.violations.lock())
    }

    /// The server ends although the client stays; what it reported.
    pub(crate) async fn dropped(self) -> Vec<Violation> {
        self.served.await.unwrap().unwrap();
        std::mem::take(&mut *self.violations.lock())
    }

    /// How serving ended, when the client just left.
    pub(crate) async fn left(self) -> (io::Result<()>, Vec<Violation>) {
        drop(self.io);
        let served = self.served.await.unwrap();
        let violations = std::mem::take(&mut *self.violations.lock());
        (served, violations)
    }
}

// === Handlers ===

/// Fields made of pairs.
pub(crate) fn fields(lines: &[(&'static str, &'static str)]) -> Fields {
    lines
        .iter()
        .map(|(name, value)| (Bytes::from(*name), Bytes::from(*value)))
        .collect()
}

pub(crate) fn write_headers(
    status: u16,
    lines: &[(&'static str, &'static str)],
    end: bool,
) -> WireOp {
    WireOp::WriteHeaders {
        stream: None,
        status,
        reason: None,
        fields: fields(lines),
        end,
    }
}

pub(crate) fn write_data(data: impl Into<Bytes>, end: bool) -> WireOp {
    WireOp::WriteData {
        stream: None,
        data: data.into(),
        end,
    }
}

pub(crate) fn trailers(lines: &[(&'static str, &'static str)]) -> WireOp {
    WireOp::Trailers {
        stream: None,
        fields: fields(lines),
    }
}

pub(crate) fn raw(bytes: impl Into<Bytes>) -> WireOp {
    let (bytes, more) = (bytes.into(), false);
    WireOp::RawBytes { bytes, more }
}

/// Raw bytes that may wait for what follows.
pub(crate) fn raw_more(bytes: impl Into<Bytes>) -> WireOp {
    let (bytes, more) = (bytes.into(), true);
    WireOp::RawBytes { bytes, more }
}

pub(crate) const END: WireOp = WireOp::EndStream { stream: None };

/// Applies operations in order; all must be taken.
pub(crate) async fn apply(exchange: &mut Exchange, ops: impl IntoIterator<Item = WireOp>) {
    for op in ops {
        let shown = format!("{op:?}");
        if let Err(error) = exchange.apply(op).await {
            panic!("{shown}: {error}");
        }
    }
}

/// The section of a protocol error.
pub(crate) fn section<T: std::fmt::Debug>(result: Result<T, WireError>) -> &'static str {
    match result {
        Err(WireError::Protocol { section, .. }) => section,
        other => panic!("not a protocol error: {other:?}"),
    }
}

/// Answers with `hello`, without a look at the body.
pub(crate) async fn hello(mut exchange: Exchange) {
    let ops = [
        write_headers(200, &[("Content-Length", "5")], false),
        write_data("hello", true),
    ];
    apply(&mut exchange, ops).await;
}

/// Answers with every event, pieces of data joined.
pub(crate) async fn report(mut exchange: Exchange) {
    let mut report = format!(
        "{} {}\n",
        exchange.head().method.escape_ascii(),
        exchange.head().target.escape_ascii()
    );
    for (name, value) in &exchange.head().fields {
        report += &format!("{}={}\n", name.escape_ascii(), value.escape_ascii());
    }
    let mut body = Vec::new();
    let mut ended = "";
    while let Some(event) = exchange.next().await {
        match event {
            Event::Headers(frame) => report += &format!("end_stream={}\n", frame.end_stream),
            Event::Data(frame) => {
                assert!(!frame.data.is_empty());
                body.extend_from_slice(&frame.data);
            }
            Event::Trailers(frame) => {
                for (name, value) in &frame.fields {
                    let (name, value) = (name.escape_ascii(), value.escape_ascii());
                    report += &format!("trailer {name}={value}\n");
                }
            }
            Event::End => ended = "End",
            Event::Gone => ended = "Gone",
            Event::Reset(_) | Event::Control(_) | Event::GoAway { .. } => {
                unreachable!("HTTP/1 has no such frames")
            }
        }
    }
    report += &format!("{}\n{ended}", body.escape_ascii());
    // Nobody may be there any more.
    let _ = exchange.respond(200, Fields::new(), report.into()).await;
}
