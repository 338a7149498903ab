//! Servers in a process of their own: the `host` binary, by its control API.

mod api;
mod child;
mod functions;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use host_mock::{Answer, ConnectionFault, Counts, Mock, Request, Unmet};
use parking_lot::Mutex;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::Error;
use crate::backend::{Addresses, Backend, Later, Shape};

use api::{Api, Method};
use child::Child;
use functions::Functions;

/// Names the binary.
const BINARY: &str = "HOST_BINARY";
/// The binary, if nothing names another.
const HOST: &str = "host";
/// The longest wait that the control API knows; whoever waits longer asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A test that waits for more than this has no deadline that matters.
const A_YEAR: Duration = Duration::from_secs(365 * 86_400);

/// The binary that HOST_BINARY names; else the one on PATH.
pub(crate) fn binary() -> PathBuf {
    let named = std::env::var_os(BINARY).filter(|name| !name.is_empty());
    named.map_or_else(|| PathBuf::from(HOST), PathBuf::from)
}

/// A server of a process.
#[derive(Debug)]
pub(crate) struct Remote {
    server: Arc<Resource>,
    functions: Arc<Functions>,
    state: Mutex<State>,
    /// A request that was seen, the last one of those.
    seen: AtomicU64,
}

/// A server as the control API has it.
#[derive(Debug)]
pub(crate) struct Resource {
    api: Arc<Api>,
    id: String,
}

#[derive(Debug)]
struct State {
    addresses: Addresses,
    authority: Option<CertificateDer<'static>>,
    is_running: bool,
}

/// A server's JSON.
#[derive(Deserialize)]
struct Told {
    id: String,
    listeners: Vec<Listener>,
    ca: Option<String>,
}

#[derive(Deserialize)]
struct Listener {
    scheme: String,
    address: SocketAddr,
}

#[derive(Deserialize)]
struct Added {
    id: u64,
}

#[derive(Deserialize)]
struct Answered {
    answered: u64,
}

#[derive(Deserialize)]
struct Requests {
    requests: Vec<Request>,
    last: u64,
    /// Whether there are some behind the last one already.
    more: bool,
}

#[derive(Deserialize)]
struct Verified {
    met: bool,
    unmet: Unmet,
}

impl Remote {
    pub(crate) fn start(binary: &Path, shape: &Shape) -> Result<Self, Error> {
        let api = Child::of(binary)?.api();
        let at = |port| SocketAddr::new(shape.address, port).to_string();
        let tls = shape.tls.then(|| at(shape.tls_port));
        let mut asked = json!({
            "listen": [at(shape.port)],
            "tls_listen": Vec::from_iter(tls),
            "wire": shape.wire,
        });
        if let Some(folder) = &shape.plugins {
            // The process may have another working directory than the test by now.
            let folder = std::path::absolute(folder).map_err(Error::start)?;
            asked["plugins"] = Value::from(folder.to_string_lossy());
        }
        if let Some(raw) = shape.raw {
            asked["raw"] = Value::from(raw);
        }
        if let Some(limit) = shape.body_limit {
            asked["body_limit"] = Value::from(limit);
        }
        let told: Told = match api.json(Method::Post, "servers", Some(&asked)) {
            // Such as a port that is taken.
            Err(Error::Refused { detail, .. }) => return Err(Error::start(detail)),
            told => told?,
        };
        let server = Arc::new(Resource {
            api,
            id: told.id.clone(),
        });
        Ok(Self {
            functions: Functions::of(&server),
            server,
            state: Mutex::new(State::of(told)?),
            seen: AtomicU64::new(0),
        })
    }

    fn counts(&self) -> Result<Counts, Error> {
        self.server.get("counts")
    }

    /// All requests that are kept and have a higher number than this.
    fn after(&self, mut after: u64) -> Result<Vec<Arc<Request>>, Error> {
        let mut all = Vec::new();
        loop {
            let page: Requests = self.server.get(&format!("requests?after={after}"))?;
            after = page.last;
            all.extend(page.requests.into_iter().map(Arc::new));
            if !page.more {
                self.seen.fetch_max(after, Ordering::Relaxed);
                return Ok(all);
            }
        }
    }

    fn take(&self, wait: Duration) -> Result<Option<Request>, Error> {
        let what = format!("requests/take?wait={}", wait.as_secs_f64());
        let reply = self.server.call(Method::Post, &what, None, wait)?;
        match reply.status {
            204 => Ok(None),
            _ => reply.parsed().map(Some),
        }
    }
}

