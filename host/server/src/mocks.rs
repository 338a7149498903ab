//! Mocks before the sites of a server.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use host_mock::{Handlers, Mocks, Offered, Ran};
use host_wire::Exchange;

use crate::dispatch::Done;
use crate::router::EXTENSION;
use crate::routes::Answer;
use crate::sites::{Site, Sites};
use crate::uploads::Uploads;

/// What a test scripts, and the handlers that it brings.
#[derive(Debug)]
pub(crate) struct Mocked {
    pub(crate) mocks: Arc<Mocks>,
    pub(crate) uploads: Arc<Uploads>,
}

/// Where mocks find the handlers that they name.
struct Places<'a> {
    uploads: &'a Uploads,
    sites: &'a Sites,
}

impl Mocked {
    /// Answers by a mock; gives the exchange back where the sites are to answer.
    pub(crate) async fn offer(&self, exchange: Exchange, sites: &Sites) -> Result<Done, Exchange> {
        let uploads = &self.uploads;
        let places = Places { uploads, sites };
        match self.mocks.offer(exchange, &places).await {
            Offered::Passed(exchange) => Err(*exchange),
            Offered::Answered {
                status, handler, ..
            } => Ok(Done {
                status,
                handler,
                ..Done::default()
            }),
        }
    }
}

impl Handlers for Places<'_> {
    fn run(&self, name: String, exchange: Exchange) -> BoxFuture<'_, Ran> {
        async move {
            let Some((site, file)) = self.find(&exchange, &name) else {
                let why =
                    format!("there is no handler {name:?}, neither uploaded nor in the folder");
                let exchange = Box::new(exchange);
                return Ran::Missing { exchange, why };
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
    fn find(&self, exchange: &Exchange, name: &str) -> Option<(Arc<Site>, String)> {
        if let Some(found) = self.uploads.find(name) {
            return Some(found);
        }
        let site = self.sites.find(exchange.head().authority.as_deref())?;
        let name = name.trim_start_matches('/');
        let files = [name.to_owned(), format!("{name}{EXTENSION}")];
        // The folder is a capability: no name leads out of it.
        let mut files = files.into_iter();
        let file = files.find(|file| site.main.dir.is_file(file))?;
        Some((Arc::clone(site), file))
    }
}
