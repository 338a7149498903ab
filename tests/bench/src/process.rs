//! Servers as child processes, ended with their guard.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result};

/// A server under test; killed when it is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// What it held when it was ready.
    pub(crate) at_start: Resident,
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
    /// The most that `all` ever was.
    pub(crate) peak: u64,
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
                at_start: resident(&child)?,
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
        let mut command = serve(binary, plugins, state);
        if let Some(journal) = journal {
            command.arg("--journal").arg(journal);
        }
        Self::ready(command)
    }

    /// The host binary, keeping Python's interpreters for so many requests.
    pub(crate) fn reusing(
        binary: &Path,
        plugins: &Path,
        state: &Path,
        reuse: usize,
    ) -> Result<Self> {
        let config = state.join("reuse.toml");
        std::fs::write(&config, format!("reuse = {reuse}\n"))?;
        let mut command = serve(binary, plugins, state);
        command.arg("--config").arg(config);
        Self::ready(command)
    }

    /// Starts a host, whose first line is JSON.
    fn ready(command: Command) -> Result<Self> {
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

    /// nginx on a folder, with as many workers as there are processors.
    pub(crate) fn nginx(folder: &Path, scratch: &Path) -> Result<Self> {
        // It cannot tell a port that it has chosen; this one was free just now.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        std::fs::create_dir_all(scratch.join("logs"))?;
        let config = include_str!("nginx.conf")
            .replace("PORT", &port.to_string())
            .replace("ROOT", &folder.display().to_string());
        std::fs::write(scratch.join("nginx.conf"), config)?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(scratch).args(["-c", "nginx.conf"]);
        // Its standard output says nothing; the echo is the first line that the
        // others print.
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo ready; exec \"$@\"", "sh"]);
        shell.arg(command.get_program()).args(command.get_args());
        let server = Self::start(shell, |_| Ok(port))?;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::yield_now();
        }
        Ok(server)
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Resident memory of the process.
    pub(crate) fn resident(&self) -> Result<Resident> {
        resident(&self.child)
    }
}

fn serve(binary: &Path, plugins: &Path, state: &Path) -> Command {
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
    command
}

fn resident(child: &Child) -> Result<Resident> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let bytes = |name: &str| -> Result<u64> {
        let line = status.lines().find_map(|l| l.strip_prefix(name));
        let line = line.with_context(|| format!("no {name}"))?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024)
    };
    Ok(Resident {
        all: bytes("VmRSS:")?,
        private: bytes("RssAnon:")?,
        peak: bytes("VmHWM:")?,
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked to, nginx ends its workers; killed, it would leave them.
        let pid = self.child.id().to_string();
        if !Command::new("kill")
            .arg(&pid)
            .status()
            .is_ok_and(|s| s.success())
        {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn drain(mut from: BufReader<ChildStdout>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    })
}
