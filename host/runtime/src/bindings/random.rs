//! `random`: randomness from the operating system.

use super::generated::host::handler::random::Host;
use crate::state::State;

/// The most that one call gives.
const MOST: u32 = 65_536;

impl Host for State {
    fn bytes(&mut self, len: u32) -> Vec<u8> {
        let mut bytes = vec![0; len.min(MOST) as usize];
        fill(&mut bytes);
        bytes
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        u64::from_ne_bytes(bytes)
    }
}

/// Fills with randomness. An operating system that has none cannot be served
/// from: it is the one thing that must not be made up.
fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        tracing::error!(%error, "the operating system gives no randomness");
        std::process::abort();
    }
}
