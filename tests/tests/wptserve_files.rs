//! Static files beside wptserve 4.0.3: the same requests to both.

use host_tests::host_binary;
use host_tests::tools::python;

#[test]
fn every_difference_of_a_file_is_a_row_of_compat_md() {
    let state = tempfile::tempdir().unwrap();
    let state = state.path().to_str().unwrap();
    let host = host_binary();
    python(
        "files_differential.py",
        [
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
