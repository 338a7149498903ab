//! Servers as child processes, ended with their guard.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result};

/// A server under test; killed when it is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    child: Child,
    // Kept open, so that a server that goes on printing never blocks or fails.
    _drained: std::thread::JoinHandle<()>,
}

/// Resident bytes of a process.
#[derive(Clone, Copy)]
pub(crate) struct Resident {
    pub(crate) all: u64,
    /// Without what is mapped from files: pages that the kernel can drop and
    /// read again, such as compiled code from the cache.
    pub(crate) private: u64,
}

impl Server {
    /// Starts `command` and reads its port from its first line.
    pub(crate) fn start(mut command: Command, port: impl Fn(&str) -> Result<u16>) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut lines = BufReader::new(stdout);
        let mut first = String::new();
        lines.read_line(&mut first)?;
        match port(first.trim()) {
            Ok(port) => Ok(Self {
                port,
                child,
                _drained: drain(lines),
            }),
            Err(e) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(e.context(format!("{command:?} said {first:?}")))
            }
        }
    }

    /// The host binary, serving `plugins`, perhaps with a journal.
    pub(crate) fn host(
        binary: &Path,
        plugins: &Path,
        state: &Path,
        journal: Option<&Path>,
    ) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .args([
                "--listen",
                "127.0.0.1:0",
                "--no-tls",
                "--format",
                "json",
                "--log",
                "warn",
            ])
            .arg("--plugins")
            .arg(plugins)
            .arg("--state")
            .arg(state);
        if let Some(journal) = journal {
            command.arg("--journal").arg(journal);
        }
        Self::start(command, |line| {
            let ready: serde_json::Value = serde_json::from_str(line)?;
            let url = ready["urls"][0].as_str().context("no url")?;
            let port = url.trim_end_matches('/').rsplit(':').next();
            Ok(port.context("no port")?.parse()?)
        })
    }

    /// This program itself as a bare server.
    pub(crate) fn peer(kind: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["peer", kind]);
        Self::start(command, |line| Ok(line.parse()?))
    }

    /// wptserve from PyPI with the same handler.
    pub(crate) fn wptserve(root: &Path) -> Result<Self> {
        let mut command = Command::new("python3");
        command.args(["-c", include_str!("wptserve.py")]).arg(root);
        Self::start(command, |line| Ok(line.parse()?))
    }

    /// Resident memory of the process.
    pub(crate) fn resident(&self) -> Result<Resident> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let bytes = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|l| l.strip_prefix(name));
            let line = line.with_context(|| format!("no {name}"))?;
            let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
            Ok(kib * 1024)
        };
        Ok(Resident {
            all: bytes("VmRSS:")?,
            private: bytes("RssAnon:")?,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn drain(mut from: BufReader<ChildStdout>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    })
}
