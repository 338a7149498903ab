//! `host serve`: the server, its banner or ready line, and its end.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use host_server::config::{self, ConfigError, ServerConfig, Settings, quantity};
use host_server::{Server, Stopped};
use host_stash::Location;
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::json;
use tracing_subscriber::filter::Targets;

use crate::control::{Api, ControlFlags, Input};
use crate::flags::{Format, LimitFlags};
use crate::output::Lines;
use crate::signals::Signals;
use crate::style::{self, Paint};
use crate::watch::Watch;
use crate::wpt::WptFlags;
use crate::{CUT_OFF, SUCCESS, banner, log, python};

/// How long the threads may take to end after the server has.
const LAST_THREADS: Duration = Duration::from_millis(500);

/// Threads that wait for disks, and compile: enough for a slow disk, and few
/// enough that their stacks and allocators are some tens of MiB. With tokio's own
/// 512 a burst of downloads cost half a GiB that never came back.
const BLOCKING_THREADS: usize = 64;

/// What is logged if nobody says it.
const DEFAULT_LOG: &str = "info";

const AFTER: &str = "\
Examples:
  host serve --plugins target/plugins
  host serve --plugins target/plugins --listen 127.0.0.1:0 --no-tls --format json
  host serve --plugins target/plugins --memory '128 MiB' --wall-time 5s
  host serve --plugins plugins --watch
  host serve --config host.toml
  host serve --wpt web-platform-tests
  host serve --control 127.0.0.1:0 --until-eof --format json

DIR/a/b.wasm answers /a/b and /a/b.wasm, DIR/a/index.wasm answers /a/, DIR/a/b.py, a
wptserve handler, answers /a/b.py, and other files are served as files. The plaintext port speaks HTTP/1.1 and HTTP/2 (with
prior knowledge, or by upgrade), the TLS port both by ALPN.

