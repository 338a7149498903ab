//! Pipes: what a query's `pipe` parameter makes of an answer, as in
//! `?pipe=status(410)|slice(0,10)`. wptserve's, one file a pipe.
//!
//! The pipes of a string are checked before the first of them runs, and then run
//! from left to right, each taking the answer that the one before has made. They
//! are for answers that succeeded: nobody pipes an error page.
//!
//! | pipe | effect | of the content |
//! |---|---|---|
//! | `status(code)` | sets the status | passes |
//! | `header(name,value[,append])` | sets or adds a field | passes |
//! | `slice(start[,end])` | takes a part | passes, if its length is known |
//! | `trickle(steps)` | sends it in pieces, with pauses | passes |
//! | `gzip` | compresses it | passes, if it is long |
//! | `sub([html or none])` | fills its `{{…}}` | is held, up to [`MAX_HELD`] |
//!
//! More pipes are added to a [`Registry`], a site's own to [`Site::pipes`].
//!
//! [`Site::pipes`]: crate::Site::pipes

mod arguments;
mod error;
mod gzip;
mod header;
mod held;
mod parse;
mod query;
mod registry;
mod slice;
mod status;
mod sub;
mod trickle;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::Response;
use crate::template::Context;

pub use arguments::{Argument, Call};
pub use error::{Mistake, PipeError, Wrong};
pub use held::Held;
pub use query::parameter;
pub use registry::{Pipeline, Registry};

/// Bytes of content that a pipe holds at most, where it needs all of it.
pub const MAX_HELD: usize = 16 * 1024 * 1024;

/// One pipe of a string, its arguments read.
pub trait Pipe: Send {
    /// Makes the answer that the next pipe takes. It may wait and read files;
    /// content that can be made while it is sent is a [`Source`].
    ///
    /// [`Source`]: crate::Source
    fn apply<'a>(self: Box<Self>, response: Response, context: &'a Arc<Context>) -> Applied<'a>;
}

/// An answer that is being made.
pub type Applied<'a> = Pin<Box<dyn Future<Output = Result<Response, PipeError>> + Send + 'a>>;

#[cfg(test)]
mod tests;