impl State {
    fn of(told: Told) -> Result<Self, Error> {
        let address = |scheme: &str| {
            let mut listeners = told.listeners.iter();
            let found = listeners.find(|listener| listener.scheme == scheme);
            found.map(|listener| listener.address)
        };
        let addresses = Addresses {
            http: address("http"),
            https: address("https"),
        };
        let authority = told
            .ca
            .map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()));
        Ok(Self {
            addresses,
            authority: authority
                .transpose()
                .map_err(|e| Error::start(e.to_string()))?,
            is_running: true,
        })
    }
}

impl Resource {
    /// Asks something of it; what is refused is an error.
    fn call(
        &self,
        method: Method,
        what: &str,
        body: Option<&[u8]>,
        wait: Duration,
    ) -> Result<api::Reply, Error> {
        let path = match what {
            "" => format!("servers/{}", self.id),
            what => format!("servers/{}/{what}", self.id),
        };
        self.api.call(method, &path, body, wait)
    }

    fn send(&self, method: Method, what: &str, body: &Value) -> Result<api::Reply, Error> {
        let body = body.to_string();
        self.call(method, what, Some(body.as_bytes()), Duration::ZERO)
    }

    fn get<T: for<'de> Deserialize<'de>>(&self, what: &str) -> Result<T, Error> {
        self.call(Method::Get, what, None, Duration::ZERO)?.parsed()
    }

    fn delete(&self, what: &str) -> Result<(), Error> {
        let deleted = self.call(Method::Delete, what, None, Duration::ZERO);
        deleted.map(drop)
    }

    /// Waits until there is a request with a higher number than this.
    fn wait_request(&self, after: u64, wait: Duration) -> Result<(), Error> {
        let what = format!("requests?after={after}&wait={}", wait.as_secs_f64());
        self.call(Method::Get, &what, None, wait).map(drop)
    }

    fn wait_answers(&self, answers: u64, wait: Duration) -> Result<bool, Error> {
        let what = format!("counts?answered={answers}&wait={}", wait.as_secs_f64());
        let counts: Counts = self.call(Method::Get, &what, None, wait)?.parsed()?;
        Ok(counts.answered >= answers)
    }
}

impl Backend for Remote {
    fn addresses(&self) -> Addresses {
        self.state.lock().addresses
    }

