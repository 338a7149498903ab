//! What one tenant may keep.

/// What one tenant may keep at a time, values and the messages of queues
/// together. Over it nothing is taken in; nothing is ever thrown away for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes: of each entry its content and its key's path.
    pub bytes: usize,
    /// Entries: each costs the store some two hundred bytes beside its content.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024 * 1024,
            entries: 100_000,
        }
    }
}
