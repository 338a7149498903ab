//! The one place that needs `unsafe`: loading code that we compiled before.
#![allow(unsafe_code)]

use std::path::Path;

use wasmtime::Engine;
use wasmtime::component::Component;

/// Maps a file of compiled code into memory.
///
/// wasmtime checks that the file was written by this version of it with these
/// settings, but cannot check that the machine code in it is what the compiler
/// made: a forged file is arbitrary native code. So this is sound only for
/// files of our own, unchanged. `cache.rs`, the only caller, sees to that:
///
/// - the directory is ours and closed to others (0700, checked when opened);
/// - files get there by renaming a complete one that we wrote, with mode 0600,
///   and are never written to again, so what is mapped does not change;
/// - just before this call the whole file was read and its keyed BLAKE3 hash
///   compared with the one stored beside it. The key is random, made by us, and
///   kept in that directory: a file copied in from elsewhere does not pass.
///
/// Someone who can write into that directory runs as us already.
pub(crate) fn load(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: as described above, the bytes are those that `Engine::
    // precompile_component` returned, and nobody but us can change them.
    unsafe { Component::deserialize_file(engine, path) }
}
