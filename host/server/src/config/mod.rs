//! What a server is to do, from its file and the command line.
//!
//! [`Settings`] are what one source says; [`Settings::over`] lays the command
//! line over the file, and [`Settings::complete`] fills in what nobody said.

mod document;
mod error;
mod file;
pub mod limits;
mod names;
pub mod quantity;
mod routes;
mod scheme;
mod table;
pub mod wptserve;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use host_content::Facts;
use host_mock::Mocks;
use host_runtime::{Grant, Limits as HandlerLimits};

use limits::{Limit, Quantity};
use wptserve::{Preset, WptSettings};

use crate::routes::{Pattern, Route};
use crate::{Commons, Uploads};

pub use error::{ConfigError, Problem};
pub use file::read;
pub use limits::ConnectionLimits;
pub use names::{address, host_name};
pub use scheme::{Protocol, Scheme};

/// Where to listen if nobody says it: loopback only.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8000";
/// The same for TLS.
pub const DEFAULT_TLS_LISTEN: &str = "127.0.0.1:8443";
/// Time that exchanges under way have when the server stops.
pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// The same of a test's server: what is under way has been asked about, or is meant
/// to hang.
const TEST_DRAIN_TIMEOUT: Duration = Duration::from_millis(100);
/// The tenant that `plugins` makes.
pub const DEFAULT_TENANT: &str = "default";

/// All that a server needs to know.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where to listen, and for what.
    pub listeners: Vec<ListenerConfig>,
    /// Whether listeners of `https` offer HTTP/2 by ALPN. wptserve's do not: over
    /// HTTP/2 a test would not see reason phrases, for one.
    pub alpn: bool,
    /// Whose certificate TLS shows.
    pub certificate: CertificateSource,
    /// Where certificates and compiled handlers are kept.
    pub state: PathBuf,
    /// Who is served; see [`TenantConfig::hosts`].
    pub tenants: Vec<TenantConfig>,
    /// What clients may hold.
    pub connections: ConnectionLimits,
    /// Time that exchanges under way have when the server stops.
    pub drain_timeout: Duration,
    /// Whether answers tell what went wrong in a handler.
    pub dev: bool,
    /// The file for the journal of the wire, emptied at the start; see
    /// [`crate::journal`].
    pub journal: Option<PathBuf>,
    /// Where handlers' stashes are kept.
    pub stash: host_stash::Location,
    /// Whether [wrappers](host_content::wrappers) are made for scripts of tests.
    pub wrappers: bool,
    /// A file whose script is put before the first content of every HTML document.
    pub inject_script: Option<PathBuf>,
    /// Certificates of authorities that handlers trust in other servers, beside
    /// those of Mozilla's list: a PEM file.
    pub outgoing_ca: Option<PathBuf>,
    /// The component that runs Python scripts; with `None` they are refused.
    pub python_runtime: Option<PathBuf>,
    /// The name that URLs have for the server, instead of the address.
    pub url_host: Option<String>,
    /// Names that should lead here.
    pub check: Option<NameCheck>,
    /// What to log, as `--log` takes it.
    pub log: Option<&'static str>,
    /// What the log is told at the start.
    pub notices: Vec<String>,
    /// Answers that a test scripts, which go before all others. With them there may
    /// be no tenants.
    pub mocks: Option<Arc<Mocks>>,
    /// Handlers for those mocks, beside the folders'.
    pub uploads: Arc<Uploads>,
    /// What it shares with other servers of the process; by itself it has a
    /// certificate and an engine of its own.
    pub commons: Option<Arc<Commons>>,
}

/// Where to listen, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerConfig {
    /// What for. Where host does not speak it, nobody listens, and the port is
    /// only told to templates.
    pub scheme: Scheme,
    /// `host:port`; port 0 picks one that browsers do not refuse.
    pub address: String,
}

/// Names that should lead to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCheck {
    /// The names.
    pub names: Vec<String>,
    /// Whether it does not start where one leads elsewhere; else it is told of.
    pub must: bool,
}

