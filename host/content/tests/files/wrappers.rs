//! Wrappers of test scripts, on the wire.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::harness::{Answer, Folder};

/// A folder whose scripts have wrappers.
fn folder(files: &[(&str, &str)]) -> Folder {
    let mut folder = Folder::of(files);
    folder.site.wrappers = true;
    folder
}

fn vectors() -> Value {
    let vectors = include_str!("../vectors/wrappers.json");
    serde_json::from_str(vectors).unwrap()
}

/// The fields of an answer that are the test's.
fn fields(answer: &Answer) -> Vec<(String, String)> {
    let all = answer.fields.iter();
    let own =
        all.filter(|(name, _)| name.eq_ignore_ascii_case("content-type") || name.starts_with("X-"));
    own.cloned().collect()
}

#[tokio::test]
async fn every_wrapper_is_upstreams() {
    let vectors = vectors();
    let files = vectors["files"].as_object().unwrap();
    let files = files
        .iter()
        .map(|(name, text)| (&name[..], text.as_str().unwrap()));
    let folder = folder(&files.collect::<Vec<_>>());
    let answers = vectors["answers"].as_array().unwrap();
    assert!(answers.len() > 300);
    for wanted in answers {
        let target = wanted["target"].as_str().unwrap();
        let answer = folder.ask_h1("GET", target, &[]).await;
        assert_eq!(answer.status, wanted["status"], "{target}");
        if answer.status >= 400 {
            continue;
        }
        let fields = serde_json::to_value(fields(&answer)).unwrap();
        assert_eq!(fields, wanted["fields"], "{target}");
        if let Some(digest) = wanted["sha256"].as_str() {
            let found = Sha256::digest(&answer.body);
            let found: String = found.iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(found, digest, "{target}:\n{}", answer.text());
        }
    }
}
