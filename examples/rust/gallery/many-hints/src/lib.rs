//! `/gallery/many-hints`: several informational responses before the final one
//! (RFC 9110 §15.2), on both protocols: 102, 103 twice, and one that nobody has
//! registered.
//!
//! A client must take any number of them, known or not. HTTP/1's have no fields
//! that the handler did not write; the reason phrase is HTTP/1's alone.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result<&'static str> {
    let writer = response.writer();
    writer.write_headers(102, [("x-done", "10%")])?;
    writer.write_headers(103, [("link", "</a.css>; rel=preload")])?;
    writer.write_headers(103, [("link", "</b.css>; rel=preload")])?;
    writer.write_headers((199, "Almost There"), [("x-done", "99%")])?;
    Ok("And here it is.\n")
}
