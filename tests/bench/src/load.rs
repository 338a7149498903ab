//! Requests a second, by wrk (HTTP/1) and h2load (HTTP/2).

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::Args;
use crate::process::Server;
use crate::report::{line, quantile, title};

/// Connections of each load.
const CONNECTIONS: &str = "8";

/// What is asked of whom, in the order of the table.
const CONTENDERS: [(&str, Peer, Load); 7] = [
    (
        "host, fresh sandbox, HTTP/1",
        Peer::Host,
        Load::Http1KeepAlive,
    ),
    (
        "bare hyper, HTTP/1",
        Peer::Own("hyper"),
        Load::Http1KeepAlive,
    ),
    ("host, fresh sandbox, HTTP/2", Peer::Host, Load::Http2),
    ("bare h2 crate, HTTP/2", Peer::Own("h2"), Load::Http2),
    ("host, HTTP/1, closing", Peer::Host, Load::Http1Closing),
    ("wptserve, HTTP/1", Peer::Wptserve, Load::Http1KeepAlive),
    (
        "wptserve, HTTP/1, closing",
        Peer::Wptserve,
        Load::Http1Closing,
    ),
];

/// What is compared with what: places in [`CONTENDERS`].
const RATIOS: [(usize, usize); 4] = [(0, 1), (2, 3), (0, 5), (4, 6)];

const WPTSERVE_HELLO: &str = r#"def main(request, response):
    return [("Content-Type", "text/plain")], "Hello, world!\n"
"#;

#[derive(Clone, Copy, PartialEq)]
enum Peer {
    Host,
    Own(&'static str),
    Wptserve,
}

#[derive(Clone, Copy)]
enum Load {
    Http1KeepAlive,
    Http1Closing,
    Http2,
}

/// A server and what it did in each round.
struct Contender {
    server: Server,
    path: &'static str,
    rounds: Vec<f64>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let (state, scripts) = (tempfile::tempdir()?, tempfile::tempdir()?);
    std::fs::write(scripts.path().join("hello.py"), WPTSERVE_HELLO)?;
    let mut contenders = Vec::new();
    for (_, peer, _) in CONTENDERS {
        if args.no_wptserve && peer == Peer::Wptserve {
            contenders.push(None);
            continue;
        }
        let (server, path) = match peer {
            Peer::Host => (
                Server::host(&args.host, &args.plugins, state.path())?,
                "/hello",
            ),
            Peer::Own(kind) => (Server::peer(kind)?, "/"),
            Peer::Wptserve => (Server::wptserve(scripts.path())?, "/hello.py"),
        };
        let rounds = Vec::new();
        contenders.push(Some(Contender {
            server,
            path,
            rounds,
        }));
    }
    for _ in 0..args.rounds {
        for ((_, _, load), contender) in CONTENDERS.iter().zip(&mut contenders) {
            if let Some(c) = contender {
                let url = format!("http://127.0.0.1:{}{}", c.server.port, c.path);
                c.rounds.push(load.requests_per_second(&url, args.seconds)?);
            }
        }
    }
    title(&format!(
        "hello: requests/s, {CONNECTIONS} connections, median of {} rounds of {} s",
        args.rounds, args.seconds
    ));
    let medians: Vec<Option<f64>> = contenders
        .iter_mut()
        .map(|c| c.as_mut().map(|c| quantile(&mut c.rounds, 0.5)))
        .collect();
    for ((name, ..), median) in CONTENDERS.iter().zip(&medians) {
        if let Some(rate) = median {
            line(name, &format!("{rate:.0}"), "");
        }
    }
    title("ratios");
    for (ours, theirs) in RATIOS {
        if let (Some(a), Some(b)) = (medians[ours], medians[theirs]) {
            let name = format!("{} / {}", CONTENDERS[ours].0, CONTENDERS[theirs].0);
            line(&name, &format!("{:.2}", a / b), "");
        }
    }
    Ok(())
}

impl Load {
    fn requests_per_second(self, url: &str, seconds: u32) -> Result<f64> {
        match self {
            Self::Http1KeepAlive => wrk(url, seconds, &[]),
            Self::Http1Closing => wrk(url, seconds, &["-H", "Connection: close"]),
            Self::Http2 => h2load(url, seconds),
        }
    }
}

fn wrk(url: &str, seconds: u32, more: &[&str]) -> Result<f64> {
    let duration = format!("{seconds}s");
    let text = output(
        Command::new("wrk")
            .args(["-t", "1", "-c", CONNECTIONS, "-d", &duration])
            .args(more)
            .arg(url),
    )?;
    if text.contains("Non-2xx") {
        bail!("{url} did not answer 200:\n{text}");
    }
    let rate = text
        .lines()
        .find_map(|l| l.trim().strip_prefix("Requests/sec:"));
    Ok(rate.with_context(|| text.clone())?.trim().parse()?)
}

fn h2load(url: &str, seconds: u32) -> Result<f64> {
    let text = output(Command::new("h2load").args([
        "-t",
        "1",
        "-c",
        CONNECTIONS,
        "-m",
        "16",
        "-D",
        &seconds.to_string(),
        url,
    ]))?;
    // "finished in 3.00s, 12345.67 req/s, 1.23MB/s"
    let rate = text
        .lines()
        .find(|l| l.starts_with("finished in"))
        .and_then(|l| l.split(", ").nth(1))
        .and_then(|l| l.strip_suffix(" req/s"));
    if !text.contains(" 0 failed, 0 errored, 0 timeout") {
        bail!("{url} failed requests:\n{text}");
    }
    Ok(rate.with_context(|| text.clone())?.trim().parse()?)
}

fn output(command: &mut Command) -> Result<String> {
    let out = command
        .output()
        .with_context(|| format!("cannot run {command:?}: apt-get install wrk nghttp2-client"))?;
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}
