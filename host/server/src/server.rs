//! A server: bound, then running, then drained.

use std::fs::DirBuilder;
use std::future::Future;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use host_runtime::{Runtime, RuntimeConfig};
use host_wire::journal::Journal;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::certs;
use crate::config::{ConnectionLimits, ServerConfig};
use crate::dispatch::Dispatch;
use crate::listener::{Listener, Shared};
use crate::routes::Listing;
use crate::sites::{Opened, Site, Sites};
use crate::{ServerError, idle, journal, tls, watch as warmer};

/// A server that listens, and answers once it is [run](Self::run). Several can
/// live in one process.
pub struct Server {
    listeners: Vec<(Listener, Option<TlsAcceptor>)>,
    dispatch: Arc<Dispatch>,
    limits: ConnectionLimits,
    journals: Vec<Arc<dyn Journal>>,
    ca: Option<PathBuf>,
    drain_timeout: Duration,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Everything under way was finished.
    Finished,
    /// The time for that ran out: what was left was cut off.
    CutOff,
}

impl Server {
    /// Opens folders, makes or loads certificates, starts the engine and
    /// listens. Clients may connect from then on.
    ///
    /// # Errors
    /// See [`ServerError`].
    pub async fn bind(config: ServerConfig) -> Result<Self, ServerError> {
        let opened: Vec<_> = config
            .tenants
            .iter()
            .map(Opened::of)
            .collect::<Result<_, _>>()?;
        make_state(&config.state)?;
        let mut journals: Vec<Arc<dyn Journal>> = Vec::new();
        if let Some(path) = &config.journal {
            let file = journal::File::create(path);
            let file = file.map_err(|source| ServerError::Journal {
                path: path.clone(),
                source,
            })?;
            journals.push(Arc::new(file));
        }
        let (acceptor, ca) = if config.tls_listen.is_empty() {
            (None, None)
        } else {
            let (acceptor, ca) = certificate(&config).await?;
            (Some(acceptor), ca)
        };
        let mut listeners = Vec::new();
        for address in &config.listen {
            listeners.push((listen(address, false).await?, None));
        }
        for address in &config.tls_listen {
            listeners.push((listen(address, true).await?, acceptor.clone()));
        }

        let runtime = Runtime::new(RuntimeConfig {
            cache_dir: Some(config.state.join("cache")),
            ..RuntimeConfig::default()
        })?;
        let known: Vec<_> = listeners
            .iter()
            .map(|(listener, tls)| host_runtime::Listener {
                scheme: scheme(tls).to_owned(),
                host: listener.address.ip().to_string(),
                port: listener.address.port(),
            })
            .collect();
        let mut sites = Sites::default();
        for (tenant, opened) in config.tenants.iter().zip(opened) {
            let site = Site::new(tenant, opened, &runtime, known.clone(), config.dev);
            site.check();
            sites.add(tenant, site);
        }
        let dispatch = Arc::new(Dispatch { sites });
        Ok(Self {
            listeners,
            dispatch,
            limits: config.connections,
            journals,
            ca,
            drain_timeout: config.drain_timeout,
        })
    }

    /// Tells this journal, too, of what passes on every connection.
    pub fn tell(&mut self, journal: Arc<dyn Journal>) {
        self.journals.push(journal);
    }

    /// Where it listens, as in `http://127.0.0.1:8000/`, plaintext first.
    pub fn urls(&self) -> Vec<String> {
        let listeners = self.listeners.iter();
        let url =
            |(listener, tls): &(Listener, _)| format!("{}://{}/", scheme(tls), listener.address);
        listeners.map(url).collect()
    }

    /// The same as addresses, each with whether it speaks TLS.
    pub fn addresses(&self) -> Vec<(SocketAddr, bool)> {
        let listeners = self.listeners.iter();
        listeners
            .map(|(l, tls)| (l.address, tls.is_some()))
            .collect()
    }

    /// The certificate of the CA that clients are to trust, if it is host's.
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// What each tenant serves at this moment. Waits for
    /// the disk.
    pub fn routes(&self) -> Vec<Listing> {
        let sites = self.dispatch.sites.all().iter();
        sites.map(|site| Listing::of(site)).collect()
    }

    /// The names of the tenants that may write raw.
    pub fn raw(&self) -> Vec<&str> {
        let sites = self.dispatch.sites.all().iter();
        let granted = sites.filter(|site| site.tenant.raw);
        granted.map(|site| site.tenant.name.as_str()).collect()
    }

    /// Serves until `stop` is ready; then takes no more and lets what is under
    /// way finish, for the drain timeout at most. Dropped, it cuts everything
    /// off at once.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stopped {
        let (drain, draining) = watch::channel(false);
        let mut housekeeping = JoinSet::new();
        for root in self
            .dispatch
            .sites
            .all()
            .iter()
            .flat_map(|site| site.roots())
        {
            housekeeping.spawn(warmer::warm(Arc::clone(root)));
            housekeeping.spawn(idle::forget(Arc::clone(root)));
        }
        let journal = journal::joined(self.journals);
        if let Some(journal) = &journal {
            housekeeping.spawn(journal::flush(Arc::clone(journal)));
        }
        let shared = Shared::new(self.dispatch, self.limits, journal.clone());
        let mut listening = JoinSet::new();
        for (listener, tls) in self.listeners {
            listening.spawn(listener.run(tls, Arc::clone(&shared), draining.clone()));
        }

        stop.await;
        drop(housekeeping);
        drain.send_replace(true);
        let all = async { while listening.join_next().await.is_some() {} };
        let stopped = match timeout(self.drain_timeout, all).await {
            Ok(()) => Stopped::Finished,
            Err(_) => Stopped::CutOff,
        };
        if let Some(journal) = journal {
            journal.flush();
        }
        stopped
    }
}

fn scheme<T>(tls: &Option<T>) -> &'static str {
    if tls.is_some() { "https" } else { "http" }
}

async fn listen(address: &str, tls: bool) -> Result<Listener, ServerError> {
    let bound = Listener::bind(address).await;
    bound.map_err(|source| ServerError::Listen {
        address: address.to_owned(),
        tls,
        source,
    })
}

/// The state folder is its owner's: it holds keys, and code that will be run.
fn make_state(state: &Path) -> Result<(), ServerError> {
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(state);
    made.map_err(|source| ServerError::State {
        path: state.to_owned(),
        source,
    })
}

/// What shows the certificate, and whom clients have to trust for it.
async fn certificate(config: &ServerConfig) -> Result<(TlsAcceptor, Option<PathBuf>), ServerError> {
    let provider = tls::provider();
    let hosts = config
        .tenants
        .iter()
        .flat_map(|tenant| tenant.hosts.clone());
    let hosts: Vec<String> = hosts.collect();
    let (source, state) = (config.certificate.clone(), config.state.clone());
    let for_certs = Arc::clone(&provider);
    let obtain = move || certs::obtain(&source, &state, &hosts, &for_certs);
    let obtained = match spawn_blocking(obtain).await {
        Ok(result) => result?,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    Ok((tls::acceptor(obtained.certified, provider)?, obtained.ca))
}
