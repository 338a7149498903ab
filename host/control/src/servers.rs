//! Servers: `/servers`.

use std::path::PathBuf;
use std::sync::Arc;

use host_mock::{Limits, Mocks};
use host_server::Uploads;
use host_server::config::{self, ListenerConfig, Scheme, ServerConfig};
use host_server::journal::Recent;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, done};
use crate::hosted::{Hosted, Told};
use crate::limits::{ADDRESSES, KEPT_BODY};
use crate::problem::Problem;
use crate::routes::Asked;

/// A server to be made. Each key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    listen: Option<Vec<String>>,
    tls_listen: Option<Vec<String>>,
    plugins: Option<PathBuf>,
    raw: Option<bool>,
    body_limit: Option<usize>,
    wire: bool,
}

pub(crate) async fn index(asked: Asked<'_>) -> Result<Answer, Problem> {
    #[derive(Serialize)]
    struct Index<'a> {
        host: &'static str,
        servers: Vec<Told<'a>>,
    }
    let servers = asked.control.servers();
    let index = Index {
        host: env!("CARGO_PKG_VERSION"),
        servers: servers.iter().map(|hosted| hosted.told()).collect(),
    };
    Answer::json(200, &index)
}

pub(crate) async fn list(asked: Asked<'_>) -> Result<Answer, Problem> {
    let servers = asked.control.servers();
    let told: Vec<_> = servers.iter().map(|hosted| hosted.told()).collect();
    Answer::json(200, &told)
}

pub(crate) async fn create(asked: Asked<'_>) -> Result<Answer, Problem> {
    let wanted: Wanted = match asked.body.trim_ascii() {
        b"" => Wanted::default(),
        _ => asked.json()?,
    };
    let control = asked.control;
    let wire = wanted.wire.then(|| Recent::new(Recent::ENTRIES));
    let mocks = Mocks::new(wanted.limits()?, wanted.plugins.is_some());
    let uploads = Uploads::new();
    let commons = Arc::clone(&control.commons);
    let mut config = ServerConfig::of_mocks(Arc::clone(&mocks), uploads, commons);
    config.listeners = wanted.listeners()?;
    if let Some(folder) = wanted.plugins {
        config = config.with_folder(folder, wanted.raw);
    }
    let (place, id) = control.place()?;
    let hosted = Hosted::start(id, mocks, config, wire, place).await?;
    let hosted = Arc::new(hosted);
    control.insert(Arc::clone(&hosted));
    let mut answer = Answer::json(201, &hosted.told())?;
    answer
        .fields
        .append("Location", format!("/servers/{}", hosted.id));
    Ok(answer)
}

pub(crate) async fn get(asked: Asked<'_>) -> Result<Answer, Problem> {
    Answer::json(200, &asked.server()?.told())
}

pub(crate) async fn delete(asked: Asked<'_>) -> Result<Answer, Problem> {
    let hosted = asked.server()?;
    hosted.delete().await?;
    asked.control.remove(&hosted.id);
    Ok(done())
}

pub(crate) async fn stop(asked: Asked<'_>) -> Result<Answer, Problem> {
    let hosted = asked.server()?;
    hosted.stop().await?;
    Answer::json(200, &hosted.told())
}

pub(crate) async fn start(asked: Asked<'_>) -> Result<Answer, Problem> {
    let hosted = asked.server()?;
    hosted.restart().await?;
    Answer::json(200, &hosted.told())
}

pub(crate) async fn reset(asked: Asked<'_>) -> Result<Answer, Problem> {
    asked.server()?.mocks.reset();
    Ok(done())
}

impl Wanted {
    fn limits(&self) -> Result<Limits, Problem> {
        match self.body_limit {
            None => Ok(Limits::default()),
            Some(body) if body <= KEPT_BODY => Ok(Limits::with_body(body)),
            Some(_) => Err(Problem::bad(format!(
                "body_limit: {KEPT_BODY} bytes at most"
            ))),
        }
    }

    fn listeners(&self) -> Result<Vec<ListenerConfig>, Problem> {
        let free = || vec!["127.0.0.1:0".to_owned()];
        let plain = self.listen.clone().unwrap_or_else(free);
        let tls = self.tls_listen.clone().unwrap_or_else(free);
        let given = [
            ("listen", Scheme::Http, plain),
            ("tls_listen", Scheme::Https, tls),
        ];
        let mut listeners = Vec::new();
        for (key, scheme, addresses) in given {
            for address in addresses {
                config::address(&address)
                    .map_err(|error| Problem::bad(format!("{key}: {error}")))?;
                listeners.push(ListenerConfig { scheme, address });
            }
        }
        match listeners.len() {
            0 => Err(Problem::bad("listen: there is no address to listen on")),
            1..=ADDRESSES => Ok(listeners),
            _ => Err(Problem::bad(format!(
                "listen: {ADDRESSES} addresses at most"
            ))),
        }
    }
}
