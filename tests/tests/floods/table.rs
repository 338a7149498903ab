//! `docs/attacks.md` names each of these tests, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The tests of this folder as `file::test`, by the text of its files.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/floods");
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        for test in text.split("#[test]\nfn ").skip(1) {
            let test = test.split('(').next().unwrap();
            names.insert(match &*file {
                "main" => test.to_owned(),
                file => format!("{file}::{test}"),
            });
        }
    }
    names.remove("table::the_table_is_complete");
    names
}

#[test]
fn the_table_is_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/attacks.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let mut named = BTreeSet::new();
    // Behind the titles.
    for row in rows.skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [attack, _, _, _, _, _, _, _, test] = cells[..] else {
            panic!("{row}: not nine cells");
        };
        assert!(!attack.is_empty(), "{row}");
        let is_new = named.insert(test.trim_matches('`').to_owned());
        assert!(is_new, "{test} is named twice");
    }
    let tests = tests();
    let missing: Vec<_> = tests.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&tests).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
    assert!(unknown.is_empty(), "no such test: {unknown:?}");
}
