//! host/runtime: sandboxed wasm handlers.
//!
//! What it does: turns files into handlers ([`Registry`]), runs a request
//! through a handler's hooks on a fresh instance ([`Handler::run`]), gives that
//! instance what the WIT promises (`bindings/`), and holds it to its
//! [`Limits`]. What it never does: open a socket, choose a route, share anything
//! between two requests.
//!
//! Entry points: [`Runtime::new`], [`Registry::handler`], [`Handler::run`].
//!
//! Invariants:
//! - A store, its instance and its memory belong to one request.
//! - Whatever a guest does, its request ends within its limits, and its client
//!   is told which limit that was.
//! - A guest sees no socket, no environment, and no file but those of the folder
//!   that it was loaded from, to be read; it sends requests where its tenant was
//!   granted that.

mod answer;
mod bindings;
mod body;
mod cache;
mod component;
mod contents;
mod context;
mod cookies;
mod describe;
mod engine;
mod failure;
mod files;
mod finish;
mod form;
mod functions;
mod handler;
mod heavy;
mod hooks;
mod inspect;
mod kept;
mod limits;
mod outgoing;
mod pipe;
mod precompiled;
mod proxy;
mod registry;
mod route;
mod runtime;
mod script;
mod stamp;
mod state;
mod tenant;
mod url;
mod wasi;
mod watch;

pub use component::{Hooks, Problem};
pub use failure::{Failure, Fault};
pub use finish::{Content, Draft, Finish, Finishing, Piece, Pull, Whole};
pub use handler::{Handler, Outcome};
pub use inspect::{Inspection, Kind};
pub use limits::{Limit, Limits};
pub use outgoing::{Grant, Outgoing, Trust};
pub use pipe::{Call, Failed, Held};
pub use registry::{LoadError, LoadProblem, Registry};
pub use route::Route;
pub use runtime::{Runtime, RuntimeConfig, RuntimeError};
pub use script::{EXTENSION as SCRIPT_EXTENSION, is_script};
pub use tenant::{Listener, Tenant};
