//! Servers under the same load in alternating rounds: a table of medians, and
//! the ratios that matter.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::Args;
use crate::process::Server;
use crate::report::{line, quantile, title};

/// Connections of a load of small answers.
const CONNECTIONS: &str = "8";

/// Connections of a load of large bodies: enough to keep two cores busy, few
/// enough that a round of small numbers still means something.
const BODY_CONNECTIONS: &str = "2";

/// Clients of a trickle.
const TRICKLED: &str = "200";

/// Who answers.
#[derive(Clone, PartialEq)]
pub(crate) enum Peer {
    /// host with the examples.
    Host,
    /// The same with a journal.
    Journalled,
    /// host with the tests' handlers.
    HostOfTests,
    /// This program, by a bare library.
    Own(&'static str),
    /// wptserve with the same handler as `hello`.
    Wptserve,
    /// host with a folder of files.
    Files(PathBuf),
    /// wptserve with the same.
    WptserveFiles(PathBuf),
    /// nginx with the same.
    Nginx(PathBuf),
}

impl Peer {
    /// Whether it is to be measured: what was left out, or is not there, is not.
    fn is_wanted(&self, args: &Args) -> bool {
        match self {
            Self::Wptserve | Self::WptserveFiles(_) => !args.no_wptserve,
            Self::Nginx(_) => {
                let installed = Command::new("nginx").arg("-v").output().is_ok();
                if !installed {
                    println!("nginx is left out: apt-get install nginx-light");
                }
                installed
            }
            _ => true,
        }
    }
}

/// What was started for a contest.
pub(crate) type Servers = Vec<(Peer, Server)>;

/// What is asked, and how fast.
#[derive(Clone, Copy)]
pub(crate) enum Load {
    Http1KeepAlive,
    Http1Closing,
    Http2,
    /// Answers that take their time, to many clients at once.
    Trickle,
    /// Answers with bodies of so many bytes.
    Http1Down(usize),
    Http2Down(usize),
    /// Requests with bodies of so many bytes.
    Http1Up(usize),
    Http2Up(usize),
}

/// A line of the table.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) peer: Peer,
    pub(crate) path: String,
    pub(crate) load: Load,
}

impl Entry {
    pub(crate) fn new(name: &str, peer: Peer, path: &str, load: Load) -> Self {
        Self {
            name: name.to_owned(),
            peer,
            path: path.to_owned(),
            load,
        }
    }
}

/// Runs all entries round by round and prints their medians, then the ratios:
/// places of `entries`, ours and theirs. The servers run on until they are
/// dropped.
pub(crate) fn run(
    args: &Args,
    what: &str,
    entries: &[Entry],
    ratios: &[(usize, usize)],
) -> Result<Servers> {
    let scratch = tempfile::tempdir()?;
    let mut servers = Servers::new();
    let mut left_out: Vec<&Peer> = Vec::new();
    for Entry { peer, .. } in entries {
        if left_out.contains(&peer) || servers.iter().any(|(known, _)| known == peer) {
            continue;
        }
        match peer.is_wanted(args) {
            true => servers.push((peer.clone(), start(peer, args, scratch.path())?)),
            false => left_out.push(peer),
        }
    }
    let port = |peer: &Peer| servers.iter().find(|(known, _)| known == peer);
    let mut rounds = vec![Vec::new(); entries.len()];
    for _ in 0..args.rounds {
        for (entry, rates) in entries.iter().zip(&mut rounds) {
            if let Some((_, server)) = port(&entry.peer) {
                let url = format!("http://127.0.0.1:{}{}", server.port, entry.path);
                rates.push(entry.load.run(&url, args.seconds, scratch.path())?);
            }
        }
    }
    title(&format!(
        "{what}, median of {} rounds of {} s",
        args.rounds, args.seconds
    ));
    let median = |rates: &mut Vec<f64>| (!rates.is_empty()).then(|| quantile(rates, 0.5));
    let medians: Vec<Option<f64>> = rounds.iter_mut().map(median).collect();
    for (entry, median) in entries.iter().zip(&medians) {
        if let Some(rate) = median {
            let (number, unit) = entry.load.shown(*rate);
            line(&entry.name, &number, unit);
        }
    }
    for (ours, theirs) in ratios {
        if let (Some(a), Some(b)) = (medians[*ours], medians[*theirs]) {
            let name = format!("{} / {}", entries[*ours].name, entries[*theirs].name);
            line(&name, &format!("{:.2}", a / b), "");
        }
    }
    Ok(servers)
}

