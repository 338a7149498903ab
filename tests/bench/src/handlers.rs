//! What many handlers cost: reload time, and memory of those that are idle.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::Args;
use crate::process::{Resident, Server};
use crate::report::{line, quantile, title};

/// Handlers loaded for the memory figure.
const IDLE_HANDLERS: u32 = 1000;
/// Reloads timed.
const RELOADS: u32 = 40;
/// Size that the reloaded component is padded to, in bytes.
const RELOADED_SIZE: usize = 100 * 1024;

pub(crate) fn run(args: &Args) -> Result<()> {
    let hello = std::fs::read(args.plugins.join("hello.wasm"))
        .context("no hello.wasm: run cargo xtask guests")?;
    reload(args, &hello)?;
    memory(args, &hello)
}

/// From the rename to the first answer of the new version, each version being
/// new to the compile cache.
fn reload(args: &Args, hello: &[u8]) -> Result<()> {
    let (plugins, state) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let file = plugins.path().join("hello.wasm");
    std::fs::write(&file, hello)?;
    let server = Server::host(&args.host, plugins.path(), state.path(), None)?;
    get(server.port, "/hello")?;
    let mut milliseconds = Vec::new();
    for n in 0..RELOADS {
        let next = plugins.path().join("next");
        std::fs::write(&next, version(hello, n, RELOADED_SIZE))?;
        let start = Instant::now();
        std::fs::rename(&next, &file)?;
        get(server.port, "/hello")?;
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    title(&format!(
        "reload of a {} KiB component, from rename to the new answer, {RELOADS} times",
        RELOADED_SIZE / 1024
    ));
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let value = quantile(&mut milliseconds, share);
        line(name, &format!("{value:.1} ms"), "aim: 50 ms at most");
    }
    Ok(())
}

fn memory(args: &Args, hello: &[u8]) -> Result<()> {
    let (one, many) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let state = tempfile::tempdir()?;
    std::fs::write(one.path().join("h0.wasm"), version(hello, 0, 0))?;
    for n in 0..IDLE_HANDLERS {
        let file = many.path().join(format!("h{n}.wasm"));
        std::fs::write(file, version(hello, n, 0))?;
    }
    // Each has answered once, and now waits. The first run fills the compile
    // cache, the second finds everything there.
    let mut runs = Vec::new();
    for _ in 0..2 {
        let base = resident_after(args, one.path(), state.path(), 1)?;
        let full = resident_after(args, many.path(), state.path(), IDLE_HANDLERS)?;
        let each =
            |full: u64, base: u64| full.saturating_sub(base) / u64::from(IDLE_HANDLERS - 1) / 1024;
        runs.push((each(full.all, base.all), each(full.private, base.private)));
    }
    title(&format!(
        "memory of {IDLE_HANDLERS} idle handlers, resident KiB each (of these, private)"
    ));
    for (name, (all, private)) in ["compiled in this process", "loaded from the cache"]
        .iter()
        .zip(runs)
    {
        line(name, &format!("{all} ({private})"), "aim: 64 at most");
    }
    Ok(())
}

/// What a host holds once each of its handlers has answered.
fn resident_after(args: &Args, plugins: &Path, state: &Path, handlers: u32) -> Result<Resident> {
    let server = Server::host(&args.host, plugins, state, None)?;
    for n in 0..handlers {
        get(server.port, &format!("/h{n}"))?;
    }
    server.resident()
}

/// The same component with another custom section at its end, so that its
/// bytes, and its hash, are new.
fn version(component: &[u8], n: u32, size: usize) -> Vec<u8> {
    let name = b"bench";
    let padding = size.saturating_sub(component.len()).max(8);
    let mut content = vec![name.len() as u8];
    content.extend_from_slice(name);
    content.extend_from_slice(&n.to_le_bytes());
    content.resize(content.len() + padding, 0);
    let mut out = component.to_vec();
    out.push(0); // custom section
    let mut len = content.len();
    while len >= 0x80 {
        out.push((len & 0x7f) as u8 | 0x80);
        len >>= 7;
    }
    out.push(len as u8);
    out.extend_from_slice(&content);
    out
}

/// One request on a connection of its own; anything but 200 is an error.
fn get(port: u16, path: &str) -> Result<()> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        bail!("{path}: {}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}
