//! Servers on threads of the test's own process.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use host_mock::{Answer, ConnectionFault, Limits, Mock, Mocks, Request, Unmet};
use host_server::config::{self, ListenerConfig, Scheme, ServerConfig};
use host_server::journal::Recent;
use host_server::{Commons, Listening, Running, Server, Uploads};
use parking_lot::Mutex;
use rustls::pki_types::CertificateDer;
use tokio::runtime::{self, Runtime};
use tokio::time::sleep;

use crate::Error;
use crate::backend::{Addresses, Backend, Later, Shape};

/// Threads that all servers of the process share. Nothing blocks one: functions and the
/// disk have threads of their own, and handlers yield. A second one is woken for each
/// request, in vain, which takes longer than the request.
const THREADS: usize = 1;
/// Threads for functions that may block, and for the disk.
const BLOCKING_THREADS: usize = 64;
/// Entries of the wire's journal that a server keeps.
const ENTRIES: usize = 100_000;

/// See [`deadline`].
const A_YEAR: Duration = Duration::from_secs(365 * 86_400);

/// A server of this process.
#[derive(Debug)]
pub(crate) struct InThread {
    mocks: Arc<Mocks>,
    shape: Shape,
    recent: Option<Arc<Recent>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    addresses: Addresses,
    authority: Option<CertificateDer<'static>>,
    uploads: Vec<(String, Bytes)>,
    running: Option<Up>,
}

/// A server that runs.
struct Up {
    running: Running,
    uploads: Option<Arc<Uploads>>,
}

/// What came of a start.
struct Started {
    up: Up,
    listening: Vec<Listening>,
    authority: Option<CertificateDer<'static>>,
}

impl InThread {
    pub(crate) fn start(shape: Shape) -> Result<Self, Error> {
        let defaults = Limits::default();
        let limits = Limits {
            body: shape.body_limit.unwrap_or(defaults.body),
            ..defaults
        };
        let this = Self {
            mocks: Mocks::new(limits, shape.plugins.is_some()),
            recent: shape.wire.then(|| Recent::new(ENTRIES)),
            shape,
            state: Mutex::default(),
        };
        this.bind(&mut this.state.lock())?;
        Ok(this)
    }

    /// Starts on the ports that it had, if it had any.
    fn bind(&self, state: &mut State) -> Result<(), Error> {
        let config = self.config(state.addresses);
        let recent = self.recent.clone();
        let started = on_runtime(async move {
            let mut server = Server::bind(config).await?;
            if let Some(recent) = recent {
                server.tell(recent);
            }
            let listening = server.listening();
            let authority = server.authority().cloned();
            let uploads = server.uploads();
            let running = server.spawn();
            let up = Up { running, uploads };
            Ok::<_, host_server::ServerError>(Started {
                up,
                listening,
                authority,
            })
        })?;
        let started = started.map_err(Error::start)?;
        for (name, bytes) in &state.uploads {
            started.up.put(name, bytes)?;
        }
        let address = |scheme: Scheme| {
            let mut listening = started.listening.iter();
            let found = listening.find(|listening| listening.scheme == scheme);
            found.map(|listening| listening.address)
        };
        state.addresses = Addresses {
            http: address(Scheme::Http),
            https: address(Scheme::Https),
        };
        state.authority = started.authority;
        state.running = Some(started.up);
        Ok(())
    }

    fn config(&self, had: Addresses) -> ServerConfig {
        let shape = &self.shape;
        let mut config = ServerConfig::of_mocks(Arc::clone(&self.mocks), commons());
        if let Some(folder) = &shape.plugins {
            config = config.with_folder(folder.clone());
        }
        for tenant in &mut config.tenants {
            tenant.raw = shape.raw.unwrap_or(tenant.raw);
        }
        let asked = |port| SocketAddr::new(shape.address, port);
        let http = had.http.unwrap_or_else(|| asked(shape.port));
        let https = had.https.unwrap_or_else(|| asked(shape.tls_port));
        let listener = |scheme, address: SocketAddr| ListenerConfig {
            scheme,
            address: address.to_string(),
        };
        config.listeners = vec![listener(Scheme::Http, http)];
        if shape.tls {
            config.listeners.push(listener(Scheme::Https, https));
        }
        config
    }

    fn answers_now(&self, answers: u64) -> Option<()> {
        (self.mocks.counts().answered >= answers).then_some(())
    }

    /// Waits until this has a value, which is asked at each change.
    ///
    /// Cancel-safe: `ready` is asked by whoever polls, and its value is returned in
    /// the same poll.
    async fn until<T>(&self, timeout: Duration, ready: impl Fn() -> Option<T>) -> Option<T> {
        let mut changes = self.mocks.changes();
        // By the runtime's clock: the test may have another runtime, or none.
        let Ok(runtime) = runtime() else {
            return ready();
        };
        let over = {
            let _entered = runtime.enter();
            sleep(timeout)
        };
        let mut over = Box::pin(over);
        loop {
            if let Some(value) = ready() {
                return Some(value);
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return ready() },
                () = &mut over => return ready(),
            }
        }
    }
}

impl Backend for InThread {
    fn addresses(&self) -> Addresses {
        self.state.lock().addresses
    }

