//! From an exchange to the answer that the test has scripted.

mod fault;
mod head;
mod offer;
mod record;
mod respond;
mod source;
mod wire;

#[cfg(test)]
mod tests;

pub use offer::{Handlers, Offered, Ran};

use std::time::Duration;

use host_wire::{Exchange, Fields, WireError, WireOp};

/// HTTP/2's error codes (RFC 9113 §7).
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;

/// The status of what no mock answers, and of answers that cannot be given, as
/// test_server has it: no client takes it for an answer of the test's own.
pub(crate) const FAILED: u16 = 555;

/// Why an answer was not given as the test has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Failure {
    /// The test asks for what cannot be done; nothing of it was written.
    #[error("{0}")]
    Impossible(String),
    /// An operation failed, by the client's leaving or because it is refused.
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl Failure {
    fn impossible(why: impl Into<String>) -> Self {
        Self::Impossible(why.into())
    }

    /// Whether the client has left: then nobody is at fault.
    fn is_leaving(&self) -> bool {
        matches!(self, Self::Wire(WireError::Gone | WireError::Reset(_)))
    }
}

/// Answers 555 with this text where nothing was written yet, and gives the answer
/// up where something was. The status that was sent.
async fn fail(exchange: &mut Exchange, why: &str) -> Option<u16> {
    let progress = exchange.progress();
    if progress.ended {
        return None;
    }
    if progress.headers {
        let (stream, code) = (None, INTERNAL_ERROR);
        // Whoever has left needs no reset.
        let _ = exchange.apply(WireOp::Reset { stream, code }).await;
        return None;
    }
    let mut fields = Fields::new();
    fields.append("Content-Type", "text/plain; charset=utf-8");
    let sent = exchange.respond(FAILED, fields, format!("{why}\n").into());
    sent.await.is_ok().then_some(FAILED)
}

/// Waits, with all that was written on its way, unless the client leaves.
async fn pause(exchange: &mut Exchange, time: Duration) -> Result<(), WireError> {
    if time.is_zero() {
        return Ok(());
    }
    if exchange.progress().headers && !exchange.progress().ended {
        exchange.apply(WireOp::Flush).await?;
    }
    exchange.wait(time).await
}
