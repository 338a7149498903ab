//! One request on a connection of its own, HTTP/1.1 as in wasmtime's own client.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::address::is_public;
use crate::context::Context;

/// How long it may take to look a name up, and to connect where the guest does
/// not say; what waits longer is given up long before the run's own time is over.
const CONNECT: Duration = Duration::from_secs(10);

/// Bytes of an answer's head: as much as any server sends, and what the host
/// holds of it for each request.
const HEAD: usize = 64 * 1024;

/// Where a request goes.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    /// For https.
    pub(super) tls: Option<Arc<ClientConfig>>,
}

/// What comes of a request: the answer, and what drives its connection.
pub(super) type Sent = Result<
    (
        http::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The addresses of a server that may be connected to.
pub(super) async fn addresses(
    target: &Target,
    context: &Context,
) -> Result<Vec<SocketAddr>, Error> {
    let (host, port) = (&*target.host, target.port);
    if let Ok(address) = host.parse::<IpAddr>() {
        // It was granted by itself.
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = timeout(CONNECT, tokio::net::lookup_host((host, port)));
    let found = found.await.map_err(|_| Error::DnsTimeout)?;
    let found: Vec<SocketAddr> = match found {
        Ok(found) => found.collect(),
        Err(error) => {
            return Err(Error::DnsError {
                rcode: Some(error.to_string()),
                info_code: None,
            });
        }
    };
    // Those names are this machine by definition (RFC 6761 §6.3).
    let is_local = host == "localhost" || host.ends_with(".localhost");
    let may = |address: &SocketAddr| {
        let ip = address.ip().to_canonical();
        is_public(ip)
            || (is_local && ip.is_loopback())
            || context.tenant.outgoing.allows(&ip.to_string(), port)
    };
    if let Some(refused) = found.iter().find(|address| !may(address)) {
        let text = format!(
            "a request to {host}:{port} was refused: it leads to {}, which is not public; \
             grant \"{refused}\" in `outgoing` as well to allow it",
            refused.ip()
        );
        context.log(tracing::Level::WARN, &text);
        return Err(Error::DestinationIpProhibited);
    }
    Ok(found)
}

/// Sends a request to the first of the addresses that answers.
pub(super) async fn send(
    target: Target,
    addresses: &[SocketAddr],
    mut request: http::Request<WasiBody>,
    options: RequestOptions,
    left: Arc<AtomicUsize>,
    slot: OwnedSemaphorePermit,
) -> Sent {
    let within = options.connect_timeout.unwrap_or(CONNECT);
    let connecting = timeout(within, connect(&target, addresses));
    let stream = connecting.await.map_err(|_| Error::ConnectionTimeout)??;
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await?;
    // It ends with the request, at the latest with the run.
    let connection = wasmtime_wasi::runtime::spawn(async move {
        let _slot = slot;
        connection.await
    });

    // To the server itself a target is in origin form (RFC 9112 §3.2.1).
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(|| Uri::from_static("/"), Uri::from);
    let request = request.map(|body| Counted::new(body, &left, None));
    let answer = sender.send_request(request);
    let answer = match options.first_byte_timeout {
        Some(time) => timeout(time, answer)
            .await
            .map_err(|_| Error::ConnectionReadTimeout)?,
        None => answer.await,
    }?;
    let between = options.between_bytes_timeout;
    let answer = answer.map(|body| {
        let body = body.map_err(Error::from).boxed_unsync();
        Counted::new(body, &left, between).boxed_unsync()
    });
    let driving = async move { connection.await.map_err(Error::from) };
    Ok((answer, Box::new(driving)))
}

async fn connect(target: &Target, addresses: &[SocketAddr]) -> Result<Box<dyn Stream>, Error> {
    let stream = TcpStream::connect(addresses)
        .await
        .map_err(Error::Connect)?;
    // Small requests are not to wait for more to send.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &target.tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(target.host.clone())?;
    let connector = TlsConnector::from(tls.clone());
    let stream = connector.connect(name, stream).await.map_err(Error::Tls)?;
    Ok(Box::new(stream))
}

/// Content that is counted, and may not pause for longer than it is given.
struct Counted {
    body: WasiBody,
    left: Arc<AtomicUsize>,
    between: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Counted {
    fn new(body: WasiBody, left: &Arc<AtomicUsize>, between: Option<Duration>) -> Self {
        Self {
            body,
            left: left.clone(),
            between: between.map(|time| (time, Box::pin(sleep(time)))),
        }
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            let late = this.between.as_mut();
            return match late.map(|(_, sleep)| sleep.as_mut().poll(cx)) {
                Some(Poll::Ready(())) => Poll::Ready(Some(Err(Error::ConnectionReadTimeout))),
                _ => Poll::Pending,
            };
        };
        if let Some((time, sleep)) = &mut this.between {
            let next = tokio::time::Instant::now() + *time;
            sleep.as_mut().reset(next);
        }
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            let fits = |left: usize| left.checked_sub(data.len());
            if this.left.fetch_update(Relaxed, Relaxed, fits).is_err() {
                return Poll::Ready(Some(Err(Error::HttpResponseBodySize(None))));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
