//! What needs no handler: files of a directory that cannot be left.
//!
//! The entry point is [`serve`], which answers one exchange with one path of a
//! [`Site`]. Its folder is a [`cap_std::fs::Dir`]: paths are resolved beneath it
//! by the kernel, so neither `..` nor a link reaches anything outside.
//!
//! An answer is a [`Response`] before it is sent, its content a [`Body`] that is
//! pulled piece by piece: files make one, pipes transform it.
//!
//! What is done as wptserve does it and what is not: `docs/compat.md`.
//!
//! # What this crate never does
//! It knows no routes (which path means which file), no sockets and no wasm.

mod asis;
mod blocking;
mod body;
mod conditions;
mod files;
mod finish;
mod folder;
mod headers;
mod inject;
mod open;
mod ranges;
mod refusal;
mod response;
mod serve;
mod site;
mod types;

#[cfg(any(test, feature = "fuzz"))]
#[doc(hidden)]
pub mod fuzz;
pub mod pipes;
pub mod template;
pub mod wrappers;

pub use body::{BLOCK, Body, Piece, Pull, Source};
pub use finish::{finish, template_of, touches};
pub use inject::{BadScript, Script};
pub use refusal::Refusal;
pub use response::{Response, Served};
pub use serve::{offer, serve, serve_file, serve_response};
pub use site::{Facts, Hidden, Site};
