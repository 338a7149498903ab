//! The control API as a service.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use host_mock::{Limits, Mocks};
use host_server::{Commons, Server, Uploads};
use host_wire::{ConnectionInfo, Drain, Exchange, Head, Service, Violation};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::body::{self, Room};
use crate::guard;
use crate::hosted::Hosted;
use crate::limits::{SERVERS, WAIT};
use crate::problem::Problem;
use crate::routes::{self, Asked, Found};
use crate::token::Token;

/// The servers of a process, and what clients may do with them.
#[derive(Debug)]
pub struct Control {
    token: Option<Token>,
    pub(crate) commons: Arc<Commons>,
    servers: Mutex<Vec<Arc<Hosted>>>,
    last: AtomicU64,
    places: Arc<Semaphore>,
    bodies: Room,
    drained: watch::Sender<bool>,
}

/// There is a server of this name already.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is a server {0:?} already")]
pub struct Taken(pub String);

impl Control {
    /// Without servers. Clients must show the token, if there is one. `commons` is
    /// what the servers share that are made here.
    pub fn new(token: Option<Token>, commons: Arc<Commons>) -> Arc<Self> {
        Arc::new(Self {
            token,
            commons,
            servers: Mutex::default(),
            last: AtomicU64::new(0),
            places: Arc::new(Semaphore::new(SERVERS)),
            bodies: Room::default(),
            drained: watch::Sender::new(false),
        })
    }

    /// Mocks for the site that is to be [adopted](Self::adopt): what none of them
    /// answers is the site's.
    pub fn mocks() -> Arc<Mocks> {
        Mocks::new(Limits::default(), true)
    }

    /// Lets clients drive a server, by this name, that somebody else runs. It cannot
    /// be stopped here.
    ///
    /// # Errors
    /// The name is taken.
    pub fn adopt(
        &self,
        id: &str,
        mocks: Arc<Mocks>,
        uploads: Arc<Uploads>,
        server: &Server,
    ) -> Result<(), Taken> {
        let mut servers = self.servers.lock();
        if servers.iter().any(|hosted| hosted.id == id) {
            return Err(Taken(id.to_owned()));
        }
        servers.push(Arc::new(Hosted::site(id, mocks, uploads, server)));
        Ok(())
    }

    /// The servers, in the order in which they were made.
    pub(crate) fn servers(&self) -> Vec<Arc<Hosted>> {
        self.servers.lock().clone()
    }

    pub(crate) fn server(&self, id: &str) -> Result<Arc<Hosted>, Problem> {
        let servers = self.servers.lock();
        let found = servers.iter().find(|hosted| hosted.id == id).cloned();
        found.ok_or_else(|| Problem::missing(format!("there is no server {id:?}")))
    }

    pub(crate) fn insert(&self, hosted: Arc<Hosted>) {
        self.servers.lock().push(hosted);
    }

    pub(crate) fn remove(&self, id: &str) {
        self.servers.lock().retain(|hosted| hosted.id != id);
    }

    /// A place for one more server, and its name.
    pub(crate) fn place(&self) -> Result<(OwnedSemaphorePermit, String), Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let full = |_| Problem::conflict(format!("there are {SERVERS} servers already"));
        let id = || self.last.fetch_add(1, Ordering::Relaxed) + 1;
        place.map(|place| (place, id().to_string())).map_err(full)
    }

    /// Ends what waits, and takes no more.
    pub(crate) fn drain(&self) {
        self.drained.send_replace(true);
    }

    pub(crate) fn drained(&self) -> Drain {
        self.drained.subscribe()
    }

    /// Returns when the host ends.
    pub(crate) async fn draining(&self) {
        let mut drained = self.drained.subscribe();
        if drained.wait_for(|drained| *drained).await.is_err() {
            std::future::pending().await
        }
    }

    /// Stops the servers that were made here, all at once.
    pub(crate) async fn stop(&self) {
        let mut stopping = JoinSet::new();
        for hosted in self.servers().into_iter().filter(|hosted| hosted.is_own()) {
            stopping.spawn(async move { hosted.delete().await });
        }
        stopping.join_all().await;
        self.servers.lock().clear();
    }

    /// What a request is answered with; `None` where nobody waits for it any more.
    async fn answer(&self, exchange: &mut Exchange) -> Option<Answer> {
        let call = match self.call_of(exchange.head()) {
            Ok(Found::Call(call)) => call,
            Ok(Found::Answer(answer)) => return Some(answer),
            Err(problem) => return Some(problem.answer()),
        };
        let body = match call.route.has_body() {
            true => match body::read(exchange, &self.bodies).await? {
                Ok(body) => Some(body),
                Err(problem) => return Some(problem.answer()),
            },
            false => None,
        };
        let bytes = body.as_ref().map(|body| body.bytes.clone());
        let wait = call.wait;
        let (run, asked) = (
            call.route.run,
            Asked::new(self, call, bytes.unwrap_or_default()),
        );
        let mut run = pin!(run(asked));
        if wait.is_zero() {
            return Some(run.await.unwrap_or_else(Problem::answer));
        }
        tokio::select! {
            // Who has left takes nothing with them.
            biased;
            // Longer than what is waited for: whoever stays is answered.
            left = exchange.wait(WAIT * 2) => match left {
                Err(_) => None,
                Ok(()) => Some(run.await.unwrap_or_else(Problem::answer)),
            },
            answer = &mut run => Some(answer.unwrap_or_else(Problem::answer)),
        }
    }

    fn call_of(&self, head: &Head) -> Result<Found, Problem> {
        guard::check(head, self.token.as_ref())?;
        routes::find(&head.method, &head.target)
    }
}

impl Service for Control {
    async fn call(&self, mut exchange: Exchange) {
        let (method, target) = (
            exchange.head().method.clone(),
            exchange.head().target.clone(),
        );
        let Some(answer) = self.answer(&mut exchange).await else {
            return;
        };
        tracing::debug!(
            method = %method.escape_ascii(),
            target = %target.escape_ascii(),
            status = answer.status,
            "control"
        );
        if let Err(error) = answer.send(&mut exchange).await {
            tracing::debug!("a client of the control API has left: {error}");
        }
    }

    fn violation(&self, connection: &ConnectionInfo, violation: &Violation) {
        let client = connection.peer;
        tracing::debug!(%client, "a client of the control API broke a rule: {violation:?}");
    }
}
