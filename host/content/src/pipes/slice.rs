//! `slice(start[,end])`: the bytes from `start` up to and without `end`, counted
//! as Python does: from the end where negative, `null` for either end.

use std::sync::Arc;
use std::time::Duration;

use super::arguments::{Argument, Call};
use super::error::{PipeError, Wrong};
use super::held::{Held, Taken};
use super::{Applied, MAX_HELD, Pipe};
use crate::template::Context;
use crate::{Body, Response};

struct Slice {
    start: Option<i64>,
    end: Option<i64>,
}

pub(crate) fn make(call: &Call) -> Result<Box<dyn Pipe>, Wrong> {
    let arguments = call.expect(1, 2)?;
    Ok(Box::new(Slice {
        start: arguments[0].integer_or_null()?,
        end: arguments
            .get(1)
            .map_or(Ok(None), Argument::integer_or_null)?,
    }))
}

impl Pipe for Slice {
    fn apply<'a>(self: Box<Self>, mut response: Response, _: &'a Arc<Context>) -> Applied<'a> {
        Box::pin(async move {
            let (body, length, paused) = match response.body.length() {
                Some(length) => (response.body, length, Duration::ZERO),
                None => {
                    let Held { bytes, paused } = self.beginning(response.body).await?;
                    let length = bytes.len() as u64;
                    (bytes.into(), length, paused)
                }
            };
            let start = self.start.map_or(0, |n| place(n, length));
            let end = self.end.map_or(length, |n| place(n, length));
            response.body = Held::behind(paused, body.slice(start, end));
            // Whatever it said, the length is another one now.
            response.fields.remove(b"content-length");
            Ok(response)
        })
    }
}

impl Slice {
    /// As much of a body as is needed, whose length is not known: with both ends
    /// counted from its start no more than up to there, so that whoever makes it
    /// need not go on.
    async fn beginning(&self, mut body: Body) -> Result<Held, PipeError> {
        let end = self.end.and_then(|end| usize::try_from(end).ok());
        match end {
            Some(end) if end <= MAX_HELD && self.start.is_none_or(|start| start >= 0) => {
                Ok(Taken::until(&mut body, end.saturating_sub(1)).await?.held)
            }
            _ => Held::of(body, "slice").await,
        }
    }
}

/// The place that Python means by `n`: from the end if negative, and never
/// outside.
fn place(n: i64, length: u64) -> u64 {
    match u64::try_from(n) {
        Ok(n) => n.min(length),
        Err(_) => length.saturating_sub(n.unsigned_abs()),
    }
}
