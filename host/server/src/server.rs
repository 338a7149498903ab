//! A server: bound, then running, then drained.

use std::fs::{self, DirBuilder};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use host_content::Script;
use host_runtime::Trust;
use host_stash::{Location, Store};
use host_wire::journal::Journal;
use rustls::pki_types::CertificateDer;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;

use crate::builds::Builds;
use crate::certs::{self, Obtained};
use crate::commons::Commons;
use crate::config::{
    CertificateSource, ConnectionLimits, ListenerConfig, NameCheck, Protocol, Scheme, ServerConfig,
};
use crate::dispatch::Dispatch;
use crate::listener::{Listener, Reserved, Shared};
use crate::mocks::Mocked;
use crate::near::Near;
use crate::sites::{Known, Opened, Site, Sites};
use crate::tls::{Offer, Tls};
use crate::{ServerError, idle, journal, names, tls, watch as warmer};

/// A server that listens, and answers once it is [run](Self::run). Several can
/// live in one process.
pub struct Server {
    listeners: Vec<Listener>,
    /// Kept while it runs.
    _reserved: Vec<Reserved>,
    url_host: Option<String>,
    check: Option<NameCheck>,
    dispatch: Arc<Dispatch>,
    builds: Arc<Builds>,
    limits: ConnectionLimits,
    journals: Vec<Arc<dyn Journal>>,
    ca: Option<PathBuf>,
    authority: Option<CertificateDer<'static>>,
    stash: Location,
    python_runtime: Option<PathBuf>,
    drain_timeout: Duration,
}

/// A place where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// What for.
    pub scheme: Scheme,
    /// Its address.
    pub address: SocketAddr,
    /// The URL of its root, by the server's name if it has one.
    pub url: String,
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
    /// Opens folders and the stash, makes or loads certificates, starts the
    /// engine and listens. Clients may connect from then on.
    ///
    /// # Errors
    /// See [`ServerError`].
    pub async fn bind(config: ServerConfig) -> Result<Self, ServerError> {
        let opened: Vec<_> = config
            .tenants
            .iter()
            .map(Opened::of)
            .collect::<Result<_, _>>()?;
        if config.commons.is_none() {
            make_state(&config.state)?;
        }
        let mut journals: Vec<Arc<dyn Journal>> = Vec::new();
        if let Some(path) = &config.journal {
            if let Some(folder) = opened.iter().find_map(|opened| opened.serves(path)) {
                let (path, folder) = (path.clone(), folder.to_owned());
                return Err(ServerError::ServedJournal { path, folder });
            }
            let file = journal::File::create(path);
            let file = file.map_err(|source| ServerError::Journal {
                path: path.clone(),
                source,
            })?;
            journals.push(Arc::new(file));
        }
        for notice in &config.notices {
            tracing::warn!("{notice}");
        }
        let obtained = certificate(&config).await?;
        let store = Store::open(&config.stash).await?;
        let (mut listeners, mut reserved) = (Vec::new(), Vec::new());
        let mut known = Known {
            wrappers: config.wrappers,
            script: config.inject_script.as_deref().map(script).transpose()?,
            trust: trust(&config)?,
            ..Known::default()
        };
        for ListenerConfig { scheme, address } in &config.listeners {
            let tls = tls(*scheme, &config, obtained.as_ref())?;
            let failed = |source| ServerError::Listen {
                address: address.clone(),
                scheme: *scheme,
                source,
            };
            let port = if scheme.protocol() == Protocol::Unknown {
                reserved.push(Reserved::of(address).await.map_err(failed)?);
                reserved.last().map_or(0, |reserved| reserved.port)
            } else {
                let listener = Listener::bind(*scheme, address, tls)
                    .await
                    .map_err(failed)?;
                known.listeners.push(host_runtime::Listener {
                    scheme: scheme.name().to_owned(),
                    host: listener.address.ip().to_string(),
                    port: listener.address.port(),
                });
                let port = listener.address.port();
                listeners.push(listener);
                port
            };
            let ports = known.ports.entry(scheme.name().to_owned()).or_default();
            ports.push(port);
        }
        if let Some(NameCheck { names, must: true }) = &config.check
            && let Some(astray) = names::astray(names, &addresses(&listeners)).await
        {
            return Err(ServerError::Names(astray));
        }

        let commons = config.commons.unwrap_or_else(|| {
            let cache = Some(config.state.join("cache"));
            Commons::new(cache, config.python_runtime.clone())
        });
        let mut sites = Sites::default();
        for (tenant, opened) in config.tenants.iter().zip(opened) {
            let stash = store.tenant(&tenant.name, tenant.limits.stash);
            let runtime = commons.runtime()?;
            let site = Site::new(tenant, opened, &runtime, &known, stash, config.dev);
            site.check();
            sites.add(tenant, site);
        }
        let builds = Arc::clone(&known.builds);
        let mocks = config.mocks;
        let mocks = mocks.map(|mocks| Mocked::new(mocks, config.uploads, commons, known));
        let dispatch = Arc::new(Dispatch { sites, mocks });
        let (ca, authority) = obtained.map_or((None, None), |o| (o.ca, o.authority));
        Ok(Self {
            listeners,
            _reserved: reserved,
            url_host: config.url_host,
            check: config.check.filter(|check| !check.must),
            dispatch,
            builds,
            limits: config.connections,
            journals,
            ca,
            authority,
            stash: config.stash,
            python_runtime: config.python_runtime,
            drain_timeout: config.drain_timeout,
        })
    }

    /// Tells this journal, too, of what passes on every connection.
    pub fn tell(&mut self, journal: Arc<dyn Journal>) {
        self.journals.push(journal);
    }

    /// Where it listens, plaintext first.
    pub fn listening(&self) -> Vec<Listening> {
        let listeners = self.listeners.iter();
        let listening = |Listener {
                             scheme, address, ..
                         }: &Listener| {
            let (scheme, address) = (*scheme, *address);
            let url = match &self.url_host {
                Some(host) => format!("{}://{host}:{}/", scheme.of_url(), address.port()),
                None => format!("{}://{address}/", scheme.of_url()),
            };
            Listening {
                scheme,
                address,
                url,
            }
        };
        listeners.map(listening).collect()
    }

    /// The certificate of the CA that clients are to trust, if it is host's.
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// The same certificate itself, also of a CA that is in memory only.
    pub fn authority(&self) -> Option<&CertificateDer<'static>> {
        self.authority.as_ref()
    }

    /// Where handlers' stashes are kept.
    pub fn stash(&self) -> &Location {
        &self.stash
    }

    /// The component that runs Python scripts, if there is one.
    pub fn python_runtime(&self) -> Option<&Path> {
        self.python_runtime.as_deref()
    }

    /// Each tenant's name and what is near the top of its folder at this moment.
    /// Waits for the disk.
    pub fn near(&self) -> Vec<(String, Near)> {
        let sites = self.dispatch.sites.all().iter();
        let near = |site: &Arc<Site>| (site.tenant.name.clone(), Near::of(&site.main.dir));
        sites.map(near).collect()
    }

    /// The tenants' folders, as absolute paths without links, in the order of
    /// [`Self::near`].
    pub fn folders(&self) -> Vec<PathBuf> {
        let sites = self.dispatch.sites.all().iter();
        sites.map(|site| site.main.folder.clone()).collect()
    }

    /// Where whoever builds components says how that goes, for requests for them.
    pub fn builds(&self) -> Arc<Builds> {
        Arc::clone(&self.builds)
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
        let mocks = self.dispatch.mocks.as_ref();
        let mocks = mocks.map(|mocked| Arc::clone(&mocked.mocks));
        let shared = Shared::new(self.dispatch, mocks, self.limits, journal.clone());
        let mut listening = JoinSet::new();
        if let Some(check) = self.check {
            let addresses = addresses(&self.listeners);
            housekeeping.spawn(async move {
                if let Some(astray) = names::astray(&check.names, &addresses).await {
                    tracing::warn!("{astray}");
                }
            });
        }
        for listener in self.listeners {
            listening.spawn(listener.run(Arc::clone(&shared), draining.clone()));
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
            // It has nothing to tell that could go wrong.
            let _ = spawn_blocking(move || journal.finish()).await;
        }
        stopped
    }
}

