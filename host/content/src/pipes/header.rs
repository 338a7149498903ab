//! `header(name,value[,append])`: a field instead of those of its name, or, when
//! `append` is true, beside them.

use std::sync::Arc;

use bytes::Bytes;

use super::arguments::{Argument, Call};
use super::error::{Mistake, Wrong};
use super::{Applied, Pipe};
use crate::Response;
use crate::template::Context;

struct Header {
    name: Bytes,
    value: Bytes,
    append: bool,
}

pub(crate) fn make(call: &Call) -> Result<Box<dyn Pipe>, Wrong> {
    let arguments = call.expect(2, 3)?;
    Ok(Box::new(Header {
        name: name(&arguments[0])?,
        value: value(&arguments[1])?,
        append: arguments.get(2).map_or(Ok(false), Argument::boolean)?,
    }))
}

/// The name of a field: a token (RFC 9110 §5.1).
fn name(argument: &Argument) -> Result<Bytes, Wrong> {
    let name = argument.latin1()?;
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    match argument
        .text()
        .find(|c| !u8::try_from(c).is_ok_and(is_token))
    {
        Some(at) => Err(argument.wrong(at, Mistake::NotAName)),
        None if name.is_empty() => Err(argument.wrong(0, Mistake::NotAName)),
        None => Ok(name),
    }
}

/// The value of a field, without the white space around it, which is not part of
/// it (RFC 9110 §5.5).
fn value(argument: &Argument) -> Result<Bytes, Wrong> {
    let value = argument.latin1()?;
    if let Some(at) = argument.text().find(['\r', '\n', '\0']) {
        return Err(argument.wrong(at, Mistake::NotAValue));
    }
    let is_white = |b: &u8| matches!(b, b' ' | b'\t');
    let start = value.iter().take_while(|b| is_white(b)).count();
    let end = value.len()
        - value[start..]
            .iter()
            .rev()
            .take_while(|b| is_white(b))
            .count();
    Ok(value.slice(start..end))
}

impl Pipe for Header {
    fn apply<'a>(self: Box<Self>, mut response: Response, _: &'a Arc<Context>) -> Applied<'a> {
        match self.append {
            true => response.fields.append_beside(self.name, self.value),
            false => response.fields.set(self.name, self.value),
        }
        Box::pin(std::future::ready(Ok(response)))
    }
}
