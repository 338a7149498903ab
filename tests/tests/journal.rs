//! The journal of the wire: what it tells of connections, and how it is shown.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use host_tests::h2::{code, data, frame, goaway, headers, ping};
use host_tests::tools::curl;
use host_tests::{DEADLINE, Host, run, run_with};
use serde_json::{Value, json};

/// A host that keeps a journal.
struct Kept {
    host: Host,
    folder: tempfile::TempDir,
}

impl Kept {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::builder()
            .plugins(&["hello"])
            .test_plugins(&["wire"])
            .args(args)
            .args(["--journal".into(), folder.path().join("wire.jsonl")])
            .start();
        Self { host, folder }
    }

    /// What was kept, once the host has ended.
    fn stop(self) -> Journal {
        self.host.stop();
        let file = self.folder.path().join("wire.jsonl");
        let text = std::fs::read_to_string(&file).unwrap();
        let parse = |line: &str| serde_json::from_str(line).expect("a line is an object");
        Journal {
            entries: text.lines().map(parse).collect(),
            file,
            _folder: self.folder,
        }
    }
}

struct Journal {
    entries: Vec<Value>,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Journal {
    fn of(&self, event: &str) -> Vec<&Value> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry["event"] == event).collect()
    }

    /// Where an entry is that has all of this.
    #[track_caller]
    fn position(&self, wanted: &Value) -> usize {
        let has = |entry: &Value| {
            let mut wanted = wanted.as_object().unwrap().iter();
            wanted.all(|(name, value)| entry[name] == *value)
        };
        let found = self.entries.iter().position(has);
        found.unwrap_or_else(|| panic!("no {wanted} in {:#?}", self.entries))
    }

    /// Checks that there are entries with all of this, in this order.
    #[track_caller]
    fn expect(&self, wanted: &[Value]) {
        let mut last = None;
        for entry in wanted {
            let at = self.position(entry);
            assert!(last < Some(at), "{entry} comes too early");
            last = Some(at);
        }
    }

    /// What `host journal` shows of it.
    fn shown(&self, args: &[&str]) -> String {
        let file = self.file.display().to_string();
        let all = [&["journal", &file], args].concat();
        run(all).success().text()
    }
}

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
            "by": "write-headers", "by_request": 1,
        }),
        json!({ "event": "body", "dir": "out", "request": 1, "length": 14, "by": "write-data" }),
        json!({ "event": "answered", "request": 1, "handler": "/hello", "status": 200 }),
        json!({ "event": "head", "dir": "in", "request": 2 }),
        json!({ "event": "body", "dir": "in", "request": 2, "length": 14, "data": "write nonsense" }),
        json!({ "event": "exchange", "request": 2, "handler": "/wire" }),
        json!({
            "event": "bytes", "dir": "out", "length": 8, "data": "nonsense",
            "by": "write-raw-bytes", "by_request": 2,
        }),
        json!({ "event": "close" }),
    ]);
}

/// A script that answers, and writes on other streams what nobody can read.
const SCRIPT: &str = "\
write-headers 200 x-a=b
write-raw-frame 0xfa 0x7 7 6f6464
write-raw-header-frame on=9 end-headers :status=299
window-update 0
write-data done
write-raw-frame 1 4 11 ff
flush
end-stream";

fn scripted(host: &Host) {
    let mut client = host.h2();
    client.send(headers(1).post("/wire").field("x-n", "1").end_headers());
    client.send(data(1, SCRIPT).end_stream());
    client.expect(headers(1).status(200).field("x-a", "b"));
    client.expect(frame(0xfa, 7, 7, "odd"));
    client.expect(headers(9).status(299));
    client.expect(data(1, "done"));
    // What comes then is for no client. The handler has waited until it left.
    host.wait_for("the end of /wire", |event| {
        event["event"] == "request" && event["handler"] == "/wire"
    });
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
            "event": "violation", "connection": 2, "section": "RFC 9112 §3.2",
            "refusal": "status", "code": 400,
        }),
    ]);
}

/// A ClientHello with nothing but what it offers in this order; no server can
/// go on with it.
fn client_hello(extensions: &[(u16, &[u8])]) -> Vec<u8> {
    let sized = |bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length, bytes].concat()
    };
    let extension =
        |(kind, content): &(u16, &[u8])| [&kind.to_be_bytes(), &*sized(content)].concat();
    let extensions: Vec<u8> = extensions.iter().flat_map(extension).collect();
    let ciphers = sized(b"\x1a\x1a\x13\x02\x13\x01");
    let body = [
        &b"\x03\x03"[..],
        &[1; 32],
        b"\0",
        &ciphers,
        b"\x01\0",
        &sized(&extensions),
    ]
    .concat();
    let message = [b"\x01\0", &*sized(&body)].concat();
    [b"\x16\x03\x01", &*sized(&message)].concat()
}

