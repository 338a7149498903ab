//! What Python scripts do beside wptserve 4.0.3: the same scripts, and the same
//! requests to both, on both protocols.

use std::path::Path;
use std::process::Command;

use host_tests::tools::python;
use host_tests::{compiled, host_binary};

#[test]
fn every_difference_of_a_script_is_a_row_of_compat_md() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    compiled::compile(&folder.join("handlers"));
    let mut command = Command::new("python3");
    command
        .arg(folder.join("handlers_differential.py"))
        .arg("--brief")
        .arg("--host")
        .arg(host_binary())
        .arg("--state")
        .arg(compiled::state());
    // Hundreds of requests to a slow server: its deadline is the runner's.
    let done = command.output().expect("to start python3");
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{told}");
    println!("{told}");
}

#[test]
fn the_scripts_use_all_that_handlers_use() {
    python("handlers_coverage.py", [""; 0]);
}