/// A folder of handlers and files, for some names of hosts.
#[derive(Clone, Debug)]
pub struct TenantConfig {
    /// Its name in logs.
    pub name: String,
    /// The host names that it answers to, in lower case without port; `*.name`
    /// stands for the names beneath.
    pub hosts: Vec<String>,
    /// Whether it answers to every other name, too. One tenant at most does.
    pub is_default: bool,
    /// The folder.
    pub plugins: PathBuf,
    /// Whether handlers and `.asis` files may write raw. Browsers share an
    /// HTTP/2 connection between host names of one certificate, so that a raw
    /// write can reach a stream of another tenant's: granted by default only to
    /// a tenant that is alone.
    pub raw: bool,
    /// Whether components see the folder as WASI's `/`, to be read.
    pub files: bool,
    /// Where handlers may send requests.
    pub outgoing: Vec<Grant>,
    /// What handlers are told by `config`.
    pub vars: BTreeMap<String, String>,
    /// Pipes of its own: by name, the component beneath the folder that exports
    /// `handle-pipe`.
    pub pipes: BTreeMap<String, PathBuf>,
    /// What its handlers may take.
    pub limits: HandlerLimits,
    /// What templates are told; its folder and the ports are filled in when they
    /// are known.
    pub facts: Facts,
    /// What is answered otherwise than by the folder, in order.
    pub routes: Vec<Route>,
    /// Paths that are not served, neither by routes nor by name, and not listed.
    pub hidden: Vec<Pattern>,
}

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// Of [`ServerConfig::commons`], in memory; [`Made`](Self::Made) without those.
    Commons,
    /// Made on first start, by a CA made on first start.
    Made,
    /// The user's own, both in PEM.
    Files {
        /// The certificate and its chain.
        cert: PathBuf,
        /// The private key.
        key: PathBuf,
    },
}

/// What one source says; `None` and empty where it says nothing.
#[derive(Debug, Default)]
pub struct Settings {
    /// Plaintext addresses, `host:port`; port 0 picks one.
    pub listen: Option<Vec<String>>,
    /// TLS addresses, `host:port`; port 0 picks one.
    pub tls_listen: Option<Vec<String>>,
    /// The default tenant's folder.
    pub plugins: Option<PathBuf>,
    /// Names for the certificate and the default tenant.
    pub hosts: Option<Vec<String>>,
    /// The user's own certificate.
    pub cert: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
    /// See [`ServerConfig::state`].
    pub state: Option<PathBuf>,
    /// See [`ServerConfig::dev`].
    pub dev: Option<bool>,
    /// See [`TenantConfig::raw`]; the default tenant's.
    pub raw: Option<bool>,
    /// See [`TenantConfig::files`]; the default tenant's.
    pub files: Option<bool>,
    /// See [`TenantConfig::outgoing`]; the default tenant's.
    pub outgoing: Vec<Grant>,
    /// See [`ServerConfig::outgoing_ca`].
    pub outgoing_ca: Option<PathBuf>,
    /// See [`ServerConfig::drain_timeout`].
    pub drain_timeout: Option<Duration>,
    /// See [`ServerConfig::journal`].
    pub journal: Option<PathBuf>,
    /// See [`ServerConfig::stash`].
    pub stash: Option<host_stash::Location>,
    /// See [`ServerConfig::wrappers`]; with wptserve's configuration they are.
    pub wrappers: Option<bool>,
    /// See [`ServerConfig::inject_script`].
    pub inject_script: Option<PathBuf>,
    /// See [`ServerConfig::python_runtime`].
    pub python_runtime: Option<PathBuf>,
    /// For every tenant.
    pub vars: BTreeMap<String, String>,
    /// See [`TenantConfig::pipes`]; the default tenant's.
    pub pipes: BTreeMap<String, PathBuf>,
    /// For every tenant.
    pub limits: Changes<HandlerLimits>,
    /// For the server.
    pub connections: Changes<ConnectionLimits>,
    /// See [`TenantConfig::routes`]; the default tenant's.
    pub routes: Vec<Route>,
    /// See [`TenantConfig::hidden`]; the default tenant's.
    pub hidden: Vec<Pattern>,
    /// Further tenants.
    pub tenants: Vec<TenantSettings>,
    /// See [`ServerConfig::log`].
    pub log: Option<&'static str>,
    /// wptserve's configuration, which makes the default tenant what `wpt serve`
    /// serves.
    pub wptserve: Option<WptSettings>,
}

