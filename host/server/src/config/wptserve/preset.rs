//! The defaults of `wpt serve`, and what settings in wptserve's names come to.

use std::path::{Path, PathBuf};

use host_content::Facts;
use host_content::template::Hosts;

use super::super::{CertificateSource, ConfigError, ListenerConfig, NameCheck, Protocol, Scheme};
use super::routes::routes;
use super::{Port, Ssl, SslKind, WptSettings, names};
use crate::routes::Route;

const BROWSER_HOST: &str = "web-platform.test";
const ALTERNATE_HOST: (&str, &str) = ("alt", "not-web-platform.test");
/// Each alone and in front of each other.
const SUBDOMAINS: [&str; 5] = ["www", "www1", "www2", "天気の良い日", "élève"];
const NOT_SUBDOMAINS: [&str; 1] = ["nonexistent"];
/// Where it listens unless a server_host is named: wptserve asks what
/// browser_host resolves to, which is this where hosts are set up.
const LOOPBACK: &str = "127.0.0.1";
const EVERY_ADDRESS: &str = "0.0.0.0";
/// The certificate in a checkout, whose CA wpt's browsers trust, and its key.
const CERTIFICATE: (&str, &str) = (
    "tools/certs/web-platform.test.pem",
    "tools/certs/web-platform.test.key",
);

/// The ports of a scheme if nobody says otherwise.
fn default_ports(scheme: Scheme) -> &'static [Port] {
    match scheme {
        Scheme::Http => &[Port::Number(8000), Port::Auto],
        Scheme::Https => &[Port::Number(8443), Port::Number(8444)],
        Scheme::H2 => &[Port::Number(9000)],
        _ => &[Port::Auto],
    }
}

/// What a server is to do by settings in wptserve's names.
#[derive(Debug)]
pub(in super::super) struct Preset {
    pub(in super::super) listeners: Vec<ListenerConfig>,
    /// Unless the user brings one by `--cert`.
    pub(in super::super) certificate: CertificateSource,
    /// All names that are to resolve.
    pub(in super::super) hosts: Vec<String>,
    pub(in super::super) facts: Facts,
    /// What goes before the files of the checkout.
    pub(in super::super) routes: Vec<Route>,
    pub(in super::super) check: Option<NameCheck>,
    pub(in super::super) notices: Vec<String>,
}

impl Preset {
    /// Completes settings. `listen` stands for the ports of `http`, `tls_listen`
    /// for those of `https`; an empty `tls_listen` is no TLS at all.
    pub(in super::super) fn complete(
        settings: WptSettings,
        listen: Option<Vec<String>>,
        tls_listen: Option<Vec<String>>,
    ) -> Result<Self, ConfigError> {
        let hosts = Self::hosts(&settings);
        let alternates = hosts.alternate_hosts.values();
        if let Some(host) = alternates
            .into_iter()
            .find(|host| !distinct(host, &hosts.browser_host))
        {
            return Err(ConfigError::NotDistinct {
                browser_host: hosts.browser_host.clone(),
                alternate: host.clone(),
            });
        }
        let mut notices = settings.notices.clone();
        let has_tls = settings.ssl.kind != Some(SslKind::None)
            && tls_listen
                .as_ref()
                .is_none_or(|addresses| !addresses.is_empty());
        let listeners = listeners(&settings, has_tls, listen, tls_listen);
        let silent = listeners.iter().map(|listener| listener.scheme);
        let mut silent: Vec<&str> = silent
            .filter(|scheme| scheme.protocol() == Protocol::Unknown)
            .map(Scheme::name)
            .collect();
        silent.dedup();
        if !silent.is_empty() {
            notices.push(format!(
                "nobody answers on the ports of {}: host does not speak that yet",
                silent.join(", ")
            ));
        }
        let certificate = match has_tls {
            true => certificate(&settings.ssl, settings.checkout.as_deref(), &mut notices)?,
            false => CertificateSource::Made,
        };

        let domains = hosts.domains()?;
        let names = names(&domains);
        let server_host = settings.server_host.as_ref().unwrap_or(&hosts.browser_host);
        let must = settings.check_subdomains;
        let python = |flag: bool| if flag { "True" } else { "False" }.to_owned();
        let more = [
            ("server_host", server_host.clone()),
            (
                "bind_address",
                python(settings.bind_address.unwrap_or(true)),
            ),
            ("check_subdomains", python(must.unwrap_or(true))),
        ];
        let mut more: std::collections::BTreeMap<String, String> =
            more.map(|(key, value)| (key.to_owned(), value)).into();
        if let Some(folder) = ws_doc_root(&settings) {
            more.insert("ws_doc_root".to_owned(), folder.display().to_string());
        }
        Ok(Self {
            listeners,
            certificate,
            facts: Facts {
                browser_host: hosts.browser_host.clone(),
                domains: hosts.all_domains()?,
                not_domains: hosts.not_domains()?,
                more,
                ..Facts::default()
            },
            check: (must != Some(false)).then(|| NameCheck {
                names: names.clone(),
                must: must == Some(true),
            }),
            hosts: names,
            routes: routes(&settings)?,
            notices,
        })
    }

