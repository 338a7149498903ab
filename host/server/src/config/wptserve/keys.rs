//! wptserve's keys, and what each must hold.

use std::fs;
use std::path::Path;

use super::super::names::host_name;
use super::super::table::{Entry, Reader, Table};
use super::super::{ConfigError, Problem, Scheme, Settings};
use super::{Alias, Port, Ssl, SslKind, WptSettings};

/// Keys that wptserve has given another name.
const RENAMED: [(&str, &str); 4] = [
    ("host", "browser_host"),
    ("bind_hostname", "bind_address"),
    ("external_host", "server_host"),
    ("host_ip", "server_host"),
];

const PORT: &str = "a port such as 8000, or \"auto\"";

/// Reads the table of a JSON file.
pub(in super::super) fn read(reader: &Reader<'_>, mut root: Table<'_, '_>) -> Settings {
    let settings = read_table(reader, &mut root);
    root.finish();
    settings
}

/// Takes wptserve's keys out of a table.
pub(in super::super) fn read_table(reader: &Reader<'_>, table: &mut Table<'_, '_>) -> Settings {
    let mut notices = renamed(reader, table);
    let logging = logging(table, &mut notices);
    let mut wpt = WptSettings {
        browser_host: table.read("browser_host", |entry| entry.checked(dns_name)),
        alternate_hosts: table
            .read("alternate_hosts", Entry::table)
            .map(|hosts| hosts.into_entries(|_, entry| entry.checked(dns_name)))
            .unwrap_or_default(),
        subdomains: table.read("subdomains", |entry| entry.list(subdomain)),
        not_subdomains: table.read("not_subdomains", |entry| entry.list(subdomain)),
        ws_doc_root: table.read("ws_doc_root", Entry::path),
        server_host: table.read("server_host", |entry| entry.checked(host_name)),
        bind_address: table.read("bind_address", Entry::flag),
        check_subdomains: table.read("check_subdomains", Entry::flag),
        ssl: ssl(table, &mut notices),
        aliases: table.read("aliases", Entry::tables).map(aliases),
        ..WptSettings::default()
    };
    if let Some(mut ports) = table.read("ports", Entry::table) {
        for scheme in Scheme::ALL {
            let list = ports.read(scheme.name(), |entry| {
                let what = "a list of ports, as in [8000, \"auto\"]";
                entry.list_of(what, |entry| entry.quantity(PORT, port))
            });
            wpt.ports.extend(list.map(|list| (scheme, list)));
        }
        ports.finish();
    }
    wpt.notices = notices;
    Settings {
        plugins: table.read("doc_root", Entry::path),
        log: logging.level,
        dev: logging.suppress_traceback.map(|suppress| !suppress),
        wptserve: Some(wpt),
        ..Settings::default()
    }
}

/// Gives old keys their new names, and says so.
fn renamed(reader: &Reader<'_>, table: &mut Table<'_, '_>) -> Vec<String> {
    let mut notices = Vec::new();
    for (old, new) in RENAMED {
        match table.rename(old, new) {
            None => {}
            Some(Ok(())) => {
                notices.push(format!("{old} in config is deprecated; use {new} instead"));
            }
            Some(Err(at)) => {
                let message = format!("\"{old}\" is the old name of \"{new}\", which is there too");
                reader.report(Some(at), message);
            }
        }
    }
    notices
}

#[derive(Default)]
struct Logging {
    level: Option<&'static str>,
    suppress_traceback: Option<bool>,
}

fn logging(table: &mut Table<'_, '_>, notices: &mut Vec<String>) -> Logging {
    let level = |entry: Entry<'_, '_>| entry.quantity("a level such as \"info\"", log_level);
    let mut logging = Logging {
        level: table.read("log_level", level),
        ..Logging::default()
    };
    if logging.level.is_some() {
        notices.push("log_level in config is deprecated; use logging.level instead".to_owned());
    }
    if let Some(mut keys) = table.read("logging", Entry::table) {
        logging.level = keys.read("level", level).or(logging.level);
        logging.suppress_traceback = keys.read("suppress_handler_traceback", Entry::flag);
        keys.finish();
    }
    logging
}

/// Python's names of levels, as host's log filters call them.
fn log_level(text: &str) -> Option<&'static str> {
    Some(match text.to_ascii_lowercase().as_str() {
        "critical" | "fatal" | "error" => "error",
        "warning" | "warn" => "warn",
        "info" => "info",
        "debug" | "notset" => "debug",
        _ => return None,
    })
}

