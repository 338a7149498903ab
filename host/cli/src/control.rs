//! `host serve --control`: the port that tests drive host by, beside a site or alone.

use std::env;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use anyhow::Context as _;
use clap::Args;
use host_control::{Control, Port, PortError, Token};
use host_server::config::ServerConfig;
use host_server::{Commons, Server};
use tokio::sync::watch;

/// Where a token is looked for that no flag gives: there it is in no list of
/// processes.
const TOKEN: &str = "HOST_CONTROL_TOKEN";

/// The name of the site among the control API's servers.
const SITE: &str = "main";

/// Flags for tests that drive host.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Driven by tests")]
pub(crate) struct ControlFlags {
    /// Serve the control API (docs/control.md) here; port 0 picks one. Without a folder to serve
    /// that is all; with one, the site is its server "main"
    #[arg(long, value_name = "ADDR", value_parser = crate::serve::address)]
    pub(crate) control: Option<String>,

    /// What its clients must show; a must where ADDR is not of loopback [default:
    /// $HOST_CONTROL_TOKEN]
    #[arg(long, value_name = "TOKEN", requires = "control")]
    control_token: Option<String>,

    /// End when standard input does, so that no host outlives the test that started it
    #[arg(long)]
    pub(crate) until_eof: bool,
}

impl ControlFlags {
    fn token(&self) -> anyhow::Result<Option<Token>> {
        let given = match &self.control_token {
            Some(token) => Some(token.clone()),
            None => env::var(TOKEN).ok().filter(|token| !token.is_empty()),
        };
        Ok(given.map(|token| Token::new(&token)).transpose()?)
    }
}

/// The control API, before it serves.
pub(crate) struct Api {
    control: Arc<Control>,
    port: Port,
}

impl Api {
    /// Listens, if that is asked for. Its servers compile into `state`.
    pub(crate) async fn start(
        flags: &ControlFlags,
        state: Option<PathBuf>,
        python_runtime: Option<PathBuf>,
    ) -> anyhow::Result<Option<Self>> {
        let Some(address) = &flags.control else {
            return Ok(None);
        };
        let token = flags.token()?;
        let port = Port::bind(address, token.is_some()).await;
        let port = port.map_err(|error| match error {
            PortError::Open(_) => anyhow::anyhow!("{error}; --control-token or ${TOKEN} gives one"),
            error => error.into(),
        })?;
        let cache = state.map(|state| state.join("cache"));
        let control = Control::new(token, Commons::new(cache, python_runtime));
        Ok(Some(Self { control, port }))
    }

    /// The URL of its root.
    pub(crate) fn url(&self) -> String {
        self.port.url()
    }

    /// Starts the site, with mocks before it that the control API drives.
    pub(crate) async fn bind(&self, mut config: ServerConfig) -> anyhow::Result<Server> {
        let (mocks, uploads) = (Control::mocks(), Arc::clone(&config.uploads));
        config.mocks = Some(Arc::clone(&mocks));
        let server = Server::bind(config).await?;
        self.control.adopt(SITE, mocks, uploads, &server)?;
        Ok(server)
    }

    /// Serves until `stop` is ready.
    pub(crate) async fn serve(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let served = self.port.serve(self.control, stop).await;
        served.context("the control API has failed")
    }
}

/// The end of standard input.
#[derive(Clone, Debug)]
pub(crate) struct Input(watch::Receiver<bool>);

impl Input {
    /// Reads it from now on, if anybody wants to know. The thread is one that nobody
    /// waits for: a terminal's input does not end.
    pub(crate) fn read(is_wanted: bool) -> io::Result<Self> {
        let (end, ended) = watch::channel(false);
        if is_wanted {
            let read = move || {
                let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
                end.send_replace(true);
            };
            thread::Builder::new()
                .name("input".to_owned())
                .spawn(read)?;
        }
        Ok(Self(ended))
    }

    /// Returns when it has ended.
    pub(crate) async fn has_ended(mut self) {
        if self.0.wait_for(|ended| *ended).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
