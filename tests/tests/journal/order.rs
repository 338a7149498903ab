//! The order of what is told, and when it passed.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use host_tests::DEADLINE;
use host_tests::h1::Ending;
use serde_json::{Value, json};

use crate::Kept;

/// Asks for what a script writes, and reads until the connection ends.
fn asked(kept: &Kept, script: &str) -> Vec<u8> {
    let mut client = kept.host.h1();
    let length = script.len();
    client.send(format!(
        "POST /wire HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n{script}"
    ));
    client.read_to_end()
}

#[test]
fn what_is_never_complete_is_told_before_the_end() {
    let kept = Kept::start();
    assert_eq!(asked(&kept, "write HTTP/1.1 2\nclose"), b"HTTP/1.1 2");
    let chunk = "write-status 200\nwrite-header Transfer-Encoding chunked\nend-headers\n\
        write-raw-content 9%0D%0Ahalf\nclose";
    asked(&kept, chunk);
    // Half a head of a client that leaves.
    let mut socket = TcpStream::connect(kept.host.http()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.write_all(b"GET /hello HTT").unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    socket.read_to_end(&mut Vec::new()).unwrap();
    let journal = kept.stop();
    let expect = |entries: &[Value]| journal.expect(entries);
    expect(&[
        json!({ "connection": 1, "event": "bytes", "dir": "out", "data": "HTTP/1.1 2", "request": 1 }),
        json!({ "connection": 1, "event": "end", "dir": "out", "by": "close", "by_request": 1 }),
    ]);
    expect(&[
        json!({ "connection": 2, "event": "chunk", "dir": "out", "length": 4, "missing": 5 }),
        json!({ "connection": 2, "event": "end", "dir": "out", "by": "close", "by_request": 1 }),
    ]);
    expect(&[
        json!({ "connection": 3, "event": "bytes", "dir": "in", "data": "GET /hello HTT" }),
        json!({ "connection": 3, "event": "end", "dir": "in" }),
    ]);
}

#[test]
fn a_reset_is_told_behind_what_was_sent_and_by_whom() {
    let kept = Kept::start();
    let mut client = kept.host.h1();
    client.send("GET /gallery/tcp-reset HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_eq!(client.ending().1, Ending::Reset);
    let journal = kept.stop();
    let entries = &journal.entries;
    let of = |name: &str| entries.iter().rposition(|entry| entry["event"] == name);
    let reset = of("reset").unwrap();
    assert_eq!(entries[reset]["by"], "reset");
    let sent = entries.iter().rposition(|entry| entry["by"] == "write");
    assert!(sent < Some(reset), "{entries:#?}");
    let handler = journal.shown(&["--handler", "/gallery/tcp-reset"]);
    assert!(handler.contains("reset"), "{handler}");
}

#[test]
fn what_came_in_pieces_says_in_how_many() {
    let kept = Kept::start();
    let mut socket = TcpStream::connect(kept.host.http()).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let script =
        b"write HTTP/1.1 \nsleep 1\nwrite 200 OK\nsleep 1\nwrite %0D%0AX: y%0D%0A%0D%0A\nclose";
    write!(
        socket,
        "POST /wire HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n",
        script.len()
    )
    .unwrap();
    socket.write_all(script).unwrap();
    socket.read_to_end(&mut Vec::new()).unwrap();
    let journal = kept.stop();
    let out = journal.position(&json!({ "event": "head", "dir": "out" }));
    let head = &journal.entries[out];
    assert_eq!(head["parts"], 3, "{head}");
    let micros = |name: &str| head[name].as_u64().unwrap();
    assert!(micros("us") - micros("began_us") >= 2_000, "{head}");
    let shown = journal.shown(&["--handler", "/wire"]);
    assert!(shown.contains("in 3 parts over "), "{shown}");
}
