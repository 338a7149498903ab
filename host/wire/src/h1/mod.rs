//! HTTP/1.0 and HTTP/1.1 (RFC 9112).
//!
//! A connection is a loop (`connection.rs`): a head is read and checked
//! (`head.rs`), an exchange is made of it and lent the connection (`wire.rs`),
//! reads its body (`body.rs`) and writes its answer (`answer.rs`: what is checked
//! in `writer.rs`, raw bytes in `track.rs`); when it is dropped the loop has the
//! connection back and decides whether another request follows.

mod answer;
mod body;
mod connection;
mod encode;
mod exchange;
mod framing;
mod head;
pub(crate) mod journal;
mod lines;
mod refused;
mod syntax;
mod target;
mod track;
mod upgrade;
mod wire;
mod writer;

pub use exchange::Exchange;

pub(crate) use connection::serve;
