//! What a fresh sandbox costs a request, without a network: instantiate, run
//! the hooks, drop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_runtime::{Handler, Outcome, Registry, Route, Runtime, RuntimeConfig, Tenant};
use host_wire::{ConnectionInfo, Exchange, Limits, Negotiated, Service, Violation};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, watch};

use crate::Args;
use crate::report::{line, quantile, title};

/// Requests before the ones that count.
const WARM_UP: usize = 2_000;
/// Requests measured.
const REQUESTS: usize = 20_000;

pub(crate) fn run(args: &Args) -> Result<()> {
    let samples = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(measure(args))?;
    let of_each = |f: fn(&Sample) -> Duration| {
        move |samples: &[Sample]| -> Vec<f64> {
            samples.iter().map(|s| f(s).as_secs_f64() * 1e6).collect()
        }
    };
    title(&format!(
        "a fresh sandbox for hello, one thread, {REQUESTS} requests through a pipe in memory"
    ));
    for (name, of) in [
        ("instantiate", of_each(|s| s.outcome.instantiate)),
        ("hooks", of_each(|s| s.outcome.hooks)),
        ("drop", of_each(|s| s.outcome.dropped)),
        (
            "instantiate + hooks + drop",
            of_each(|s| s.outcome.instantiate + s.outcome.hooks + s.outcome.dropped),
        ),
        ("the whole request, HTTP/1 included", of_each(|s| s.whole)),
    ] {
        let mut microseconds = of(&samples);
        let (p50, p99) = (
            quantile(&mut microseconds, 0.5),
            quantile(&mut microseconds, 0.99),
        );
        line(name, &format!("{p50:.1} µs"), &format!("p99 {p99:.1} µs"));
    }
    Ok(())
}

struct Sample {
    outcome: Outcome,
    whole: Duration,
}

async fn measure(args: &Args) -> Result<Vec<Sample>> {
    let runtime = Runtime::new(RuntimeConfig::default())?;
    let dir = Dir::open_ambient_dir(&args.plugins, ambient_authority())?;
    let registry = Registry::new(runtime, Arc::new(dir));
    let handler = registry.handler("hello.wasm".as_ref()).await?;
    let handler = handler.context("no hello.wasm: run cargo xtask guests")?;
    let (outcomes, mut outcome) = mpsc::unbounded_channel();
    let service = Arc::new(Hello {
        handler,
        tenant: Arc::new(Tenant::new("bench", host_runtime::Limits::default())),
        outcomes,
    });
    let (client, server) = duplex(64 * 1024);
    let (_running, drain) = watch::channel(false);
    let info = Arc::new(ConnectionInfo {
        id: 1,
        peer: ([127, 0, 0, 1], 1).into(),
        local: ([127, 0, 0, 1], 2).into(),
        tls: None,
        journal: None,
    });
    let limits = Arc::new(Limits::default());
    tokio::spawn(host_wire::serve_connection(
        server,
        info,
        Negotiated::Http1,
        limits,
        service,
        drain,
    ));
    let mut client = Client(client);
    let mut samples = Vec::with_capacity(REQUESTS);
    for n in 0..WARM_UP + REQUESTS {
        let start = Instant::now();
        client.get().await?;
        let whole = start.elapsed();
        let outcome = outcome.recv().await.context("the server ended")?;
        if n >= WARM_UP {
            samples.push(Sample { outcome, whole });
        }
    }
    Ok(samples)
}

/// Runs one handler for every request and reports what became of it.
struct Hello {
    handler: Arc<Handler>,
    tenant: Arc<Tenant>,
    outcomes: mpsc::UnboundedSender<Outcome>,
}

impl Service for Hello {
    async fn call(&self, exchange: Exchange) {
        let run = self
            .handler
            .clone()
            .run(exchange, &self.tenant, Route::named("/hello"), None);
        let _ = self.outcomes.send(run.await);
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        eprintln!("{violation}");
    }
}

struct Client(DuplexStream);

impl Client {
    async fn get(&mut self) -> Result<()> {
        self.0
            .write_all(b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        while !answer.ends_with(crate::peers::HELLO) {
            let n = self.0.read_buf(&mut answer).await?;
            anyhow::ensure!(n > 0, "the server closed");
        }
        Ok(())
    }
}
