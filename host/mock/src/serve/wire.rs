//! Answers that are scripts.

use host_wire::{Exchange, WireOp};

use super::record::Recorder;
use super::{Failure, pause};
use crate::Step;

/// Does these steps. The final status that was written, if one was.
///
/// The request is kept before the first operation or, if the script reads the
/// body, when it has.
///
/// # Errors
/// An operation was refused, or the client has left.
pub(super) async fn run(
    exchange: &mut Exchange,
    recorder: &mut Recorder,
    steps: &[Step],
) -> Result<Option<u16>, Failure> {
    if !steps.contains(&Step::ReadBody) {
        recorder.keep();
    }
    let mut status = None;
    for step in steps {
        match step {
            Step::Sleep { seconds } => pause(exchange, *seconds).await?,
            Step::ReadBody => {
                recorder.read(exchange).await;
                recorder.keep();
            }
            step => {
                let Some(op) = step.clone().into_op() else {
                    continue;
                };
                let wrote = final_status(&op);
                exchange.write_as(op.name());
                exchange.apply(op).await?;
                status = status.or(wrote);
            }
        }
    }
    Ok(status)
}

/// The status of the exchange's own answer, where this is its head.
fn final_status(op: &WireOp) -> Option<u16> {
    match op {
        WireOp::WriteHeaders {
            stream: None,
            status: status @ 200..,
            ..
        } => Some(*status),
        _ => None,
    }
}
