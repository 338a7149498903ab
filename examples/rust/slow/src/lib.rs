//! `/slow?lines=5&ms=200`: an answer in lines, each some time after the last.
//!
//! A handler streams when it writes its head by itself: then each write goes to
//! the client as it is made (a DATA frame on HTTP/2, a chunk on HTTP/1). While
//! it sleeps, or waits for a client that reads slowly, it holds up nobody but
//! itself.

use std::time::Duration;

use host_guest::{clock, prelude::*};

/// What one request may ask for. The host has a limit of its own for the time
/// that a request takes.
const MOST_LINES: u32 = 1_000;
const MOST_MS: u32 = 10_000;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let lines = number(request, "lines", 5, MOST_LINES)?;
    let pause = Duration::from_millis(number(request, "ms", 200, MOST_MS)?.into());

    response.headers().set("Content-Type", "text/plain");
    response.write_status_headers()?;
    let writer = response.writer();
    for line in 1..=lines {
        if line > 1 {
            clock::sleep(pause);
        }
        // When the client has left, this is an error, and `?` ends the work.
        writer.write_data(format!("line {line} of {lines}\n"))?;
    }
    Ok(()) // The host ends what is not ended.
}

/// A number of the query, or what it is without one.
fn number(request: &Request, name: &str, default: u32, most: u32) -> Result<u32> {
    let Some(value) = request.query().first(name) else {
        return Ok(default);
    };
    let number = value
        .to_string()
        .parse()
        .ok()
        .filter(|number| *number <= most);
    number.ok_or_else(|| Error::status(400, format!("{name}: a number up to {most}, not {value}")))
}
