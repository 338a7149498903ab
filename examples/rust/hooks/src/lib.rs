//! `/hooks?token=UUID`: every hook. Each leaves a line of what it saw in the stash,
//! since after a reset or the end of the connection nobody is there to be answered.
//! `/hooks?seen=UUID` takes the first of these lines out, and waits for one.
//!
//! With `&watch=SECONDS` the answer stays open for so long, or until a PING comes:
//! the hooks that watch the client run meanwhile. `&pipe=sign(NAME)` is a pipe of
//! this handler's own.

use std::time::Duration;

use host_guest::{prelude::*, stash};

/// Where the number of visitors is kept; the lock keeps them from counting at once.
const VISITORS: &str = "61c1ab1e-5b0d-4a2e-9d0c-7c0ffee00000";

/// Leaves a line for whoever asks with the same token.
fn note(request: &Request, line: impl AsRef<[u8]>) -> Result {
    if let Some(token) = request.query().first("token") {
        stash::send(token, line)?;
    }
    Ok(())
}

#[handle_headers]
fn on_headers(frame: &HeadersFrame, request: &Request) -> Result {
    note(request, format!("headers end-stream={}", frame.end_stream))
}

#[handle_data]
fn on_data(frame: &DataFrame, request: &Request) -> Result {
    note(request, format!("data {}", frame.data.len()))
}

#[handle_trailers]
fn on_trailers(frame: &HeadersFrame, request: &Request) -> Result {
    for (name, value) in &frame.headers {
        note(request, [b"trailer ", &name[..], b"=", &value[..]].concat())?;
    }
    Ok(())
}

#[handle_frame]
fn on_frame(frame: &ControlFrame, request: &Request, response: &mut Response) -> Result {
    const PING: u8 = 6;
    if frame.type_ == PING {
        response.set_watch(Duration::ZERO);
    }
    note(request, format!("frame {}", frame.type_))
}

#[handle_reset]
fn on_reset(code: u32, request: &Request) -> Result {
    note(request, format!("reset {code}"))
}

#[handle_close]
fn on_close(closing: &Closing, request: &Request) -> Result {
    match closing {
        Closing::Goaway(goaway) => note(request, format!("goaway {}", goaway.code)),
        Closing::Eof => note(request, "eof"),
    }
}

#[handle_pipe]
fn on_pipe(pipe: &Pipe, _: &Request, response: &mut Response) -> Result<bool> {
    match (pipe.name.as_str(), &pipe.arguments[..]) {
        ("sign", [name]) => {
            let content = [&response.content()[..], b"-- ", name.as_bytes(), b"\n"].concat();
            response.set_content(content);
            Ok(true)
        }
        ("sign", _) => Err(Error::status(400, "sign takes a name")),
        _ => Ok(false), // Then there is no such pipe, and the client is told.
    }
}

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let query = request.query();
    if let Some(token) = query.first("seen") {
        let line = stash::receive(token, Duration::from_secs(5))?;
        response.set_content(line.ok_or_else(|| Error::status(404, "nothing was seen"))?);
        return Ok(());
    }
    note(request, "main")?;
    if let Some(seconds) = query.first("watch") {
        let seconds = seconds.to_string().parse().map_err(|_| not_seconds())?;
        response.set_watch(Duration::from_secs(seconds));
        response.write_content("watching\n")?;
        return Ok(());
    }
    response.set_content(format!("You are visitor {}.\n", count()?));
    Ok(())
}

fn not_seconds() -> Error {
    Error::status(400, "watch is a number of seconds")
}

fn count() -> Result<u32> {
    let _guard = stash::lock()?;
    let before: u32 = match stash::take(VISITORS)? {
        Some(number) => number.to_string().parse()?,
        None => 0,
    };
    stash::put(VISITORS, (before + 1).to_string())?;
    Ok(before + 1)
}
