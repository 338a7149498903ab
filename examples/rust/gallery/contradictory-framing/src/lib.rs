//! `/gallery/contradictory-framing?as=both`: a response that frames its content
//! in two ways at once (RFC 9112 §6.3): `both` has a Content-Length and chunks,
//! `lengths` two Content-Length that differ.
//!
//! Two readers that choose differently see different responses: this is how
//! responses are smuggled. Host closes the connection behind it, for nobody can
//! say where the next answer would begin.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    response.set_add_required_headers(false);
    response.set_close_connection(true);
    let writer = response.writer();
    writer.write_status(200)?;
    writer.write_header("Content-Length", "3")?;
    if request
        .query()
        .first("as")
        .is_some_and(|how| how == "lengths")
    {
        writer.write_header("Content-Length", "5")?;
        writer.end_headers()?;
        writer.write_raw_content("three")?;
    } else {
        writer.write_header("Transfer-Encoding", "chunked")?;
        writer.end_headers()?;
        writer.write_raw_content("5\r\nthree\r\n0\r\n\r\n")?;
    }
    Ok(())
}
