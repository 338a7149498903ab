//! HTTP/1.

use crate::{Event, Head, Progress, Reply, WireError, WireOp};

/// An HTTP/1 exchange.
#[derive(Debug)]
pub struct Exchange(Head);

impl Exchange {
    pub(crate) fn head(&self) -> &Head {
        &self.0
    }
    pub(crate) async fn next(&mut self) -> Option<Event> {
        None
    }
    pub(crate) async fn apply(&mut self, _op: WireOp) -> Result<Reply, WireError> {
        Err(WireError::Gone)
    }
    pub(crate) fn progress(&self) -> Progress {
        Progress::default()
    }
}
