//! Servers that are not quite the usual one.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::{Backend, Shape};
use crate::error::sure;
use crate::subprocess::{self, Remote};
use crate::{Error, TestServer};

/// What a server is to be; see [`TestServer::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is started yet"]
pub struct Builder {
    shape: Shape,
    lenient: bool,
    place: Place,
}

/// Where a server runs.
#[derive(Clone, Debug)]
enum Place {
    #[cfg(feature = "thread")]
    Thread,
    /// In this binary; the usual one if `None`.
    Subprocess(Option<PathBuf>),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            shape: Shape::default(),
            lenient: false,
            #[cfg(feature = "thread")]
            place: Place::Thread,
            #[cfg(not(feature = "thread"))]
            place: Place::Subprocess(None),
        }
    }

    /// Runs it in a process of its own, shared with the other servers of the test:
    /// `host` as HOST_BINARY names it, or from PATH.
    pub fn subprocess(mut self) -> Self {
        self.place = Place::Subprocess(None);
        self
    }

    /// As [`Self::subprocess`], by this binary.
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.place = Place::Subprocess(Some(path.into()));
        self
    }

    /// Listens at this address instead of 127.0.0.1.
    pub fn address(mut self, address: impl Into<IpAddr>) -> Self {
        self.shape.address = address.into();
        self
    }

    /// Listens for plaintext on this port, instead of any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.shape.port = port;
        self
    }

    /// Listens for TLS on this port, instead of any that is free.
    pub fn https_port(mut self, port: u16) -> Self {
        self.shape.tls_port = port;
        self
    }

    /// Whether it listens for TLS, too; it does if nothing is said.
    pub fn tls(mut self, tls: bool) -> Self {
        self.shape.tls = tls;
        self
    }

    /// Serves this folder of handlers and files behind the mocks: what no mock
    /// answers is the folder's, and not unmatched.
    pub fn plugins(mut self, folder: impl Into<PathBuf>) -> Self {
        self.shape.plugins = Some(folder.into());
        self
    }

    /// Whether the folder's handlers may write raw; they may if nothing is said.
    pub fn raw(mut self, raw: bool) -> Self {
        self.shape.raw = Some(raw);
        self
    }

    /// Keeps so many bytes of a request's body; 16 MiB if nothing is said. What is
    /// longer is read and counted.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.shape.body_limit = Some(bytes);
        self
    }

    /// Keeps what passes on the wire, for [`TestServer::wire`].
    pub fn wire(mut self) -> Self {
        self.shape.wire = true;
        self
    }

    /// Says nothing at the end: neither of requests that nothing answered, nor of
    /// expectations.
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// It cannot start; see [`Self::try_start`].
    #[track_caller]
    pub fn start(self) -> TestServer {
        sure(self.try_start())
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`Error::Start`], as for a port that is taken; in a process of its own also
    /// [`Error::NoBinary`] and what that process may answer.
    pub fn try_start(self) -> Result<TestServer, Error> {
        let backend: Arc<dyn Backend> = match self.place {
            #[cfg(feature = "thread")]
            Place::Thread => Arc::new(crate::thread::InThread::start(self.shape)?),
            Place::Subprocess(binary) => {
                let binary = binary.unwrap_or_else(subprocess::binary);
                Arc::new(Remote::start(&binary, &self.shape)?)
            }
        };
        Ok(TestServer::of(backend, self.lenient))
    }
}
