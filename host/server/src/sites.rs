//! Tenants as they are served: their folder, their handlers, their host names.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_content::{Facts, Script};
use host_runtime::{Listener, Registry, Runtime, Tenant};
use host_stash::Stash;

use crate::ServerError;
use crate::config::TenantConfig;
use crate::pipes::Pipes;

/// A tenant with what it serves.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) registry: Arc<Registry>,
    /// What is made of its handlers' answers.
    pub(crate) pipes: Arc<Pipes>,
    /// What is served, and nothing outside: every path is resolved beneath it.
    pub(crate) dir: Arc<Dir>,
    /// The same, with what templates may tell.
    pub(crate) content: host_content::Site,
    /// Where that is, for messages and for watching.
    pub(crate) folder: PathBuf,
}

/// What every site knows of its server, once that listens.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Where it listens.
    pub(crate) listeners: Vec<Listener>,
    /// The ports of every scheme, also of those that nobody serves.
    pub(crate) ports: BTreeMap<String, Vec<u16>>,
    /// Whether scripts of tests have wrappers.
    pub(crate) wrappers: bool,
    /// What is put into documents.
    pub(crate) script: Option<Script>,
}

/// Every site, found by host name.
#[derive(Debug, Default)]
pub(crate) struct Sites {
    all: Vec<Arc<Site>>,
    exact: HashMap<String, Arc<Site>>,
    /// What stands behind the `*` of `*.name`, with its dot.
    beneath: Vec<(String, Arc<Site>)>,
    default: Option<Arc<Site>>,
}

/// Opens a tenant's folder. Its path is the last one that is trusted.
pub(crate) fn open(config: &TenantConfig) -> Result<(Arc<Dir>, PathBuf), ServerError> {
    let failed = |source| ServerError::Plugins {
        path: config.plugins.clone(),
        source,
    };
    let dir = Dir::open_ambient_dir(&config.plugins, ambient_authority()).map_err(failed)?;
    // Opening does not need the right to list, but serving handlers does.
    dir.entries().map_err(failed)?;
    let folder = config.plugins.canonicalize().map_err(failed)?;
    Ok((Arc::new(dir), folder))
}

impl Site {
    pub(crate) fn new(
        config: &TenantConfig,
        (dir, folder): (Arc<Dir>, PathBuf),
        runtime: &Arc<Runtime>,
        known: &Known,
        stash: Stash,
        dev: bool,
    ) -> Arc<Self> {
        let mut content = host_content::Site {
            dir: Arc::clone(&dir),
            raw: config.raw,
            wrappers: known.wrappers,
            inject: known.script.clone(),
            facts: Arc::new(facts(config, &folder, &known.ports)),
            pipes: Arc::default(),
        };
        let mut tenant = Tenant::new(config.name.clone(), config.limits.clone());
        tenant.vars = config.vars.clone();
        tenant.listeners = known.listeners.clone();
        tenant.dev = dev;
        tenant.raw = config.raw;
        tenant.stash = stash;
        let tenant = Arc::new(tenant);
        let registry = Arc::new(Registry::new(Arc::clone(runtime), Arc::clone(&dir)));
        let pipes = Pipes::new(
            &mut content,
            Arc::clone(&tenant),
            Arc::clone(&registry),
            config.pipes.clone(),
        );
        Arc::new(Self {
            tenant,
            registry,
            pipes: Arc::new(pipes),
            dir,
            content,
            folder,
        })
    }
}

/// What a tenant's templates may tell of the server.
fn facts(config: &TenantConfig, folder: &Path, ports: &BTreeMap<String, Vec<u16>>) -> Facts {
    Facts {
        doc_root: folder.to_owned(),
        url_base: "/".to_owned(),
        ports: ports.clone(),
        ..config.facts.clone()
    }
}

impl Sites {
    /// Adds a site under the names of its configuration.
    pub(crate) fn add(&mut self, config: &TenantConfig, site: Arc<Site>) {
        for host in &config.hosts {
            match host.strip_prefix('*') {
                Some(end) => self.beneath.push((end.to_owned(), Arc::clone(&site))),
                None => drop(self.exact.insert(host.clone(), Arc::clone(&site))),
            }
        }
        if config.is_default {
            self.default = Some(Arc::clone(&site));
        }
        self.all.push(site);
    }

    /// Every site, in the order of the configuration.
    pub(crate) fn all(&self) -> &[Arc<Site>] {
        &self.all
    }

    /// The site for an authority: an exact name, the longest `*.name` that it
    /// is beneath, or the default.
    pub(crate) fn find(&self, authority: Option<&[u8]>) -> Option<&Arc<Site>> {
        if self.exact.is_empty() && self.beneath.is_empty() {
            return self.default.as_ref();
        }
        let host = authority.map(host_of).unwrap_or_default();
        let beneath = || {
            let all = self.beneath.iter();
            let fitting = all.filter(|(end, _)| host.len() > end.len() && host.ends_with(end));
            fitting
                .max_by_key(|(end, _)| end.len())
                .map(|(_, site)| site)
        };
        self.exact
            .get(&host)
            .or_else(beneath)
            .or(self.default.as_ref())
    }
}

/// The host of an authority in lower case, without port, brackets and the dot
/// of a fully qualified name; empty if it is no text.
fn host_of(authority: &[u8]) -> String {
    let authority = std::str::from_utf8(authority).unwrap_or("");
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(""),
        None => authority.split(':').next().unwrap_or(""),
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    host.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use host_runtime::{Limits, RuntimeConfig};

    use super::*;

    fn sites(tenants: &[(&str, &[&str], bool)]) -> Sites {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new(RuntimeConfig {
            instances: 1,
            ..RuntimeConfig::default()
        });
        let runtime = runtime.unwrap();
        let mut sites = Sites::default();
        for (name, hosts, is_default) in tenants {
            let config = TenantConfig {
                name: (*name).to_owned(),
                hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
                is_default: *is_default,
                plugins: folder.path().to_owned(),
                raw: false,
                vars: BTreeMap::new(),
                pipes: BTreeMap::new(),
                limits: Limits::default(),
                facts: Facts::default(),
            };
            let opened = open(&config).unwrap();
            let stash = Stash::in_memory(config.limits.stash);
            let site = Site::new(&config, opened, &runtime, &Known::default(), stash, false);
            sites.add(&config, site);
        }
        sites
    }

    #[test]
    fn the_closest_name_wins() {
        let sites = sites(&[
            ("default", &[], true),
            ("a", &["a.test", "*.a.test", "::1"], false),
            ("b", &["*.b.a.test", "b.a.test"], false),
        ]);
        for (authority, expected) in [
            ("a.test", "a"),
            ("A.Test:8000", "a"),
            ("a.test.", "a"),
            ("[::1]:80", "a"),
            ("x.a.test", "a"),
            ("b.a.test", "b"),
            ("x.b.a.test:1", "b"),
            (".a.test", "default"),
            ("xa.test", "default"),
            ("", "default"),
            ("127.0.0.1:8000", "default"),
        ] {
            let found = sites.find(Some(authority.as_bytes())).unwrap();
            assert_eq!(found.tenant.name, expected, "{authority}");
        }
        assert_eq!(sites.find(None).unwrap().tenant.name, "default");
    }

    #[test]
    fn without_a_default_strangers_are_turned_away() {
        let sites = sites(&[("a", &["a.test"], false)]);
        assert!(sites.find(Some(b"a.test")).is_some());
        assert!(sites.find(Some(b"b.test")).is_none());
        assert!(sites.find(Some(b"\xff")).is_none());
        assert!(sites.find(None).is_none());
    }
}
