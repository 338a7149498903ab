//! What a handler's response does beside wptserve 4.0.3: two handlers that do the
//! same, and the same requests to both.

use host_tests::tools::python;
use host_tests::{host_binary, test_plugin};

#[test]
fn every_difference_of_a_response_is_a_row_of_compat_md() {
    let state = tempfile::tempdir().unwrap();
    let state = state.path().to_str().unwrap();
    let host = host_binary();
    let temp = tempfile::tempdir().unwrap();
    let twin = temp.path().join("response-twin.wasm");
    std::fs::write(&twin, test_plugin("response-twin")).unwrap();
    python(
        "response_differential.py",
        [
            twin.to_str().unwrap(),
            host.to_str().unwrap(),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--no-tls",
            "--state",
            state,
            "--plugins",
        ],
    );
}
