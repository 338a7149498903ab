//! Static files, pipes and templates beside wptserve 4.0.3: more than a thousand
//! requests to both, on each protocol.

use host_tests::host_binary;
use host_tests::tools::python;

fn compare(protocol: &str) {
    let host = host_binary();
    let host = host.to_str().unwrap();
    python("files_differential.py", [host, protocol]);
}

#[test]
fn every_difference_of_a_file_on_http1_is_a_row_of_compat_md() {
    compare("h1");
}

#[test]
fn every_difference_of_a_file_on_http2_is_a_row_of_compat_md() {
    compare("h2");
}
