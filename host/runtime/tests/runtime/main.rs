//! Handlers run by the crate from outside, without a socket. One binary: each
//! would link the whole of wasmtime.

mod body;
mod common;
mod http2;
mod life;
mod limits;
mod log;
mod raw;
mod refusals;
mod reload;
mod request;
mod reuse;
mod scripts;
mod wasi;
mod watch;
