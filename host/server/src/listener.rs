//! Sockets that take connections, and never stop taking them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use host_mock::{ConnectionFault, Mocks};
use host_wire::journal::{Journal, Page, What};
use host_wire::{ConnectionInfo, Drain, Negotiated, Service, serve_connection};
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::bad_ports::is_bad;
use crate::config::{ConnectionLimits, Scheme};
use crate::faults;
use crate::tls::{self, Tls};

/// How long to wait before the next attempt when the system can open no more
/// files: long enough that others end, short enough that nobody gives up.
const BACK_OFF: Duration = Duration::from_millis(100);

/// An address that is listened on.
pub(crate) struct Listener {
    socket: TcpListener,
    pub(crate) address: SocketAddr,
    pub(crate) scheme: Scheme,
    tls: Option<Tls>,
}

/// A port that is kept for somebody who does not listen on it.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) port: u16,
    /// Bound, so that the system gives it to nobody else.
    _socket: Option<TcpSocket>,
}

/// What all connections have in common.
pub(crate) struct Shared<S> {
    service: Arc<S>,
    /// What knows which connections are to fail.
    mocks: Option<Arc<Mocks>>,
    limits: ConnectionLimits,
    wire: Arc<host_wire::Limits>,
    room: Arc<Semaphore>,
    next_id: AtomicU64,
    journal: Option<Arc<dyn Journal>>,
}

impl<S> Shared<S> {
    pub(crate) fn new(
        service: Arc<S>,
        mocks: Option<Arc<Mocks>>,
        limits: ConnectionLimits,
        journal: Option<Arc<dyn Journal>>,
    ) -> Arc<Self> {
        let room = limits.connections.clamp(1, Semaphore::MAX_PERMITS);
        Arc::new(Self {
            service,
            mocks,
            wire: Arc::new(limits.wire.clone()),
            room: Arc::new(Semaphore::new(room)),
            limits,
            next_id: AtomicU64::new(1),
            journal,
        })
    }
}

impl Listener {
    /// Listens on `host:port`; port 0 picks one that browsers do not refuse.
    pub(crate) async fn bind(scheme: Scheme, address: &str, tls: Option<Tls>) -> io::Result<Self> {
        let is_picked = address.ends_with(":0");
        // Held until there is another, so that each comes but once.
        let mut bad = Vec::new();
        loop {
            let socket = TcpListener::bind(address).await?;
            let address = socket.local_addr()?;
            if is_picked && is_bad(address.port()) {
                bad.push(socket);
                continue;
            }
            return Ok(Self {
                socket,
                address,
                scheme,
                tls,
            });
        }
    }

    /// A plaintext one, of a socket that listens already.
    pub(crate) fn plain(socket: TcpListener) -> io::Result<Self> {
        let address = socket.local_addr()?;
        Ok(Self {
            socket,
            address,
            scheme: Scheme::Http,
            tls: None,
        })
    }

    /// Takes connections until `drain`; then, listening no more, waits for
    /// those that there are. Dropped, it cuts them off.
    pub(crate) async fn run<S: Service>(self, shared: Arc<Shared<S>>, drain: Drain) {
        let mut connections = JoinSet::new();
        let mut stop = drain.clone();
        let mut gate = Gate::default();
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                Some(ended) = connections.join_next() => report(ended),
                (socket, peer, room) = gate.next(&self.socket, &shared.room) => {
                    let (shared, drain) = (Arc::clone(&shared), drain.clone());
                    let tls = self.tls.clone();
                    // Asked here, so that they fail in the order in which they come.
                    let fault = shared.mocks.as_ref().and_then(|m| m.connection_fault());
                    connections.spawn(async move {
                        let _room = room;
                        let come = Come { socket, peer, tls, fault };
                        if let Err(error) = serve(come, &shared, drain).await {
                            tracing::debug!(client = %peer, "the connection failed: {error}");
                        }
                    });
                }
            }
        }
        drop(self.socket);
        while let Some(ended) = connections.join_next().await {
            report(ended);
        }
    }
}

/// Serves plaintext connections with a service of another kind than a site's, until
/// `drain`; then waits for those that there are. Dropped, it cuts them off.
///
/// # Errors
/// The socket is none that listens.
pub async fn serve_plain<S: Service>(
    socket: TcpListener,
    service: Arc<S>,
    limits: ConnectionLimits,
    drain: Drain,
) -> io::Result<()> {
    let listener = Listener::plain(socket)?;
    listener
        .run(Shared::new(service, None, limits, None), drain)
        .await;
    Ok(())
}

impl Reserved {
    /// The port of `host:port`; 0 picks one, which is kept.
    pub(crate) async fn of(address: &str) -> io::Result<Self> {
        let no_address = || io::Error::from(io::ErrorKind::AddrNotAvailable);
        let address = lookup_host(address).await?.next().ok_or_else(no_address)?;
        if address.port() != 0 {
            // Whoever does listen on it, as a server of WebSockets beside this.
            return Ok(Self {
                port: address.port(),
                _socket: None,
            });
        }
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.bind(address)?;
        Ok(Self {
            port: socket.local_addr()?.port(),
            _socket: Some(socket),
        })
    }
}

