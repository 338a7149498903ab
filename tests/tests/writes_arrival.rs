//! When what a handler writes arrives: before it waits, by pieces as it writes
//! them, together where it did not ask otherwise; and that a flush waits for
//! the client. What a client sees is compared with what the handler can have
//! done by then, never with a clock.

use host_tests::h1::undated;
use host_tests::h2::{Client, code, data, flag, frame, headers, kind};
use host_tests::{Host, h1, query};

/// A host whose handlers may wait for longer than any test does.
fn patient() -> Host {
    Host::builder()
        .test_plugins(&["wire", "mirror"])
        .config("[limits]\nwall-time = \"1h\"\n")
        .start()
}

/// The bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends the head of a request for a script on HTTP/1, whose body of so many
/// bytes is to come.
fn begin(client: &mut h1::Client, script: &str, length: usize) {
    let target = format!("/wire?ops={}", query(script));
    client.send(format!(
        "POST {target} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n"
    ));
}

/// An hour, in a script: nothing behind it happens in a test.
const FOREVER: &str = "sleep 3600000";

#[test]
fn on_http1_everything_before_a_sleep_has_arrived() {
    let mut host = patient();
    for (script, bytes) in [
        ("write H", "H"),
        ("write-raw-bytes 48\nwrite T", "HT"),
        ("write-raw-content some", "some"),
        ("write-status 200", "HTTP/1.1 200 OK\r\n"),
        (
            "write-status 200\nwrite-header A b",
            "HTTP/1.1 200 OK\r\nA: b\r\n",
        ),
        (
            "add-required-headers off\nwrite-status 200\nend-headers",
            "HTTP/1.1 200 OK\r\n\r\n",
        ),
        (
            "add-required-headers off\nwrite-content half",
            "HTTP/1.1 200 OK\r\n\r\nhalf",
        ),
        (
            "write-headers 103 A=b",
            "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n",
        ),
        (
            "write-headers 200 Content-Length=9",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        ),
        (
            "write-headers 200 Content-Length=9\nwrite-data half",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        ),
    ] {
        let mut client = host.h1();
        begin(&mut client, &format!("{script}\n{FOREVER}\nwrite more"), 0);
        client.expect_bytes(bytes);
    }
    // Handlers whose clients have gone may sleep on.
    host.assert_well();
}

#[test]
fn on_http2_everything_before_a_sleep_has_arrived() {
    let host = patient();
    let block = [0x88];
    let head = |flags| frame(kind::HEADERS, flags, 1, block);
    let whole = [head(flag::END_HEADERS), data(1, b"one")];
    let whole = whole.map(|frame| frame.encode()).concat();
    let cut = data(1, b"piece by piece").encode();
    for (script, bytes) in [
        ("write-headers 200".into(), head(flag::END_HEADERS).encode()),
        ("write-headers 200\nwrite-data one".into(), whole.clone()),
        (
            "write-headers 200\nwrite-data-frame one".into(),
            whole.clone(),
        ),
        ("write-headers 200\nwrite-raw-data-frame one".into(), whole),
        // Blocks and frames that are not complete.
        (
            "write-raw-header-frame :status=200".into(),
            head(0).encode(),
        ),
        (
            format!("write-raw-bytes {}", hex(&cut[..3])),
            cut[..3].to_vec(),
        ),
        (
            format!("write-raw-bytes {}", hex(&cut[..11])),
            cut[..11].to_vec(),
        ),
    ] {
        let mut client = host.h2();
        let target = format!(
            "/wire?ops={}",
            query(&format!("{script}\n{FOREVER}\nwrite-data more"))
        );
        client.get(1, &target);
        let mut got = Vec::new();
        while got.len() < bytes.len() {
            let piece = client.piece();
            assert!(!piece.is_empty(), "the end behind {got:x?}: {script}");
            got.extend(piece);
        }
        assert_eq!(hex(&got), hex(&bytes), "{script}");
    }
    host.stop();
}

/// The handler waits for the client between its writes, so what a read gives is
/// what one write gave.
#[test]
fn on_http1_each_piece_arrives_by_itself() {
    let host = patient();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow";
    let script: String = answer
        .iter()
        .map(|byte| format!("write %{byte:02x}\nread-piece 1\n"))
        .collect();
    let mut client = host.h1();
    begin(&mut client, &script, answer.len());
    for byte in answer {
        assert_eq!(client.piece(), [*byte]);
        client.send("#");
    }
    assert_eq!(client.get("/mirror?bytes=2").expect(200).text(), "mm");
    host.stop();
}

