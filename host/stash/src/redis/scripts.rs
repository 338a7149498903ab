//! What Redis runs, each script as a whole. `redis::Script` has it keep them.

use redis::Script;

#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) put: Script,
    pub(super) take: Script,
    pub(super) send: Script,
    pub(super) receive: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        // Redis knows the keys that a script uses only from KEYS, hence no
        // common part that would be handed them otherwise.
        let with = |common: &str, script: &str| Script::new(&format!("{common}\n{script}"));
        let (room, less) = (
            include_str!("scripts/room.lua"),
            include_str!("scripts/less.lua"),
        );
        Self {
            put: with(room, include_str!("scripts/put.lua")),
            take: with(less, include_str!("scripts/take.lua")),
            send: with(room, include_str!("scripts/send.lua")),
            receive: with(less, include_str!("scripts/receive.lua")),
        }
    }
}