With --format json the first line is {\"event\":\"ready\",\"urls\":[…],\"listeners\":[…],\"ca\":…,\"pid\":…};
the lines that follow are the events request, log, violation and build: its state is
started, finished, failed or cancelled, its output what the tools said. With --control
the ready line has \"control\":\"http://…\", and without a folder no urls.

Raw writes can break the connection that they are on, and browsers share HTTP/2
connections between host names: they are granted to a folder that is served alone,
and where there are several only to those that have raw = true.

What handlers leave in the stash is in memory and ends with host. --stash redis://…
keeps it in a Redis, and hosts that name the same one share what their tenants of the
same name leave; another /DB is another stash. A password is better in the config
file than in a flag: redis://:PASSWORD@HOST.

SIGINT and SIGTERM let what is under way finish; a second one ends at once.

A config file has the flags' names for keys, all of them optional; its paths are
meant from its own folder:
  plugins = \"plugins\"            # answers to every host name
  listen = [\"127.0.0.1:8000\"]
  tls-listen = []                # no TLS
  hosts = [\"example.test\"]      # further names for the certificate
  raw = true                     # handlers may write raw frames and bytes
  reuse = 100                    # requests that a script's interpreter serves; 0: each its own
  drain-timeout = \"10s\"
  journal = \"wire.jsonl\"         # what passes on the wire, for `host journal`
  stash = \"redis://127.0.0.1\"    # shared with other hosts, by tenants of the same name
  wrappers = true                # a.any.html for a.any.js, as wpt serve makes it
  inject-script = \"inject.js\"    # put before the content of HTML documents
  files = true                   # components see the folder as WASI's /, read-only
  outgoing = [\"api.a.test\", \"*.b.test\", \"127.0.0.1:9000\"] # where handlers may
                                 # send requests (wasi:http); nowhere by default
  outgoing-ca = \"ca.pem\"        # trusted there, beside the usual authorities
  python-runtime = \"python.wasm\" # what runs .py handlers, if not the one that is found

  [limits]                       # limits of handlers
  memory = \"128 MiB\"
  [connections]                  # limits of clients
  idle-timeout = \"1 min\"
  [vars]                         # what handlers are told by `config`
  greeting = \"hello\"
  [pipes]                        # ?pipe=shout(2): components with `handle-pipe`
  shout = \"pipes/shout.wasm\"    # beneath the folder; a tenant's: pipes = { … }

  hidden = [\"/_certs/*\"]        # not served, not listed (before the first [table])
  [[route]]                      # the first for a path and method answers, then the files
  path = \"/api/{id}/*\"         # {name}: in a segment; one *: to the end
  methods = [\"GET\", \"POST\"]    # any without; GET has HEAD with it
  handler = \"api.wasm\"         # a file of the folder; or, instead of handler, one of:
                                 #   file = \"a.txt\"          with .headers, pipes, ranges
                                 #   folder = \"../shared\"    mounted at path = \"/shared/*\"
                                 #   text = \"hello\"          with type, headers, status
                                 #   redirect = \"/new/{id}\"  with status (302)
                                 #   rewrite = \"/other/{id}\" as if that had been asked for
                                 #   error = 404             refused
                                 #   plugins = true          the folder, whatever comes later
  latency = \"100ms..500ms\"     # waits first; may stand alone
  fallback = true                # asked only when nothing else answers

  [[tenant]]                     # another folder, for host names of its own
  name = \"a\"
  hosts = [\"a.test\", \"*.a.test\"]
  plugins = \"a\"
  raw = true                     # and files, outgoing
  limits = { memory = \"32 MiB\" } # laid over those above
  vars = { greeting = \"hi\" }
  [[tenant.route]]               # routes and hidden paths of its own
  path = \"/x\"
  text = \"x\"

  [wptserve]                     # as `wpt serve`, with wptserve's own keys
  doc_root = \"web-platform-tests\"
  ports = { http = [8000, \"auto\"], h2 = [9000] }
A file whose name ends in .json has the keys of [wptserve] alone, as the config.json
of `wpt serve`. --wpt DIR is that with doc_root = DIR, and DIR/config.json below FILE.
There --listen stands for the ports of http, --tls-listen for those of https.";

/// Serve a folder of handlers and files
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Serve {
    /// The folder of handlers and files; wptserve's doc_root
    #[arg(
        long,
        visible_alias = "doc-root",
        alias = "doc_root",
        value_name = "DIR"
    )]
    plugins: Option<PathBuf>,

    /// A plaintext address; may be given several times; port 0 picks one [default: 127.0.0.1:8000]
    #[arg(long, value_name = "ADDR", value_parser = address)]
    listen: Vec<String>,

    /// A TLS address; may be given several times; port 0 picks one [default: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDR", value_parser = address)]
    tls_listen: Vec<String>,

    /// Do not listen for TLS
    #[arg(long, conflicts_with = "tls_listen")]
    no_tls: bool,

    /// Settings in TOML, as shown below, or wptserve's in JSON; flags go before them
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What to print: text for people, or events as JSON lines
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Your own certificate and its chain, in PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,

    /// Its private key, in PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,

    /// Where certificates and compiled handlers are kept [default: $XDG_STATE_HOME/host or
    /// ~/.local/state/host]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,

    /// Build the projects of the folder, folders that have a host.build.toml, and those of each
    /// DIR, whenever a source changes; a request for what does not build gets the compiler's text
    #[arg(long, value_name = "DIR", num_args = 0..)]
    watch: Option<Vec<PathBuf>>,

    /// Tell clients what went wrong in a handler, with backtraces
    #[arg(long)]
    dev: bool,

    /// Let handlers write raw frames and bytes: the default with a single folder
    #[arg(long, conflicts_with = "no_raw")]
    raw: bool,

    /// Refuse them
    #[arg(long)]
    no_raw: bool,

    /// What to log: error, warn, info, debug, trace or off, also by target as in
    /// info,access=off [default: info]
    #[arg(long, value_name = "FILTER")]
    log: Option<Targets>,

    /// Time that requests under way have when the server stops [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    drain_timeout: Option<Duration>,

    /// Write down what passes on the wire, as JSON lines for `host journal`; FILE is emptied first
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// Where handlers' stashes are kept: memory, or a Redis that several hosts share, as
    /// redis://HOST:PORT/DB or unix:///PATH [default: memory]
    #[arg(long, value_name = "URL")]
    stash: Option<Location>,

    /// Put this script before the first content of every HTML document
    #[arg(long, value_name = "FILE")]
    inject_script: Option<PathBuf>,

    /// The component that runs Python scripts, DIR/a/b.py [default: python.wasm beside this program,
    /// in ../lib/host, or built by `cargo xtask guests`]
    #[arg(long, value_name = "FILE")]
    python_runtime: Option<PathBuf>,

    #[command(flatten)]
    limits: LimitFlags,

    #[command(flatten)]
    control: ControlFlags,

    #[command(flatten)]
    wpt: WptFlags,
}

/// What is to be served, and how.
struct Plan {
    /// `None` for the control API alone.
    site: Option<ServerConfig>,
    control: ControlFlags,
    /// For the servers of the control API.
    state: Option<PathBuf>,
    python_runtime: Option<PathBuf>,
    /// What to log.
    log: Option<&'static str>,
    watch: Option<Vec<PathBuf>>,
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let (format, filter) = (self.format, self.log.clone());
        let plan = self.plan()?;
        let filter = match filter {
            Some(filter) => filter,
            None => plan
                .log
                .unwrap_or(DEFAULT_LOG)
                .parse()
                .context("the level of the log")?,
        };
        let paint = Paint(format == Format::Text && style::is_wanted(&io::stdout()));
        let lines = Lines::start(match format {
            Format::Text => log::dropped_as_text,
            Format::Json => log::dropped_as_json,
        })
        .context("the log's thread cannot start")?;
        log::install(lines.clone(), format, paint, filter)?;

        allow_descriptors();
        let threads = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build()
            .context("no threads to serve with")?;
        let stopped = threads.block_on(serve(plan, format, paint, &lines));
        threads.shutdown_timeout(LAST_THREADS);
        lines.close();
        Ok(match stopped? {
            Stopped::Finished => SUCCESS,
            Stopped::CutOff => CUT_OFF,
        })
    }

    fn plan(self) -> anyhow::Result<Plan> {
        let (control, watch) = (self.control, self.watch);
        let has_own_address = self.no_tls || !self.listen.is_empty() || !self.tls_listen.is_empty();
        let files = self.wpt.over(self.config.as_deref())?;
        let given = |addresses: Vec<String>| (!addresses.is_empty()).then_some(addresses);
        let flags = Settings {
            listen: given(self.listen),
            tls_listen: if self.no_tls {
                Some(Vec::new())
            } else {
                given(self.tls_listen)
            },
            plugins: self.plugins,
            cert: self.cert,
            key: self.key,
            state: self.state,
            dev: self.dev.then_some(true),
            raw: match (self.raw, self.no_raw) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            drain_timeout: self.drain_timeout,
            journal: self.journal,
            stash: self.stash,
            inject_script: self.inject_script,
            python_runtime: self.python_runtime,
            limits: self.limits.handler,
            connections: self.limits.connection,
            ..Settings::default()
        };
        let mut settings = flags.over(files);
        settings.python_runtime = settings.python_runtime.or_else(python::runtime);
        let state = settings.state.clone().or_else(config::default_state);
        let (log, python_runtime) = (settings.log, settings.python_runtime.clone());
        let site = match settings.complete() {
            Err(ConfigError::NothingToServe) if control.control.is_some() => {
                if has_own_address || watch.is_some() {
                    anyhow::bail!(
                        "--listen, --tls-listen, --no-tls and --watch are for a folder: name it \
                         with --plugins DIR"
                    );
                }
                None
            }
            completed => Some(completed?),
        };
        let log = site.as_ref().map_or(log, |site| site.log);
        Ok(Plan {
            site,
            control,
            state,
            python_runtime,
            log,
            watch,
        })
    }
}

/// Lets the process have as many files open as the system allows it: each
/// connection is one, and the usual limit of 1024 is there for programs that use
/// `select`.
fn allow_descriptors() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!("the number of open files cannot be raised: {error}");
    }
}

async fn serve(plan: Plan, format: Format, paint: Paint, lines: &Lines) -> anyhow::Result<Stopped> {
    let Plan {
        site,
        control,
        state,
        python_runtime,
        watch,
        ..
    } = plan;
    let signals = Signals::listen().context("signals cannot be heard")?;
    let input = Input::read(control.until_eof).context("standard input cannot be read")?;
    let asked_to_stop = || {
        let (signals, input) = (signals.clone(), input.clone());
        async move {
            tokio::select! {
                () = signals.have_come(1) => {}
                () = input.has_ended() => {}
            }
        }
    };
    let bound = async {
        let api = Api::start(&control, state, python_runtime).await?;
        let server = match (site, &api) {
            (Some(config), Some(api)) => Some(api.bind(config).await?),
            (Some(config), None) => Some(Server::bind(config).await?),
            (None, _) => None,
        };
        anyhow::Ok((server, api))
    };
    let (server, api) = tokio::select! {
        bound = bound => bound?,
        // Names may be looked up for long.
        () = signals.clone().have_come(1) => return Ok(Stopped::Finished),
    };
    let watch = match (watch, &server) {
        (Some(folders), Some(server)) => Some(Watch::start(server, folders, paint.0)?),
        _ => None,
    };
    let watching = async {
        match watch {
            Some(watch) => watch.run().await,
            None => std::future::pending().await,
        }
    };
    let url = api.as_ref().map(Api::url);
    lines.begin(&match (format, &server) {
        (Format::Text, Some(server)) => banner::text(server, url.as_deref(), paint),
        (Format::Text, None) => banner::control(&url.unwrap_or_default(), paint),
        (Format::Json, server) => ready(server.as_ref(), url.as_deref()),
    });
    let first = async {
        asked_to_stop().await;
        tracing::info!("stopping: what is under way may finish; a second signal ends it at once");
    };
    let site = async {
        match server {
            Some(server) => server.run(first).await,
            None => {
                first.await;
                Stopped::Finished
            }
        }
    };
    let driven = async {
        match api {
            Some(api) => api.serve(asked_to_stop()).await,
            None => Ok(()),
        }
    };
    let stopped = tokio::select! {
        (stopped, driven) = async { tokio::join!(site, driven) } => {
            driven?;
            stopped
        }
        () = watching => Stopped::Finished,
        () = signals.clone().have_come(2) => Stopped::CutOff,
    };
    match stopped {
        Stopped::Finished => tracing::info!("stopped"),
        Stopped::CutOff => tracing::warn!("stopped: what was under way was cut off"),
    }
    Ok(stopped)
}

/// The ready line: the first of `--format json`.
fn ready(server: Option<&Server>, control: Option<&str>) -> String {
    let ca = server.and_then(Server::ca).map(|ca| ca.to_string_lossy());
    let listening = server.map(Server::listening).unwrap_or_default();
    let urls = listening
        .iter()
        .map(|l| format!("{}://{}/", l.scheme.of_url(), l.address));
    let urls: Vec<String> = urls.collect();
    let listeners = listening.iter().map(|listening| {
        json!({
            "scheme": listening.scheme.name(),
            "address": listening.address.to_string(),
            "url": listening.url,
        })
    });
    let mut line = json!({
        "event": "ready",
        "urls": urls,
        "listeners": listeners.collect::<Vec<_>>(),
        "ca": ca,
        "pid": std::process::id(),
    });
    if let Some(url) = control {
        line["control"] = url.into();
    }
    format!("{line}\n")
}

pub(crate) fn address(text: &str) -> Result<String, String> {
    config::address(text).map(|()| text.to_owned())
}

fn time(text: &str) -> Result<Duration, String> {
    quantity::time(text).ok_or_else(|| format!("expected {}", quantity::TIME))
}
