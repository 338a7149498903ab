//! Tenants as they are served: their folder, their handlers, their host names.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_content::{Facts, Hidden, Script};
use host_runtime::{Listener, Outgoing, Registry, Runtime, Tenant, Trust};
use host_stash::Stash;

use crate::ServerError;
use crate::builds::Builds;
use crate::config::TenantConfig;
use crate::config::wptserve::as_dict;
use crate::pipes::Pipes;
use crate::routes::{self, Action, Table};

/// A tenant with what it serves.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) tenant: Arc<Tenant>,
    /// The tenant's own folder.
    pub(crate) main: Arc<Root>,
    /// What is answered otherwise than by that, and further folders.
    pub(crate) table: Table,
    /// What is built of sources meanwhile.
    pub(crate) builds: Arc<Builds>,
}

/// A folder as it is served.
#[derive(Debug)]
pub(crate) struct Root {
    /// Where it is mounted: a path with a slash at both ends.
    pub(crate) url_base: String,
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
    /// What is built of sources meanwhile.
    pub(crate) builds: Arc<Builds>,
    /// Whom handlers trust in other servers.
    pub(crate) trust: Option<Trust>,
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

/// Opens a folder. Its path is the last one that is trusted.
pub(crate) fn open(folder: &Path) -> Result<(Arc<Dir>, PathBuf), ServerError> {
    let failed = |source| ServerError::Plugins {
        path: folder.to_owned(),
        source,
    };
    let dir = Dir::open_ambient_dir(folder, ambient_authority()).map_err(failed)?;
    // Opening does not need the right to list, but serving handlers does.
    dir.entries().map_err(failed)?;
    let folder = folder.canonicalize().map_err(failed)?;
    Ok((Arc::new(dir), folder))
}

/// A tenant's folders, opened.
#[derive(Debug)]
pub(crate) struct Opened {
    main: (Arc<Dir>, PathBuf),
    /// One for each route, if it mounts one.
    mounts: Vec<Option<(Arc<Dir>, PathBuf)>>,
}

impl Opened {
    /// Opens the folders of a tenant.
    pub(crate) fn of(config: &TenantConfig) -> Result<Self, ServerError> {
        let main = open(&config.plugins)?;
        let mounts = config.routes.iter().map(|route| match &route.action {
            Some(Action::Folder(folder)) => open(folder).map(Some),
            _ => Ok(None),
        });
        let mounts = mounts.collect::<Result<_, _>>()?;
        Ok(Self { main, mounts })
    }

    /// The folder of these that a file is in, or would be.
    pub(crate) fn serves(&self, file: &Path) -> Option<&Path> {
        let file = std::path::absolute(file).ok()?;
        // The file may be a link itself, or not there yet.
        let place = file.parent().and_then(|parent| parent.canonicalize().ok());
        let places = [file.canonicalize().ok(), place];
        let mounts = self.mounts.iter().flatten();
        let mut folders = mounts.chain([&self.main]).map(|(_, folder)| &**folder);
        folders.find(|folder| places.iter().flatten().any(|at| at.starts_with(folder)))
    }
}

impl Site {
    pub(crate) fn new(
        config: &TenantConfig,
        opened: Opened,
        runtime: &Arc<Runtime>,
        known: &Known,
        stash: Stash,
        dev: bool,
    ) -> Arc<Self> {
        let mut tenant = Tenant::new(config.name.clone(), config.limits.clone());
        tenant.vars = config.vars.clone();
        let facts = Facts {
            ports: known.ports.clone(),
            ..config.facts.clone()
        };
        let told = tenant.vars.entry(as_dict::VARIABLE.to_owned());
        told.or_insert_with(|| as_dict::as_dict(&facts).to_string());
        tenant.listeners = known.listeners.clone();
        tenant.dev = dev;
        tenant.raw = config.raw;
        tenant.files = config.files;
        tenant.outgoing = Outgoing::new(config.outgoing.clone(), known.trust.clone());
        tenant.stash = stash;
        let tenant = Arc::new(tenant);
        let registry =
            |dir: &Arc<Dir>| Arc::new(Registry::new(Arc::clone(runtime), Arc::clone(dir)));
        // The components that are pipes are in the tenant's own folder.
        let own = registry(&opened.main.0);
        let root = |opened: (Arc<Dir>, PathBuf), url_base: &str, registry: Arc<Registry>| {
            let mut content = host_content::Site {
                dir: Arc::clone(&opened.0),
                raw: config.raw,
                wrappers: known.wrappers,
                inject: known.script.clone(),
                facts: Arc::new(Facts {
                    doc_root: opened.1.clone(),
                    url_base: url_base.to_owned(),
                    ..facts.clone()
                }),
                pipes: Arc::default(),
                hidden: match config.hidden.clone() {
                    hidden if hidden.is_empty() => Hidden::default(),
                    hidden => Hidden::by(move |path| routes::hiding(&hidden, path).is_some()),
                },
            };
            let (tenant, named) = (Arc::clone(&tenant), config.pipes.clone());
            let pipes = Pipes::new(&mut content, tenant, Arc::clone(&own), named);
            let (dir, folder) = opened;
            Arc::new(Root {
                url_base: url_base.to_owned(),
                registry,
                pipes: Arc::new(pipes),
                dir,
                content,
                folder,
            })
        };
        let main = root(opened.main, "/", Arc::clone(&own));
        let mounts = config.routes.iter().zip(opened.mounts);
        let routes = mounts.map(|(route, opened)| {
            let url_base = route.path.base().unwrap_or("/");
            let mount = opened.map(|opened| {
                let registry = registry(&opened.0);
                root(opened, url_base, registry)
            });
            (route.clone(), mount)
        });
        let table = Table::new(config.hidden.clone(), routes.collect());
        Arc::new(Self {
            tenant,
            main,
            table,
            builds: Arc::clone(&known.builds),
        })
    }

    /// Warns of files that routes name and that are not there.
    pub(crate) fn check(&self) {
        for (number, route) in (1..).zip(self.table.routes()) {
            if let Some(Action::Handler(file) | Action::File(file)) = &route.action
                && !self.main.dir.is_file(file)
            {
                let (tenant, file) = (&*self.tenant.name, file.display());
                let path = &route.path;
                tracing::warn!(
                    tenant,
                    "route {number}, {path}: there is no file {file} yet"
                );
            }
        }
    }

    /// Its folders: its own, then those that its routes mount.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Arc<Root>> {
        std::iter::once(&self.main).chain(self.table.mounts())
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
                files: false,
                outgoing: Vec::new(),
                vars: BTreeMap::new(),
                pipes: BTreeMap::new(),
                limits: Limits::default(),
                facts: Facts::default(),
                routes: Vec::new(),
                hidden: Vec::new(),
            };
            let opened = Opened::of(&config).unwrap();
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
