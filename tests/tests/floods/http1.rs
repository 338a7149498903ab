//! HTTP/1: answers that nobody takes, heads and bodies that cost more than they
//! carry.

use std::io::Write;
use std::thread;

use host_tests::attack::{Cost, attack};
use host_tests::{Host, h1};

use crate::{BLOCKS, MODEST, ROUNDS, host, large};

/// Sends as much as the server takes before it closes.
fn push(client: &h1::Client, bytes: &[u8]) {
    let _ = client.sender().write_all(bytes);
}

#[test]
fn downloads_that_are_never_read() {
    const MANY: usize = 200;
    const SIZE: usize = 16 << 20;
    let name = "slow reading, 200 downloads";
    let host = large()
        .file("huge.bin", vec![b'x'; SIZE])
        .args(["--stall-timeout", "500ms"])
        .start();
    attack(name, host, BLOCKS, |host| {
        let begin = |_| {
            let mut client = host.h1();
            client.send("GET /huge.bin HTTP/1.1\r\nHost: t\r\n\r\n");
            client
        };
        let clients: Vec<_> = (0..MANY).map(begin).collect();
        for client in &clients {
            let address = client.address().to_string();
            // No status: the answer did not come to its end.
            host.wait_for("a download that was given up", |e| {
                e["target"] == "/huge.bin" && e["client"] == *address && e["status"].is_null()
            });
        }
    });
}

#[test]
fn requests_whose_answers_are_never_read() {
    // They are not read on while their answers wait, and their connection ends
    // when its time is up.
    let name = "pipelines that are never read";
    let host = large().args(["--stall-timeout", "500ms"]).start();
    let requests = "GET /f.txt HTTP/1.1\r\nHost: t\r\n\r\n".repeat(1_000_000);
    // Some hundred thousand of them are answered before the sockets are full.
    let most = Cost {
        cpu: 30.0,
        ..BLOCKS
    };
    attack(name, host, most, |host| {
        let clients: Vec<_> = (0..10).map(|_| host.h1()).collect();
        thread::scope(|scope| {
            for client in &clients {
                let requests = requests.as_bytes();
                scope.spawn(move || {
                    let sent = client.sender().write_all(requests);
                    assert!(sent.is_err(), "all of it was read");
                });
            }
        });
    });
}

/// A host whose `/wire` reads a body and says how long it was.
fn reader() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["wire"])
        .file("f.txt", "fine")
        .start()
}

/// The head of a request whose body is read in chunks.
const CHUNKED: &str = "POST /wire?ops=read%0Areport HTTP/1.1\r\nHost: t\r\n\
                       Transfer-Encoding: chunked\r\n\r\n";

#[test]
fn chunks_of_a_byte() {
    const COUNT: usize = 50_000;
    let body = format!("{}0\r\n\r\n", "1\r\nx\r\n".repeat(COUNT));
    attack("chunks of a byte", reader(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let mut client = host.h1();
            client.send(CHUNKED).send(&body);
            let said = client.response().expect(200).text();
            assert_eq!(said, format!("read: {COUNT} bytes\n"));
        }
    });
}

/// Sends a body with more extensions than content, and sees it refused.
fn extensions(name: &str, body: &str, section: &str) {
    attack(name, reader(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let mut client = host.h1();
            client.send(CHUNKED);
            push(&client, body.as_bytes());
            host.wait_for_violation_by(client.address(), section);
            client.ending();
        }
    });
}

#[test]
fn chunk_extensions() {
    // As long as a line may be: a kilobyte for each byte of content.
    let chunk = format!("1;{}\r\nx\r\n", "e".repeat(1_000));
    let name = "chunk extensions, CVE-2023-39326";
    extensions(name, &chunk.repeat(2_000), "CVE-2023-39326");
}

#[test]
fn chunk_extensions_without_end() {
    let line = format!("1;{}", "e".repeat(4 << 20));
    let name = "a chunk extension without end, CVE-2023-39326";
    extensions(name, &line, "RFC 9112 §7.1");
}

/// Sends heads that go on and on, and sees each refused before its end.
fn endless(name: &str, more: &str) {
    let head = format!("GET /f.txt HTTP/1.1\r\nHost: t\r\n{more}");
    attack(name, host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let mut client = host.h1();
            push(&client, head.as_bytes());
            host.wait_for_violation_by(client.address(), "RFC 6585 §5");
            client.ending();
        }
    });
}

#[test]
fn many_fields() {
    endless("header flood, many fields", &"a: b\r\n".repeat(500_000));
}

#[test]
fn a_field_without_end() {
    let line = format!("a: {}", "b".repeat(4 << 20));
    endless("header flood, one field", &line);
}
