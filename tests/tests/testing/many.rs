//! A thousand servers in one process, and nothing left of them.

use std::fs;

use host_testing::{Builder, TestServer};
use host_tests::h1::Client;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Servers at a time, in the test's process.
const MANY: usize = 1_000;
/// In a process that tests share: a control port has a thousand at most.
const MANY_SHARED: usize = 800;

/// The threads and descriptors of this process.
fn held() -> (usize, usize) {
    let count = |folder| fs::read_dir(folder).expect("procfs").count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

fn start_all(builder: Builder, many: usize) -> Vec<TestServer> {
    let servers: Vec<_> = (0..many).map(|_| builder.clone().start()).collect();
    for (n, server) in servers.iter().enumerate() {
        server.respond(format!("server {n}"));
    }
    servers
}

/// Lets this process have as many descriptors as the system allows: each server has two,
/// and the usual limit is 1,024.
fn allow_descriptors() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("to raise a limit");
}

#[test]
fn a_thousand_leave_no_thread_and_no_descriptor() {
    allow_descriptors();
    // What is made once for all of them is there from now on.
    drop(TestServer::start());
    let before = held();
    let servers = start_all(TestServer::builder(), MANY);
    let threads = held().0;
    assert!(
        threads < before.0 + 70,
        "{threads} threads, {before:?} before"
    );
    for (n, server) in servers.iter().enumerate() {
        let answer = Client::connect(server.address()).get("/");
        assert_eq!(answer.text(), format!("server {n}"));
    }
    drop(servers);
    // Threads for what blocks end a while after they have nothing to do.
    crate::until(|| {
        let now = held();
        now.0 <= before.0 && now.1 <= before.1
    });
}

#[test]
fn hundreds_in_one_process_of_their_own() {
    let binary = host_tests::host_binary();
    let servers = start_all(TestServer::builder().binary(binary), MANY_SHARED);
    for (n, server) in servers.iter().enumerate() {
        let answer = Client::connect(server.address()).get("/");
        assert_eq!(answer.text(), format!("server {n}"));
    }
}
