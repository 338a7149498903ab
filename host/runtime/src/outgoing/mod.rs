//! Requests that handlers send (`wasi:http/outgoing-handler`): only where their
//! tenant was granted that.
//!
//! The name and port that are asked for must be granted before anything is
//! looked up (`grant.rs`). What the name then leads to is looked up once, and is
//! what is connected to: an address of this machine or of a private network is
//! refused unless the address itself is granted (`address.rs`), so that who
//! controls a granted name cannot point it at what stands behind this host.

mod address;
mod grant;
mod send;

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use http::uri::Scheme;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

pub use self::grant::Grant;
use self::send::{Sent, Target, send};
use crate::context::Context;

/// Requests that one run may have under way, each a connection.
const AT_A_TIME: usize = 16;

/// Where a tenant's handlers may send requests, and whom they trust there.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    grants: Vec<Grant>,
    trust: Option<Trust>,
}

/// Whose certificates handlers trust. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Those of Mozilla's list, and of these authorities.
    ///
    /// # Errors
    /// An authority's certificate is none.
    pub fn new(authorities: &[CertificateDer<'static>]) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.into(),
        };
        for authority in authorities {
            roots.add(authority.clone())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

impl Outgoing {
    /// Without `trust` there is no https.
    pub fn new(grants: Vec<Grant>, trust: Option<Trust>) -> Self {
        Self { grants, trust }
    }

    /// What is granted.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    fn allows(&self, host: &str, port: u16) -> bool {
        self.grants.iter().any(|grant| grant.allows(host, port))
    }
}

/// Sends the requests of one run.
pub(crate) struct Sender {
    context: Arc<Context>,
    slots: Arc<Semaphore>,
    /// Bytes of content that may still pass, in both directions together.
    left: Arc<AtomicUsize>,
}

impl Sender {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(AT_A_TIME)),
            left: Arc::new(AtomicUsize::new(context.tenant.limits.response_bytes)),
            context: context.clone(),
        }
    }

    /// The server that a request is for, if it may go there.
    fn target(&self, request: &http::Request<WasiBody>) -> Result<Target, Error> {
        let uri = request.uri();
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().ok_or(Error::HttpRequestUriInvalid)?;
        let host = grant::normal(host);
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let tenant = &self.context.tenant;
        if !tenant.outgoing.allows(&host, port) {
            self.warn(&format!(
                "a request to {host}:{port} was refused: set outgoing = [\"{host}:{port}\"] \
                 for tenant {} in host.toml to allow it",
                tenant.name
            ));
            return Err(Error::HttpRequestDenied);
        }
        let tls = match &tenant.outgoing.trust {
            _ if !is_tls => None,
            Some(Trust(config)) => Some(config.clone()),
            None => return Err(Error::ConfigurationError),
        };
        Ok(Target { host, port, tls })
    }

    fn warn(&self, text: &str) {
        self.context.log(tracing::Level::WARN, text);
    }
}

impl WasiHttpHooks for Sender {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let admitted = self.target(&request).and_then(|target| {
            let slot = self.slots.clone().try_acquire_owned().map_err(|_| {
                self.warn(&format!(
                    "a request to {} was refused: a handler may have {AT_A_TIME} under way",
                    target.host
                ));
                Error::ConnectionLimitReached
            })?;
            Ok((target, slot))
        });
        let (target, slot) = match admitted {
            Ok(admitted) => admitted,
            Err(error) => return Box::new(std::future::ready(Err(error))),
        };
        let options = options.unwrap_or_default();
        let (context, left) = (self.context.clone(), self.left.clone());
        Box::new(async move {
            let addresses = send::addresses(&target, &context).await?;
            send(target, &addresses, request, options, left, slot).await
        })
    }

    // wasmtime's own say nothing of whose request it was.

    fn p2_error_from_connect(&mut self, error: &io::Error) -> ErrorCode {
        self.warn(&format!("a request failed: no connection: {error}"));
        match error.kind() {
            io::ErrorKind::TimedOut => ErrorCode::ConnectionTimeout,
            io::ErrorKind::ConnectionRefused => ErrorCode::ConnectionRefused,
            _ => ErrorCode::DestinationUnavailable,
        }
    }

    fn p2_error_from_tls(&mut self, error: &io::Error) -> ErrorCode {
        self.warn(&format!("a request failed: TLS: {error}"));
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
        match cause {
            Some(rustls::Error::InvalidCertificate(_)) => ErrorCode::TlsCertificateError,
            _ => ErrorCode::TlsProtocolError,
        }
    }

    fn p2_error_from_hyper(&mut self, error: &hyper::Error) -> ErrorCode {
        self.warn(&format!("a request failed: {error}"));
        ErrorCode::HttpProtocolError
    }
}
