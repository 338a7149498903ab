//! What Python scripts do beside wptserve 4.0.3: the same scripts, and the same
//! requests to both, on both protocols.

use host_tests::tools::python;
use host_tests::{host_binary, target_dir};

#[test]
fn every_difference_of_a_script_is_a_row_of_compat_md() {
    // Where the other tests of scripts keep the interpreter's code.
    let state = target_dir().join("scripts-state");
    let done = python(
        "handlers_differential.py",
        [
            "--host".as_ref(),
            host_binary().as_os_str(),
            "--state".as_ref(),
            state.as_os_str(),
            "--brief".as_ref(),
        ],
    );
    println!("{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn the_scripts_use_all_that_handlers_use() {
    python("handlers_coverage.py", [""; 0]);
}