/// The addresses that are listened on.
fn addresses(listeners: &[Listener]) -> Vec<IpAddr> {
    let mut addresses: Vec<_> = listeners.iter().map(|l| l.address.ip()).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

/// What a listener of this scheme shakes hands with.
fn tls(
    scheme: Scheme,
    config: &ServerConfig,
    obtained: Option<&Obtained>,
) -> Result<Option<Tls>, rustls::Error> {
    let offer = match scheme.protocol() {
        Protocol::Tls if config.alpn => Offer::Both,
        Protocol::Tls => Offer::Nothing,
        Protocol::TlsHttp2 => Offer::Http2,
        Protocol::Plain | Protocol::Unknown => return Ok(None),
    };
    let acceptor =
        |obtained: &Obtained| tls::acceptor(obtained.certified.clone(), tls::provider(), offer);
    obtained.map(acceptor).transpose()
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

/// Reads the script for documents.
fn script(path: &Path) -> Result<Script, ServerError> {
    let text = fs::read(path).map_err(|source| ServerError::Script {
        path: path.to_owned(),
        source,
    })?;
    Script::new(&text).map_err(|source| ServerError::BadScript {
        path: path.to_owned(),
        source,
    })
}

/// Whom handlers trust, if any may send requests.
fn trust(config: &ServerConfig) -> Result<Option<Trust>, ServerError> {
    if config.tenants.iter().all(|t| t.outgoing.is_empty()) {
        return Ok(None);
    }
    let authorities = match &config.outgoing_ca {
        Some(file) => certs::certificates(file)?,
        None => Vec::new(),
    };
    Ok(Some(Trust::new(&authorities)?))
}

/// The certificate, if anybody shows it.
async fn certificate(config: &ServerConfig) -> Result<Option<Obtained>, ServerError> {
    if !config.listeners.iter().any(|l| l.scheme.needs_tls()) {
        return Ok(None);
    }
    let hosts = config
        .tenants
        .iter()
        .flat_map(|tenant| tenant.hosts.clone());
    let hosts: Vec<String> = hosts.collect();
    if let (CertificateSource::Commons, Some(commons)) = (&config.certificate, &config.commons) {
        return Ok(Some(commons.certificate(&hosts)?));
    }
    let (source, state) = (config.certificate.clone(), config.state.clone());
    let obtain = move || certs::obtain(&source, &state, &hosts, &tls::provider());
    match spawn_blocking(obtain).await {
        Ok(result) => Ok(Some(result?)),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
