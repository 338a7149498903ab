//! wptserve's configuration: what `wpt serve` takes as JSON, laid over its
//! defaults. host.toml has the same keys in its table `[wptserve]`.
//!
//! `keys.rs` reads them, `preset.rs` fills in what nobody said and says what a
//! server is to do.

pub(crate) mod as_dict;
mod keys;
mod preset;
mod routes;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use host_content::template::Domains;

use super::{ConfigError, Scheme, Settings, file};

pub(super) use keys::{read, read_table};
pub(super) use preset::Preset;

/// What a source says in wptserve's names; `None` and empty where it says
/// nothing. `doc_root` is [`Settings::plugins`], `logging` [`Settings::log`] and
/// [`Settings::dev`].
#[derive(Debug, Default)]
pub struct WptSettings {
    /// The checkout, whose own certificate is used where nobody names another.
    pub checkout: Option<PathBuf>,
    /// The name of the server.
    pub browser_host: Option<String>,
    /// Its other names, by what templates call them.
    pub alternate_hosts: BTreeMap<String, String>,
    /// Sub-domains of each.
    pub subdomains: Option<Vec<String>>,
    /// Sub-domains that are not to resolve.
    pub not_subdomains: Option<Vec<String>>,
    /// The address, or its name, to listen on.
    pub server_host: Option<String>,
    /// Whether to listen there only, and not on every address.
    pub bind_address: Option<bool>,
    /// Ports of the schemes that are named.
    pub ports: BTreeMap<Scheme, Vec<Port>>,
    /// Whether all ports are to be picked, whatever `ports` says.
    pub auto_ports: Option<bool>,
    /// Whether there is a listener for HTTP/2 alone.
    pub h2: Option<bool>,
    /// Where handlers of WebSockets are.
    pub ws_doc_root: Option<PathBuf>,
    /// Whether to start only if all names lead here; where nobody says it, those
    /// that do not are told of.
    pub check_subdomains: Option<bool>,
    /// Where the certificate comes from.
    pub ssl: Ssl,
    /// Folders and files that stand elsewhere.
    pub aliases: Option<Vec<Alias>>,
    /// How long every request waits.
    pub latency: Option<Duration>,
    /// What was accepted, and is worth a word.
    pub notices: Vec<String>,
}

/// A port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// A free one, which browsers do not refuse.
    Auto,
    /// This one.
    Number(u16),
}

/// wptserve's `ssl`.
#[derive(Debug, Default)]
pub struct Ssl {
    /// Its `type`.
    pub kind: Option<SslKind>,
    /// `pregenerated.host_key_path`.
    pub key: Option<PathBuf>,
    /// `pregenerated.host_cert_path`.
    pub cert: Option<PathBuf>,
}

/// How a certificate comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslKind {
    /// There is none, and no TLS.
    None,
    /// One is made, by host's own CA; wptserve asks openssl for it.
    Openssl,
    /// It is there.
    Pregenerated,
}

/// An entry of wptserve's `aliases`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Where it is served. If it ends in a slash, that is a folder; else it is
    /// one file.
    pub url_path: String,
    /// The folder, or that of the file.
    pub local_dir: PathBuf,
}

impl WptSettings {
    /// These settings laid over others. A scheme's ports and an alternate host
    /// count each for itself, as wptserve merges tables.
    pub(super) fn over(self, mut below: Self) -> Self {
        below.alternate_hosts.extend(self.alternate_hosts);
        below.ports.extend(self.ports);
        below.notices.extend(self.notices);
        Self {
            checkout: self.checkout.or(below.checkout),
            browser_host: self.browser_host.or(below.browser_host),
            alternate_hosts: below.alternate_hosts,
            subdomains: self.subdomains.or(below.subdomains),
            not_subdomains: self.not_subdomains.or(below.not_subdomains),
            server_host: self.server_host.or(below.server_host),
            bind_address: self.bind_address.or(below.bind_address),
            ports: below.ports,
            auto_ports: self.auto_ports.or(below.auto_ports),
            h2: self.h2.or(below.h2),
            ws_doc_root: self.ws_doc_root.or(below.ws_doc_root),
            check_subdomains: self.check_subdomains.or(below.check_subdomains),
            ssl: Ssl {
                kind: self.ssl.kind.or(below.ssl.kind),
                key: self.ssl.key.or(below.ssl.key),
                cert: self.ssl.cert.or(below.ssl.cert),
            },
            aliases: self.aliases.or(below.aliases),
            latency: self.latency.or(below.latency),
            notices: below.notices,
        }
    }
}

/// What `wpt serve` in a checkout of web-platform-tests would serve, with the
/// checkout's own `config.json`.
///
/// # Errors
/// Those of [`super::read`], about that file.
pub fn checkout(folder: &Path) -> Result<Settings, ConfigError> {
    let settings = Settings {
        plugins: Some(folder.to_owned()),
        wptserve: Some(WptSettings {
            checkout: Some(folder.to_owned()),
            ..WptSettings::default()
        }),
        ..Settings::default()
    };
    match file::read(&folder.join("config.json")) {
        Ok(own) => Ok(own.over(settings)),
        Err(ConfigError::Unreadable { source, .. })
            if source.kind() == std::io::ErrorKind::NotFound =>
        {
            Ok(settings)
        }
        Err(error) => Err(error),
    }
}

/// Reads wpt's file of aliases: lines such as `/ALIAS/, FOLDER`, the folder
/// meant from the file's own.
///
/// # Errors
/// [`ConfigError::Unreadable`], and [`ConfigError::Problems`] with each line that
/// is none.
pub fn alias_file(path: &Path) -> Result<Vec<Alias>, ConfigError> {
    keys::alias_file(path)
}

/// The lines of `/etc/hosts` for all names that are to resolve, exactly as `wpt
/// make-hosts-file` writes them.
///
/// # Errors
/// [`ConfigError::Domain`].
pub fn hosts_file(settings: &Settings, address: std::net::IpAddr) -> Result<String, ConfigError> {
    let mut names = match &settings.wptserve {
        Some(wpt) => names(&Preset::hosts(wpt).domains()?),
        None => settings.own_hosts(),
    };
    names.sort_by_key(|name| name.rsplit('.').map(str::to_owned).collect::<Vec<_>>());
    names.dedup();
    let mut text = "# Start web-platform-tests hosts\n".to_owned();
    for name in names {
        text.push_str(&format!("{address}\t{name}\n"));
    }
    text.push_str("# End web-platform-tests hosts\n\n");
    Ok(text)
}

/// The names of a table of domains.
pub(super) fn names(domains: &Domains) -> Vec<String> {
    let names = domains.values().flat_map(|names| names.values().cloned());
    names.collect()
}
