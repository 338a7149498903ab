//! Running a language's tools: each in a process group of its own, so that
//! nothing of a build outlives it.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::Command;

use crate::{BuildError, Output};

/// How long a build may take. The first one of a project may download what it
/// depends on and compile a standard library, on a slow machine.
pub const TIME_LIMIT: Duration = Duration::from_secs(20 * 60);

/// Bytes of a tool's answer that are kept: cargo's messages for hundreds of crates.
const ANSWER: usize = 16 * 1024 * 1024;

/// Runs a tool to its end. All that it prints goes to `output`, in order.
pub(crate) async fn run(command: Command, output: &mut Output<'_>) -> Result<(), BuildError> {
    finish(command, false, output).await.map(drop)
}

/// The same, but what it prints on standard output is given back.
pub(crate) async fn answer(
    command: Command,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    finish(command, true, output).await
}

async fn finish(
    mut command: Command,
    is_asked: bool,
    output: &mut Output<'_>,
) -> Result<Vec<u8>, BuildError> {
    let program = command.as_std().get_program();
    let name = Path::new(program).file_name().unwrap_or(program);
    let tool = name.to_string_lossy().into_owned();
    if output.colour {
        // What cargo, clang's friends, node's and python's go by.
        command.env("CARGO_TERM_COLOR", "always");
        command.envs([
            ("CLICOLOR_FORCE", "1"),
            ("FORCE_COLOR", "1"),
            ("PYTHON_COLORS", "1"),
        ]);
    }
    let failed = |source| BuildError::CannotRun {
        tool: tool.clone(),
        source,
    };
    let (mut child, mut said) = start(&mut command, is_asked).map_err(failed)?;
    // It has this side's ends of the pipe.
    drop(command);
    let group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));

    let mut answer = Vec::new();
    let mut stdout = child.stdout.take();
    let mut piece = vec![0; 16 * 1024];
    let mut more = vec![0; 16 * 1024];
    let mut ended = None;
    let mut is_open = true;
    while ended.is_none() || is_open || stdout.is_some() {
        tokio::select! {
            read = said.read(&mut piece), if is_open => match read.map_err(failed)? {
                0 => is_open = false,
                length => output.write(&piece[..length]),
            },
            read = read_some(&mut stdout, &mut more), if stdout.is_some() => {
                match read.map_err(failed)? {
                    0 => stdout = None,
                    length => {
                        let room = ANSWER.saturating_sub(answer.len());
                        answer.extend_from_slice(&more[..length.min(room)]);
                    }
                }
            }
            status = child.wait(), if ended.is_none() => {
                ended = Some(status.map_err(failed)?);
                // What it left behind would keep the pipe open.
                group.end();
            }
        }
    }
    match ended {
        Some(status) if !status.success() => Err(BuildError::Failed { tool, status }),
        _ => Ok(answer),
    }
}

async fn read_some(
    stdout: &mut Option<tokio::process::ChildStdout>,
    into: &mut [u8],
) -> io::Result<usize> {
    match stdout {
        Some(stdout) => stdout.read(into).await,
        None => Ok(0),
    }
}

/// Starts a program; what it says comes out of the pipe.
fn start(
    command: &mut Command,
    is_asked: bool,
) -> io::Result<(tokio::process::Child, pipe::Receiver)> {
    let (said, says) = io::pipe()?;
    command.stdin(Stdio::null()).stderr(says.try_clone()?);
    match is_asked {
        true => command.stdout(Stdio::piped()),
        false => command.stdout(says),
    };
    command.process_group(0).kill_on_drop(true);
    let child = command.spawn()?;
    Ok((child, pipe::Receiver::from_owned_fd(OwnedFd::from(said))?))
}

/// A process group, which ends with its value.
struct Group(Option<Pid>);

impl Group {
    fn end(&self) {
        // Usually there is nobody left.
        let _ = self.0.map(|id| kill_process_group(id, Signal::KILL));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    async fn said(script: &str) -> (Result<(), BuildError>, String) {
        let mut text = Vec::new();
        let mut write = |bytes: &[u8]| text.extend_from_slice(bytes);
        let done = run(shell(script), &mut Output::new(false, &mut write)).await;
        (done, String::from_utf8(text).unwrap())
    }

    #[tokio::test]
    async fn both_outputs_come_in_their_order() {
        let (done, text) = said("echo one; echo two >&2; echo three").await;
        assert!(done.is_ok());
        assert_eq!(text, "one\ntwo\nthree\n");
    }

    #[tokio::test]
    async fn an_answer_is_told_from_what_is_said() {
        let mut text = Vec::new();
        let mut write = |bytes: &[u8]| text.extend_from_slice(bytes);
        let mut output = Output::new(false, &mut write);
        let got = answer(shell("echo yes; echo warning >&2"), &mut output).await;
        assert_eq!(got.unwrap(), b"yes\n");
        assert_eq!(text, b"warning\n");
    }

    #[tokio::test]
    async fn a_failure_has_the_tool_and_its_status() {
        let (done, _) = said("exit 3").await;
        assert_eq!(done.unwrap_err().to_string(), "sh failed (exit status: 3)");
    }

    #[tokio::test]
    async fn what_a_tool_leaves_running_ends_with_it() {
        let (done, text) = said("sleep 1000 & echo $!").await;
        assert!(done.is_ok());
        assert!(is_gone(&text).await);
    }

    #[tokio::test]
    async fn a_dropped_build_leaves_no_process() {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        let script = format!(
            "sleep 1000 & echo $! > {0}.new; mv {0}.new {0}; wait",
            pids.display()
        );
        let build = said(&script);
        let mut build = Box::pin(build);
        let text = loop {
            tokio::select! {
                _ = &mut build => panic!("it waits for a sleep of 1000 s"),
                () = tokio::task::yield_now() => {}
            }
            if let Ok(text) = fs::read_to_string(&pids) {
                break text;
            }
        };
        drop(build);
        assert!(is_gone(&text).await);
    }

    /// Waits until there is no such process but for a zombie.
    async fn is_gone(pid: &str) -> bool {
        let stat = format!("/proc/{}/stat", pid.trim());
        while let Ok(text) = fs::read_to_string(&stat)
            && !text.contains(") Z ")
        {
            tokio::task::yield_now().await;
        }
        true
    }
}
