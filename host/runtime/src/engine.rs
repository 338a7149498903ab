//! The engine: how wasmtime is set up, and the clock that makes guests yield.

use std::time::Duration;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use crate::{RuntimeError, kept};

/// How often a running guest gives its thread to others, and how exactly CPU
/// time is limited. Shorter costs every guest more, longer makes neighbours of
/// a busy one wait.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// What a component may be made of. Python's (componentize-py) are chains of
/// some 60 dynamically linked modules, so these are far above what others need.
mod component {
    pub(super) const CORE_INSTANCES: u32 = 150;
    pub(super) const MEMORIES: u32 = 10;
    pub(super) const TABLES: u32 = 50;
    /// Of one table.
    pub(super) const TABLE_ELEMENTS: usize = 60_000;
    /// Bytes of wasmtime's own data for a component, and for one module.
    pub(super) const INSTANCE_SIZE: usize = 4 * 1024 * 1024;
    /// Ordinary components have three core modules (wit-component adds a shim
    /// and a fix-up module), one memory and two tables.
    pub(super) const USUAL_CORE_INSTANCES: u32 = 4;
    pub(super) const USUAL_TABLES: u32 = 2;
    /// How many of the largest kind fit beside a full pool of ordinary ones.
    pub(super) const HEAVY: u32 = 32;
}

/// Bytes of a memory, or of a table, that are set back by copying instead of by
/// system calls when its slot is used again: most of what a short request touches
/// (measured: `spec/guests.md`). A handler in Rust touches a tenth of that; one in
/// JavaScript is a quarter faster by it, by a half where several run at a time.
const MEMORY_KEPT: usize = 1024 * 1024;
const TABLE_KEPT: usize = 64 * 1024;

/// Below this a pool is not worth having, and the reason is elsewhere.
const SMALLEST_POOL: u32 = 16;

/// An engine whose pool holds `instances` instances, and the number that it
/// really holds: where the address space or the machine is too small for so
/// many, fewer.
pub(crate) fn new(instances: u32) -> Result<(Engine, u32), RuntimeError> {
    let scan = pagemap_scan();
    let mut size = instances.max(1);
    loop {
        match Engine::new(&config(size, scan)) {
            Ok(engine) => {
                start_clock(&engine)?;
                return Ok((engine, size));
            }
            Err(error) if size / 2 < SMALLEST_POOL => return Err(RuntimeError::Engine(error)),
            Err(error) => {
                size /= 2;
                tracing::warn!(%error, "no room for {} instances, trying {size}", size * 2);
            }
        }
    }
}

/// The settings of an engine that only compiles for the others.
pub(crate) fn for_compiling() -> Config {
    config(1, Enabled::No)
}

fn config(instances: u32, scan: Enabled) -> Config {
    use component::{
        CORE_INSTANCES, HEAVY, INSTANCE_SIZE, MEMORIES, TABLE_ELEMENTS, TABLES,
        USUAL_CORE_INSTANCES, USUAL_TABLES,
    };
    let heavy = HEAVY.min(instances);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances + kept::ROOM as u32)
        .total_core_instances(instances * USUAL_CORE_INSTANCES + heavy * CORE_INSTANCES)
        .total_memories(instances + heavy * MEMORIES)
        .total_tables(instances * USUAL_TABLES + heavy * TABLES)
        .total_stacks(instances + kept::ROOM as u32)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .table_elements(TABLE_ELEMENTS)
        .max_component_instance_size(INSTANCE_SIZE)
        .max_core_instance_size(INSTANCE_SIZE)
        .linear_memory_keep_resident(MEMORY_KEPT)
        .table_keep_resident(TABLE_KEPT)
        .pagemap_scan(scan);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_init_cow(true)
        .epoch_interruption(true)
        // The WIT is sync-shaped. What serves async-shaped worlds costs every
        // store 20 µs.
        .concurrency_support(false)
        // For native debuggers only. Registering it reads all of it when a
        // component is loaded, and slows down with the number of them.
        .native_unwind_info(false)
        // Files and lines where a component has debug information.
        .wasm_backtrace_details(WasmBacktraceDetails::Enable);
    config
}

/// Whether dirty pages are found by `PAGEMAP_SCAN`. On a machine that swaps, a
/// page that was swapped out is not found, and would show the slot's next owner
/// what the last one left there (wasmtime#14357).
fn pagemap_scan() -> Enabled {
    let swaps = std::fs::read_to_string("/proc/swaps").unwrap_or_default();
    if has_swap(&swaps) {
        tracing::info!(
            "this machine swaps: instances are reset the slower way (wasmtime#14357); \
             without swap each request takes some 15 µs less"
        );
        return Enabled::No;
    }
    Enabled::Auto
}

/// Reads `/proc/swaps`: one line for each swap area below a heading.
fn has_swap(swaps: &str) -> bool {
    swaps.lines().skip(1).any(|line| !line.trim().is_empty())
}

/// Starts the thread that counts epochs. It ends with the engine.
fn start_clock(engine: &Engine) -> Result<(), RuntimeError> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("epochs".into())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                // Nobody unparks it: this is the clock that others wait for.
                std::thread::park_timeout(TICK);
            }
        })
        .map_err(RuntimeError::Clock)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swap_areas_are_seen() {
        let heading = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        assert!(!has_swap(""));
        assert!(!has_swap(heading));
        assert!(has_swap(&format!("{heading}/dev/sda2 partition 1 0 -2\n")));
    }
}
