//! From an exchange to its answer: host, route, then a handler or a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use host_content::Served;
use host_runtime::{Finish, Handler, LoadError, Route};
use host_wire::journal::What;
use host_wire::{ConnectionInfo, Exchange, Fields, Head, Service, Violation, WireError};

use crate::access::{self, Request};
use crate::journal::Told;
use crate::router::{self, EXTENSION, INDEX, Unroutable};
use crate::sites::{Site, Sites};

/// Answers every exchange.
#[derive(Debug)]
pub(crate) struct Dispatch {
    pub(crate) sites: Sites,
}

/// What became of an exchange.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The status sent, if one was.
    pub(crate) status: Option<u16>,
    /// Whose it was.
    pub(crate) tenant: Option<String>,
    /// The handler that ran, as in `/a/b`.
    pub(crate) handler: Option<String>,
    /// Bytes of content, where they are known: those of a file.
    pub(crate) bytes: Option<u64>,
    /// Time on a processor in the handler.
    pub(crate) cpu: Option<Duration>,
}

impl Service for Dispatch {
    async fn call(&self, exchange: Exchange) {
        let started = Instant::now();
        let request = Request::of(exchange.head());
        let told = Told::of(exchange.head());
        let done = self.answer(exchange).await;
        access::request(&request, &done, started.elapsed());
        if let Some(told) = told {
            told.ended(done.status, done.tenant, done.handler);
        }
    }

    fn violation(&self, connection: &ConnectionInfo, violation: &Violation) {
        access::violation(connection, violation);
        if let Some(page) = &connection.journal {
            page.record(What::Violation(violation.clone()));
        }
    }
}

impl Dispatch {
    async fn answer(&self, exchange: Exchange) -> Done {
        let head = exchange.head();
        let Some(site) = self.sites.find(head.authority.as_deref()) else {
            return refuse(exchange, 421, "no such host here").await;
        };
        let mut done = if head.method == "CONNECT" && head.connect_protocol.is_none() {
            refuse(exchange, 501, "this server is no proxy").await
        } else {
            site.answer(exchange).await
        };
        done.tenant = Some(site.tenant.name.clone());
        done
    }
}

impl Site {
    async fn answer(&self, exchange: Exchange) -> Done {
        let head = exchange.head();
        let plan = match router::plan(&head.target) {
            Ok(plan) => plan,
            Err(Unroutable::NotFound) => return refuse(exchange, 404, "not found").await,
            Err(Unroutable::BadEncoding) => {
                return refuse(exchange, 400, "a percent sign needs two digits behind it").await;
            }
            Err(Unroutable::Asterisk) => return about_server(exchange).await,
        };
        for file in &plan.handlers {
            match self.registry.handler(file).await {
                Ok(Some(handler)) if handler.hooks().answer() => {
                    return self.run(handler, exchange, file).await;
                }
                Ok(Some(_)) => return self.pipe_alone(exchange, file).await,
                Ok(None) => {}
                Err(error) => return self.broken(exchange, file, &error).await,
            }
        }
        match plan.content {
            Some(path) => self.content(exchange, path).await,
            None => refuse(exchange, 404, "not found").await,
        }
    }

    async fn run(&self, handler: Arc<Handler>, exchange: Exchange, file: &Path) -> Done {
        let name = route_of(file);
        self.tell(&exchange, Some(&name));
        let route = Route::named(name.clone());
        let finish = Arc::clone(&self.pipes) as Arc<dyn Finish>;
        // On the heap: what holds it is moved often, and would be large.
        let run = Box::pin(handler.run(exchange, &self.tenant, route, Some(finish)));
        let outcome = run.await;
        Done {
            status: outcome.status,
            handler: Some(name),
            cpu: Some(outcome.cpu),
            ..Done::default()
        }
    }

    /// Tells the journal whose the exchange is.
    fn tell(&self, exchange: &Exchange, handler: Option<&str>) {
        if let Some(told) = Told::of(exchange.head()) {
            told.belongs(&self.tenant.name, handler);
        }
    }

    /// Answers for a component that is a pipe and no handler.
    async fn pipe_alone(&self, exchange: Exchange, file: &Path) -> Done {
        let (tenant, route) = (&*self.tenant.name, route_of(file));
        tracing::info!(
            target: "handler", tenant, route,
            "it answers no request: its only hook is handle-pipe, for `[pipes]` in host.toml"
        );
        self.tell(&exchange, None);
        refuse(exchange, 404, "not found").await
    }

    /// Answers for a handler that no version of could ever run.
    async fn broken(&self, exchange: Exchange, file: &Path, error: &LoadError) -> Done {
        let (tenant, route) = (&*self.tenant.name, route_of(file));
        tracing::error!(target: "handler", tenant, route, "the handler cannot be loaded: {error}");
        self.tell(&exchange, Some(&route));
        let mut done = refuse(exchange, 500, &error.to_string()).await;
        done.handler = Some(route);
        done
    }

    /// A file, or the way to a folder's index.
    async fn content(&self, mut exchange: Exchange, path: PathBuf) -> Done {
        self.tell(&exchange, None);
        if let Some(location) = self.folder_of(exchange.head(), &path) {
            let mut fields = Fields::new();
            fields.append("Location", location);
            return Done::sent(exchange.respond(308, fields, Bytes::new()).await, 308);
        }
        match host_content::serve(&mut exchange, &self.content, &path).await {
            Ok(Served { status, bytes }) => Done {
                status,
                bytes: Some(bytes),
                ..Done::default()
            },
            // The client has left: what it got is what it knows.
            Err(_) => Done::default(),
        }
    }

    /// Where to go if the path is a folder that a handler answers for.
    fn folder_of(&self, head: &Head, path: &Path) -> Option<Bytes> {
        // In place, as the registry does: a look into the kernel's tables.
        if !self.dir.is_file(path.join(INDEX)) {
            return None;
        }
        // The path as the client spelt it: routed, it has but one slash at its
        // start, so this names no other host (RFC 3986 §4.2).
        let target = router::path_and_query(&head.target)?;
        let (path, query) = router::split_query(target);
        (!path.ends_with(b"/")).then(|| [path, b"/", query].concat().into())
    }
}

/// The answer to `OPTIONS *` (RFC 9110 §9.3.7), and to nothing else like it.
async fn about_server(mut exchange: Exchange) -> Done {
    if exchange.head().method != "OPTIONS" {
        return refuse(exchange, 400, "only OPTIONS can ask for *").await;
    }
    Done::sent(
        exchange.respond(204, Fields::new(), Bytes::new()).await,
        204,
    )
}

async fn refuse(mut exchange: Exchange, status: u16, message: &str) -> Done {
    Done::sent(
        exchange.refuse(status, Fields::new(), message).await,
        status,
    )
}

/// A handler's own name: `/a/b` for `a/b.wasm`.
pub(crate) fn route_of(file: &Path) -> String {
    let name = file.to_string_lossy();
    format!("/{}", name.strip_suffix(EXTENSION).unwrap_or(&name))
}

impl Done {
    fn sent(result: Result<(), WireError>, status: u16) -> Self {
        Self {
            status: result.is_ok().then_some(status),
            ..Self::default()
        }
    }
}
