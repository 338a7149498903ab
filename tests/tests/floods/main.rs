//! Attacks that are within the rules, or nearly: each with the bound that is
//! there for it, beside clients that must notice nothing. `docs/attacks.md`
//! has the list and the figures; each test prints its own.

mod frames;
mod heads;
mod http1;
mod resets;
mod slow;
mod stalls;
mod table;

use host_tests::attack::Cost;
use host_tests::h2::{Frame, headers};
use host_tests::{Host, HostBuilder};

/// How often an attacker comes back after it was sent away.
const ROUNDS: usize = 20;

/// What any attack may cost: the buffers of a few connections and their
/// handlers' memories, and far less than what the attacker sends or asks for.
const MODEST: Cost = Cost {
    memory: 48 << 20,
    cpu: 4.0,
};

/// The same where each stream may have two instances of a handler at work.
const INSTANCES: Cost = Cost {
    memory: 192 << 20,
    cpu: 8.0,
};

/// What the answers of a few connections may hold that take nothing: a block or
/// two of 64 KiB for each of 400 streams, and the threads that read them.
const BLOCKS: Cost = Cost {
    memory: 200 << 20,
    cpu: 8.0,
};

/// A host with what the attacks ask for.
fn host() -> Host {
    Host::builder()
        .plugins(&["frames", "hello"])
        .test_plugins(&["chaos"])
        .file("f.txt", "fine")
        .start()
}

/// The same with a large file, for clients that take little of it.
fn large() -> HostBuilder {
    Host::builder()
        .plugins(&["hello"])
        .file("f.txt", "fine")
        .file("large.bin", vec![b'x'; 4 << 20])
}

/// A request that stays open.
fn open(stream: u32) -> Frame {
    headers(stream)
        .post("/frames")
        .field("test", "pass")
        .end_headers()
}

/// A request that is whole.
fn get(stream: u32) -> Frame {
    headers(stream).get("/f.txt").end_headers().end_stream()
}

#[test]
fn the_clients_beside_an_attack_alone() {
    // What the figures of the others have to be seen against.
    host_tests::attack::attack("none", host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            host.h2().get(1, "/f.txt").answer(1).expect(200);
        }
    });
}
