//! `status(code)`: another status, with its usual phrase.

use std::sync::Arc;

use super::arguments::Call;
use super::error::{Mistake, Wrong};
use super::{Applied, Pipe};
use crate::Response;
use crate::template::Context;

struct Status(u16);

pub(crate) fn make(call: &Call) -> Result<Box<dyn Pipe>, Wrong> {
    let code = &call.expect(1, 1)?[0];
    match code.integer()?.try_into() {
        // Below 200 the client would go on waiting for the answer.
        Ok(status @ 200..=999) => Ok(Box::new(Status(status))),
        _ => Err(code.wrong(0, Mistake::NotAStatus)),
    }
}

impl Pipe for Status {
    fn apply<'a>(self: Box<Self>, mut response: Response, _: &'a Arc<Context>) -> Applied<'a> {
        response.status = self.0;
        response.reason = None;
        Box::pin(std::future::ready(Ok(response)))
    }
}
