//! Attacks that are within the rules, or nearly: each with the bound that is
//! there for it, beside clients that must notice nothing. `docs/attacks.md`
//! has the list and the figures; each test prints its own.

mod frames;
mod heads;
mod resets;
mod slow;
mod stalls;

use host_tests::Host;
use host_tests::h2::{Frame, headers};

/// How often an attacker comes back after it was sent away.
const ROUNDS: usize = 20;

/// What any attack may cost: the buffers of a few connections and their
/// handlers' memories, and far less than what the attacker sends or asks for.
const MODEST: u64 = 48 << 20;

/// A host with what the attacks ask for.
fn host() -> Host {
    Host::builder()
        .plugins(&["frames"])
        .test_plugins(&["chaos"])
        .file("f.txt", "fine")
        .start()
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