    /// The names of settings, the defaults of `wpt serve` filled in.
    pub(super) fn hosts(settings: &WptSettings) -> Hosts {
        let (alt, host) = ALTERNATE_HOST;
        let mut alternate_hosts = settings.alternate_hosts.clone();
        let alternate = alternate_hosts.entry(alt.to_owned());
        alternate.or_insert_with(|| host.to_owned());
        let or_pairs = |given: &Option<Vec<String>>, of: &[&str]| {
            given.clone().unwrap_or_else(|| alone_and_in_pairs(of))
        };
        Hosts {
            browser_host: settings
                .browser_host
                .clone()
                .unwrap_or_else(|| BROWSER_HOST.to_owned()),
            alternate_hosts,
            subdomains: or_pairs(&settings.subdomains, &SUBDOMAINS),
            not_subdomains: or_pairs(&settings.not_subdomains, &NOT_SUBDOMAINS),
        }
    }
}

fn alone_and_in_pairs(names: &[&str]) -> Vec<String> {
    let pairs = names
        .iter()
        .flat_map(|a| names.iter().map(move |b| format!("{a}.{b}")));
    names
        .iter()
        .map(|name| (*name).to_owned())
        .chain(pairs)
        .collect()
}

/// Whether neither name is beneath the other.
fn distinct(a: &str, b: &str) -> bool {
    let beneath = |a: &str, b: &str| a == b || a.ends_with(&format!(".{b}"));
    !beneath(a, b) && !beneath(b, a)
}

fn listeners(
    settings: &WptSettings,
    has_tls: bool,
    listen: Option<Vec<String>>,
    tls_listen: Option<Vec<String>>,
) -> Vec<ListenerConfig> {
    let host = match (&settings.server_host, settings.bind_address) {
        (_, Some(false)) => EVERY_ADDRESS,
        (Some(host), _) => host,
        (None, _) => LOOPBACK,
    };
    // An IPv6 address has brackets before a port (RFC 3986 §3.2.2).
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    let mut given = [(Scheme::Http, listen), (Scheme::Https, tls_listen)];
    let mut listeners = Vec::new();
    for scheme in Scheme::ALL {
        if (scheme.needs_tls() && !has_tls) || (scheme == Scheme::H2 && settings.h2 == Some(false))
        {
            continue;
        }
        let given = given.iter_mut().find(|(of, _)| *of == scheme);
        let addresses = given.and_then(|(_, given)| given.take());
        let addresses = addresses.unwrap_or_else(|| {
            let ports = settings.ports.get(&scheme);
            let ports = ports.map_or(default_ports(scheme), Vec::as_slice);
            let number = |port: &Port| match port {
                Port::Number(number) if settings.auto_ports != Some(true) => *number,
                _ => 0,
            };
            ports
                .iter()
                .map(|port| format!("{host}:{}", number(port)))
                .collect()
        });
        let listener = |address| ListenerConfig { scheme, address };
        listeners.extend(addresses.into_iter().map(listener));
    }
    listeners
}

fn certificate(
    ssl: &Ssl,
    checkout: Option<&Path>,
    notices: &mut Vec<String>,
) -> Result<CertificateSource, ConfigError> {
    match (&ssl.key, &ssl.cert) {
        _ if ssl.kind == Some(SslKind::Openssl) => return Ok(CertificateSource::Made),
        (Some(key), Some(cert)) => {
            let (cert, key) = (cert.clone(), key.clone());
            return Ok(CertificateSource::Files { cert, key });
        }
        (Some(_), None) => return Err(ConfigError::HalfCertificate("host_cert_path")),
        (None, Some(_)) => return Err(ConfigError::HalfCertificate("host_key_path")),
        (None, None) => {}
    }
    let own = checkout.map(|folder| (folder.join(CERTIFICATE.0), folder.join(CERTIFICATE.1)));
    Ok(match own {
        Some((cert, key)) if cert.is_file() && key.is_file() => {
            CertificateSource::Files { cert, key }
        }
        own => {
            if own.is_some() && ssl.kind == Some(SslKind::Pregenerated) {
                notices.push(format!(
                    "there is no {}: host makes a certificate",
                    CERTIFICATE.0
                ));
            }
            CertificateSource::Made
        }
    })
}

