//! `/shout?pipe=shout(2)`: a handler with a pipe of its own.
//!
//! Pipes of a query change an answer before it is sent: `?pipe=status(410)|gzip`
//! works on files and on every answer that is not written by hand. `status`,
//! `header`, `slice`, `trickle`, `gzip` and `sub` are host's; others come from
//! `#[handle_pipe]`. It is asked for answers of its own handler; with
//! `[pipes] shout = "shout.wasm"` in host.toml, for files and all handlers.

use host_guest::prelude::*;

#[main]
fn main() -> impl IntoResponse {
    ([("Content-Type", "text/plain")], "Who is there?\n")
}

/// `shout` or `shout(n)`: capital letters, and n exclamation marks.
#[handle_pipe]
fn pipe(pipe: &Pipe, _: &Request, response: &mut Response) -> Result<bool> {
    if pipe.name != "shout" {
        return Ok(false); // Then there is no such pipe, and the client is told.
    }
    let marks = match &pipe.arguments[..] {
        [] => 1,
        [number] => number.parse::<u8>().map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    let mut content = response.content().to_ascii_uppercase();
    content.extend(std::iter::repeat_n(b'!', marks.into()));
    response.set_content(content);
    Ok(true)
}

fn wrong() -> Error {
    Error::status(400, "shout takes one number up to 255, or nothing")
}
