//! Clients that take their time: each wait has an end, and nobody else waits.

use host_tests::Host;
use host_tests::h2::{code, frame, headers, kind, setting};

/// Starts with one timeout so short that it is met, beside files.
fn host_with(flags: &[&str]) -> Host {
    Host::builder()
        .file("f.txt", "fine")
        .file("large.bin", vec![b'x'; 16 << 20])
        .args(flags.iter().copied())
        .start()
}

#[test]
fn a_head_that_does_not_come_to_its_end() {
    let host = host_with(&["--head-timeout", "200ms"]);
    let mut slow = host.h1();
    slow.send("GET /f.txt HTTP/1.1\r\nHost: t\r\nX-Slow: ");
    host.get("/f.txt").expect(200);
    slow.response().expect(408);
    slow.expect_close();
    host.wait_for_violation_by(slow.address(), "RFC 9110 §15.5.9");
    host.stop();
}

#[test]
fn a_field_block_that_does_not_come_to_its_end() {
    let host = host_with(&["--head-timeout", "200ms"]);
    let mut slow = host.h2();
    let block = headers(1).get("/f.txt").block();
    slow.send(frame(kind::HEADERS, 0, 1, &block[..5]));
    let got = slow.next_of_exchange().expect("GOAWAY");
    assert_eq!(got.code(), Some(code::ENHANCE_YOUR_CALM), "{got:?}");
    slow.expect_close();
    host.wait_for_violation_by(slow.address(), "CVE-2024-27316");
    host.stop();
}

#[test]
fn a_connection_that_is_idle() {
    let host = host_with(&["--idle-timeout", "200ms", "--head-timeout", "300ms"]);
    let mut silent = host.h1();
    let mut used = host.h1();
    let mut two = host.h2();
    used.get("/f.txt").expect(200);
    two.get(1, "/f.txt").answer(1).expect(200);
    silent.expect_close();
    used.expect_close();
    let last = two.next_of_exchange().expect("GOAWAY");
    assert_eq!(last.code(), Some(code::NO_ERROR), "{last:?}");
    two.expect_close();
    host.stop();
}

#[test]
fn a_client_that_takes_nothing() {
    let host = host_with(&["--stall-timeout", "300ms"]);
    // More than any buffer between us holds, and nothing is read.
    let mut one = host.h1();
    one.send("GET /large.bin HTTP/1.1\r\nHost: t\r\n\r\n");
    // On HTTP/2 a window that is never opened is enough.
    let mut two = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 0)]);
    two.get(1, "/f.txt");
    two.expect(headers(1).status(200));
    let got = two.next_of_exchange().expect("RST_STREAM");
    assert_eq!(
        (got.kind, got.code()),
        (kind::RST_STREAM, Some(code::CANCEL)),
        "{got:?}"
    );
    two.expect_alive();
    host.wait_for_violation_by(two.address(), "CVE-2019-9511");
    // The request ends; the rest of the answer never comes.
    host.wait_for("the end of the request", |e| {
        e["event"] == "request" && e["target"] == "/large.bin"
    });
    one.try_response(false).expect_err("half an answer");
    host.stop();
}

#[test]
fn a_tls_handshake_that_does_not_come() {
    let host = host_with(&["--handshake-timeout", "200ms"]);
    let mut silent = host_tests::h1::Client::connect(host.https());
    silent.expect_close();
    host.stop();
}

#[test]
fn more_connections_than_there_may_be_wait_for_their_turn() {
    let host = host_with(&["--max-connections", "2"]);
    let first = host.h1();
    let mut second = host.h1();
    second.get("/f.txt").expect(200);
    let mut third = host_tests::h1::Client::connect(host.http());
    third.send("GET /f.txt HTTP/1.1\r\nHost: t\r\n\r\n");
    drop(first);
    third.response().expect(200);
    drop(third);
    host.stop();
}