    fn authority(&self) -> Option<CertificateDer<'static>> {
        self.state.lock().authority.clone()
    }

    fn add(&self, mock: Mock) -> Result<u64, Error> {
        let added = self.mocks.add(mock);
        added.map_err(|error| Error::Mock(error.to_string()))
    }

    fn remove(&self, id: u64) -> Result<bool, Error> {
        Ok(self.mocks.remove(id))
    }

    fn answered(&self, id: u64) -> Result<Option<u64>, Error> {
        let mut listed = self.mocks.list().into_iter();
        Ok(listed.find(|mock| mock.id == id).map(|mock| mock.answered))
    }

    fn set_unmatched(&self, answer: Option<Answer>) -> Result<(), Error> {
        self.mocks.set_unmatched(answer);
        Ok(())
    }

    fn fail_connections(&self, fault: ConnectionFault, times: u64) -> Result<(), Error> {
        self.mocks.fail_connections(fault, times);
        Ok(())
    }

    fn clear_connection_faults(&self) -> Result<(), Error> {
        self.mocks.clear_connection_faults();
        Ok(())
    }

    fn upload(&self, name: &str, bytes: Bytes) -> Result<(), Error> {
        if name.ends_with(".py") {
            let why = "the interpreter for scripts is the binary's: see TestServer::subprocess";
            return Err(refused(name, why));
        }
        let mut state = self.state.lock();
        if let Some(up) = &state.running {
            up.put(name, &bytes)?;
        }
        state.uploads.retain(|(known, _)| known != name);
        state.uploads.push((name.to_owned(), bytes));
        Ok(())
    }

    fn reset(&self) -> Result<(), Error> {
        self.mocks.reset();
        Ok(())
    }

    fn forget_requests(&self) -> Result<(), Error> {
        self.mocks.forget_requests();
        Ok(())
    }

    fn requests(&self) -> Result<Vec<Arc<Request>>, Error> {
        Ok(self.mocks.requests(0))
    }

    fn received(&self) -> Result<u64, Error> {
        Ok(self.mocks.counts().received)
    }

    fn answers(&self) -> Result<u64, Error> {
        Ok(self.mocks.counts().answered)
    }

    fn take_within(&self, timeout: Duration) -> Result<Option<Arc<Request>>, Error> {
        let deadline = deadline(timeout);
        Ok(self.mocks.wait_until(deadline, Mocks::take))
    }

    fn take_later(&self, timeout: Duration) -> Later<'_, Result<Option<Arc<Request>>, Error>> {
        Box::pin(async move { Ok(self.until(timeout, || self.mocks.take()).await) })
    }

    fn answers_within(&self, answers: u64, timeout: Duration) -> Result<bool, Error> {
        let deadline = deadline(timeout);
        let over = self
            .mocks
            .wait_until(deadline, |_| self.answers_now(answers));
        Ok(over.is_some())
    }

    fn answers_later(&self, answers: u64, timeout: Duration) -> Later<'_, Result<bool, Error>> {
        Box::pin(async move {
            let over = self.until(timeout, || self.answers_now(answers)).await;
            Ok(over.is_some())
        })
    }

    fn wire(&self, connection: Option<u64>) -> Result<Vec<String>, Error> {
        let recent = self.recent.as_ref();
        Ok(recent.map_or_else(Vec::new, |recent| recent.lines(connection)))
    }

    fn verify(&self) -> Result<Result<(), Unmet>, Error> {
        Ok(self.mocks.verify())
    }

    fn stop(&self) -> Result<(), Error> {
        let running = self.state.lock().running.take();
        if let Some(up) = running {
            on_runtime(up.running.stop())?;
        }
        Ok(())
    }

    fn start_again(&self) -> Result<(), Error> {
        let mut state = self.state.lock();
        match state.running {
            Some(_) => Err(Error::Runs),
            None => self.bind(&mut state),
        }
    }

    fn end(&self) {
        // Whoever starts another on its port finds it free.
        let _ = self.stop();
    }
}

impl std::fmt::Debug for Up {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.running.listening()).finish()
    }
}

impl Up {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let put = self
            .uploads
            .as_ref()
            .map(|uploads| uploads.put(name, bytes));
        put.transpose()
            .map(drop)
            .map_err(|error| refused(name, error))
    }
}

fn refused(name: &str, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Upload {
        name: name.to_owned(),
        source: why.into(),
    }
}

/// The CA and the engine of all servers of this process. Handlers are compiled to
/// where `host serve` keeps its own, once for both.
fn commons() -> Arc<Commons> {
    static COMMONS: OnceLock<Arc<Commons>> = OnceLock::new();
    let commons = COMMONS.get_or_init(|| {
        let state = config::default_state();
        Commons::new(state.map(|state| state.join("cache")), None)
    });
    Arc::clone(commons)
}

/// A test that waits for more than a year has no deadline that matters.
fn deadline(timeout: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or(now + A_YEAR)
}

/// The runtime of all servers of this process.
fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_keep_alive(Duration::from_secs(1))
            .thread_name("test-server")
            .enable_all()
            .build()
    });
    runtime
        .as_ref()
        .map_err(|error| Error::start(error.to_string()))
}

/// What comes of this, on the runtime's threads: the caller's own may be a runtime's,
/// which nothing may be run on.
fn on_runtime<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = mpsc::channel();
    runtime()?.spawn(async move {
        // Whoever asked waits.
        let _ = sender.send(future.await);
    });
    let told = receiver.recv();
    told.map_err(|_| Error::start("the server's own thread panicked"))
}