/// What a source says of a tenant.
#[derive(Debug)]
pub struct TenantSettings {
    /// See [`TenantConfig::name`].
    pub name: String,
    /// See [`TenantConfig::hosts`].
    pub hosts: Vec<String>,
    /// See [`TenantConfig::plugins`].
    pub plugins: PathBuf,
    /// See [`TenantConfig::raw`].
    pub raw: Option<bool>,
    /// See [`TenantConfig::files`].
    pub files: Option<bool>,
    /// See [`TenantConfig::outgoing`].
    pub outgoing: Vec<Grant>,
    /// Laid over the settings for every tenant.
    pub vars: BTreeMap<String, String>,
    /// See [`TenantConfig::pipes`].
    pub pipes: BTreeMap<String, PathBuf>,
    /// Laid over the settings for every tenant.
    pub limits: Changes<HandlerLimits>,
    /// See [`TenantConfig::routes`].
    pub routes: Vec<Route>,
    /// See [`TenantConfig::hidden`].
    pub hidden: Vec<Pattern>,
}

/// Limits that a source sets, in its order.
pub type Changes<T> = Vec<(&'static Limit<T>, Quantity)>;

impl Settings {
    /// These settings laid over others: what they say counts, and of limits and
    /// vars each for itself.
    pub fn over(self, mut below: Self) -> Self {
        below.vars.extend(self.vars);
        below.pipes.extend(self.pipes);
        below.limits.extend(self.limits);
        below.connections.extend(self.connections);
        below.tenants.extend(self.tenants);
        below.outgoing.extend(self.outgoing);
        // What goes before comes first.
        below.routes.splice(..0, self.routes);
        below.hidden.extend(self.hidden);
        Self {
            listen: self.listen.or(below.listen),
            tls_listen: self.tls_listen.or(below.tls_listen),
            plugins: self.plugins.or(below.plugins),
            hosts: self.hosts.or(below.hosts),
            cert: self.cert.or(below.cert),
            key: self.key.or(below.key),
            state: self.state.or(below.state),
            dev: self.dev.or(below.dev),
            raw: self.raw.or(below.raw),
            files: self.files.or(below.files),
            outgoing: below.outgoing,
            outgoing_ca: self.outgoing_ca.or(below.outgoing_ca),
            drain_timeout: self.drain_timeout.or(below.drain_timeout),
            journal: self.journal.or(below.journal),
            stash: self.stash.or(below.stash),
            wrappers: self.wrappers.or(below.wrappers),
            inject_script: self.inject_script.or(below.inject_script),
            python_runtime: self.python_runtime.or(below.python_runtime),
            vars: below.vars,
            pipes: below.pipes,
            limits: below.limits,
            connections: below.connections,
            routes: below.routes,
            hidden: below.hidden,
            tenants: below.tenants,
            log: self.log.or(below.log),
            wptserve: match (self.wptserve, below.wptserve) {
                (Some(above), Some(below)) => Some(above.over(below)),
                (above, below) => above.or(below),
            },
        }
    }

    /// The names of hosts that the settings name themselves, without wildcards
    /// and addresses.
    fn own_hosts(&self) -> Vec<String> {
        let tenants = self.tenants.iter().flat_map(|tenant| &tenant.hosts);
        let hosts = self.hosts.iter().flatten().chain(tenants);
        let is_name =
            |host: &&String| !host.starts_with('*') && host.parse::<std::net::IpAddr>().is_err();
        lower_case(hosts.filter(is_name).cloned().collect())
    }

    /// The settings with defaults for what they leave open. Host names are
    /// brought to lower case.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn complete(self) -> Result<ServerConfig, ConfigError> {
        let preset = match self.wptserve {
            Some(wpt) => Some(Preset::complete(
                wpt,
                self.listen.clone(),
                self.tls_listen.clone(),
            )?),
            None => None,
        };
        let made = preset.as_ref().map(|preset| preset.certificate.clone());
        let certificate = match (self.cert, self.key) {
            (None, None) => made.unwrap_or(CertificateSource::Made),
            (Some(cert), Some(key)) => CertificateSource::Files { cert, key },
            (None, Some(_)) => return Err(ConfigError::HalfCertificate("--cert")),
            (Some(_), None) => return Err(ConfigError::HalfCertificate("--key")),
        };

        let limits = changed(HandlerLimits::default(), &self.limits);
        let alone = usize::from(self.plugins.is_some()) + self.tenants.len() == 1;
        let mut tenants = Vec::with_capacity(self.tenants.len() + 1);
        if let Some(plugins) = self.plugins {
            let mut hosts = lower_case(self.hosts.unwrap_or_default());
            let mut routes = self.routes;
            let facts = match &preset {
                Some(preset) => {
                    hosts.extend(preset.hosts.iter().cloned());
                    routes.extend(preset.routes.iter().cloned());
                    preset.facts.clone()
                }
                None => facts(&hosts),
            };
            tenants.push(TenantConfig {
                name: DEFAULT_TENANT.to_owned(),
                hosts,
                is_default: true,
                plugins,
                raw: self.raw.unwrap_or(alone),
                files: self.files.unwrap_or(false),
                outgoing: self.outgoing,
                vars: self.vars.clone(),
                pipes: self.pipes,
                limits: limits.clone(),
                facts,
                routes,
                hidden: self.hidden,
            });
        } else if !self.routes.is_empty() || !self.hidden.is_empty() {
            return Err(ConfigError::RoutesWithoutFolder);
        }
        for tenant in self.tenants {
            let mut vars = self.vars.clone();
            vars.extend(tenant.vars);
            let hosts = lower_case(tenant.hosts);
            tenants.push(TenantConfig {
                name: tenant.name,
                facts: facts(&hosts),
                hosts,
                is_default: false,
                plugins: tenant.plugins,
                raw: tenant.raw.unwrap_or(alone),
                files: tenant.files.unwrap_or(false),
                outgoing: tenant.outgoing,
                vars,
                pipes: tenant.pipes,
                limits: changed(limits.clone(), &tenant.limits),
                routes: tenant.routes,
                hidden: tenant.hidden,
            });
        }
        if tenants.is_empty() {
            return Err(ConfigError::NothingToServe);
        }

        let wrappers = self.wrappers.unwrap_or(preset.is_some());
        let (url_host, check, notices, listeners) = match preset {
            Some(preset) => (
                Some(preset.facts.browser_host),
                preset.check,
                preset.notices,
                preset.listeners,
            ),
            None => (
                None,
                None,
                Vec::new(),
                listeners(self.listen, self.tls_listen),
            ),
        };
        if listeners
            .iter()
            .all(|l| l.scheme.protocol() == Protocol::Unknown)
        {
            return Err(ConfigError::NowhereToListen);
        }
        Ok(ServerConfig {
            alpn: url_host.is_none(),
            listeners,
            url_host,
            check,
            notices,
            log: self.log,
            certificate,
            state: self
                .state
                .or_else(default_state)
                .ok_or(ConfigError::NoState)?,
            tenants,
            connections: changed(ConnectionLimits::default(), &self.connections),
            drain_timeout: self.drain_timeout.unwrap_or(DEFAULT_DRAIN_TIMEOUT),
            dev: self.dev.unwrap_or(false),
            journal: self.journal,
            stash: self.stash.unwrap_or_default(),
            wrappers,
            inject_script: self.inject_script,
            outgoing_ca: self.outgoing_ca,
            python_runtime: self.python_runtime,
            mocks: None,
            uploads: Arc::default(),
            commons: None,
        })
    }
}

