//! `/gallery/field-order`: field lines by hand, on HTTP/1: their order, their
//! case and how often they come are the handler's.
//!
//! `write_default_headers` adds what is missing of Server, Date and
//! Content-Length, wherever it is called; a Server that is written behind it is
//! there twice. `set_add_required_headers(false)` keeps the end of the head from
//! adding them once more.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let content = "Look at the order.\n";
    response.set_content(content);
    response.set_add_required_headers(false);
    let writer = response.writer();
    writer.write_status((200, "In Order"))?;
    writer.write_header("x-LAST-first", "1")?;
    writer.write_header("DATE", "today")?;
    writer.write_default_headers()?;
    writer.write_header("X-Twice", "a")?;
    writer.write_header("x-twice", "b")?;
    writer.write_header("Server", "another")?;
    writer.end_headers()?;
    writer.write_raw_content(content)?;
    Ok(())
}
