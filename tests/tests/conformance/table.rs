//! `docs/conformance.md` names each of these tests, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The tests of this folder, by the text of its files.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for test in text.split("#[test]\nfn ").skip(1) {
            names.insert(test.split('(').next().unwrap().to_owned());
        }
    }
    names.remove("the_table_is_complete");
    names
}

#[test]
fn the_table_is_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| §"));
    let mut named = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [section, rule, _, test] = cells[..] else {
            panic!("{row}: not four cells");
        };
        assert!(!rule.is_empty(), "{row}");
        let test = test.trim_matches('`');
        // §6.5.2 is tested by s6_5_2_…, RFC 7541 §4.2 by rfc7541_s4_2_….
        let number = section.split('§').next_back().unwrap().replace('.', "_");
        assert!(test.contains(&format!("s{number}_")), "{row}");
        named.insert(test.to_owned());
    }
    let tests = tests();
    let missing: Vec<_> = tests.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&tests).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
    assert!(unknown.is_empty(), "no such test: {unknown:?}");
}
