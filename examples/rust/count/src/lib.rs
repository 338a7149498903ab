//! `/count?to=5`: content that is made while it is sent.
//!
//! `Pieces` takes an iterator, and asks it for the next piece when the client has
//! taken the last one: so content of any length costs the memory of one piece.
//! The pipes of the query work on the pieces as they come, as in
//! `/count?to=1000000&pipe=slice(0,100)`, which counts no further than it must.

use host_guest::prelude::*;

#[main]
fn main(request: &Request) -> Result<impl IntoResponse> {
    let to: u64 = match request.query().first("to") {
        None => 10,
        Some(text) => text
            .to_string()
            .parse()
            .map_err(|_| Error::status(400, format!("to: a number, not {text}")))?,
    };
    let lines = (1..=to).map(|n| format!("{n}\n"));
    Ok(([("Content-Type", "text/plain")], Pieces(lines)))
}
