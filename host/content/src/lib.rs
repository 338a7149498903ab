//! What needs no handler: files of a directory that cannot be left.
//!
//! The entry point is [`serve_file`], which answers one exchange with one file.
//! A directory is a [`cap_std::fs::Dir`]: paths are resolved beneath it by the
//! kernel, so neither `..` nor a link reaches anything outside.
//!
//! # What this crate never does
//! It knows no routes (which path means which file), no sockets and no wasm.

mod asis;
mod files;
mod methods;

pub use files::{Served, serve_file};
pub use methods::refuse_method;
