//! `sub([escape])`: fills the content's `{{…}}`; see [`crate::template`].

use std::sync::Arc;

use bytes::Bytes;

use super::arguments::Call;
use super::error::{Mistake, PipeError, Wrong};
use super::held::Held;
use super::{Applied, Pipe};
use crate::Response;
use crate::blocking::blocking;
use crate::template::{Context, Escape, Location, substitute};

struct Sub(Escape);

pub(crate) fn make(call: &Call) -> Result<Box<dyn Pipe>, Wrong> {
    let escape = match call.expect(0, 1)?.first() {
        None => Escape::Html,
        Some(argument) => match argument.text() {
            "html" => Escape::Html,
            "none" => Escape::None,
            _ => return Err(argument.wrong(0, Mistake::NotAnEscape)),
        },
    };
    Ok(Box::new(Sub(escape)))
}

impl Pipe for Sub {
    fn apply<'a>(
        self: Box<Self>,
        mut response: Response,
        context: &'a Arc<Context>,
    ) -> Applied<'a> {
        Box::pin(async move {
            let Held { bytes, paused } = Held::of(response.body, "sub").await?;
            let context = Arc::clone(context);
            let filled = blocking::<_, PipeError>(move || {
                let path = String::from_utf8_lossy(Location::of(&context.head).path);
                Ok(substitute(&bytes, &path, self.0, &context)?)
            });
            response.body = Held::behind(paused, Bytes::from(filled.await?).into());
            Ok(response)
        })
    }
}
