//! `/gallery/goaway`: the server says that it will stop, in the middle of an
//! answer (GOAWAY, RFC 9113 §6.8).
//!
//! Streams that the client has opened are answered to their end, this one too.
//! A client should not open others on this connection, and use a new one.

use host_guest::prelude::*;

const NO_ERROR: u32 = 0;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_headers(200, [("content-type", "text/plain")])?;
    writer.write_data("before, ")?;
    writer.goaway(None, NO_ERROR, "closing time")?;
    writer.write_data_last("and after\n")?;
    Ok(())
}
