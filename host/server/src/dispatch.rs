//! From an exchange to its answer: host, route, then a handler or a file.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use host_content::{Response, Served};
use host_runtime::{Finish, Handler, LoadError, LoadProblem, Route};
use host_wire::{ConnectionInfo, Exchange, Fields, Service, Violation, WireError};

use crate::access::{self, Request};
use crate::builds::Page;
use crate::find::Found;
use crate::journal::Told;
use crate::mocks::Mocked;
use crate::router::{self, Unroutable};
use crate::routes::{Answer, Owned, Silent};
use crate::sites::{Root, Site, Sites};

/// What clients of a handler that is being compiled are told to wait, in seconds:
/// about what is left after they have waited already.
const RETRY_AFTER: &str = "5";

/// Answers every exchange.
#[derive(Debug)]
pub(crate) struct Dispatch {
    pub(crate) sites: Sites,
    /// What goes before them.
    pub(crate) mocks: Option<Mocked>,
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
    /// The number of the mock that answered.
    pub(crate) mock: Option<u64>,
    /// Bytes of content, where they are known: those of a file.
    pub(crate) bytes: Option<u64>,
    /// Time on a processor in the handler.
    pub(crate) cpu: Option<Duration>,
    /// What went wrong in the handler.
    pub(crate) error: Option<String>,
}

impl Service for Dispatch {
    async fn call(&self, exchange: Exchange) {
        let started = Instant::now();
        let request = Request::of(exchange.head());
        let told = Told::of(exchange.head());
        let done = self.answer(exchange).await;
        access::request(&request, &done, started.elapsed());
        if let Some(told) = told {
            told.ended(done);
        }
    }

    fn violation(&self, connection: &ConnectionInfo, violation: &Violation) {
        access::violation(connection, violation);
        if let Some(page) = &connection.journal {
            page.violation(violation.clone());
        }
    }
}

