//! Servers on threads of the test's own process.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use bytes::Bytes;
use host_mock::{Answer, ConnectionFault, Limits, Mock, Mocks, Request, Unmet};
use host_server::config::{self, ListenerConfig, Scheme, ServerConfig};
use host_server::journal::Recent;
use host_server::{Commons, Running, Server, Uploads};
use parking_lot::Mutex;
use rustls::pki_types::CertificateDer;
use tokio::runtime::{self, Runtime};
use tokio::time::timeout;

use crate::Error;
use crate::backend::{Addresses, Backend, Later, Shape};

/// Threads that all servers of the process share. Nothing blocks one: functions and the
/// disk have threads of their own, and handlers yield. A second one is woken for each
/// request, in vain, which takes longer than the request.
const THREADS: usize = 1;
/// Threads for functions that may block, and for the disk.
const BLOCKING_THREADS: usize = 64;

/// A server of this process.
#[derive(Debug)]
pub(crate) struct InThread {
    mocks: Arc<Mocks>,
    uploads: Arc<Uploads>,
    shape: Shape,
    recent: Option<Arc<Recent>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    addresses: Addresses,
    authority: Option<CertificateDer<'static>>,
    running: Option<Running>,
}

impl InThread {
    pub(crate) fn start(shape: Shape) -> Result<Self, Error> {
        let limits = shape.body_limit.map(Limits::with_body);
        let this = Self {
            mocks: Mocks::new(limits.unwrap_or_default(), shape.plugins.is_some()),
            uploads: Uploads::new(),
            recent: shape.wire.then(|| Recent::new(Recent::ENTRIES)),
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
            let authority = server.authority().cloned();
            Ok::<_, host_server::ServerError>((server.spawn(), authority))
        })?;
        let (running, authority) = started.map_err(Error::start)?;
        let address = |scheme: Scheme| {
            let mut listening = running.listening().iter();
            let found = listening.find(|listening| listening.scheme == scheme);
            found.map(|listening| listening.address)
        };
        state.addresses = Addresses {
            http: address(Scheme::Http),
            https: address(Scheme::Https),
        };
        state.authority = authority;
        state.running = Some(running);
        Ok(())
    }

    fn config(&self, had: Addresses) -> ServerConfig {
        let shape = &self.shape;
        let (mocks, uploads) = (Arc::clone(&self.mocks), Arc::clone(&self.uploads));
        let mut config = ServerConfig::of_mocks(mocks, uploads, commons());
        if let Some(folder) = &shape.plugins {
            config = config.with_folder(folder.clone(), shape.raw);
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

    /// What this has within the time; it is asked at each change.
    fn until<T, F: FnMut(&Mocks) -> Option<T>>(
        &self,
        time: Duration,
        ready: F,
    ) -> Result<impl Future<Output = Option<T>> + use<T, F>, Error> {
        // By the runtime's clock: the test may have another runtime, or none.
        let _entered = runtime()?.enter();
        let mocks = Arc::clone(&self.mocks);
        let until = timeout(time, async move { mocks.until(ready).await });
        Ok(async { until.await.ok() })
    }
}

/// Whether so many answers are over.
fn over(answers: u64) -> impl Fn(&Mocks) -> Option<()> {
    move |mocks| (mocks.counts().answered >= answers).then_some(())
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
        Ok(self.mocks.mock(id).map(|mock| mock.answered))
    }

    fn set_unmatched(&self, answer: Option<Answer>) -> Result<(), Error> {
        self.mocks.set_unmatched(answer);
        Ok(())
    }

    fn fail_connections(&self, fault: ConnectionFault, times: u64) -> Result<(), Error> {
        let added = self.mocks.fail_connections(fault, times);
        added.map_err(|error| Error::Mock(error.to_string()))
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
        let put = self.uploads.put(name, &bytes);
        put.map_err(|error| refused(name, error))
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

    fn take_within(&self, time: Duration) -> Result<Option<Arc<Request>>, Error> {
        on_runtime(self.until(time, Mocks::take)?)
    }

    fn take_later(&self, time: Duration) -> Later<'_, Result<Option<Arc<Request>>, Error>> {
        Box::pin(async move { Ok(self.until(time, Mocks::take)?.await) })
    }

    fn answers_within(&self, answers: u64, time: Duration) -> Result<bool, Error> {
        let over = on_runtime(self.until(time, over(answers))?)?;
        Ok(over.is_some())
    }

    fn answers_later(&self, answers: u64, time: Duration) -> Later<'_, Result<bool, Error>> {
        Box::pin(async move { Ok(self.until(time, over(answers))?.await.is_some()) })
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
        if let Some(running) = running {
            on_runtime(running.stop())?;
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
