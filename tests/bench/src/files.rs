//! Files: against wptserve on the same folder, and whole files against nginx.
//!
//! nginx has as many workers as host has threads, one for each processor, and no
//! access log; host writes no log of requests either.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::Args;
use crate::contest::{self, Entry, Load, Peer};
use crate::process::Server;
use crate::report::{line, quantile, title};

/// A small file and a large one.
const SMALL: usize = 10 * 1024;
const LARGE: usize = 10 * 1024 * 1024;
/// Files of the folder that is listed.
const LISTED: usize = 100;
/// Files of the folder that a server is started on: what `wpt` has, and how many
/// each of its folders has.
const MANY: usize = 50_000;
const FILES_OF_EACH: usize = 100;

const TEMPLATE: &str = "<p>{{host}}:{{ports[http][0]}} {{location[path]}} {{GET[q]}}</p>\n";

/// A fifth of a second for each answer: 200 clients get 1000 a second at most.
const TRICKLE: &str = "/small.bin?pipe=trickle(2000:d0.05:r2)";

pub(crate) fn run(args: &Args) -> Result<()> {
    use Load::{Http1Down, Http1KeepAlive, Trickle};
    let folder = tempfile::tempdir()?;
    fill(folder.path())?;
    let of = |peer: fn(_) -> Peer| peer(folder.path().to_owned());
    let (host, wptserve, nginx) = (Peer::Files, Peer::WptserveFiles, Peer::Nginx);
    let mut entries = Vec::new();
    for (what, path, load) in [
        ("10 KB file", "/small.bin", Http1KeepAlive),
        ("10 MB file", "/large.bin", Http1Down(LARGE)),
        ("template", "/page.sub.html?q=1", Http1KeepAlive),
        ("listing", "/list/", Http1KeepAlive),
        ("trickle to 200 clients", TRICKLE, Trickle),
    ] {
        for (who, peer) in [("host", of(host)), ("wptserve", of(wptserve))] {
            entries.push(Entry::new(&format!("{who}, {what}"), peer, path, load));
        }
    }
    for (what, path, load) in [
        ("10 KB file", "/small.bin", Http1KeepAlive),
        ("10 MB file", "/large.bin", Http1Down(LARGE)),
    ] {
        entries.push(Entry::new(&format!("nginx, {what}"), of(nginx), path, load));
    }
    let ratios = [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (0, 10), (2, 11)];
    let servers = contest::run(args, "files over HTTP/1", &entries, &ratios)?;
    title("memory of host after all of this");
    for (_, server) in servers.iter().filter(|(peer, _)| *peer == of(host)) {
        let resident = server.resident()?;
        let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
        line("at the start", &mib(server.at_start.all), "");
        line("now", &mib(resident.all), "");
        line("at its peak", &mib(resident.peak), "");
    }
    drop(servers);
    start(args)
}

fn fill(folder: &Path) -> Result<()> {
    fs::write(folder.join("small.bin"), vec![b'x'; SMALL])?;
    fs::write(folder.join("large.bin"), vec![b'x'; LARGE])?;
    fs::write(folder.join("page.sub.html"), TEMPLATE)?;
    fs::create_dir(folder.join("list"))?;
    for number in 0..LISTED {
        fs::write(folder.join(format!("list/{number}.html")), "x")?;
    }
    Ok(())
}

/// Time from starting the program to its ready line.
fn start(args: &Args) -> Result<()> {
    let (few, many) = (tempfile::tempdir()?, tempfile::tempdir()?);
    fs::write(few.path().join("0.txt"), "x")?;
    for number in 0..MANY {
        let folder = many.path().join((number / FILES_OF_EACH).to_string());
        if number % FILES_OF_EACH == 0 {
            fs::create_dir(&folder)?;
        }
        fs::write(folder.join(format!("{number}.txt")), "x")?;
    }
    let state = tempfile::tempdir()?;
    title(&format!("start, median of {} times", args.rounds));
    for (name, folder) in [("a folder of one file", &few), ("of 50,000 files", &many)] {
        let mut milliseconds = Vec::new();
        for _ in 0..args.rounds {
            let begun = Instant::now();
            let server = Server::host(&args.host, folder.path(), state.path(), None)?;
            milliseconds.push(begun.elapsed().as_secs_f64() * 1e3);
            drop(server);
        }
        line(
            name,
            &format!("{:.1} ms", quantile(&mut milliseconds, 0.5)),
            "",
        );
    }
    Ok(())
}