fn ssl(table: &mut Table<'_, '_>, notices: &mut Vec<String>) -> Ssl {
    let Some(mut keys) = table.read("ssl", Entry::table) else {
        return Ssl::default();
    };
    let kind = keys.read("type", |entry| {
        entry.quantity("\"none\", \"openssl\" or \"pregenerated\"", ssl_kind)
    });
    keys.read("encrypt_after_connect", |entry| {
        let is_asked = entry.is_true();
        if is_asked {
            entry.report("host is no proxy: it takes no CONNECT, behind which TLS could begin");
        }
        entry.flag()
    });
    if let Some(none) = keys.read("none", Entry::table) {
        none.finish();
    }
    if let Some(mut openssl) = keys.read("openssl", Entry::table) {
        let known = [
            "openssl_binary",
            "base_path",
            "password",
            "force_regenerate",
            "duration",
            "base_conf_path",
        ];
        let given = known.map(|key| openssl.take(key).is_some());
        if kind == Some(SslKind::Openssl) && given.contains(&true) {
            notices.push(
                "ssl.openssl in config is not needed: host makes certificates itself and keeps \
                 them in its state folder"
                    .to_owned(),
            );
        }
        openssl.finish();
    }
    let (mut key, mut cert) = (None, None);
    if let Some(mut paths) = keys.read("pregenerated", Entry::table) {
        key = paths.read("host_key_path", Entry::path);
        cert = paths.read("host_cert_path", Entry::path);
        // Only wptserve's clients ask for it.
        paths.read("ca_cert_path", Entry::path);
        paths.finish();
    }
    keys.finish();
    Ssl { kind, key, cert }
}

fn ssl_kind(text: &str) -> Option<SslKind> {
    Some(match text {
        "none" => SslKind::None,
        "openssl" => SslKind::Openssl,
        "pregenerated" => SslKind::Pregenerated,
        _ => return None,
    })
}

fn aliases(tables: Vec<Table<'_, '_>>) -> Vec<Alias> {
    let aliases = tables.into_iter().filter_map(|mut table| {
        let url_path = table.need("url-path", |entry| entry.checked(url_path));
        let local_dir = table.need("local-dir", Entry::path);
        table.finish();
        Some(Alias {
            url_path: url_path?,
            local_dir: local_dir?,
        })
    });
    aliases.collect()
}

/// See [`super::alias_file`].
pub(super) fn alias_file(path: &Path) -> Result<Vec<Alias>, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        file: path.to_owned(),
        source,
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let (mut aliases, mut problems) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let alias = match line.split_once(',') {
            Some((url, local)) => url_path(url.trim()).map(|()| Alias {
                url_path: url.trim().to_owned(),
                local_dir: folder.join(local.trim()),
            }),
            None => Err(format!("expected /ALIAS/, FOLDER, found {line:?}")),
        };
        match alias {
            Ok(alias) => aliases.push(alias),
            Err(message) => problems.push(Problem {
                line: at + 1,
                column: 1,
                message,
            }),
        }
    }
    if problems.is_empty() {
        return Ok(aliases);
    }
    Err(ConfigError::Problems {
        file: path.to_owned(),
        problems,
    })
}

fn port(text: &str) -> Option<Port> {
    match text {
        "auto" => Some(Port::Auto),
        // wptserve would let the system pick one and not learn which.
        number => number.parse().ok().filter(|n| *n > 0).map(Port::Number),
    }
}

/// A name that has sub-domains: neither a wildcard nor an address.
fn dns_name(text: &str) -> Result<(), String> {
    if text.starts_with("*.") || text.parse::<std::net::IpAddr>().is_ok() {
        return Err(format!(
            "expected a name such as web-platform.test, found {text:?}"
        ));
    }
    host_name(text)
}

fn subdomain(text: &str) -> Result<(), String> {
    let ascii = host_content::template::Hosts {
        browser_host: "test".to_owned(),
        subdomains: vec![text.to_owned()],
        ..Default::default()
    };
    if text.is_empty() || ascii.domains().is_err() {
        return Err(format!(
            "expected a name such as www or élève, found {text:?}"
        ));
    }
    Ok(())
}

fn url_path(text: &str) -> Result<(), String> {
    if !text.starts_with('/') {
        return Err(format!(
            "expected a path from the root, as in /alias/, found {text:?}"
        ));
    }
    super::routes::alias(text)
        .map(drop)
        .map_err(|error| error.to_string())
}
