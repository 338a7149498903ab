//! TLS 1.2 and 1.3 with ALPN (RFC 7301), on rustls.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use host_wire::journal::{Page, Preview, What};
use host_wire::{Negotiated, TlsInfo, Transport};
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, ServerConfig, ServerConnection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::journal::{FirstBytes, Recorded, client_hello};

/// HTTP/2's name in ALPN (RFC 9113 §3.1).
const H2: &[u8] = b"h2";
/// HTTP/1.1's name in ALPN (RFC 7301 §6).
const HTTP11: &[u8] = b"http/1.1";

/// The cryptography in use.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What shakes hands with clients.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    offer: Offer,
}

/// The protocols that are offered by ALPN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// HTTP/2, else HTTP/1.1.
    Both,
    /// HTTP/2, which is also spoken where the client says nothing.
    Http2,
    /// None: ALPN is not answered, and clients take HTTP/1.1, as wptserve's do.
    Nothing,
}

/// What shakes hands with clients, showing them this certificate.
pub(crate) fn acceptor(
    certified: CertifiedKey,
    provider: Arc<CryptoProvider>,
    offer: Offer,
) -> Result<Tls, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = match offer {
        Offer::Both => vec![H2.to_vec(), HTTP11.to_vec()],
        Offer::Http2 => vec![H2.to_vec()],
        Offer::Nothing => Vec::new(),
    };
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Ok(Tls { acceptor, offer })
}

/// A handshake, and what came of it, which a journal is told.
///
/// # Errors
/// The client's misbehaviour, or its taking longer than `timeout`.
pub(crate) async fn handshake(
    tls: &Tls,
    socket: TcpStream,
    timeout: Duration,
    page: Option<&Page>,
) -> io::Result<(Session, TlsInfo, Negotiated)> {
    let first = page.map(|_| FirstBytes::default());
    let accept = tls.acceptor.accept(Recorded::new(socket, first.clone()));
    let shaken = tokio::time::timeout(timeout, accept)
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the handshake took too long"))
        .and_then(|shaken| shaken);
    let agreed = shaken.map(|stream| {
        let (info, mut negotiated) = facts(stream.get_ref().1);
        if tls.offer == Offer::Http2 {
            negotiated = Negotiated::Http2;
        }
        (Session(stream), info, negotiated)
    });
    if let (Some(page), Some(first)) = (page, first) {
        let (info, error) = match &agreed {
            Ok((_, info, _)) => (Some(info.clone()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let first = first.lock();
        let hello = client_hello(&first).map(Box::new);
        page.record(What::Tls {
            agreed: info,
            received: hello.is_none().then(|| Preview::of(&first)),
            hello,
            error,
        });
    }
    agreed
}

/// A connection under TLS, as the wire takes it.
#[derive(Debug)]
pub(crate) struct Session(TlsStream<Recorded>);

impl AsyncRead for Session {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Session {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl Transport for Session {
    fn reset_when_dropped(&mut self) -> io::Result<()> {
        self.0.get_ref().0.socket.set_zero_linger()
    }
}

/// What client and server agreed on. Without ALPN the first bytes tell the
/// protocol, as on a plaintext port.
fn facts(connection: &ServerConnection) -> (TlsInfo, Negotiated) {
    let negotiated = match connection.alpn_protocol() {
        Some(H2) => Negotiated::Http2,
        Some(HTTP11) => Negotiated::Http1,
        _ => Negotiated::Nothing,
    };
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        _ => "",
    };
    let suite = connection.negotiated_cipher_suite();
    let suite = suite.and_then(|suite| suite.suite().as_str()).unwrap_or("");
    let info = TlsInfo {
        version: version.to_owned(),
        // rustls tells TLS 1.3's suites apart by a prefix that IANA lacks.
        cipher: suite.replacen("TLS13_", "TLS_", 1),
        alpn: connection.alpn_protocol().map(Bytes::copy_from_slice),
        server_name: connection.server_name().map(str::to_owned),
    };
    (info, negotiated)
}
