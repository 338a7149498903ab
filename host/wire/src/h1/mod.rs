//! HTTP/1.0 and HTTP/1.1 (RFC 9112).
//!
//! A connection is a loop ([`connection`]): a head is read and checked
//! ([`head`]), an exchange is made of it and lent the connection ([`wire`]),
//! reads its body ([`body`]) and writes its answer ([`writer`]); when it is
//! dropped the loop has the connection back and decides whether another request
//! follows.

mod body;
mod connection;
mod encode;
mod exchange;
mod framing;
mod head;
mod lines;
mod refused;
mod syntax;
mod target;
mod upgrade;
mod wire;
mod writer;

pub use exchange::Exchange;

pub(crate) use connection::serve;
