//! A server, from its making to its deletion: it can be stopped and started again.

use std::sync::Arc;

use bytes::Bytes;
use host_mock::{Counts, Mocks};
use host_server::config::{ListenerConfig, ServerConfig};
use host_server::journal::Recent;
use host_server::{Listening, Running, Server, UploadError, Uploads};
use parking_lot::Mutex;
use pem::{EncodeConfig, LineEnding, Pem};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::spawn_blocking;

use crate::problem::{Problem, chain};

/// A server.
#[derive(Debug)]
pub(crate) struct Hosted {
    pub(crate) id: String,
    pub(crate) mocks: Arc<Mocks>,
    uploads: Arc<Uploads>,
    /// What passes on its wire, if that is kept.
    pub(crate) wire: Option<Arc<Recent>>,
    facts: Mutex<Facts>,
    /// Of a server that was made here; `None` for the site.
    life: Option<tokio::sync::Mutex<Life>>,
    deleted: watch::Sender<bool>,
    /// Its place among as many as there may be.
    _place: Option<OwnedSemaphorePermit>,
}

/// What a server that was made here needs to be started.
#[derive(Debug)]
struct Life {
    config: ServerConfig,
    running: Option<Running>,
    is_deleted: bool,
}

/// What is known of a server.
#[derive(Clone, Debug)]
struct Facts {
    is_running: bool,
    listening: Vec<Listening>,
    ca: Option<String>,
}

impl Facts {
    fn of(server: &Server) -> Self {
        Self {
            is_running: true,
            listening: server.listening(),
            ca: server.authority().map(|der| in_pem(der)),
        }
    }
}

/// A server as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    id: &'a str,
    running: bool,
    urls: Vec<String>,
    listeners: Vec<Place>,
    ca: Option<String>,
    counts: Counts,
}

#[derive(Debug, Serialize)]
struct Place {
    scheme: &'static str,
    address: String,
    url: String,
}

impl Hosted {
    /// The site that is served beside the control API: it starts and ends with the
    /// host.
    pub(crate) fn site(
        id: &str,
        mocks: Arc<Mocks>,
        uploads: Arc<Uploads>,
        server: &Server,
    ) -> Self {
        Self {
            id: id.to_owned(),
            mocks,
            uploads,
            wire: None,
            facts: Mutex::new(Facts::of(server)),
            life: None,
            deleted: watch::Sender::new(false),
            _place: None,
        }
    }

    /// Makes a server, and starts it.
    pub(crate) async fn start(
        id: String,
        mocks: Arc<Mocks>,
        mut config: ServerConfig,
        wire: Option<Arc<Recent>>,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, Problem> {
        let server = bind(&config, wire.as_ref()).await?;
        let (facts, uploads) = (Facts::of(&server), Arc::clone(&config.uploads));
        // Where it listens now it listens for ever.
        config.listeners = facts.listening.iter().map(address).collect();
        let life = Life {
            config,
            running: Some(server.spawn()),
            is_deleted: false,
        };
        Ok(Self {
            id,
            mocks,
            uploads,
            wire,
            facts: Mutex::new(facts),
            life: Some(tokio::sync::Mutex::new(life)),
            deleted: watch::Sender::new(false),
            _place: Some(place),
        })
    }

    pub(crate) fn told(&self) -> Told<'_> {
        let facts = self.facts.lock().clone();
        let listening = facts.listening.iter();
        Told {
            id: &self.id,
            running: facts.is_running,
            urls: listening.clone().map(url).collect(),
            listeners: listening.map(place).collect(),
            ca: facts.ca,
            counts: self.mocks.counts(),
        }
    }

    /// Starts it again, where it was; a server that runs is left alone.
    pub(crate) async fn restart(&self) -> Result<(), Problem> {
        let mut life = self.life("started")?.lock().await;
        if life.is_deleted {
            return Err(Problem::missing(format!(
                "server {:?} was deleted",
                self.id
            )));
        }
        if life.running.is_some() {
            return Ok(());
        }
        let server = bind(&life.config, self.wire.as_ref()).await?;
        *self.facts.lock() = Facts::of(&server);
        life.running = Some(server.spawn());
        Ok(())
    }

    /// Stops it; its ports are free then. One that is stopped is left alone.
    pub(crate) async fn stop(&self) -> Result<(), Problem> {
        let mut life = self.life("stopped")?.lock().await;
        self.end(&mut life).await;
        Ok(())
    }

    /// Stops it for good.
    pub(crate) async fn delete(&self) -> Result<(), Problem> {
        let mut life = self.life("deleted")?.lock().await;
        life.is_deleted = true;
        self.deleted.send_replace(true);
        self.end(&mut life).await;
        Ok(())
    }

    /// Returns when it is deleted.
    pub(crate) async fn deleted(&self) {
        let mut deleted = self.deleted.subscribe();
        if deleted.wait_for(|deleted| *deleted).await.is_err() {
            std::future::pending().await
        }
    }

    /// Whether it was made here, and may be stopped here.
    pub(crate) fn is_own(&self) -> bool {
        self.life.is_some()
    }

    /// Gives it a handler to answer with.
    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), Problem> {
        let name = name.to_owned();
        let put = self.stored(move |uploads| uploads.put(&name, &bytes));
        put.await?.map_err(|error| {
            let status = match error {
                UploadError::Name(_) => 400,
                UploadError::TooMany | UploadError::TooLarge => 409,
                _ => 500,
            };
            Problem::new(status, chain(&error))
        })
    }

    /// Takes a handler away; says whether it was there.
    pub(crate) async fn take_away(&self, name: &str) -> Result<bool, Problem> {
        let name = name.to_owned();
        self.stored(move |uploads| uploads.remove(&name)).await
    }

    /// Does something to its handlers, which waits for the disk.
    async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Uploads) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let uploads = Arc::clone(&self.uploads);
        let done = spawn_blocking(move || work(&uploads)).await;
        done.map_err(|error| Problem::internal(&error))
    }

    fn life(&self, what: &str) -> Result<&tokio::sync::Mutex<Life>, Problem> {
        self.life.as_ref().ok_or_else(|| {
            Problem::conflict(format!(
                "{:?} is the site of this host: it cannot be {what} here",
                self.id
            ))
        })
    }

    async fn end(&self, life: &mut Life) {
        self.facts.lock().is_running = false;
        if let Some(running) = life.running.take() {
            running.stop().await;
        }
    }
}

async fn bind(config: &ServerConfig, wire: Option<&Arc<Recent>>) -> Result<Server, Problem> {
    let mut server = Server::bind(config.clone()).await?;
    if let Some(wire) = wire {
        server.tell(Arc::clone(wire) as _);
    }
    Ok(server)
}

/// A certificate as text (RFC 7468).
fn in_pem(certificate: &[u8]) -> String {
    let unix = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new("CERTIFICATE", certificate), unix)
}

fn address(listening: &Listening) -> ListenerConfig {
    ListenerConfig {
        scheme: listening.scheme,
        address: listening.address.to_string(),
    }
}

fn url(listening: &Listening) -> String {
    format!("{}://{}/", listening.scheme.of_url(), listening.address)
}

fn place(listening: &Listening) -> Place {
    Place {
        scheme: listening.scheme.name(),
        address: listening.address.to_string(),
        url: listening.url.clone(),
    }
}
