//! What a server is asked, wherever it runs.

use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use host_mock::{Answer, ConnectionFault, Mock, Request, Unmet};
use rustls::pki_types::CertificateDer;

use crate::Error;

/// A future that need not be moved again.
pub(crate) type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a server is to be.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) address: IpAddr,
    /// 0 picks one.
    pub(crate) port: u16,
    pub(crate) tls: bool,
    /// 0 picks one.
    pub(crate) tls_port: u16,
    pub(crate) plugins: Option<PathBuf>,
    pub(crate) raw: Option<bool>,
    pub(crate) body_limit: Option<usize>,
    pub(crate) wire: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            tls: true,
            tls_port: 0,
            plugins: None,
            raw: None,
            body_limit: None,
            wire: false,
        }
    }
}

/// Where a server listens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Addresses {
    pub(crate) http: Option<SocketAddr>,
    pub(crate) https: Option<SocketAddr>,
}

/// A server, here or in a process of its own.
///
/// What says `within` blocks its thread, and the one behind it is its twin.
pub(crate) trait Backend: fmt::Debug + Send + Sync {
    fn addresses(&self) -> Addresses;
    /// The CA of its certificate.
    fn authority(&self) -> Option<CertificateDer<'static>>;

    fn add(&self, mock: Mock) -> Result<u64, Error>;
    /// Says whether it was there.
    fn remove(&self, id: u64) -> Result<bool, Error>;
    /// How many requests a mock has answered; `None` if it is there no more.
    fn answered(&self, id: u64) -> Result<Option<u64>, Error>;
    fn set_unmatched(&self, answer: Option<Answer>) -> Result<(), Error>;
    fn fail_connections(&self, fault: ConnectionFault, times: u64) -> Result<(), Error>;
    fn clear_connection_faults(&self) -> Result<(), Error>;
    fn upload(&self, name: &str, bytes: Bytes) -> Result<(), Error>;
    fn reset(&self) -> Result<(), Error>;
    fn forget_requests(&self) -> Result<(), Error>;

    fn requests(&self) -> Result<Vec<Arc<Request>>, Error>;
    /// Requests that came, those that are no longer kept among them.
    fn received(&self) -> Result<u64, Error>;
    /// Answers that are over.
    fn answers(&self) -> Result<u64, Error>;
    fn take_within(&self, timeout: Duration) -> Result<Option<Arc<Request>>, Error>;
    fn take_later(&self, timeout: Duration) -> Later<'_, Result<Option<Arc<Request>>, Error>>;
    /// Waits until so many answers are over; says whether they are.
    fn answers_within(&self, answers: u64, timeout: Duration) -> Result<bool, Error>;
    fn answers_later(&self, answers: u64, timeout: Duration) -> Later<'_, Result<bool, Error>>;
    /// The journal of the wire, a line of JSON each.
    fn wire(&self, connection: Option<u64>) -> Result<Vec<String>, Error>;
    fn verify(&self) -> Result<Result<(), Unmet>, Error>;

    /// Lets what is under way finish, briefly. Does nothing where it is stopped.
    fn stop(&self) -> Result<(), Error>;
    /// On the ports that it had.
    fn start_again(&self) -> Result<(), Error>;
    /// As [`Self::stop`], and nobody uses it any more.
    fn end(&self);
}