    fn authority(&self) -> Option<CertificateDer<'static>> {
        self.state.lock().authority.clone()
    }

    fn add(&self, mut mock: Mock) -> Result<u64, Error> {
        functions::refuse_conditions(&mock.when)?;
        mock.answer = self.functions.named(mock.answer);
        let mock = api::value(&mock)?;
        match self.server.send(Method::Post, "mocks", &mock) {
            Ok(reply) => Ok(reply.parsed::<Added>()?.id),
            Err(Error::Refused { detail, .. }) => Err(Error::Mock(detail)),
            Err(error) => Err(error),
        }
    }

    fn remove(&self, id: u64) -> Result<bool, Error> {
        found(self.server.delete(&format!("mocks/{id}"))).map(|found| found.is_some())
    }

    fn answered(&self, id: u64) -> Result<Option<u64>, Error> {
        let answered = found(self.server.get::<Answered>(&format!("mocks/{id}")));
        answered.map(|mock| mock.map(|mock| mock.answered))
    }

    fn set_unmatched(&self, answer: Option<Answer>) -> Result<(), Error> {
        let Some(answer) = answer else {
            return self.server.delete("unmatched");
        };
        let answer = api::value(&self.functions.named(answer))?;
        let sent = self.server.send(Method::Put, "unmatched", &answer);
        sent.map(drop)
    }

    fn fail_connections(&self, fault: ConnectionFault, times: u64) -> Result<(), Error> {
        let mut fault = api::value(&fault)?;
        fault["times"] = Value::from(times);
        if times == 0 {
            return Ok(());
        }
        self.server.send(Method::Post, "faults", &fault).map(drop)
    }

    fn clear_connection_faults(&self) -> Result<(), Error> {
        self.server.delete("faults")
    }

    fn upload(&self, name: &str, bytes: Bytes) -> Result<(), Error> {
        let what = format!("handlers/{}", api::segment(name));
        let put = self
            .server
            .call(Method::Put, &what, Some(&bytes), Duration::ZERO);
        match put {
            Err(Error::Refused { detail, .. }) => Err(Error::Upload {
                name: name.to_owned(),
                source: detail.into(),
            }),
            put => put.map(drop),
        }
    }

    fn reset(&self) -> Result<(), Error> {
        self.server
            .send(Method::Post, "reset", &json!({}))
            .map(drop)
    }

    fn forget_requests(&self) -> Result<(), Error> {
        self.server.delete("requests")
    }

    fn requests(&self) -> Result<Vec<Arc<Request>>, Error> {
        self.after(0)
    }

    fn received(&self) -> Result<u64, Error> {
        Ok(self.counts()?.received)
    }

    fn answers(&self) -> Result<u64, Error> {
        Ok(self.counts()?.answered)
    }

    fn take_within(&self, timeout: Duration) -> Result<Option<Arc<Request>>, Error> {
        let taken = within(timeout, |wait| self.take(wait))?;
        Ok(taken.map(Arc::new))
    }

    fn take_later(&self, timeout: Duration) -> Later<'_, Result<Option<Arc<Request>>, Error>> {
        Box::pin(async move {
            let deadline = deadline(timeout);
            loop {
                self.after(self.seen.load(Ordering::Relaxed))?;
                let seen = self.seen.load(Ordering::Relaxed);
                // Taken only here, where this future cannot be dropped meanwhile.
                if let Some(request) = self.take(Duration::ZERO)? {
                    return Ok(Some(Arc::new(request)));
                }
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Ok(None);
                }
                let server = Arc::clone(&self.server);
                elsewhere(move || server.wait_request(seen, left.min(LONGEST_WAIT))).await?;
            }
        })
    }

    fn answers_within(&self, answers: u64, timeout: Duration) -> Result<bool, Error> {
        answers_within(&self.server, answers, timeout)
    }

    fn answers_later(&self, answers: u64, timeout: Duration) -> Later<'_, Result<bool, Error>> {
        let server = Arc::clone(&self.server);
        Box::pin(elsewhere(move || answers_within(&server, answers, timeout)))
    }

    fn wire(&self, connection: Option<u64>) -> Result<Vec<String>, Error> {
        let what = match connection {
            Some(id) => format!("wire?connection={id}"),
            None => "wire".to_owned(),
        };
        let none = Duration::ZERO;
        let lines = match found(self.server.call(Method::Get, &what, None, none))? {
            Some(reply) => reply.text(),
            None => return Ok(Vec::new()),
        };
        Ok(lines.lines().map(str::to_owned).collect())
    }

    fn verify(&self) -> Result<Result<(), Unmet>, Error> {
        let verified: Verified = self.server.get("verify")?;
        Ok(match verified.met {
            true => Ok(()),
            false => Err(verified.unmet),
        })
    }

    fn stop(&self) -> Result<(), Error> {
        let mut state = self.state.lock();
        if state.is_running {
            self.server.send(Method::Post, "stop", &json!({}))?;
            state.is_running = false;
        }
        Ok(())
    }

    fn start_again(&self) -> Result<(), Error> {
        let mut state = self.state.lock();
        if state.is_running {
            return Err(Error::Runs);
        }
        match self.server.send(Method::Post, "start", &json!({})) {
            Ok(reply) => *state = State::of(reply.parsed()?)?,
            Err(Error::Refused { detail, .. }) => return Err(Error::start(detail)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn end(&self) {
        self.functions.end();
        // The process may be gone: so is the server.
        let _ = self.server.delete("");
    }
}

/// Asks again and again, until there is an answer or the time is over.
fn within<T>(
    timeout: Duration,
    ask: impl Fn(Duration) -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    let deadline = deadline(timeout);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let answer = ask(left.min(LONGEST_WAIT))?;
        if answer.is_some() || left <= LONGEST_WAIT {
            return Ok(answer);
        }
    }
}

fn answers_within(server: &Resource, answers: u64, timeout: Duration) -> Result<bool, Error> {
    let over = within(timeout, |wait| {
        let over = server.wait_answers(answers, wait)?;
        Ok(over.then_some(()))
    })?;
    Ok(over.is_some())
}

fn deadline(timeout: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or(now + A_YEAR)
}

/// `None` for what is not there.
fn found<T>(asked: Result<T, Error>) -> Result<Option<T>, Error> {
    match asked {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits for what blocks, on a thread of its own.
async fn elsewhere<T: Send + 'static>(
    function: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (sender, answer) = oneshot::channel();
    let spawned = thread::Builder::new().spawn(move || {
        // Nobody may want it any more.
        let _ = sender.send(function());
    });
    spawned.map_err(Error::start)?;
    match answer.await {
        Ok(answer) => answer,
        Err(_) => Err(Error::start("the thread that waited panicked")),
    }
}
