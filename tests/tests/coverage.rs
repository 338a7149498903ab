//! What `docs/coverage.md` names is there.

use std::fs;
use std::path::{Path, PathBuf};

/// The text of all files of one kind beneath a folder.
fn texts(folder: &Path, extension: &str) -> String {
    let mut all = String::new();
    let mut waiting: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == extension) {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    all
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tests = texts(&root.join("tests/tests"), "rs") + &texts(&root.join("host"), "rs");
    let client = texts(&root.join("clients/python/tests"), "py");
    let labels = texts(&root.join("tests/python/differential"), "py");
    let text = fs::read_to_string(root.join("docs/coverage.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let mut named = 0;
    for row in rows.filter(|row| !row.ends_with("| shown by |")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, shown] = cells[..] else {
            panic!("{row}: not two cells");
        };
        for name in shown.split('`').skip(1).step_by(2) {
            named += 1;
            let is_there = if name.starts_with("cargo ") {
                continue;
            } else if name.contains(' ') {
                labels.contains(&format!("\"{name}\""))
            } else {
                let defined = |by: &str| format!("{by} {name}(");
                tests.contains(&defined("fn")) || client.contains(&defined("def"))
            };
            assert!(is_there, "no {name}: {row}");
        }
    }
    assert!(named > 100, "{named}");
}
