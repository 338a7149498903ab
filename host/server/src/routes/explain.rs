//! What a request would reach, and why.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use host_runtime::{LoadError, Runtime};
use host_stash::Stash;

use super::listing::Listing;
use super::table::Answer;
use super::trace::{Step, Trace};
use crate::config::ServerConfig;
use crate::find::{Content, Found};
use crate::router::{self, Unroutable};
use crate::sites::{Known, Opened, Root, Site, Sites};
use crate::{ServerError, dispatch};

/// Paths less alike than this are not worth a hint (Jaro-Winkler similarity, 1
/// being the same).
const SIMILAR: f64 = 0.8;

/// Every tenant as it would be served, for questions.
#[derive(Debug)]
pub struct Routing {
    sites: Sites,
}

/// A request to ask about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method, as in `GET`.
    pub method: String,
    /// The host, with or without a port; `None` for none.
    pub host: Option<String>,
    /// Path and query.
    pub target: String,
}

/// The way of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The tenant; `None` if no tenant has the host, and none is the default.
    pub tenant: Option<String>,
    /// What happened on the way, in order.
    pub steps: Vec<Step>,
    /// What answers, in words, as in `the handler b/x.wasm`.
    pub answer: String,
    /// The status, where it is known without asking.
    pub status: Option<u16>,
    /// For a path that nothing answers: the most similar one that is served.
    pub nearest: Option<String>,
}

impl Routing {
    /// Opens the folders of a configuration. Nothing is listened on.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn new(config: &ServerConfig, runtime: &Arc<Runtime>) -> Result<Self, ServerError> {
        let mut sites = Sites::default();
        for tenant in &config.tenants {
            let opened = Opened::of(tenant)?;
            let stash = Stash::in_memory(tenant.limits.stash);
            let known = Known {
                wrappers: config.wrappers,
                ..Known::default()
            };
            let site = Site::new(tenant, opened, runtime, &known, stash, config.dev);
            sites.add(tenant, site);
        }
        Ok(Self { sites })
    }

    /// What each tenant serves at this moment. Waits for the disk.
    pub fn listings(&self) -> Vec<Listing> {
        self.sites
            .all()
            .iter()
            .map(|site| Listing::of(site))
            .collect()
    }

    /// Follows a request to its answer, without giving it. Waits for the disk.
    pub async fn explain(&self, asked: &Asked) -> Explanation {
        let Some(site) = self.sites.find(asked.host.as_deref().map(str::as_bytes)) else {
            return Explanation {
                tenant: None,
                steps: Vec::new(),
                answer: "refused: no tenant has this host".to_owned(),
                status: Some(421),
                nearest: None,
            };
        };
        let mut steps = Vec::new();
        let Reached { answer, status } = site.reached(asked, &mut steps).await;
        let nearest = (status == Some(404)).then(|| nearest(site, &asked.target));
        Explanation {
            tenant: Some(site.tenant.name.clone()),
            steps,
            answer,
            status,
            nearest: nearest.flatten(),
        }
    }
}

struct Reached {
    answer: String,
    status: Option<u16>,
}

impl Reached {
    fn new(answer: impl Into<String>, status: impl Into<Option<u16>>) -> Self {
        Self {
            answer: answer.into(),
            status: status.into(),
        }
    }

    fn nothing() -> Self {
        Self::new("nothing", 404)
    }

    fn missing(file: &Path) -> Self {
        Self::new(format!("nothing: {} is not there", file.display()), 404)
    }

    fn refused(error: &LoadError) -> Self {
        let status = dispatch::status_of(&error.problem);
        Self::new(format!("a handler that is refused: {error}"), status)
    }

    fn wrong_method() -> Self {
        Self::new("nothing: other methods are answered", 405)
    }
}

impl Site {
    /// As `dispatch.rs` answers, in words.
    async fn reached(&self, asked: &Asked, steps: &mut Vec<Step>) -> Reached {
        let method = asked.method.as_bytes();
        let target = Bytes::copy_from_slice(asked.target.as_bytes());
        let choice = match self.table.choose(method, &target, steps) {
            Ok(choice) => choice,
            Err(why) => return unroutable(why),
        };
        let Answer::Named { mount, path, .. } = &choice.answer else {
            return self.reached_by_route(&choice.answer, method, steps).await;
        };
        let root = mount.unwrap_or(&self.main);
        let others = !choice.others.is_empty();
        if let Some(reached) = self
            .reached_by_name(root, path, method, others, steps)
            .await
        {
            return reached;
        }
        let target = choice.rewritten.as_ref().unwrap_or(&target);
        let fallback = self.table.fall_back(method, target, steps);
        match fallback.answer {
            Some((answer, _)) => self.reached_by_route(&answer, method, steps).await,
            None if others || !fallback.others.is_empty() => Reached::wrong_method(),
            None => Reached::nothing(),
        }
    }

