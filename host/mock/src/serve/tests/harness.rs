//! A server of mocks over a pipe, and clients that speak to it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use h2::client::SendRequest;
use host_wire::{
    ConnectionInfo, Event, Exchange, Fields, Negotiated, Service, Transport, Violation,
    serve_connection,
};
use http::{HeaderMap, Request};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{Handlers, Limits, Mock, Mocks, Offered, Ran};

/// Whatever it is, one request line and the least that there may be.
pub(crate) const GET: &str = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n";

struct Offering(Arc<Mocks>);

impl Service for Offering {
    async fn call(&self, exchange: Exchange) {
        match self.0.offer(exchange, &Named).await {
            Offered::Passed(exchange) => tell("passed", *exchange).await,
            Offered::Answered { .. } => {}
        }
    }

    fn violation(&self, _: &ConnectionInfo, _: &Violation) {}
}

/// Handlers of which there is one, `tell`.
struct Named;

impl Handlers for Named {
    fn run(&self, name: String, exchange: Exchange) -> BoxFuture<'_, Ran> {
        let run = async move {
            if name != "tell" {
                let why = format!("there is no handler {name:?}");
                let exchange = Box::new(exchange);
                return Ran::Missing { exchange, why };
            }
            tell("handled", exchange).await;
            let (status, handler) = (Some(200), Some(name));
            Ran::Done { status, handler }
        };
        run.boxed()
    }
}

/// Answers with what the exchange gives.
async fn tell(who: &str, mut exchange: Exchange) {
    let mut told = who.to_owned();
    while let Some(event) = exchange.next().await {
        told += &match event {
            Event::Headers(frame) => format!(" headers({})", frame.end_stream),
            Event::Data(frame) => format!(" {}", frame.data.escape_ascii()),
            Event::Trailers(frame) => format!(" trailers({})", frame.fields.len()),
            Event::End => " end".to_owned(),
            other => format!(" {other:?}"),
        };
    }
    // Nobody may be there any more.
    let _ = exchange.respond(200, Fields::new(), told.into()).await;
}

/// A server, and the client's end of one connection to it.
pub(crate) struct Client {
    pub(crate) mocks: Arc<Mocks>,
    pub(crate) io: DuplexStream,
    pub(crate) server: Server,
}

/// How a connection is stopped, and how it ended.
pub(crate) struct Server {
    pub(crate) drain: watch::Sender<bool>,
    pub(crate) served: JoinHandle<io::Result<()>>,
    /// It was to end with TCP's RST.
    reset: Arc<AtomicBool>,
    writes: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn was_reset(&self) -> bool {
        self.reset.load(Ordering::SeqCst)
    }

    /// How many writes it took so far.
    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }
}

/// A pipe that knows whether it was reset, and how often it was written to.
struct Pipe(DuplexStream, Arc<AtomicBool>, Arc<AtomicUsize>);

impl Transport for Pipe {
    fn reset_when_dropped(&mut self) -> io::Result<()> {
        self.1.store(true, Ordering::SeqCst);
        Ok(())
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.2.fetch_add(1, Ordering::SeqCst);
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Serves these mocks.
pub(crate) fn serve(mocks: impl IntoIterator<Item = Mock>) -> Client {
    let board = Mocks::new(Limits::default(), false);
    board.add_all(mocks).unwrap();
    serve_board(board, Negotiated::Nothing)
}

pub(crate) fn serve_board(mocks: Arc<Mocks>, negotiated: Negotiated) -> Client {
    let (io, transport) = tokio::io::duplex(1 << 20);
    let address = ([127, 0, 0, 1], 80).into();
    let info = ConnectionInfo {
        id: 1,
        peer: address,
        local: address,
        tls: None,
        journal: None,
    };
    let (drain, draining) = watch::channel(false);
    let (reset, writes) = (Arc::default(), Arc::default());
    let served = tokio::spawn(serve_connection(
        Pipe(transport, Arc::clone(&reset), Arc::clone(&writes)),
        Arc::new(info),
        negotiated,
        Arc::default(),
        Arc::new(Offering(Arc::clone(&mocks))),
        draining,
    ));
    Client {
        mocks,
        io,
        server: Server {
            drain,
            served,
            reset,
            writes,
        },
    }
}

/// What these mocks answer to these bytes, to the connection's end. The client
/// closes its side when it has the answer.
pub(crate) async fn answer(mocks: impl IntoIterator<Item = Mock>, request: &str) -> String {
    serve(mocks).ask(request).await
}

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
    }

