//! What is told of exchanges, refusals and violations.

use host_tests::h2::{code, data, goaway, headers};
use serde_json::{Value, json};

use crate::{Kept, SCRIPT, scripted};

#[test]
fn an_exchange_of_http1() {
    let kept = Kept::start();
    let mut client = kept.host.h1();
    client.send("GET /hello HTTP/1.1\r\nHost: t\r\nX-Odd:\ttab\r\n\r\n");
    client.response().expect(200);
    client.send("POST /wire HTTP/1.1\r\nHost: t\r\nContent-Length: 14\r\n\r\nwrite nonsense");
    assert_eq!(client.read_to_end(), b"nonsense");
    let journal = kept.stop();
    journal.expect(&[
        json!({ "event": "open", "connection": 1 }),
        json!({
            "event": "head", "dir": "in", "request": 1, "line": "GET /hello HTTP/1.1",
            "fields": [["Host", "t"], ["X-Odd", "tab"]], "escaped": true,
            "raw": "GET /hello HTTP/1.1\\r\\nHost: t\\r\\nX-Odd:\\ttab\\r\\n\\r\\n",
        }),
        json!({
            "event": "exchange", "request": 1, "tenant": "default", "handler": "/hello",
            "method": "GET", "target": "/hello",
        }),
        json!({
            "event": "head", "dir": "out", "request": 1, "status": 200,
            "by": "response", "by_request": 1,
        }),
        json!({ "event": "body", "dir": "out", "request": 1, "length": 14, "by": "response" }),
        json!({ "event": "answered", "request": 1, "handler": "/hello", "status": 200 }),
        json!({ "event": "head", "dir": "in", "request": 2 }),
        json!({ "event": "body", "dir": "in", "request": 2, "length": 14, "data": "write nonsense" }),
        json!({ "event": "exchange", "request": 2, "handler": "/wire" }),
        json!({
            "event": "bytes", "dir": "out", "length": 8, "data": "nonsense",
            "by": "write", "by_request": 2,
        }),
        json!({ "event": "close" }),
    ]);
}

#[test]
fn an_exchange_of_http2_and_what_it_wrote_elsewhere() {
    let kept = Kept::start();
    scripted(&kept.host);
    let journal = kept.stop();
    let by = |operation: &str, mut entry: Value| {
        entry["event"] = "frame".into();
        entry["dir"] = "out".into();
        entry["by"] = operation.into();
        entry["by_stream"] = 1.into();
        entry
    };
    journal.expect(&[
        json!({ "event": "preface", "dir": "in" }),
        json!({ "event": "frame", "dir": "in", "type": "SETTINGS", "stream": 0 }),
        json!({ "event": "frame", "dir": "out", "type": "SETTINGS", "flags": ["ACK"], "by": "engine" }),
        json!({
            "event": "frame", "dir": "in", "type": "HEADERS", "stream": 1, "flags": ["END_HEADERS"],
            "fields": [
                [":method", "POST"], [":scheme", "http"], [":authority", "test"],
                [":path", "/wire"], ["x-n", "1"],
            ],
        }),
        json!({
            "event": "frame", "dir": "in", "type": "DATA", "stream": 1, "length": SCRIPT.len(),
            "flags": ["END_STREAM"],
        }),
        by(
            "write-headers",
            json!({ "type": "HEADERS", "fields": [[":status", "200"], ["x-a", "b"]] }),
        ),
        by(
            "write-raw-frame",
            json!({ "type": "UNKNOWN(250)", "flags": [7], "stream": 7, "payload": "odd" }),
        ),
        by(
            "write-raw-header-frame",
            json!({ "type": "HEADERS", "stream": 9, "fields": [[":status", "299"]] }),
        ),
        by(
            "write-data",
            json!({ "type": "DATA", "stream": 1, "data": "done" }),
        ),
        by(
            "write-raw-frame",
            json!({
                "type": "HEADERS", "stream": 11, "payload": "\\xff",
                "undecodable": "a header block ends within a field (RFC 7541 §5)",
            }),
        ),
        json!({ "event": "close" }),
    ]);
    // Told when it was refused; frames are told when they leave.
    journal.position(
        &json!({ "event": "refused", "by": "window-update", "section": "RFC 9113 §6.9" }),
    );
}

#[test]
fn what_no_grant_allows_is_told_as_refused() {
    let kept = Kept::start_with(&["--no-raw"]);
    let mut client = kept.host.h1();
    client.send("POST /wire HTTP/1.1\r\nHost: t\r\nContent-Length: 14\r\n\r\nwrite nonsense");
    client.response();
    let mut client = kept.host.h2();
    client.send(headers(1).post("/wire").end_headers());
    client.send(data(1, "write-raw-frame 0xfa 0x7 7 6f6464").end_stream());
    client.answer(1);
    let journal = kept.stop();
    let why = |operation: &str| {
        format!(
            "{operation} is raw: start host with --raw, or set `raw = true` for tenant default in host.toml"
        )
    };
    journal.position(&json!({
        "event": "refused", "connection": 1, "by": "write", "by_request": 1, "what": why("write"),
    }));
    journal.position(&json!({
        "event": "refused", "connection": 2, "by": "write-raw-frame", "by_stream": 1,
        "what": why("write-raw-frame"),
    }));
}

#[test]
fn violations_are_told_with_their_rule_and_their_answer() {
    let kept = Kept::start();
    let mut client = kept.host.h2();
    client.send(data(0, "on stream 0"));
    client.expect(goaway(code::PROTOCOL));
    client.expect_close();
    let mut client = kept.host.h1();
    client.send("GET / HTTP/1.1\r\n\r\n");
    client.response().expect(400);
    let journal = kept.stop();
    journal.expect(&[
        json!({ "event": "frame", "dir": "in", "type": "DATA", "stream": 0 }),
        json!({
            "event": "violation", "connection": 1, "section": "RFC 9113 §6.1",
            "refusal": "goaway", "code": 1,
        }),
        json!({ "event": "frame", "dir": "out", "type": "GOAWAY", "code": "PROTOCOL_ERROR" }),
        json!({ "event": "head", "connection": 2, "line": "GET / HTTP/1.1" }),
        json!({ "event": "head", "connection": 2, "status": 400, "by": "engine", "request": 1 }),
        json!({
            "event": "violation", "connection": 2, "request": 1, "section": "RFC 9112 §3.2",
            "refusal": "status", "code": 400,
        }),
    ]);
}