fn ws_doc_root(settings: &WptSettings) -> Option<PathBuf> {
    let own = || Some(settings.checkout.as_ref()?.join("websockets/handlers"));
    settings.ws_doc_root.clone().or_else(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(settings: WptSettings) -> Preset {
        Preset::complete(settings, None, None).unwrap()
    }

    fn addresses(preset: &Preset, scheme: Scheme) -> Vec<&str> {
        let listeners = preset.listeners.iter();
        let of = listeners.filter(|listener| listener.scheme == scheme);
        of.map(|listener| listener.address.as_str()).collect()
    }

    #[test]
    fn the_defaults_are_those_of_wpt_serve() {
        let preset = complete(WptSettings::default());
        assert_eq!(
            addresses(&preset, Scheme::Http),
            ["127.0.0.1:8000", "127.0.0.1:0"]
        );
        assert_eq!(
            addresses(&preset, Scheme::Https),
            ["127.0.0.1:8443", "127.0.0.1:8444"]
        );
        assert_eq!(addresses(&preset, Scheme::H2), ["127.0.0.1:9000"]);
        assert_eq!(addresses(&preset, Scheme::HttpPublic), ["127.0.0.1:0"]);
        // Two hosts, five sub-domains, and twenty-five pairs of these.
        assert_eq!(preset.hosts.len(), 2 * (1 + 5 + 25));
        let main = &preset.facts.domains[""];
        assert_eq!(
            main["www.天気の良い日"],
            "www.xn--n8j6ds53lwwkrqhv28a.web-platform.test"
        );
        assert_eq!(
            main["nonexistent.nonexistent"],
            "nonexistent.nonexistent.web-platform.test"
        );
        assert_eq!(preset.facts.not_domains["alt"].len(), 2);
    }

    #[test]
    fn without_tls_only_plaintext_is_left() {
        let ssl = Ssl {
            kind: Some(SslKind::None),
            ..Ssl::default()
        };
        let none = complete(WptSettings {
            ssl,
            ..WptSettings::default()
        });
        let no_tls = Preset::complete(WptSettings::default(), None, Some(Vec::new())).unwrap();
        for preset in [none, no_tls] {
            let schemes = preset.listeners.iter().map(|listener| listener.scheme);
            assert!(schemes.clone().all(|scheme| !scheme.needs_tls()));
            assert_eq!(schemes.filter(|scheme| *scheme == Scheme::Http).count(), 2);
        }
    }

    #[test]
    fn where_it_listens() {
        let with = |server_host: Option<&str>, bind_address| {
            let preset = complete(WptSettings {
                server_host: server_host.map(str::to_owned),
                bind_address,
                ports: [(Scheme::Http, vec![Port::Number(80)])].into(),
                ..WptSettings::default()
            });
            addresses(&preset, Scheme::Http)[0].to_owned()
        };
        assert_eq!(with(None, None), "127.0.0.1:80");
        assert_eq!(with(Some("::1"), Some(true)), "[::1]:80");
        assert_eq!(with(Some("a.test"), None), "a.test:80");
        assert_eq!(with(Some("a.test"), Some(false)), "0.0.0.0:80");
    }

    #[test]
    fn hosts_are_told_apart() {
        for (a, b, expected) in [
            ("web-platform.test", "not-web-platform.test", true),
            ("a.test", "a.test", false),
            ("a.test", "b.a.test", false),
            ("b.a.test", "a.test", false),
            ("a.test", "b.test", true),
        ] {
            assert_eq!(distinct(a, b), expected, "{a} {b}");
        }
        let settings = WptSettings {
            browser_host: Some("x.not-web-platform.test".to_owned()),
            ..WptSettings::default()
        };
        let refused = Preset::complete(settings, None, None);
        assert!(matches!(refused, Err(ConfigError::NotDistinct { .. })));
    }
}
