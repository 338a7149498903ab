//! A handler of host as the answer: where an answer is a program, it may be one that
//! is there already. `examples/rust/count` counts as long as somebody listens, and no
//! mock is that long.

use std::path::PathBuf;
use std::time::Duration;

use host_testing::{Answer, TestServer, path, respond};
use host_testing_examples::lines;

/// The component, as `cargo xtask guests` builds it into `target/plugins`.
fn count() -> Vec<u8> {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    let file: PathBuf = target.join("plugins/count.wasm");
    std::fs::read(&file).unwrap_or_else(|error| {
        panic!("{}: {error}: run `cargo xtask guests`", file.display());
    })
}

#[test]
fn it_reads_no_more_than_it_needs() {
    let server = TestServer::start();
    server.upload("count", count()).unwrap();
    server.mock(
        respond(Answer::handler("count"))
            .when(path("/count"))
            .expect(1..=1),
    );

    let url = server.url("/count?to=1000000000000");
    let found = lines::find(&url, |line| line.ends_with("99")).unwrap();
    assert_eq!(found.as_deref(), Some("99"));

    // The client has left, and the handler ends: it would count for hours.
    assert!(server.wait_answered(1, Duration::from_secs(60)));
}
