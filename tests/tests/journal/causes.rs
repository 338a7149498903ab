//! By what it is told that something was written.

use host_tests::Host;
use host_tests::h2::{code, data, headers, reset};
use serde_json::{Value, json};

use crate::Kept;

#[test]
fn by_the_names_of_http1() {
    let kept = Kept::start();
    let script = "write-status 200\nwrite-header X y\nend-headers\nwrite-raw-content one\n\
        write-content two\nwrite three\nwrite-raw-bytes 34\nclose";
    let mut client = kept.host.h1();
    let length = script.len();
    client.send(format!(
        "POST /wire HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n{script}"
    ));
    let text = client.read_to_end();
    assert!(text.ends_with(b"onetwothree4"), "{}", text.escape_ascii());
    let journal = kept.stop();
    // A head is its first line's.
    let by = |entry: &Value| (entry["event"].clone(), entry["by"].clone());
    let out: Vec<_> = journal
        .entries
        .iter()
        .filter(|entry| entry["dir"] == "out")
        .map(by)
        .collect();
    let wanted = [
        ("head", "write-status"),
        ("body", "write-raw-content"),
        ("body", "write-content"),
        ("body", "write"),
        ("body", "write-raw-bytes"),
        ("end", "close"),
    ];
    assert_eq!(out, wanted.map(|(event, by)| (json!(event), json!(by))));
}

#[test]
fn by_a_file_by_host_and_by_what_a_handler_returns() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wire.jsonl");
    let host = Host::builder()
        .plugins(&["hello"])
        .file("f.txt", "a file")
        .file("b.asis", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb")
        .args(["--journal".into(), file.clone()])
        .start();
    let mut client = host.h1();
    for target in ["/hello", "/f.txt", "/b.asis", "/nowhere"] {
        client.send(format!("GET {target} HTTP/1.1\r\nHost: t\r\n\r\n"));
        client.response();
    }
    host.stop();
    let text = std::fs::read_to_string(&file).unwrap();
    let entries = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let heads = entries.filter(|entry| entry["event"] == "head" && entry["dir"] == "out");
    let by: Vec<_> = heads.map(|entry| entry["by"].clone()).collect();
    assert_eq!(by, ["response", "file", "file", "host"]);
}

#[test]
fn a_handler_that_fails_is_told_with_its_reason() {
    let kept = Kept::start();
    let mut client = kept.host.h2();
    client.send(headers(1).post("/wire").end_headers());
    client.send(data(1, "write-headers 200\nflush\ntrap").end_stream());
    client.expect(headers(1).status(200));
    client.expect(reset(1, code::INTERNAL));
    let journal = kept.stop();
    let failed = &journal.entries[journal.position(&json!({ "event": "answered", "status": 200 }))];
    assert!(failed["error"].is_string(), "{failed}");
    journal.position(&json!({ "type": "RST_STREAM", "dir": "out", "by": "host", "by_stream": 1 }));
}