    /// So many bytes that come next.
    pub(crate) async fn take(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.io.read_exact(&mut bytes).await.unwrap();
        bytes.escape_ascii().to_string()
    }

    /// One answer to one request, with `Date` as `Date: D`, and `(open)` where the
    /// connection goes on. A connection that goes on says so in time, for the next
    /// request is answered 555.
    pub(crate) async fn ask(mut self, request: &str) -> String {
        self.send(request).await;
        self.read_answer().await
    }

    pub(crate) async fn read_answer(&mut self) -> String {
        let mut read = Vec::new();
        // The clock jumps when both sides wait, and idle connections close much later.
        let minutes = std::time::Duration::from_secs(5);
        let mut open = false;
        loop {
            match tokio::time::timeout(minutes, self.io.read_buf(&mut read)).await {
                Ok(Ok(n)) if n > 0 => {}
                Ok(_) => break,
                Err(_) => {
                    open = true;
                    break;
                }
            }
        }
        let text = String::from_utf8_lossy(&read).into_owned();
        let mut lines = Vec::new();
        for line in text.split("\r\n") {
            let is_date = line
                .get(..5)
                .is_some_and(|n| n.eq_ignore_ascii_case("date:"));
            lines.push(if is_date { "Date: D" } else { line });
        }
        let mut text = lines.join("\r\n");
        if open {
            text += "(open)";
        }
        text
    }

    /// An HTTP/2 client on this connection.
    pub(crate) async fn h2(self) -> H2 {
        let (send, connection) = h2::client::handshake(self.io).await.unwrap();
        let ended = tokio::spawn(connection);
        H2 {
            send: send.ready().await.unwrap(),
            ended,
            mocks: self.mocks,
            server: self.server,
        }
    }
}

/// An HTTP/2 client: the h2 crate.
pub(crate) struct H2 {
    pub(crate) send: SendRequest<Bytes>,
    /// How its connection ended.
    pub(crate) ended: JoinHandle<Result<(), h2::Error>>,
    pub(crate) mocks: Arc<Mocks>,
    pub(crate) server: Server,
}

/// An answer on HTTP/2.
#[derive(Debug)]
pub(crate) struct Got {
    /// The status and the fields, a line each, with `date: D`.
    pub(crate) head: String,
    /// Each DATA frame.
    pub(crate) frames: Vec<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
    /// What came in place of its end.
    pub(crate) error: Option<h2::Error>,
}

impl Got {
    pub(crate) fn body(&self) -> String {
        self.frames.concat().escape_ascii().to_string()
    }
}

impl H2 {
    /// Asks, with this body in one frame unless there is none.
    pub(crate) async fn ask(&mut self, method: &str, body: &'static str) -> Result<Got, h2::Error> {
        let request = Request::builder().method(method).uri("http://h/a?b=c");
        let request = request.body(()).unwrap();
        let (answer, mut stream) = self.send.send_request(request, body.is_empty())?;
        if !body.is_empty() {
            stream.send_data(body.into(), true)?;
        }
        let (head, mut content) = answer.await?.into_parts();
        let mut got = Got {
            head: head.status.as_str().to_owned(),
            frames: Vec::new(),
            trailers: None,
            error: None,
        };
        for (name, value) in &head.headers {
            let value = match name == "date" {
                true => "D".into(),
                false => String::from_utf8_lossy(value.as_bytes()),
            };
            got.head += &format!("\n{name}: {value}");
        }
        while let Some(data) = content.data().await {
            match data {
                Ok(data) => {
                    // Back pressure is not what is tested here.
                    let _ = content.flow_control().release_capacity(data.len());
                    got.frames.push(data);
                }
                Err(error) => {
                    got.error = Some(error);
                    return Ok(got);
                }
            }
        }
        match content.trailers().await {
            Ok(trailers) => got.trailers = trailers,
            Err(error) => got.error = Some(error),
        }
        Ok(got)
    }
}

/// Waits until so many answers are over.
pub(super) async fn answered(mocks: &Mocks, answers: u64) {
    let over = |mocks: &Mocks| (mocks.counts().answered >= answers).then_some(());
    mocks.until(over).await;
}
