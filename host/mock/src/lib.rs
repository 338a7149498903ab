//! Answers that a test has scripted, what it expects, and the requests that came.
//!
//! A [`Mock`] is a value: an [`Answer`], the [`Condition`]s of the requests that
//! get it, how often it is given and expected. [`Mocks`] has those of one server,
//! chooses among them, and keeps every [`Request`]. Its JSON is the control API's.
//!
//! # Invariants
//! - A request is kept before the last byte of its answer is written.
//! - A mock never answers more requests than it should, however many come at once.
//! - What is kept is bounded by [`Limits`]; what is dropped is counted.
//!
//! # What this crate never does
//! It opens no socket, and knows neither folders nor wasm: what runs a handler is
//! given to it.

mod board;
mod calls;
mod condition;
mod data;
mod fault;
mod form;
mod limits;
mod matching;
mod mock;
mod request;
mod response;
mod seconds;
mod serve;
mod step;
mod verify;

#[cfg(test)]
mod tests;

pub use board::{Counts, Listed, Mocks, TooMany};
pub use calls::Call;
pub use condition::{At as JsonAt, Condition, Named, Pattern, Predicate, Text};
pub use data::Data;
pub use fault::{At, ConnectionFault, Fault};
pub use form::File;
pub use limits::Limits;
pub use mock::{Answer, Expected, Function, Mock, Times, respond};
pub use request::{Frame, Request, Tls};
pub use response::{Body, Delay, Framing, Headers, Informational, Piece, Response, Version};
pub use serve::{Handlers, Offered, Ran};
pub use step::{HowIndexed, Step};
pub use verify::Unmet;
