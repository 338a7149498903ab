//! What a handler may know of the server that runs it.

use crate::bindings::host::handler::config;
pub use crate::bindings::host::handler::config::Listener;

/// The tenant that this handler belongs to.
pub fn tenant() -> String {
    config::tenant()
}

/// The handler's own route, as in `/a/b`.
pub fn route() -> String {
    config::route()
}

/// Where the server listens.
pub fn listeners() -> Vec<Listener> {
    config::listeners()
}

/// A value of the tenant's `[vars]` table in host.toml.
pub fn get(key: &str) -> Option<String> {
    config::get(key)
}