    async fn reached_by_route(
        &self,
        answer: &Answer<'_>,
        method: &[u8],
        steps: &mut Vec<Step>,
    ) -> Reached {
        match answer {
            Answer::Hidden => Reached::nothing(),
            Answer::Handler { file, .. } => match self.main.registry.handler(file).await {
                Ok(Some(_)) => Reached::new(format!("the handler {}", file.display()), None),
                Ok(None) => Reached::missing(file),
                Err(error) => Reached::refused(&error),
            },
            Answer::File(file) => match self.main.dir.is_file(file) {
                true => Reached::new(format!("the file {}", file.display()), None),
                false => Reached::missing(file),
            },
            Answer::Text(text) => {
                let bytes = text.content.len();
                Reached::new(format!("a text of {bytes} bytes"), text.status)
            }
            Answer::Redirect { location, status } => {
                let location = String::from_utf8_lossy(location);
                Reached::new(format!("a redirect to {location}"), *status)
            }
            Answer::Error(status) => Reached::new("refused by a route", *status),
            Answer::Named { mount, path, .. } => {
                let root = mount.unwrap_or(&self.main);
                let named = self.reached_by_name(root, path, method, false, steps).await;
                named.unwrap_or_else(Reached::nothing)
            }
        }
    }

    /// What a folder has under a path. `others`: routes would have answered
    /// other methods.
    async fn reached_by_name(
        &self,
        root: &Root,
        path: &[u8],
        method: &[u8],
        others: bool,
        steps: &mut Vec<Step>,
    ) -> Option<Reached> {
        let of = match std::ptr::eq(root, &*self.main) {
            true => String::new(),
            false => format!(" of {}", root.folder.display()),
        };
        let found = match root.find(path).await {
            Ok(found) => found,
            Err(why) => return Some(unroutable(why)),
        };
        let mut tell = |what: &str| {
            steps.tell(|| Step {
                path: String::from_utf8_lossy(path).into_owned(),
                route: None,
                pattern: None,
                outcome: format!("by name: {what}{of}"),
            });
        };
        let content = match found {
            Found::Handler(_, file) => {
                let handler = format!("the handler {}", file.display());
                tell(&handler);
                return Some(Reached::new(format!("{handler}{of}"), None));
            }
            Found::Pipe(file) => {
                let pipe = format!("the pipe {}", file.display());
                tell(&pipe);
                return Some(Reached::new(format!("{pipe}, which answers nobody"), 404));
            }
            Found::Broken(file, error) => {
                tell(&format!("the handler {}", file.display()));
                return Some(Reached::refused(&error));
            }
            Found::Index => {
                tell("a folder with a handler of its own");
                return Some(Reached::new("a redirect to the folder's slash", 308));
            }
            Found::Content(content) => content,
            Found::Nothing => {
                tell("nothing");
                return None;
            }
        };
        let Some(kind) = root.content(&content, path) else {
            tell("nothing");
            return None;
        };
        let (what, status) = match kind {
            Content::File => (format!("the file {}", content.display()), None),
            Content::Wrapper(script) => {
                let made = format!("a wrapper, if it is for that, of {}", script.display());
                (made, None)
            }
            Content::Folder => (format!("the folder {}/", content.display()), Some(200)),
            Content::FolderName => ("a redirect to the folder's slash".to_owned(), Some(301)),
        };
        tell(&what);
        if !matches!(method, b"GET" | b"HEAD") {
            return (!others).then(Reached::wrong_method);
        }
        Some(Reached::new(format!("{what}{of}"), status))
    }
}

fn unroutable(why: Unroutable) -> Reached {
    match why {
        Unroutable::NotFound => Reached::nothing(),
        Unroutable::Asterisk => Reached::new("the server itself", 204),
        Unroutable::BadEncoding => Reached::new("refused: a percent sign needs two digits", 400),
    }
}

/// The most similar path that is served.
fn nearest(site: &Site, target: &str) -> Option<String> {
    let (path, _) = router::split_query(target.as_bytes());
    let path = String::from_utf8_lossy(path).into_owned();
    let files = Listing::of(site).files;
    let paths = files.into_iter().flat_map(|file| file.paths);
    let rated = paths.map(|known| (strsim::jaro_winkler(&path, &known), known));
    let similar = rated.filter(|(similarity, _)| *similarity >= SIMILAR);
    let nearest = similar.max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map(|(_, path)| path)
}
