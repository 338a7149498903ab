//! Servers in a process of their own: which binary, and when it is gone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use host_testing::{Error, TestServer, matching, respond};
use host_tests::host_binary;

/// A binary that is none, or does something else.
fn program(script: &str) -> tempfile::TempPath {
    let file = tempfile::Builder::new().suffix(".sh").tempfile().unwrap();
    fs::write(file.path(), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o700)).unwrap();
    file.into_temp_path()
}

#[test]
fn no_binary() {
    let started = TestServer::builder().binary("/nowhere/host").try_start();
    let error = started.unwrap_err();
    assert!(matches!(error, Error::NoBinary { .. }), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("/nowhere/host") && text.contains("HOST_BINARY"),
        "{text}"
    );
}

#[test]
fn another_program() {
    let other = program("echo what is this >&2; exit 3");
    let error = TestServer::builder()
        .binary(&*other)
        .try_start()
        .unwrap_err();
    assert!(matches!(error, Error::NotReady { .. }), "{error:?}");
}

#[test]
fn a_process_that_ends_is_told_of_and_started_anew() {
    // A name of its own, so that no other test's server is in it.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let (pid, host) = (file.display(), host_binary());
    let script = format!("echo $$ > '{pid}'; exec '{}' \"$@\"", host.display());
    let host = program(&script);
    let start = || TestServer::builder().binary(&*host).lenient().try_start();
    let server = start().unwrap();
    let pid = fs::read_to_string(&file).unwrap();
    let killed = Command::new("kill").args(["-9", pid.trim()]).status();
    assert!(killed.unwrap().success());
    crate::until(|| server.upload("x", "y").is_err());
    let error = server.upload("x", "y").unwrap_err();
    crate::until(|| start().is_ok());
    assert!(
        matches!(error, Error::Unreachable { .. } | Error::Upload { .. }),
        "{error:?}"
    );
}

#[test]
fn what_only_the_tests_process_can_ask_is_refused() {
    let server = TestServer::builder().binary(host_binary()).start();
    let mock = respond("x").when(host_testing::not(matching(|_| true)));
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.mock(mock)));
    let message = refused.map(drop).unwrap_err();
    let message = message.downcast_ref::<String>().expect("a message");
    assert!(message.contains("matching"), "{message}");
}