/// A task that panicked has said so on stderr; that is a fault of host's own.
fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!("a connection's task panicked: {error}");
    }
}

/// A connection that has come.
struct Come {
    socket: TcpStream,
    peer: SocketAddr,
    tls: Option<Tls>,
    /// How it is to fail.
    fault: Option<ConnectionFault>,
}

/// Serves one connection, and tells its journal of its beginning and end.
async fn serve<S: Service>(come: Come, shared: &Shared<S>, drain: Drain) -> io::Result<()> {
    let (socket, peer) = (&come.socket, come.peer);
    // Answers are written whole: waiting for more only delays them.
    socket.set_nodelay(true)?;
    let id = shared.next_id.fetch_add(1, Ordering::Relaxed);
    let local = socket.local_addr()?;
    let info = ConnectionInfo {
        id,
        peer,
        local,
        tls: None,
        journal: shared.journal.clone().map(|journal| Page::new(journal, id)),
    };
    let Some(page) = info.journal.clone() else {
        return speak(come, info, shared, drain).await;
    };
    let closed = Closed::begun(page, peer, local);
    let served = speak(come, info, shared, drain).await;
    closed.with(served.as_ref().err());
    served
}

/// Tells of a connection's end, also of one that is cut off.
struct Closed(Option<Arc<Page>>);

impl Closed {
    fn begun(page: Arc<Page>, peer: SocketAddr, local: SocketAddr) -> Self {
        page.record(What::Open { peer, local });
        Self(Some(page))
    }

    fn with(mut self, error: Option<&io::Error>) {
        if let Some(page) = self.0.take() {
            // What rustls says of an end without close_notify ends with a link.
            let text = |error: &io::Error| match error.to_string().split_once(": https://") {
                Some((what, _)) => what.to_owned(),
                None => error.to_string(),
            };
            let error = error.map(text);
            page.record(What::Close { error });
        }
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        if let Some(page) = self.0.take() {
            let error = Some("cut off".to_owned());
            page.record(What::Close { error });
        }
    }
}

/// TLS first where that is asked for, then HTTP.
async fn speak<S: Service>(
    come: Come,
    mut info: ConnectionInfo,
    shared: &Shared<S>,
    mut drain: Drain,
) -> io::Result<()> {
    let Come {
        socket,
        peer,
        tls,
        fault,
    } = come;
    if let Some(fault) = fault {
        let wait = shared.limits.handshake;
        return faults::fail(socket, fault, tls.is_some(), wait, drain).await;
    }
    let (wire, service) = (Arc::clone(&shared.wire), Arc::clone(&shared.service));
    let Some(acceptor) = tls else {
        let negotiated = Negotiated::Nothing;
        return serve_connection(socket, info.into(), negotiated, wire, service, drain).await;
    };
    let timeout = shared.limits.handshake;
    let shaken = tokio::select! {
        shaken = tls::handshake(&acceptor, socket, timeout, info.journal.as_deref()) => shaken,
        _ = drain.wait_for(|stop| *stop) => return Ok(()),
    };
    let (session, facts, negotiated) = match shaken {
        Ok(shaken) => shaken,
        Err(error) => {
            tracing::info!(client = %peer, "the TLS handshake failed: {error}");
            return Ok(());
        }
    };
    info.tls = Some(facts);
    serve_connection(session, info.into(), negotiated, wire, service, drain).await
}

/// Waits for a connection and for room for it, whatever goes wrong. What goes
/// wrong is said when it begins, not each time.
#[derive(Debug, Default)]
struct Gate {
    /// Taken, but without room yet. Room comes second, so that a listener that
    /// nobody connects to holds none.
    waiting: Option<(TcpStream, SocketAddr)>,
    is_full: bool,
    is_failing: bool,
}

impl Gate {
    /// Cancel-safe: a connection that was taken is not lost.
    async fn next(
        &mut self,
        listener: &TcpListener,
        room: &Arc<Semaphore>,
    ) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        loop {
            if self.waiting.is_none() {
                self.waiting = self.accept(listener).await;
                continue;
            }
            let room = self.room(room).await;
            if let Some((socket, peer)) = self.waiting.take() {
                return (socket, peer, room);
            }
        }
    }

    /// The next connection; `None` when there was none to be had.
    async fn accept(&mut self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
        match listener.accept().await {
            Ok(accepted) => {
                self.is_failing = false;
                Some(accepted)
            }
            Err(error) if is_clients(&error) => None,
            Err(error) => {
                if !self.is_failing {
                    tracing::error!("no connection can be taken: {error}; trying again");
                }
                self.is_failing = true;
                sleep(BACK_OFF).await;
                None
            }
        }
    }

    async fn room(&mut self, room: &Arc<Semaphore>) -> OwnedSemaphorePermit {
        if let Ok(permit) = Arc::clone(room).try_acquire_owned() {
            self.is_full = false;
            return permit;
        }
        if !self.is_full {
            tracing::warn!("all connections are taken (max-connections): new ones wait");
        }
        self.is_full = true;
        match Arc::clone(room).acquire_owned().await {
            Ok(permit) => permit,
            // Nobody closes this semaphore.
            Err(_) => std::future::pending().await,
        }
    }
}

/// Whether an accepted connection was ended by its client before we had it.
fn is_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
