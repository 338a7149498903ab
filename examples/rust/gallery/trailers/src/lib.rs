//! `/gallery/trailers`: fields after the content (RFC 9110 §6.5).
//!
//! HTTP/2 sends them as a second HEADERS frame, HTTP/1 behind the last chunk.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_headers(200, [("trailer", "x-length")])?;
    let content = "The sum of it comes at the end.\n";
    writer.write_data(content)?;
    writer.write_trailers([("x-length", content.len().to_string())])?;
    Ok(())
}
