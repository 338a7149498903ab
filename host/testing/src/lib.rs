//! The server inside a test: say what it answers, look at what it got.
//!
//! ```no_run
//! use host_testing::{TestServer, path, respond};
//!
//! let server = TestServer::start();
//! server.mock(respond("hello").when(path("/greeting")).expect(1..));
//!
//! // Whatever is to be tested asks server.url("/greeting").
//!
//! let request = server.requests().remove(0);
//! assert_eq!(request.header("accept").unwrap(), "text/plain");
//! ```
//!
//! A [`TestServer`] speaks HTTP/1 and HTTP/2, in plaintext and over TLS, on ports of
//! its own. When it is dropped it is gone, and the test fails if a request came that
//! nothing answered, or if a mock was [expected](Mock::expect) to answer otherwise
//! than it did; the message names the closest miss.
//!
//! - What it answers: [`respond`] with text, a status, a [`Response`] (which may be
//!   slow, or [broken](Fault)), a function, a script of operations on the wire
//!   ([`Step`]) or a handler ([`Answer`]), under conditions ([`path`], [`header`], …).
//! - What it got: [`TestServer::requests`], [`take_request`](TestServer::take_request)
//!   and others; each [`Request`] has everything that came.
//! - Where it runs: on threads of the test's own process ([`TestServer::start`]), or
//!   in the `host` binary ([`TestServer::subprocess`]), with the same functions. The
//!   feature `thread` is for the first; without it, little is compiled.
//!
//! # Blocking and async
//! A server has threads of its own, and never runs on the test's: tests may be plain
//! functions or async, with whatever runtime. What does not wait is a plain function,
//! to be called from both. What waits for requests blocks its thread, and has a twin
//! to be awaited, by the same name with `_async` behind it: a test whose client runs
//! on the same thread needs that one.
//!
//! # Panics
//! What cannot go wrong in a test that is right, such as adding a mock, panics when it
//! does go wrong, and says why. What may is a `Result`.
//!
//! # What this crate never does
//! It sets nothing of the process: no variables, no signals, no global runtime for
//! others, no log.

mod backend;
mod builder;
mod conditions;
mod error;
mod look;
mod server;
mod subprocess;
#[cfg(feature = "thread")]
mod thread;
mod tls;

pub use builder::Builder;
pub use conditions::{
    all, any, authority, body, contains, cookie, ends_with, form, has_cookie, has_form, has_header,
    has_query, header, is, json, json_at, json_includes, matching, method, not, path, protocol,
    query, regex, scheme, starts_with, target,
};
pub use error::Error;
pub use host_mock::{
    Answer, At, Body, Condition, ConnectionFault, Data, Delay, Expected, Fault, File, Frame,
    Framing, Headers, HowIndexed, Informational, Mock, Piece, Request, Response, Step, Text, Tls,
    Unmet, Version, respond,
};
pub use server::{MockHandle, TestServer};