/// Opens a request for a script on stream 1, whose body is to come.
fn opened(host: &Host, script: &str) -> Client {
    let mut client = host.h2().strictly();
    let target = format!("/wire?ops={}", query(script));
    client.send(headers(1).post(&target).end_headers());
    client
}

#[test]
fn on_http2_each_piece_arrives_by_itself() {
    let host = patient();
    let frame = data(1, b"slow").encode();
    let pieces = frame
        .iter()
        .map(|byte| format!("write-raw-bytes {byte:02x}\nread-piece 1\n"));
    let script = format!(
        "write-headers 200\n{}write-data last .",
        pieces.collect::<String>()
    );
    let mut client = opened(&host, &script);
    client.expect(headers(1).status(200));
    for byte in &frame {
        assert_eq!(client.piece(), [*byte]);
        client.send(data(1, b"#"));
    }
    client.expect(data(1, b".").end_stream());
    host.stop();
}

/// With delays alone: the pieces of a slow answer are seen one by one. A client
/// that was not given a processor in time sees two at once, and asks again.
#[test]
fn bytes_with_delays_between_them() {
    let host = patient();
    let answer = "HTTP/1.1 204 \r\n\r\n";
    let script: String = answer
        .bytes()
        .map(|byte| format!("write %{byte:02x}\nsleep 10\n"))
        .collect();
    let mut client = host.h1();
    let one_by_one = |client: &mut h1::Client| {
        begin(client, &script, 0);
        let mut pieces: Vec<Vec<u8>> = Vec::new();
        while pieces.concat().len() < answer.len() {
            pieces.push(client.piece());
        }
        assert_eq!(pieces.concat(), answer.as_bytes());
        pieces.len() == answer.len()
    };
    let seen = (0..100).any(|_| one_by_one(&mut client));
    assert!(seen, "no answer came byte by byte");
    host.stop();
}

/// Asks for a script over and over on one connection, and says of each answer
/// whether the first read had all of it.
fn at_once<'a>(client: &'a mut h1::Client, script: &'a str) -> impl Iterator<Item = bool> + 'a {
    const END: &[u8] = b"\r\n\r\ncontent";
    (0..).map(move |_| {
        begin(client, script, 0);
        let mut answer = client.piece();
        let whole = answer.ends_with(END);
        while !answer.ends_with(END) {
            answer.extend(client.piece());
        }
        let text: String = answer.into_iter().map(char::from).collect();
        assert!(undated(&text).starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        whole
    })
}

#[test]
fn the_head_and_the_content_leave_together() {
    let host = patient();
    let mut client = host.h1();
    for script in [
        "write-status 200\nwrite-header A b\nwrite-content content",
        "add-required-headers off\nwrite-status 200\nwrite-header Content-Length 7\nend-headers\n\
         write-content content",
        "header A b\ncontent content",
    ] {
        let together = at_once(&mut client, script).take(200);
        assert_eq!(together.filter(|whole| *whole).count(), 200, "{script}");
    }
    // That a client would see two writes, at least now and then.
    let script = "write-status 200\nwrite-header Content-Length 7\nend-headers\nflush\n\
                  write-content content";
    let apart = at_once(&mut client, script).take(10_000);
    assert!(
        apart.into_iter().any(|whole| !whole),
        "two writes look as one"
    );
    host.stop();
}

#[test]
fn a_flush_waits_for_a_client_that_does_not_read() {
    // More than the buffers of both sockets hold.
    const BYTES: usize = 12 << 20;
    let host = Host::builder()
        .test_plugins(&["wire", "mirror"])
        .config("[limits]\nmemory = \"128MiB\"\nresponse-bytes = \"64MiB\"\n")
        .start();
    let script = format!(
        "write-headers 200
        flush
        write-raw-data-frame @{BYTES}
        flush
        reset-stream 8"
    );
    let mut client = opened(&host, &script);
    client.expect(headers(1).status(200));
    assert!(host.wait_for_text(&format!("write-raw-data-frame @{BYTES}: ok")));
    // The handler has come to the second flush. What it would do behind it takes
    // far less than what others do meanwhile.
    let mut other = host.h1();
    for _ in 0..300 {
        other.get("/mirror?bytes=1").expect(200);
    }
    assert_eq!(host.log().matches("flush: ok").count(), 1);
    assert!(!host.log().contains("reset-stream"));
    client.expect(data(1, vec![b'x'; BYTES]));
    client.expect(host_tests::h2::reset(1, code::CANCEL));
    assert!(host.wait_for_text("reset-stream 8: ok"));
    host.stop();
}
