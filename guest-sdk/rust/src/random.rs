//! Randomness, from the host's operating system.
//!
//! The standard library has none on wasm32-unknown-unknown: there a `HashMap`
//! has the same seeds in every instance. A handler that must not be slowed down
//! by a client who picks its keys uses a `BTreeMap`.

use crate::bindings::host::handler::random;

/// The most bytes that the host gives at once.
const AT_ONCE: usize = 65_536;

/// Fills the buffer with random bytes.
pub fn fill(buffer: &mut [u8]) {
    for piece in buffer.chunks_mut(AT_ONCE) {
        // No more than AT_ONCE, so the cast loses nothing.
        piece.copy_from_slice(&random::bytes(piece.len() as u32));
    }
}

/// That many random bytes.
pub fn bytes(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fill(&mut bytes);
    bytes
}

/// A random number.
pub fn u64() -> u64 {
    random::next_u64()
}
