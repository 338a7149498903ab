//! The Python client, `clients/python`, with the binary: its own tests, the tests that
//! test_server was published with, and the examples.

use std::path::{Path, PathBuf};
use std::process::Command;

use host_tests::host_binary;

/// Runs pytest on this folder or file of the repository, which must succeed.
fn pytest(tests: &str) {
    let root = root();
    let client = root.join("clients/python");
    let done = Command::new("python3")
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .args(["-p", "host_test_server.pytest_plugin"])
        .arg(root.join(tests))
        .current_dir(&client)
        .env("PYTHONPATH", &client)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("HOST_BINARY", host_binary())
        .output()
        .expect("to start python3");
    let told = String::from_utf8_lossy(&done.stdout);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}{said}");
    println!("{told}");
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the repository").to_owned()
}

#[test]
fn answers_as_test_server_does() {
    pytest("clients/python/tests/test_differential.py");
    pytest("clients/python/tests/test_differences.py");
}

#[test]
fn passes_the_tests_of_test_server_itself() {
    pytest("clients/python/tests/test_published.py");
}

#[test]
fn has_the_interface_of_the_first_documentation() {
    pytest("clients/python/tests/test_first_interface.py");
}

#[test]
fn does_what_test_server_does_not() {
    pytest("clients/python/tests/test_mocks.py");
    pytest("clients/python/tests/test_plugin.py");
}

#[test]
fn its_process_is_shared_and_ends() {
    pytest("clients/python/tests/test_process.py");
}

#[test]
fn the_examples_work() {
    pytest("examples/testing/python");
}
