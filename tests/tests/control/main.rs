//! The control API, driven as a test in any language drives it: one process, many
//! servers.

mod calls;
mod driven;
mod guard;
mod mocks;
mod protocol;
mod requests;
mod servers;
mod site;
