//! A Redis of a test's own: Debian's `redis-server`, on loopback or a socket,
//! which keeps nothing on disk.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::command::signal;
use crate::events::Output;

/// What it says when it listens, whichever version it is.
const READY: &str = "eady to accept connections";
/// Ports that are tried: another program may be quicker to take a free one.
const TRIES: usize = 10;

/// A Redis. It is killed when the value goes.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    place: Place,
    folder: tempfile::TempDir,
}

#[derive(Debug)]
enum Place {
    Socket,
    Port { port: u16, password: &'static str },
}

impl Redis {
    /// One on a socket, in a folder of its own.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (child, ready) = spawn(&folder, &Place::Socket);
        assert!(ready, "redis-server does not start");
        Self {
            child,
            place: Place::Socket,
            folder,
        }
    }

    /// One on a free port of 127.0.0.1.
    pub fn on_a_port(password: &'static str) -> Self {
        for _ in 0..TRIES {
            let free = TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = free.local_addr().expect("an address").port();
            drop(free);
            let place = Place::Port { port, password };
            let folder = tempfile::tempdir().expect("a temporary folder");
            let (mut child, ready) = spawn(&folder, &place);
            if ready {
                return Self {
                    child,
                    place,
                    folder,
                };
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("redis-server finds no free port");
    }

    /// Where it is, for `--stash`.
    pub fn url(&self) -> String {
        match self.place {
            Place::Socket => format!("unix://{}/redis.sock", self.folder.path().display()),
            Place::Port { port, password } => format!("redis://:{password}@127.0.0.1:{port}"),
        }
    }

    /// Ends it at once; what it kept is lost.
    pub fn kill(&mut self) {
        self.child.kill().expect("to kill a child");
        self.child.wait().expect("to wait for a child");
    }

    /// Starts it again at the same place, after [`Self::kill`].
    pub fn restart(&mut self) {
        let (child, ready) = spawn(&self.folder, &self.place);
        self.child = child;
        assert!(ready, "redis-server does not start again");
    }

    /// Lets it answer nobody until [`Self::thaw`].
    pub fn freeze(&self) {
        signal(self.child.id(), "STOP");
    }

    /// Ends that.
    pub fn thaw(&self) {
        signal(self.child.id(), "CONT");
    }

    /// What `redis-cli` says to a command.
    pub fn cli(&self, args: &[&str]) -> String {
        let url = self.url();
        let mut command = Command::new("redis-cli");
        match url.strip_prefix("unix://") {
            Some(socket) => command.args(["-s", socket]),
            None => command.args(["-u", &url]),
        };
        let said = crate::command::finish(command.args(args), b"").success();
        said.text().trim_end().to_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts one, and says whether it listens.
fn spawn(folder: &tempfile::TempDir, place: &Place) -> (Child, bool) {
    let mut command = Command::new("redis-server");
    command.args(["--save", "", "--appendonly", "no", "--dir"]);
    command.arg(folder.path());
    match place {
        Place::Socket => {
            command.args(["--port", "0", "--unixsocket"]);
            command.arg(folder.path().join("redis.sock"))
        }
        Place::Port { port, password } => command
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--requirepass", password]),
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("redis-server (Debian: redis-server): {e}"));
    let output = Output::default();
    output.drain(child.stdout.take().expect("piped"));
    output.drain(child.stderr.take().expect("piped"));
    let ready = output.wait_for_text(READY);
    (child, ready)
}
