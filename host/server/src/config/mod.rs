//! What a server is to do, from its file and the command line.
//!
//! [`Settings`] are what one source says; [`Settings::over`] lays the command
//! line over the file, and [`Settings::complete`] fills in what nobody said.

mod file;
pub mod limits;
mod names;
pub mod quantity;
mod routes;
mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use host_runtime::Limits as HandlerLimits;

use limits::{Limit, Quantity};

use crate::routes::{Pattern, Route};

pub use file::read;
pub use limits::ConnectionLimits;
pub use names::{address, host_name};

/// Where to listen if nobody says it: loopback only.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8000";
/// The same for TLS.
pub const DEFAULT_TLS_LISTEN: &str = "127.0.0.1:8443";
/// Time that exchanges under way have when the server stops.
pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// The tenant that `plugins` makes.
pub const DEFAULT_TENANT: &str = "default";

/// All that a server needs to know.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Plaintext addresses, `host:port`; port 0 picks one.
    pub listen: Vec<String>,
    /// TLS addresses, `host:port`; port 0 picks one.
    pub tls_listen: Vec<String>,
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
    /// What handlers are told by `config`.
    pub vars: BTreeMap<String, String>,
    /// What its handlers may take.
    pub limits: HandlerLimits,
    /// What is answered otherwise than by the folder, in order.
    pub routes: Vec<Route>,
    /// Paths that are not served, neither by routes nor by name, and not listed.
    pub hidden: Vec<Pattern>,
}

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSource {
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
    /// See [`ServerConfig::listen`].
    pub listen: Option<Vec<String>>,
    /// See [`ServerConfig::tls_listen`].
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
    /// See [`ServerConfig::drain_timeout`].
    pub drain_timeout: Option<Duration>,
    /// See [`ServerConfig::journal`].
    pub journal: Option<PathBuf>,
    /// For every tenant.
    pub vars: BTreeMap<String, String>,
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
    /// Laid over the settings for every tenant.
    pub vars: BTreeMap<String, String>,
    /// Laid over the settings for every tenant.
    pub limits: Changes<HandlerLimits>,
    /// See [`TenantConfig::routes`].
    pub routes: Vec<Route>,
    /// See [`TenantConfig::hidden`].
    pub hidden: Vec<Pattern>,
}

/// Limits that a source sets, in its order.
pub type Changes<T> = Vec<(&'static Limit<T>, Quantity)>;

/// Why settings cannot be used. The user's fault.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("the config file {} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has mistakes; every one of them.
    #[error("{}", Problems(file, problems))]
    Problems {
        /// The file.
        file: PathBuf,
        /// The mistakes, in the order of the file.
        problems: Vec<Problem>,
    },
    /// Nothing to serve.
    #[error("there is nothing to serve: neither a plugins folder nor a [[tenant]] is given")]
    NothingToServe,
    /// Routes of a tenant that there is not.
    #[error("[[route]] and hidden are for the plugins folder, and none is given")]
    RoutesWithoutFolder,
    /// Nowhere to listen.
    #[error("there is nowhere to listen: no plaintext and no TLS address is left")]
    NowhereToListen,
    /// Only one of two.
    #[error("a certificate needs its key and a key its certificate: {0} is missing")]
    HalfCertificate(&'static str),
    /// No home folder to keep state in.
    #[error("no folder for state: neither XDG_STATE_HOME nor HOME is set")]
    NoState,
}

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

struct Problems<'a>(&'a Path, &'a [Problem]);

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.1.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            let Problem {
                line,
                column,
                message,
            } = problem;
            write!(
                f,
                "{newline}{}:{line}:{column}: {message}",
                self.0.display()
            )?;
        }
        Ok(())
    }
}

impl Settings {
    /// These settings laid over others: what they say counts, and of limits and
    /// vars each for itself.
    pub fn over(self, mut below: Self) -> Self {
        below.vars.extend(self.vars);
        below.limits.extend(self.limits);
        below.connections.extend(self.connections);
        below.tenants.extend(self.tenants);
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
            drain_timeout: self.drain_timeout.or(below.drain_timeout),
            journal: self.journal.or(below.journal),
            vars: below.vars,
            limits: below.limits,
            connections: below.connections,
            routes: below.routes,
            hidden: below.hidden,
            tenants: below.tenants,
        }
    }

    /// The settings with defaults for what they leave open. Host names are
    /// brought to lower case.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn complete(self) -> Result<ServerConfig, ConfigError> {
        let or_default = |addresses: Option<Vec<String>>, default: &str| {
            addresses.unwrap_or_else(|| vec![default.to_owned()])
        };
        let listen = or_default(self.listen, DEFAULT_LISTEN);
        let tls_listen = or_default(self.tls_listen, DEFAULT_TLS_LISTEN);
        if listen.is_empty() && tls_listen.is_empty() {
            return Err(ConfigError::NowhereToListen);
        }
        let certificate = match (self.cert, self.key) {
            (None, None) => CertificateSource::Made,
            (Some(cert), Some(key)) => CertificateSource::Files { cert, key },
            (None, Some(_)) => return Err(ConfigError::HalfCertificate("--cert")),
            (Some(_), None) => return Err(ConfigError::HalfCertificate("--key")),
        };

        let limits = changed(HandlerLimits::default(), &self.limits);
        let alone = usize::from(self.plugins.is_some()) + self.tenants.len() == 1;
        let mut tenants = Vec::with_capacity(self.tenants.len() + 1);
        if let Some(plugins) = self.plugins {
            tenants.push(TenantConfig {
                name: DEFAULT_TENANT.to_owned(),
                hosts: lower_case(self.hosts.unwrap_or_default()),
                is_default: true,
                plugins,
                raw: self.raw.unwrap_or(alone),
                vars: self.vars.clone(),
                limits: limits.clone(),
                routes: self.routes,
                hidden: self.hidden,
            });
        } else if !self.routes.is_empty() || !self.hidden.is_empty() {
            return Err(ConfigError::RoutesWithoutFolder);
        }
        for tenant in self.tenants {
            let mut vars = self.vars.clone();
            vars.extend(tenant.vars);
            tenants.push(TenantConfig {
                name: tenant.name,
                hosts: lower_case(tenant.hosts),
                is_default: false,
                plugins: tenant.plugins,
                raw: tenant.raw.unwrap_or(alone),
                vars,
                limits: changed(limits.clone(), &tenant.limits),
                routes: tenant.routes,
                hidden: tenant.hidden,
            });
        }
        if tenants.is_empty() {
            return Err(ConfigError::NothingToServe);
        }

        Ok(ServerConfig {
            listen,
            tls_listen,
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
        })
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