#[test]
fn tls_tells_what_the_client_offered_in_its_order() {
    let kept = Kept::start();
    let hello = client_hello(&[
        (0x2a2a, b""),
        (43, b"\x02\x03\x04"),
        (16, b"\0\x03\x02h2"),
        (23, b""),
        (0, b"\0\x09\0\0\x06t.test"),
        (10, b"\0\x02\0\x1d"),
        (0xfe_ed, b"??"),
    ]);
    let mut socket = TcpStream::connect(kept.host.https()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    // Two records and two packets would be as good.
    socket.write_all(&hello).unwrap();
    let mut alert = Vec::new();
    socket.read_to_end(&mut alert).unwrap();
    assert_eq!(alert[0], 21, "an alert");

    let ca = kept.host.ca().display().to_string();
    let url = format!("https://127.0.0.1:{}/hello", kept.host.https().port());
    curl(["--cacert", &ca, &url]).expect(200, "2");
    let journal = kept.stop();
    let told = journal.of("tls");
    assert_eq!(
        told[0]["hello"],
        json!({
            "version": "TLSv1.2(771)",
            "ciphers": [
                "GREASE(6682)", "TLS_AES_256_GCM_SHA384(4866)", "TLS_AES_128_GCM_SHA256(4865)",
            ],
            "extensions": [
                "GREASE(10794)", "supported_versions(43)",
                "application_layer_protocol_negotiation(16)", "extended_master_secret(23)",
                "server_name(0)", "supported_groups(10)", "unknown(65261)",
            ],
            "groups": ["x25519(29)"],
            "point_formats": [],
            "signatures": [],
            "versions": ["TLSv1.3(772)"],
            "alpn": ["h2"],
            "server_name": "t.test",
        })
    );
    assert!(told[0]["error"].is_string(), "{}", told[0]);
    let curls = told[1];
    assert_eq!(curls["version"], "TLSv1.3");
    assert_eq!(curls["alpn"], "h2");
    assert_eq!(curls["hello"]["alpn"], json!(["h2", "http/1.1"]));
    assert!(curls["cipher"].as_str().unwrap().starts_with("TLS_AES_"));
    // What follows is told as it was before it was encrypted.
    journal.expect(&[
        json!({ "event": "tls", "alpn": "h2" }),
        json!({ "event": "frame", "connection": 2, "type": "HEADERS", "dir": "in" }),
        json!({ "event": "frame", "connection": 2, "type": "DATA", "data": "Hello, world!\\n" }),
    ]);
}

#[test]
fn it_is_shown_by_connection_stream_and_handler() {
    let kept = Kept::start();
    let mut client = kept.host.h2();
    client.get(1, "/hello").answer(1).expect(200);
    client.get(3, "/nowhere").answer(3).expect(404);
    client.send(ping(*b"together"));
    client.expect(ping(*b"together").ack());
    drop(client);
    scripted(&kept.host);
    let journal = kept.stop();

    let all = journal.shown(&[]);
    assert_eq!(all.lines().count(), journal.entries.len());
    assert!(all.contains(":path: /hello"), "{all}");
    assert!(!all.contains('\u{1b}'), "colours for a pipe:\n{all}");

    let first = journal.shown(&["--connection", "1"]);
    assert!(first.contains("/nowhere"), "{first}");
    assert!(!first.contains("/wire"), "{first}");
    let stream = journal.shown(&["--connection", "1", "--stream", "3"]);
    assert!(stream.contains("/nowhere"), "{stream}");
    assert!(!stream.contains("/hello"), "{stream}");
    assert!(!stream.contains("SETTINGS"), "{stream}");

    let handler = journal.shown(&["--handler", "/wire", "--format", "json"]);
    let events = |entry: &str| handler.matches(entry).count();
    assert_eq!(events("\"event\":\"exchange\""), 1, "{handler}");
    // The request's head too, though the route was only found after it, and
    // what the handler wrote on a foreign stream.
    assert_eq!(events("\":path\",\"/wire\""), 1, "{handler}");
    assert_eq!(events("\"stream\":9"), 1, "{handler}");
    assert_eq!(events("/hello"), 0, "{handler}");

    // The same from a pipe, which can be read only once.
    let lines = std::fs::read(&journal.file).unwrap();
    let args = ["journal", "-", "--handler", "/wire", "--format", "json"];
    assert_eq!(run_with(args, &lines).success().text(), handler);
}

#[test]
fn broken_lines_are_passed_over_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal");
    let line = r#"{"us":1,"connection":1,"event":"reset"}"#;
    std::fs::write(&file, format!("{line}\nhalf a li\n{line}\n")).unwrap();
    let file = file.display().to_string();
    let shown = run(["journal", &file]).failure();
    assert_eq!(shown.text().lines().count(), 2);
    shown.says(&["line 2 is no entry of a journal"]);
    run(["journal", "/nowhere/at/all"])
        .failure()
        .says(&["/nowhere/at/all"]);
    Host::builder()
        .args(["--journal", "/nowhere/at/all"])
        .fails()
        .says(&["the journal /nowhere/at/all cannot be written"]);
}
