//! The request as handlers see it, beside wptserve 4.0.3.

use host_tests::tools::python;
use host_tests::{host_binary, test_plugin};

#[test]
fn every_difference_of_a_request_is_a_row_of_compat_md() {
    let state = tempfile::tempdir().unwrap();
    let temp = tempfile::tempdir().unwrap();
    let twin = temp.path().join("twin.wasm");
    std::fs::write(&twin, test_plugin("twin")).unwrap();
    let host = host_binary();
    python(
        "request_differential.py",
        [
            twin.to_str().unwrap(),
            host.to_str().unwrap(),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--no-tls",
            "--state",
            state.path().to_str().unwrap(),
            "--plugins",
        ],
    );
}