impl Dispatch {
    async fn answer(&self, exchange: Exchange) -> Done {
        let exchange = match &self.mocks {
            None => exchange,
            Some(mocked) => match mocked.offer(exchange, &self.sites).await {
                Ok(done) => return done,
                Err(passed) => passed,
            },
        };
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
    async fn answer(&self, mut exchange: Exchange) -> Done {
        let head = exchange.head();
        let choice = match self.table.choose(&head.method, &head.target, &mut Silent) {
            Ok(choice) => choice,
            Err(why) => return unroutable(exchange, why).await,
        };
        if let Some(target) = choice.rewritten {
            exchange.retarget(target);
        }
        if let Err(gone) = wait(&mut exchange, choice.latency).await {
            return gone;
        }
        let (mount, path, captures) = match choice.answer {
            Answer::Named {
                mount,
                path,
                captures,
            } => (mount, path, captures),
            other => return self.give(exchange, other).await,
        };
        let root = mount.unwrap_or(&self.main);
        let mut others = choice.others;
        let named = self.named(exchange, root, &path, captures, &mut others);
        let mut exchange = match named.await {
            Ok(done) => return done,
            Err(exchange) => exchange,
        };

        // Nothing has that name.
        let head = exchange.head();
        let fallback = (self.table).fall_back(&head.method, &head.target, &mut Silent);
        if let Some((answer, latency)) = fallback.answer {
            return match wait(&mut exchange, latency).await {
                Ok(()) => self.give(exchange, answer).await,
                Err(gone) => gone,
            };
        }
        others.extend(fallback.others);
        match others.is_empty() {
            true => not_found(exchange).await,
            false => refuse_method(exchange, others).await,
        }
    }

    /// Does what a route says.
    pub(crate) async fn give(&self, mut exchange: Exchange, answer: Answer<'_>) -> Done {
        let root = &self.main;
        if let Answer::Handler { file, .. } = &answer
            && let Some(page) = self.builds.of(root, file)
        {
            return self.built(exchange, page).await;
        }
        match answer {
            Answer::Hidden => not_found(exchange).await,
            Answer::Handler { file, captures } => match root.registry.handler(file).await {
                Ok(Some(handler)) if !handler.hooks().answer() => {
                    self.pipe_alone(root, exchange, file).await
                }
                Ok(Some(handler)) => self.run(root, handler, exchange, file, captures).await,
                Ok(None) => not_found(exchange).await,
                Err(error) => self.broken(root, exchange, file, &error).await,
            },
            Answer::File(path) => {
                self.tell(&exchange, None);
                Done::served(host_content::serve_file(&mut exchange, &root.content, path).await)
            }
            Answer::Text(text) => {
                self.tell(&exchange, None);
                let mut response = Response::new(text.status);
                response.fields = text.fields.clone();
                response.body = text.content.clone().into();
                let sent = host_content::serve_response(&mut exchange, &root.content, response);
                Done::served(sent.await)
            }
            Answer::Redirect { location, status } => redirect(exchange, status, location).await,
            Answer::Error(404) => not_found(exchange).await,
            Answer::Error(status) => refuse(exchange, status, "a route refuses this").await,
            Answer::Named {
                mount,
                path,
                captures,
            } => {
                let root = mount.unwrap_or(root);
                match self
                    .named(exchange, root, &path, captures, &mut Vec::new())
                    .await
                {
                    Ok(done) => done,
                    Err(exchange) => not_found(exchange).await,
                }
            }
        }
    }

    /// Answers with what a folder has under this path; gives the exchange back
    /// if that is nothing. `others`: methods that routes would have answered. If
    /// there are some, a file does not refuse the request's, but adds its own.
    async fn named(
        &self,
        mut exchange: Exchange,
        root: &Root,
        path: &[u8],
        captures: Owned,
        others: &mut Vec<&str>,
    ) -> Result<Done, Exchange> {
        if let Some(page) = self.builds.of_path(root, path) {
            return Ok(self.built(exchange, page).await);
        }
        let content = match root.find(path).await {
            Ok(Found::Handler(handler, file)) => {
                return Ok(self.run(root, handler, exchange, &file, captures).await);
            }
            Ok(Found::Pipe(file)) => return Ok(self.pipe_alone(root, exchange, &file).await),
            Ok(Found::Broken(file, error)) => {
                return Ok(self.broken(root, exchange, &file, &error).await);
            }
            Ok(Found::Index) => {
                self.tell(&exchange, None);
                let location = with_slash(&exchange.head().target);
                return Ok(redirect(exchange, 308, location).await);
            }
            Ok(Found::Nothing) => return Err(exchange),
            Ok(Found::Content(content)) => content,
            Err(why) => return Ok(unroutable(exchange, why).await),
        };
        let head = exchange.head();
        if head.method != "GET" && head.method != "HEAD" && !others.is_empty() {
            if root.content(&content, path).is_some() {
                others.push("GET");
            }
            return Err(exchange);
        }
        self.tell(&exchange, None);
        match host_content::offer(&mut exchange, &root.content, &content).await {
            Ok(None) => Err(exchange),
            Ok(Some(served)) => Ok(Done::served(Ok(served))),
            Err(error) => Ok(Done::served(Err(error))),
        }
    }

    async fn run(
        &self,
        root: &Root,
        handler: Arc<Handler>,
        exchange: Exchange,
        file: &Path,
        captures: Owned,
    ) -> Done {
        let name = root.name_of(file);
        self.tell(&exchange, Some(&name));
        let route = Route {
            name: name.clone(),
            url_base: root.url_base.clone(),
            captures,
        };
        let finish = Arc::clone(&root.pipes) as Arc<dyn Finish>;
        // On the heap: what holds it is moved often, and would be large.
        let run = Box::pin(handler.run(exchange, &self.tenant, route, Some(finish)));
        let outcome = run.await;
        Done {
            status: outcome.status,
            handler: Some(name),
            cpu: Some(outcome.cpu),
            error: outcome.failure.map(|failure| failure.to_string()),
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
    async fn pipe_alone(&self, root: &Root, exchange: Exchange, file: &Path) -> Done {
        let (tenant, route) = (&*self.tenant.name, root.name_of(file));
        tracing::info!(
            target: "handler", tenant, route,
            "it answers no request: its only hook is handle-pipe, for `[pipes]` in host.toml"
        );
        self.tell(&exchange, None);
        not_found(exchange).await
    }

    /// Answers for a handler that is still being built, or that does not build.
    async fn built(&self, mut exchange: Exchange, page: Page) -> Done {
        self.tell(&exchange, Some(&page.name));
        let (fields, content) = page.answer(exchange.head());
        let sent = exchange.respond(page.status, fields, content).await;
        let mut done = Done::sent(sent, page.status);
        done.handler = Some(page.name);
        done
    }

    /// Answers for a handler that no version of could ever run.
    async fn broken(
        &self,
        root: &Root,
        mut exchange: Exchange,
        file: &Path,
        error: &LoadError,
    ) -> Done {
        let (tenant, route) = (&*self.tenant.name, root.name_of(file));
        self.tell(&exchange, Some(&route));
        let status = status_of(&error.problem);
        let mut fields = Fields::new();
        if status == 503 {
            tracing::warn!(target: "handler", tenant, route, "{error}");
            fields.append("Retry-After", RETRY_AFTER);
        } else {
            tracing::error!(target: "handler", tenant, route, "the handler cannot be loaded: {error}");
        }
        let sent = exchange.refuse(status, fields, &error.to_string()).await;
        let mut done = Done::sent(sent, status);
        done.handler = Some(route);
        done
    }
}

/// The status for a handler that cannot be run.
pub(crate) fn status_of(problem: &LoadProblem) -> u16 {
    match problem {
        LoadProblem::NoRuntime => 501,
        LoadProblem::Compiling => 503,
        _ => 500,
    }
}

/// Lets a request wait; what became of it if the client did not.
async fn wait(exchange: &mut Exchange, latency: Duration) -> Result<(), Done> {
    if latency.is_zero() {
        return Ok(());
    }
    exchange.wait(latency).await.map_err(|_| Done::default())
}

async fn unroutable(exchange: Exchange, why: Unroutable) -> Done {
    match why {
        Unroutable::NotFound => not_found(exchange).await,
        Unroutable::BadEncoding => {
            refuse(exchange, 400, "a percent sign needs two digits behind it").await
        }
        Unroutable::Asterisk => about_server(exchange).await,
    }
}

async fn not_found(exchange: Exchange) -> Done {
    refuse(exchange, 404, "not found").await
}

async fn redirect(mut exchange: Exchange, status: u16, location: Vec<u8>) -> Done {
    let mut fields = Fields::new();
    fields.append("Location", location);
    Done::sent(exchange.respond(status, fields, Bytes::new()).await, status)
}

/// A target in origin form with a slash at the end of its path, as the client
/// spelt it: routed, it has but one slash at its start, so this names no other
/// host (RFC 3986 §4.2).
fn with_slash(target: &[u8]) -> Vec<u8> {
    let target = router::path_and_query(target).unwrap_or_default();
    let (path, query) = router::split_query(target);
    [path, b"/", query].concat()
}

/// 405 for a path that answers other methods (RFC 9110 §15.5.6).
async fn refuse_method(mut exchange: Exchange, mut others: Vec<&str>) -> Done {
    if others.contains(&"GET") {
        others.push("HEAD");
    }
    others.sort_unstable();
    others.dedup();
    let allow = others.join(", ");
    let message = format!("this path answers {allow} only");
    let mut fields = Fields::new();
    fields.append("Allow", allow);
    Done::sent(exchange.refuse(405, fields, &message).await, 405)
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

impl Done {
    fn sent(result: Result<(), WireError>, status: u16) -> Self {
        Self {
            status: result.is_ok().then_some(status),
            ..Self::default()
        }
    }

    /// What became of content.
    fn served(result: Result<Served, WireError>) -> Self {
        match result {
            Ok(Served { status, bytes }) => Self {
                status,
                bytes: Some(bytes),
                ..Self::default()
            },
            // The client has left: what it got is what it knows.
            Err(_) => Self::default(),
        }
    }
}
