//! What is answered otherwise than by a file of that name: the routes of a
//! tenant, and what they and its folders make of a path.
//!
//! `table.rs` chooses: hidden paths, then the routes in their order, then the
//! folder by name (`router.rs`), then the routes that are fallbacks.
//! `dispatch.rs` does what was chosen; `explain.rs` tells it. Both ask the same
//! table.

mod action;
mod explain;
mod listing;
mod pattern;
mod table;
mod template;
mod trace;

pub use action::{Action, LONGEST_WAIT, Latency, Route, Text};
pub use explain::{Asked, Explanation, Routing};
pub use listing::{Listed, Listing};
pub use pattern::{BadPattern, Pattern};
pub use template::Template;
pub use trace::Step;

pub(crate) use table::{Answer, Owned, Table, hiding};
pub(crate) use trace::Silent;
