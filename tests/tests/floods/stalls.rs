//! Clients that ask for much and take little or nothing.

use host_tests::attack::attack;
use host_tests::h2::{Client, code, headers, kind, setting, window_update};
use host_tests::{Host, HostBuilder};

const STREAMS: u32 = 100;

/// What the answers of four such connections may hold: a block or two of 64 KiB
/// for each of 400 streams, and the threads that read them.
const BLOCKS: u64 = 200 << 20;

fn large() -> HostBuilder {
    Host::builder()
        .file("f.txt", "fine")
        .file("large.bin", vec![b'x'; 4 << 20])
}

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
    let name = "data dribble by single bytes, CVE-2019-9511";
    attack(name, large().start(), crate::MODEST, |host| {
        let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 0)]);
        client.get(1, "/large.bin");
        client.expect(headers(1).status(200));
        for _ in 0..5_000 {
            client.send(window_update(1, 1));
            let got = client.next_of_exchange().expect("DATA");
            assert_eq!((got.kind, got.payload.len()), (kind::DATA, 1), "{got:?}");
        }
    });
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
