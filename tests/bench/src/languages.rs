//! One handler, hello, in every language: wptserve's own beside the same script in
//! host and the components, in a closed loop of few and of many clients.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::Args;
use crate::process::Server;
use crate::report::{quantile, title};

const SCRIPT: &str = "def main(request, response):\n    \
    return [(\"Content-Type\", \"text/plain\")], \"Hello, world!\\n\"\n";

/// Clients, each with one request under way.
const CLIENTS: [u32; 3] = [1, 8, 64];

/// Requests of an interpreter that is kept.
const REUSE: usize = 1000;

/// A language: its name, where its component is beneath the examples, and its path.
const COMPONENTS: [(&str, &str); 4] = [
    ("Python component", "python/hello.wasm"),
    ("JavaScript", "js/hello.wasm"),
    ("C", "c/hello.wasm"),
    ("Rust", "hello.wasm"),
];

/// What a round measures.
#[derive(Clone, Copy)]
struct Round {
    /// Requests a second.
    rate: f64,
    /// Milliseconds.
    p99: f64,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("script.py"), SCRIPT)?;
    let mut entries: Vec<(&str, usize, String)> = vec![
        ("wptserve", 0, "/script.py".to_owned()),
        (".py, fresh", 1, "/script.py".to_owned()),
        (".py, reuse", 2, "/script.py".to_owned()),
    ];
    for (number, (name, component)) in COMPONENTS.iter().enumerate() {
        let built = args.plugins.join(component);
        let bytes = fs::read(&built);
        let bytes = bytes.with_context(|| format!("no {}: cargo xtask guests", built.display()))?;
        fs::write(folder.path().join(format!("{number}.wasm")), bytes)?;
        entries.push((*name, 1, format!("/{number}")));
    }
    fs::create_dir_all(&args.state)?;
    let servers = [
        Server::wptserve(folder.path())?,
        Server::host(&args.host, folder.path(), &args.state, None)?,
        Server::reusing(&args.host, folder.path(), &args.state, REUSE)?,
    ];
    for (_, server, path) in &entries {
        warm(&servers[*server].url(path))?;
    }
    title(&format!(
        "hello in every language, as ratios to wptserve: requests a second, and p99 (small is \
         good); median of {} rounds of {} s",
        args.rounds, args.seconds
    ));
    for closing in [false, true] {
        for clients in CLIENTS {
            let mut rounds = vec![Vec::new(); entries.len()];
            for _ in 0..args.rounds {
                for ((_, server, path), rounds) in entries.iter().zip(&mut rounds) {
                    let url = servers[*server].url(path);
                    rounds.push(wrk(&url, args.seconds, clients, closing)?);
                }
            }
            let medians: Vec<Round> = rounds.iter().map(|rounds| median(rounds)).collect();
            let how = match closing {
                true => "a connection for each request",
                false => "keep-alive",
            };
            println!("  {clients} clients, {how}");
            for ((name, ..), median) in entries.iter().zip(&medians) {
                show(name, *median, medians[0]);
            }
        }
    }
    Ok(())
}

fn show(name: &str, ours: Round, theirs: Round) {
    println!(
        "    {name:<20} {:>9.0}/s {:>8.2} ×   p99 {:>8.2} ms {:>6.2} ×",
        ours.rate,
        ours.rate / theirs.rate,
        ours.p99,
        ours.p99 / theirs.p99
    );
}

fn median(rounds: &[Round]) -> Round {
    let of =
        |value: fn(&Round) -> f64| quantile(&mut rounds.iter().map(value).collect::<Vec<_>>(), 0.5);
    Round {
        rate: of(|round| round.rate),
        p99: of(|round| round.p99),
    }
}

/// Asks until it is answered 200: what was never compiled takes a while.
fn warm(url: &str) -> Result<()> {
    const TRIES: usize = 20;
    for _ in 0..TRIES {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", url]);
        if curl.output().context("cannot run curl")?.stdout == b"200" {
            return Ok(());
        }
    }
    bail!("{url} does not answer 200")
}

/// One thread, so many connections, and the latencies.
fn wrk(url: &str, seconds: u32, clients: u32, closing: bool) -> Result<Round> {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t", "1", "--latency"]).args([
        "-c",
        &clients.to_string(),
        "-d",
        &format!("{seconds}s"),
    ]);
    if closing {
        wrk.args(["-H", "Connection: close"]);
    }
    let out = wrk.arg(url).output().context("cannot run wrk")?;
    let text = String::from_utf8_lossy(&out.stdout);
    if text.contains("Non-2xx") {
        bail!("{url} did not answer 200:\n{text}");
    }
    let value = |name: &str| {
        let mut lines = text.lines().map(str::trim);
        lines
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let rate = value("Requests/sec:").and_then(|rate| rate.parse().ok());
    let p99 = value("99%").and_then(milliseconds);
    match (rate, p99) {
        (Some(rate), Some(p99)) => Ok(Round { rate, p99 }),
        _ => bail!("wrk said:\n{text}"),
    }
}

/// As wrk writes a time: `850.00us`, `1.25ms`, `1.02s`.
fn milliseconds(text: &str) -> Option<f64> {
    for (unit, factor) in [("us", 1e-3), ("ms", 1.0), ("s", 1e3)] {
        if let Some(number) = text.strip_suffix(unit) {
            return Some(number.parse::<f64>().ok()? * factor);
        }
    }
    None
}