impl ServerConfig {
    /// A server for a test: it answers what the mocks say, on free ports of the
    /// loopback interface, `http` and `https`, and stops at once.
    pub fn of_mocks(mocks: Arc<Mocks>, uploads: Arc<Uploads>, commons: Arc<Commons>) -> Self {
        let free = || Some(vec!["127.0.0.1:0".to_owned()]);
        Self {
            listeners: listeners(free(), free()),
            alpn: true,
            certificate: CertificateSource::Commons,
            // Nothing is kept there: certificate and engine are the commons'.
            state: PathBuf::new(),
            tenants: Vec::new(),
            connections: ConnectionLimits::default(),
            drain_timeout: TEST_DRAIN_TIMEOUT,
            dev: true,
            journal: None,
            stash: host_stash::Location::default(),
            wrappers: false,
            inject_script: None,
            outgoing_ca: None,
            python_runtime: commons.python_runtime.clone(),
            url_host: None,
            check: None,
            log: None,
            notices: Vec::new(),
            mocks: Some(mocks),
            uploads,
            commons: Some(commons),
        }
    }

    /// The same with a folder behind the mocks, for every host name. Its handlers may
    /// write raw where `raw` does not forbid it.
    #[must_use]
    pub fn with_folder(mut self, plugins: PathBuf, raw: Option<bool>) -> Self {
        let mut tenant = TenantConfig::of_folder(plugins);
        tenant.raw = raw.unwrap_or(tenant.raw);
        self.tenants.push(tenant);
        self
    }
}

