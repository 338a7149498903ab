//! `/gallery/wrong-length?length=100`: an answer of 6 bytes that says another
//! length (RFC 9110 §8.6).
//!
//! Too long, and the client waits for the rest until the connection closes; too
//! short, and what is left over would be taken for the next answer, so host
//! closes the connection rather than reuse it.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let length = request.query().first("length");
    let length = length.map_or_else(|| "100".to_owned(), |length| length.to_string());
    let writer = response.writer();
    if request.protocol() == Protocol::Http2 {
        let fields = [(":status", "200"), ("content-length", &length)];
        writer.write_raw_header_frame(fields, false, true)?;
        writer.write_raw_data_frame("short\n", true)?;
        return Ok(());
    }
    writer.write_status(200)?;
    writer.write_header("Content-Length", length)?;
    writer.end_headers()?;
    writer.write_raw_content("short\n")?;
    Ok(())
}
