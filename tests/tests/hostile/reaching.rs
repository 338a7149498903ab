//! Out of the folder, into it, and for the machine.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::SystemTime;

use host_tests::Host;

use crate::{ask, beside, builder};

/// What each attempt of a script came to.
#[track_caller]
fn attempts(host: &Host, target: &str) -> BTreeMap<String, String> {
    let answer = ask(host, target);
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.text).expect("an object of texts")
}

/// Checks that nothing was got by any of them.
#[track_caller]
fn all_refused(attempts: &BTreeMap<String, String>, at_least: usize) {
    assert!(attempts.len() >= at_least, "{attempts:?}");
    let got: Vec<_> = attempts
        .iter()
        .filter(|(_, what)| what.starts_with("got"))
        .collect();
    assert!(got.is_empty(), "{got:?}");
}

#[test]
fn a_script_reads_nothing_outside_its_folder() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.py"), "SECRET = 'seen'\n").unwrap();
    let builder = builder()
        .file(".hidden.py", "SECRET = 'hidden'\n")
        .file(".git/config", "hidden");
    let root = builder.folder().to_owned();
    symlink(outside.path().join("secret.py"), root.join("linked.py")).unwrap();
    symlink(outside.path(), root.join("linked")).unwrap();
    symlink("..", root.join("above")).unwrap();
    beside(builder.start(), |host| {
        let target = format!("/hostile/reads.py?outside={}", outside.path().display());
        all_refused(&attempts(host, &target), 40);
        // What is there is listed, and no more.
        let listing = ask(host, &format!("{target}&listing")).text;
        assert!(
            listing.contains("f.txt") && listing.contains("hostile"),
            "{listing}"
        );
        assert!(
            !listing.contains(".hidden") && !listing.contains(".git"),
            "{listing}"
        );
    });
}

#[test]
fn a_script_changes_nothing_in_its_folder() {
    let builder = builder();
    let root = builder.folder().to_owned();
    symlink(root.join("hostile"), root.join("linked")).unwrap();
    let before = everything(&root);
    beside(builder.start(), |host| {
        all_refused(&attempts(host, "/hostile/writes.py"), 35);
        assert_eq!(everything(&root), before);
    });
}

/// Every path beneath a folder, with its content and when that was changed.
fn everything(folder: &Path) -> BTreeMap<String, (Vec<u8>, Option<SystemTime>)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let about = fs::symlink_metadata(&path).unwrap();
        if about.is_dir() {
            found.extend(everything(&path));
        }
        let content = fs::read(&path).unwrap_or_default();
        let name = path.display().to_string();
        found.insert(name, (content, about.modified().ok()));
    }
    found
}

#[test]
fn a_script_has_no_network_no_process_no_thread_and_no_machine() {
    beside(builder().start(), |host| {
        all_refused(&attempts(host, "/hostile/machine.py"), 35);
    });
}
