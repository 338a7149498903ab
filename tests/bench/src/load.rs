//! Requests a second, by wrk (HTTP/1) and h2load (HTTP/2).

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::Args;
use crate::process::Server;
use crate::report::{line, quantile, title};

/// Connections of each load.
const CONNECTIONS: &str = "8";

/// A server and the load that is put on it.
struct Contender {
    name: &'static str,
    server: Server,
    path: &'static str,
    load: Load,
    rounds: Vec<f64>,
}

#[derive(Clone, Copy)]
enum Load {
    Http1KeepAlive,
    Http1Closing,
    Http2,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let state = tempfile::tempdir()?;
    let scripts = tempfile::tempdir()?;
    std::fs::write(
        scripts.path().join("hello.py"),
        "def main(request, response):\n    return [(\"Content-Type\", \"text/plain\")], \"Hello, world!\\n\"\n",
    )?;
    let host = || Server::host(&args.host, &args.plugins, state.path());
    let contender = |name, server: Result<Server>, path, load| -> Result<Contender> {
        Ok(Contender {
            name,
            server: server?,
            path,
            load,
            rounds: Vec::new(),
        })
    };
    let mut contenders = vec![
        contender("host, fresh sandbox, HTTP/1", host(), "/hello", Load::Http1KeepAlive)?,
        contender("bare hyper, HTTP/1", Server::peer("hyper"), "/", Load::Http1KeepAlive)?,
        contender("host, fresh sandbox, HTTP/2", host(), "/hello", Load::Http2)?,
        contender("bare h2 crate, HTTP/2", Server::peer("h2"), "/", Load::Http2)?,
        contender("host, HTTP/1, closing", host(), "/hello", Load::Http1Closing)?,
    ];
    if !args.no_wptserve {
        let wptserve = || Server::wptserve(scripts.path());
        contenders.extend([
            contender("wptserve, HTTP/1", wptserve(), "/hello.py", Load::Http1KeepAlive)?,
            contender("wptserve, HTTP/1, closing", wptserve(), "/hello.py", Load::Http1Closing)?,
        ]);
    }
    for _ in 0..args.rounds {
        for c in &mut contenders {
            let url = format!("http://127.0.0.1:{}{}", c.server.port, c.path);
            c.rounds.push(c.load.requests_per_second(&url, args.seconds)?);
        }
    }
    title(&format!(
        "hello: requests/s, {CONNECTIONS} connections, median of {} rounds of {} s",
        args.rounds, args.seconds
    ));
    let of = |contenders: &mut [Contender], name: &str| {
        contenders
            .iter_mut()
            .find(|c| c.name == name)
            .map(|c| quantile(&mut c.rounds, 0.5))
    };
    for c in &mut contenders {
        let value = quantile(&mut c.rounds, 0.5);
        line(c.name, &format!("{value:.0}"), "");
    }
    title("ratios");
    for (ours, theirs) in [
        ("host, fresh sandbox, HTTP/1", "bare hyper, HTTP/1"),
        ("host, fresh sandbox, HTTP/2", "bare h2 crate, HTTP/2"),
        ("host, fresh sandbox, HTTP/1", "wptserve, HTTP/1"),
        ("host, HTTP/1, closing", "wptserve, HTTP/1, closing"),
    ] {
        if let (Some(a), Some(b)) = (of(&mut contenders, ours), of(&mut contenders, theirs)) {
            line(&format!("host / {theirs}"), &format!("{:.2}", a / b), "");
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
    let rate = text.lines().find_map(|l| l.trim().strip_prefix("Requests/sec:"));
    Ok(rate.with_context(|| text.clone())?.trim().parse()?)
}

fn h2load(url: &str, seconds: u32) -> Result<f64> {
    let text = output(Command::new("h2load").args([
        "-t", "1", "-c", CONNECTIONS, "-m", "16", "-D", &seconds.to_string(), url,
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
    let out = command.output().with_context(|| {
        format!("cannot run {command:?}: apt-get install wrk nghttp2-client")
    })?;
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}
