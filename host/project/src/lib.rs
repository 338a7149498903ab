//! From a handler's source to its component, whatever its language.
//!
//! A *project* is a folder of sources, [`Project`]; what is in it says which
//! language it is ([`project`]). [`Project::build`] runs that language's own tools
//! and puts the component beside the folder. One file for each language under
//! `languages/`; `tools.rs` finds programs and says how to install what is missing,
//! `process.rs` runs them, `sdk.rs` has what the languages need and `template.rs`
//! what a new project begins with, both out of this binary.
//!
//! # Invariants
//! - Whoever reads the component's file sees the old one or the new one, whole.
//! - A build ends: by itself, at [`TIME_LIMIT`], or when its future is dropped,
//!   and no process of it stays.
//!
//! # What this crate never does
//! It knows nothing of wasmtime, sockets and the server's configuration, and it
//! prints nothing: what tools say goes to the [`Output`] that it is given.

mod error;
pub mod languages;
mod output;
mod place;
mod process;
pub mod project;
mod sdk;
mod sources;
mod template;
mod tools;

pub use error::{BuildError, Missing, ProjectError};
pub use output::Output;
pub use place::put;
pub use process::TIME_LIMIT;
pub use project::{Built, Language, Project};
pub use sources::Sources;
pub use template::{NewError, Template, make};
