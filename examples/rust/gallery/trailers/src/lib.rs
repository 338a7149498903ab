//! `/gallery/trailers`: fields after the content (RFC 9110 §6.5).
//!
//! HTTP/2 sends them as a second HEADERS frame, HTTP/1 behind the last chunk.
//! `?by=headers` writes them by `write_headers_last`, as wptserve's
//! `write_headers` is used: behind a final head it is for trailers, and its
//! status is not sent.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_headers(200, [("trailer", "x-length")])?;
    let content = "The sum of it comes at the end.\n";
    writer.write_data(content)?;
    let trailers = [("x-length", content.len().to_string())];
    match request.query().contains("by") {
        true => writer.write_headers_last(200, trailers)?,
        false => writer.write_trailers(trailers)?,
    }
    Ok(())
}
