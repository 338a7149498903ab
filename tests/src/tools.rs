//! Other people's clients: curl, nghttp, python.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::command::finish;
use crate::{DEADLINE, Finished};

/// What curl got.
#[derive(Debug)]
pub struct Curled {
    /// The last answer's status.
    pub status: u16,
    /// The last answer's version: `1`, `1.1` or `2`.
    pub version: String,
    /// What was printed: the body, with `-i` or `-I` heads too.
    pub body: Vec<u8>,
}

impl Curled {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The same, having checked status and version.
    #[track_caller]
    pub fn expect(self, status: u16, version: &str) -> Self {
        assert_eq!(
            (self.status, self.version.as_str()),
            (status, version),
            "{}",
            self.text()
        );
        self
    }
}

/// Runs curl, which must find an answer of any status.
#[track_caller]
pub fn curl<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Curled {
    let done = try_curl(args);
    assert_eq!(done.code, Some(0), "curl: {}", done.stderr);
    let last = done.stderr.lines().last().unwrap_or_default();
    let (status, version) = last.split_once(' ').expect("what -w asked for");
    Curled {
        status: status.parse().expect("a status"),
        version: version.to_owned(),
        body: done.stdout,
    }
}

/// Runs curl, come what may.
pub fn try_curl<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Finished {
    let mut command = Command::new("curl");
    command
        .args(["-sS", "--noproxy", "*", "--max-time"])
        .arg(DEADLINE.as_secs().to_string())
        .args(["-w", "%{stderr}%{http_code} %{http_version}\n"])
        .args(args);
    finish(&mut command, b"")
}

/// Runs nghttp of nghttp2.
pub fn nghttp<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Finished {
    let mut command = Command::new("nghttp");
    command.arg(format!("--timeout={}", DEADLINE.as_secs()));
    finish(command.args(args), b"")
}

/// Runs a script of `tests/python`, which must succeed: it prints and exits
/// with 1 where what it sees is not what it expects.
#[track_caller]
pub fn python<A: AsRef<OsStr>>(script: &str, args: impl IntoIterator<Item = A>) -> Finished {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("python")
        .join(script);
    let mut command = Command::new("python3");
    command.arg(path).args(args);
    finish(&mut command, b"").success()
}