fn start(peer: &Peer, args: &Args, scratch: &Path) -> Result<Server> {
    const WPTSERVE_HELLO: &str = "def main(request, response):\n    \
        return [(\"Content-Type\", \"text/plain\")], \"Hello, world!\\n\"\n";
    let state = scratch.join("state");
    match peer {
        Peer::Host => Server::host(&args.host, &args.plugins, &state, None),
        Peer::Journalled => {
            let journal = scratch.join("journal");
            Server::host(&args.host, &args.plugins, &state, Some(&journal))
        }
        Peer::HostOfTests => Server::host(&args.host, &args.test_plugins, &state, None),
        Peer::Own(kind) => Server::peer(kind),
        Peer::Wptserve => {
            let scripts = scratch.join("scripts");
            std::fs::create_dir_all(&scripts)?;
            std::fs::write(scripts.join("hello.py"), WPTSERVE_HELLO)?;
            Server::wptserve(&scripts)
        }
        Peer::Files(folder) => Server::host(&args.host, folder, &state, None),
        Peer::WptserveFiles(folder) => Server::wptserve(folder),
        Peer::Nginx(folder) => Server::nginx(folder, &scratch.join("nginx")),
    }
}

impl Load {
    /// Requests a second.
    fn run(self, url: &str, seconds: u32, scratch: &Path) -> Result<f64> {
        match self {
            Self::Http1KeepAlive => wrk(url, seconds, CONNECTIONS, &[]),
            Self::Http1Closing => {
                let close = ["-H", "Connection: close"];
                wrk(url, seconds, CONNECTIONS, &close)
            }
            Self::Trickle => wrk(url, seconds, TRICKLED, &[]),
            Self::Http2 => h2load(url, seconds, &["-c", CONNECTIONS, "-m", "16"]),
            Self::Http1Down(_) => wrk(url, seconds, BODY_CONNECTIONS, &[]),
            Self::Http2Down(_) => h2load(url, seconds, &H2_BODIES),
            Self::Http1Up(bytes) => {
                let script = scratch.join("post.lua");
                let post = format!("wrk.method = 'POST'; wrk.body = string.rep('x', {bytes})");
                std::fs::write(&script, post)?;
                let script = script.display().to_string();
                wrk(url, seconds, BODY_CONNECTIONS, &["-s", &script])
            }
            Self::Http2Up(bytes) => {
                let body = scratch.join("body");
                std::fs::write(&body, vec![b'x'; bytes])?;
                let body = body.display().to_string();
                h2load(url, seconds, &[&H2_BODIES[..], &["-d", &body]].concat())
            }
        }
    }

    /// A rate as it is best read.
    fn shown(self, rate: f64) -> (String, &'static str) {
        const MIB: f64 = 1024.0 * 1024.0;
        match self {
            Self::Http1KeepAlive | Self::Http1Closing | Self::Http2 | Self::Trickle => {
                (format!("{rate:.0}"), "requests/s")
            }
            Self::Http1Down(bytes)
            | Self::Http2Down(bytes)
            | Self::Http1Up(bytes)
            | Self::Http2Up(bytes) => (format!("{:.0}", rate * bytes as f64 / MIB), "MiB/s"),
        }
    }
}

/// Two connections, two bodies at a time on each, in windows that a browser
/// would give: 2^23 bytes a stream, 2^24 a connection.
const H2_BODIES: [&str; 8] = ["-c", BODY_CONNECTIONS, "-m", "2", "-w", "23", "-W", "24"];

fn wrk(url: &str, seconds: u32, connections: &str, more: &[&str]) -> Result<f64> {
    let duration = format!("{seconds}s");
    let text = output(
        Command::new("wrk")
            .args(["-t", "1", "-c", connections, "-d", &duration])
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

fn h2load(url: &str, seconds: u32, more: &[&str]) -> Result<f64> {
    let text = output(
        Command::new("h2load")
            .args(["-t", "1", "-D", &seconds.to_string()])
            .args(more)
            .arg(url),
    )?;
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