impl TenantConfig {
    /// A folder that is served alone, for every host name; it may write raw.
    pub(crate) fn of_folder(plugins: PathBuf) -> Self {
        Self {
            name: DEFAULT_TENANT.to_owned(),
            hosts: Vec::new(),
            is_default: true,
            plugins,
            raw: true,
            files: false,
            outgoing: Vec::new(),
            vars: BTreeMap::new(),
            pipes: BTreeMap::new(),
            limits: HandlerLimits::default(),
            facts: facts(&[]),
            routes: Vec::new(),
            hidden: Vec::new(),
        }
    }
}

/// The listeners of `listen` and `tls-listen`.
fn listeners(listen: Option<Vec<String>>, tls: Option<Vec<String>>) -> Vec<ListenerConfig> {
    let of = |scheme, addresses: Option<Vec<String>>, default: &str| {
        let addresses = addresses.unwrap_or_else(|| vec![default.to_owned()]);
        let addresses = addresses.into_iter();
        addresses.map(move |address| ListenerConfig { scheme, address })
    };
    let plain = of(Scheme::Http, listen, DEFAULT_LISTEN);
    plain
        .chain(of(Scheme::Https, tls, DEFAULT_TLS_LISTEN))
        .collect()
}

/// What the templates of a tenant are told of its names.
fn facts(hosts: &[String]) -> Facts {
    let named = hosts.iter().find(|host| !host.starts_with('*'));
    let browser_host = named.map_or_else(|| "localhost".to_owned(), String::clone);
    let names = [(String::new(), browser_host.clone())].into();
    Facts {
        domains: [(String::new(), names)].into(),
        browser_host,
        ..Facts::default()
    }
}

fn changed<T>(mut limits: T, changes: &Changes<T>) -> T {
    for (limit, value) in changes {
        limit.set(&mut limits, *value);
    }
    limits
}

fn lower_case(mut hosts: Vec<String>) -> Vec<String> {
    for host in &mut hosts {
        host.make_ascii_lowercase();
    }
    hosts
}

/// `$XDG_STATE_HOME/host`, or `~/.local/state/host` (XDG base directories).
pub fn default_state() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("host"))
}
