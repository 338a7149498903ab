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
    assert!(text.contains("/nowhere/host") && text.contains("HOST_BINARY"), "{text}");
}

#[test]
fn another_program() {
    let other = program("echo what is this >&2; exit 3");
    let error = TestServer::builder().binary(&*other).try_start().unwrap_err();
    assert!(matches!(error, Error::NotReady { .. }), "{error:?}");
}

#[test]
fn a_process_that_ends_is_told_of_and_started_anew() {
    // A name of its own, so that no other test's server is in it.
    let host = program(&format!("exec '{}' \"$@\"", host_binary().display()));
    let start = || TestServer::builder().binary(&*host).lenient().try_start();
    let server = start().unwrap();
    let pid = control_pid(&host);
    assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    crate::until(|| server.upload("x", "y").is_err());
    let error = server.upload("x", "y").unwrap_err();
    crate::until(|| start().is_ok());
    assert!(matches!(error, Error::Unreachable { .. } | Error::Upload { .. }), "{error:?}");
}

/// The child of this process that was started by that name.
fn control_pid(host: &std::path::Path) -> String {
    let children = fs::read_dir("/proc/self/task").unwrap().flat_map(|task| {
        let children = fs::read_to_string(task.unwrap().path().join("children"));
        let children = children.unwrap_or_default();
        children.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    });
    let mut children = children.collect::<Vec<_>>();
    assert_eq!(children.len(), 1, "{} has one: {children:?}", host.display());
    children.remove(0)
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
