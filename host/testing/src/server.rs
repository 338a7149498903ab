//! The server as a test has it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use host_mock::{Answer, ConnectionFault, Mock, Unmet, respond};
use rustls::ClientConfig;

use crate::backend::Backend;
use crate::error::sure;
use crate::{Builder, Error, tls};

/// A server that a test has for itself; see the [crate](crate).
///
/// Dropped, it is gone, and verified: the thread panics if a request came that nothing
/// answered, or a mock has not answered as often as it is expected to. It does not
/// where the thread panics already, nor with [`Builder::lenient`].
#[derive(Debug)]
pub struct TestServer {
    pub(crate) backend: Arc<dyn Backend>,
    is_lenient: bool,
}

/// A mock of a server.
#[derive(Clone, Debug)]
pub struct MockHandle {
    id: u64,
    backend: Arc<dyn Backend>,
}

impl TestServer {
    /// Starts a server, for plaintext and for TLS, on free ports of 127.0.0.1.
    ///
    /// ```no_run
    /// use host_testing::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.respond("hello");
    /// # drop(server);
    /// ```
    ///
    /// # Panics
    /// It cannot start; see [`Builder::try_start`].
    #[track_caller]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts a server in a process of its own: the `host` that HOST_BINARY names, or
    /// the one on PATH. A process serves all such servers of a test's process, and
    /// ends with it.
    ///
    /// # Panics
    /// It cannot start; see [`Builder::try_start`].
    #[track_caller]
    pub fn subprocess() -> Self {
        Self::builder().subprocess().start()
    }

    /// For a server that is not quite the usual one.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn of(backend: Arc<dyn Backend>, is_lenient: bool) -> Self {
        Self {
            backend,
            is_lenient,
        }
    }

    /// Where it listens for plaintext.
    ///
    /// # Panics
    /// It does not.
    #[track_caller]
    pub fn address(&self) -> SocketAddr {
        let http = self.backend.addresses().http;
        http.expect("a server listens for plaintext")
    }

    /// Where it listens for TLS.
    ///
    /// # Panics
    /// It does not.
    #[track_caller]
    pub fn https_address(&self) -> SocketAddr {
        let https = self.backend.addresses().https;
        https.expect("a server listens for TLS, if it was not started with tls(false)")
    }

    /// The URL of a path, in plaintext. HTTP/2 is spoken there, too, with prior
    /// knowledge (RFC 9113 §3.3).
    #[track_caller]
    pub fn url(&self, path: &str) -> String {
        url("http", self.address(), path)
    }

    /// The URL of a path, over TLS.
    ///
    /// # Panics
    /// It does not listen for TLS.
    #[track_caller]
    pub fn https_url(&self, path: &str) -> String {
        url("https", self.https_address(), path)
    }

    /// A client's configuration that trusts this server, and offers HTTP/2 and
    /// HTTP/1.1 by ALPN.
    ///
    /// # Panics
    /// It does not listen for TLS.
    #[track_caller]
    pub fn client_config(&self) -> ClientConfig {
        let authority = self.backend.authority();
        tls::client_config(authority.expect("a server for TLS has a CA"))
    }

    /// The certificate of the CA that clients are to trust, in PEM form. It is the
    /// same for all servers of a process.
    ///
    /// # Panics
    /// It does not listen for TLS.
    #[track_caller]
    pub fn ca_pem(&self) -> String {
        let authority = self.backend.authority();
        tls::pem(&authority.expect("a server for TLS has a CA"))
    }

    /// Adds a mock: an answer, and which requests get it.
    ///
    /// # Panics
    /// There are too many, or it is one that this server cannot have: a
    /// [`matching`](crate::matching) in a process of its own.
    #[track_caller]
    pub fn mock(&self, mock: Mock) -> MockHandle {
        MockHandle {
            id: sure(self.backend.add(mock)),
            backend: Arc::clone(&self.backend),
        }
    }

    /// Answers the next request with this, whatever it is, if no mock with a condition
    /// does: each call adds one answer to a queue.
    ///
    /// # Panics
    /// See [`Self::mock`].
    #[track_caller]
    pub fn respond(&self, answer: impl Into<Answer>) -> MockHandle {
        self.mock(respond(answer))
    }

    /// What requests get that nothing else answers, instead of 555 and the reason.
    /// They are unmatched all the same.
    #[track_caller]
    pub fn respond_unmatched(&self, answer: impl Into<Answer>) {
        sure(self.backend.set_unmatched(Some(answer.into())));
    }

    /// Makes the next so many connections fail.
    #[track_caller]
    pub fn fail_connections(&self, fault: ConnectionFault, times: u64) {
        sure(self.backend.fail_connections(fault, times));
    }

    /// Lets no more connections fail.
    #[track_caller]
    pub fn clear_connection_faults(&self) {
        sure(self.backend.clear_connection_faults());
    }

    /// Takes a handler, to be an answer by this name ([`Answer::handler`]): a
    /// component, or with a name that ends in `.py` a script.
    ///
    /// # Errors
    /// It is none: [`Error::Upload`], or what the host process says.
    pub fn upload(&self, name: &str, bytes: impl Into<Bytes>) -> Result<(), Error> {
        self.backend.upload(name, bytes.into())
    }

    /// Says whether all is as the test wants it by now.
    ///
    /// # Errors
    /// A mock has not answered as often as it is expected to, or nothing answered some
    /// request: in words, with the closest miss.
    #[track_caller]
    pub fn verify(&self) -> Result<(), Unmet> {
        sure(self.backend.verify())
    }

    /// Forgets mocks, requests and faults, as if it had just been started.
    #[track_caller]
    pub fn reset(&self) {
        sure(self.backend.reset());
    }

    /// Stops it. What is under way has a moment to finish, idle connections are closed
    /// at once, and nobody can connect. Requests and mocks stay. Does nothing where it
    /// is stopped.
    #[track_caller]
    pub fn stop(&self) {
        sure(self.backend.stop());
    }

    /// Starts it again, on the ports that it had.
    ///
    /// # Errors
    /// It runs; or somebody has taken a port meanwhile.
    pub fn start_again(&self) -> Result<(), Error> {
        self.backend.start_again()
    }

    /// Stops it, and says whether all was as the test wants it, instead of panicking.
    ///
    /// # Errors
    /// As [`Self::verify`] has them.
    #[track_caller]
    pub fn finish(mut self) -> Result<(), Unmet> {
        self.is_lenient = true;
        self.stop();
        self.verify()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let verified = match self.is_lenient || thread::panicking() {
            true => Ok(()),
            false => self.backend.verify().unwrap_or_else(|error| {
                // It cannot be known, which is no success either.
                Err(Unmet(vec![error.told()]))
            }),
        };
        self.backend.end();
        if let Err(unmet) = verified {
            panic!("{unmet}");
        }
    }
}

impl MockHandle {
    /// Its number, from 1: [`Request::mock`](crate::Request::mock) of what it
    /// answered.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// How many requests it has answered; 0 once it was removed.
    #[track_caller]
    pub fn answered(&self) -> u64 {
        sure(self.backend.answered(self.id)).unwrap_or(0)
    }

    /// Takes it away; says whether it was there.
    #[track_caller]
    pub fn remove(&self) -> bool {
        sure(self.backend.remove(self.id))
    }
}

fn url(scheme: &str, address: SocketAddr, path: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path);
    format!("{scheme}://{address}/{path}")
}
