//! Mocks before the sites of a server.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use host_mock::{Handlers, Mocks, Offered, Ran};
use host_stash::Stash;
use host_wire::Exchange;

use crate::ServerError;
use crate::commons::Commons;
use crate::config::TenantConfig;
use crate::dispatch::Done;
use crate::router::EXTENSION;
use crate::routes::Answer;
use crate::sites::{Known, Opened, Site, Sites};
use crate::uploads::Uploads;

/// What a test scripts, and the handlers that it brings.
#[derive(Debug)]
pub(crate) struct Mocked {
    pub(crate) mocks: Arc<Mocks>,
    uploads: Arc<Uploads>,
    commons: Arc<Commons>,
    known: Known,
    /// Where those handlers run; most tests bring none. They may write raw.
    site: OnceLock<Arc<Site>>,
}

/// Where mocks find the handlers that they name.
struct Places<'a> {
    mocked: &'a Mocked,
    sites: &'a Sites,
}

impl Mocked {
    pub(crate) fn new(
        mocks: Arc<Mocks>,
        uploads: Arc<Uploads>,
        commons: Arc<Commons>,
        known: Known,
    ) -> Self {
        Self {
            mocks,
            uploads,
            commons,
            known,
            site: OnceLock::new(),
        }
    }

    /// Answers by a mock; gives the exchange back where the sites are to answer.
    pub(crate) async fn offer(&self, exchange: Exchange, sites: &Sites) -> Result<Done, Exchange> {
        let places = Places {
            mocked: self,
            sites,
        };
        match self.mocks.offer(exchange, &places).await {
            Offered::Passed(exchange) => Err(*exchange),
            Offered::Answered {
                status,
                handler,
                mock,
            } => Ok(Done {
                status,
                handler,
                mock,
                ..Done::default()
            }),
        }
    }

    /// The site of the uploaded handlers' folder.
    fn site(&self, folder: &Path) -> Result<Arc<Site>, ServerError> {
        if let Some(site) = self.site.get() {
            return Ok(Arc::clone(site));
        }
        let mut config = TenantConfig::of_folder(folder.to_owned());
        config.name = "mocks".to_owned();
        let opened = Opened::of(&config)?;
        let runtime = self.commons.runtime()?;
        let stash = Stash::in_memory(config.limits.stash);
        let made = || Site::new(&config, opened, &runtime, &self.known, stash, true);
        Ok(Arc::clone(self.site.get_or_init(made)))
    }
}

impl Handlers for Places<'_> {
    fn run(&self, name: String, exchange: Exchange) -> BoxFuture<'_, Ran> {
        async move {
            let (site, file) = match self.find(&exchange, &name) {
                Ok(found) => found,
                Err(why) => {
                    let exchange = Box::new(exchange);
                    return Ran::Missing { exchange, why };
                }
            };
            let file = Path::new(&file);
            let captures = Vec::new();
            let done = site
                .give(exchange, Answer::Handler { file, captures })
                .await;
            Ran::Done {
                status: done.status,
                handler: done.handler,
            }
        }
        .boxed()
    }
}

impl Places<'_> {
    /// The site and file of a handler: what was uploaded goes before the folder of
    /// the request's host.
    ///
    /// # Errors
    /// Why there is none.
    fn find(&self, exchange: &Exchange, name: &str) -> Result<(Arc<Site>, String), String> {
        if let Some((folder, file)) = self.mocked.uploads.find(name) {
            let site = self.mocked.site(&folder);
            let site = site.map_err(|error| format!("handlers cannot run: {error}"))?;
            return Ok((site, file));
        }
        let plain = name.trim_start_matches('/');
        let site = self.sites.find(exchange.head().authority.as_deref());
        let found = site.and_then(|site| {
            let files = [plain.to_owned(), format!("{plain}{EXTENSION}")];
            // The folder is a capability: no name leads out of it.
            let mut files = files.into_iter();
            let file = files.find(|file| site.main.dir.is_file(file))?;
            Some((Arc::clone(site), file))
        });
        found.ok_or_else(|| {
            format!("there is no handler {name:?}, neither uploaded nor in the folder")
        })
    }
}
