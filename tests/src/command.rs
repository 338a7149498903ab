//! Commands that run to their end.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use crate::{DEADLINE, plugins};

/// What a command that has ended said.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error, as text.
    pub stderr: String,
}

impl Finished {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Both outputs, for messages.
    pub fn all(&self) -> String {
        format!("{}{}", self.text(), self.stderr)
    }

    /// The same, having checked that the command succeeded.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "the command failed:\n{}", self.all());
        self
    }

    /// The same, having checked that the command failed by its own decision,
    /// not by a panic (101) or a signal.
    #[track_caller]
    pub fn failure(self) -> Self {
        let by_itself = !matches!(self.code, None | Some(0 | 101));
        assert!(by_itself, "exit {:?}:\n{}", self.code, self.all());
        self
    }

    /// The same, having checked that its output says each of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        let all = self.all();
        for part in parts {
            assert!(all.contains(part), "no {part:?} in:\n{all}");
        }
        self
    }
}

/// Runs `host` with arguments to its end.
pub fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Finished {
    finish(Command::new(plugins::host_binary()).args(args), b"")
}

/// The same with that input.
pub fn run_with<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, input: &[u8]) -> Finished {
    finish(Command::new(plugins::host_binary()).args(args), input)
}

/// Runs a command with that input, until its end or [`DEADLINE`].
pub(crate) fn finish(command: &mut Command, input: &[u8]) -> Finished {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // A command may end without reading: that is its answer's matter.
    std::thread::spawn(move || stdin.write_all(&input).ok());
    let guard = KillAfterDeadline::watch(&child);
    let output = child.wait_with_output().expect("to wait for a child");
    assert!(!guard.fired(), "{command:?} did not end");
    Finished {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Ends a child that does not end by itself.
struct KillAfterDeadline {
    done: mpsc::Sender<()>,
    thread: std::thread::JoinHandle<bool>,
}

impl KillAfterDeadline {
    fn watch(child: &Child) -> Self {
        let pid = child.id();
        let (done, finished) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let late = finished.recv_timeout(DEADLINE).is_err();
            if late {
                signal(pid, "KILL");
            }
            late
        });
        Self { done, thread }
    }

    fn fired(self) -> bool {
        let _ = self.done.send(());
        self.thread.join().expect("no panic there")
    }
}

/// Sends a signal to a process that this test started.
pub(crate) fn signal(pid: u32, name: &str) {
    let status = Command::new("sh")
        .args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &pid.to_string()])
        .status()
        .expect("sh");
    assert!(status.success(), "kill -s {name} {pid}");
}
