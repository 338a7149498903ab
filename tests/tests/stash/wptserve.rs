//! Beside wptserve 4.0.3's own stash: the same operations on both.

use host_tests::host_binary;
use host_tests::tools::python;

use crate::asking::Kept;

pub(crate) fn every_difference_is_a_row_of_compat_md(kept: &Kept) {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("stasher.wasm");
    std::fs::write(plugin, host_tests::test_plugin("stasher")).unwrap();
    let state = tempfile::tempdir().unwrap();
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    python(
        "stash_differential.py",
        [
            host_binary().to_str().unwrap(),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--no-tls",
            "--state",
            &path(&state),
            "--stash",
            &kept.url(),
            "--plugins",
            &path(&folder),
        ],
    );
}
