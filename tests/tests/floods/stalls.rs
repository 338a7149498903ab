//! Clients that ask for much and take little or nothing.

use host_tests::attack::attack;
use host_tests::h2::{Client, code, headers, kind, setting, settings, window_update};

use crate::{BLOCKS, MODEST, ROUNDS, large};
use host_tests::Host;

const STREAMS: u32 = 100;

/// Connections that each ask for the large file on many streams.
fn greedy(host: &Host, connections: usize, window: u32) -> Vec<Client> {
    let connect = |_| {
        let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, window)]);
        client.send(window_update(0, 0x7000_0000));
        for n in 0..STREAMS {
            client.get(2 * n + 1, "/large.bin");
        }
        client
    };
    (0..connections).map(connect).collect()
}

#[test]
fn windows_that_are_never_opened() {
    // Each stream is reset when its time is up, and the connection goes on.
    let name = "data dribble, CVE-2019-9511";
    let host = large().args(["--stall-timeout", "500ms"]).start();
    attack(name, host, BLOCKS, |host| {
        for mut client in greedy(host, 4, 1) {
            let mut reset = 0;
            while reset < STREAMS {
                let got = client.next_of_exchange().expect("RST_STREAM");
                if got.kind == kind::RST_STREAM {
                    assert_eq!(got.code(), Some(code::CANCEL), "{got:?}");
                    reset += 1;
                }
            }
            host.wait_for_violation_by(client.address(), "CVE-2019-9511");
            client.get(2 * STREAMS + 1, "/nothing");
            client.expect(headers(2 * STREAMS + 1).status(404));
        }
    });
}

#[test]
fn windows_that_are_opened_byte_by_byte() {
    // At the client's pace: each byte has come before the window is opened for
    // the next one.
    let name = "data dribble by single bytes, CVE-2019-9511";
    attack(name, large().start(), MODEST, |host| {
        let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 0)]);
        client.get(1, "/large.bin");
        client.expect(headers(1).status(200));
        // It does as much for each as host, and is let be, as clients with small
        // windows are.
        for byte in 0..5_000 {
            client.send(window_update(1, 1));
            assert!(dribbles(&mut client, 1), "byte {byte}");
        }
    });
}

#[test]
fn windows_of_all_streams_that_are_opened_byte_by_byte() {
    // A byte on each of a hundred streams for one frame of the client's.
    let name = "data dribble by SETTINGS, CVE-2019-9511";
    attack(name, large().start(), BLOCKS, |host| {
        for _ in 0..ROUNDS {
            let mut client = greedy(host, 1, 0).remove(0);
            for _ in 0..STREAMS {
                let got = client.next_of_exchange().expect("HEADERS");
                assert_eq!(got.kind, kind::HEADERS);
            }
            let passed = (1..1_000).take_while(|size| {
                client.send(settings(&[(setting::INITIAL_WINDOW_SIZE, *size)]));
                dribbles(&mut client, STREAMS)
            });
            let passed = passed.count();
            assert!(passed < 100, "{passed}");
            host.wait_for_violation_by(client.address(), "CVE-2019-9511");
            client.expect_close();
        }
    });
}

/// Takes so many frames of a byte; `false` where the client is sent away.
fn dribbles(client: &mut Client, frames: u32) -> bool {
    (0..frames).all(|_| {
        let got = client.next_of_exchange().expect("DATA or GOAWAY");
        if got.kind == kind::GOAWAY {
            assert_eq!(got.code(), Some(code::ENHANCE_YOUR_CALM));
            return false;
        }
        assert_eq!((got.kind, got.payload.len()), (kind::DATA, 1), "{got:?}");
        true
    })
}

#[test]
fn a_socket_that_is_never_read() {
    // The windows are wide open: 1,600 MiB are asked for.
    let name = "internal data buffering, CVE-2019-9517";
    let host = large().args(["--stall-timeout", "500ms"]).start();
    attack(name, host, BLOCKS, |host| {
        let clients = greedy(host, 4, 0x7fff_ffff);
        for client in &clients {
            host.wait_for_violation_by(client.address(), "CVE-2019-9517");
        }
    });
}
