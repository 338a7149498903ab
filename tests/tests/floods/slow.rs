//! Slow loris: many connections, each with the beginning of something.

use host_tests::Host;
use host_tests::attack::attack;
use host_tests::h2::{Client, code, frame, headers, kind, settings};

/// Connections of one attack.
const MANY: usize = 300;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

fn impatient() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .file("f.txt", "fine")
        .args(["--head-timeout", "2s"])
        .start()
}

#[test]
fn http1_heads_that_do_not_end() {
    let name = "slow loris, HTTP/1 heads";
    attack(name, impatient(), crate::MODEST, |host| {
        // Each client is through with its bytes before the next one begins: all
        // of them together take longer than a head may on a machine that is busy.
        let begin = |_| {
            let mut client = host.h1();
            for byte in "GET /f.txt HTTP/1.1\r\nHost: t\r\nX-Slow: ".bytes() {
                client.send([byte]);
            }
            client
        };
        let clients: Vec<_> = (0..MANY).map(begin).collect();
        for mut client in clients {
            client.response().expect(408);
            client.expect_close();
        }
    });
}

#[test]
fn http1_connections_that_say_nothing() {
    let name = "slow loris, silence";
    attack(name, impatient(), crate::MODEST, |host| {
        let clients: Vec<_> = (0..MANY).map(|_| host.h1()).collect();
        for mut client in clients {
            client.expect_close();
        }
    });
}

/// HTTP/2 connections that begin so and go no further.
fn http2(name: &str, begin: &[u8], section: &str, wanted: u32) {
    attack(name, impatient(), crate::MODEST, |host| {
        let connect = |_| {
            let mut client = Client::connect_raw(host.http());
            client.raw(begin);
            client
        };
        let clients: Vec<_> = (0..MANY).map(connect).collect();
        for mut client in clients {
            let got = client.next_of_exchange().expect("GOAWAY");
            assert_eq!((got.kind, got.code()), (kind::GOAWAY, Some(wanted)));
            client.expect_close();
            host.wait_for_violation_by(client.address(), section);
        }
    });
}

#[test]
fn http2_prefaces_without_settings() {
    let name = "slow loris, HTTP/2 prefaces";
    http2(name, PREFACE, "RFC 9113 §3.4", code::PROTOCOL);
}

#[test]
fn http2_settings_that_are_not_acknowledged() {
    const SETTINGS_TIMEOUT: u32 = 4;
    let name = "slow loris, HTTP/2 settings";
    let begin = [PREFACE, &settings(&[]).encode()].concat();
    http2(name, &begin, "RFC 9113 §6.5.3", SETTINGS_TIMEOUT);
}

#[test]
fn http2_heads_that_do_not_end() {
    let name = "slow loris, HTTP/2 heads";
    let block = headers(1).get("/f.txt").block();
    let begin = [
        PREFACE,
        &settings(&[]).encode(),
        &settings(&[]).ack().encode(),
        &frame(kind::HEADERS, 0, 1, &block[..5]).encode(),
    ]
    .concat();
    http2(name, &begin, "CVE-2024-27316", code::ENHANCE_YOUR_CALM);
}
