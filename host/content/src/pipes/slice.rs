//! `slice(start[,end])`: the bytes from `start` up to and without `end`, counted
//! as Python does: from the end where negative, `null` for either end.

use std::sync::Arc;
use std::time::Duration;

use super::arguments::{Argument, Call};
use super::error::Wrong;
use super::held::Held;
use super::{Applied, Pipe};
use crate::Response;
use crate::template::Context;

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
                    let Held { bytes, paused } = Held::of(response.body, "slice").await?;
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

/// The place that Python means by `n`: from the end if negative, and never
/// outside.
fn place(n: i64, length: u64) -> u64 {
    match u64::try_from(n) {
        Ok(n) => n.min(length),
        Err(_) => length.saturating_sub(n.unsigned_abs()),
    }
}
