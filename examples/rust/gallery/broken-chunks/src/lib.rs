//! `/gallery/broken-chunks`: chunked content that breaks off (RFC 9112 §7.1).
//!
//! The first chunk is in order; the second says 255 bytes and has 9. A client
//! should tell this from content that is whole.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_status(200)?;
    writer.write_header("Transfer-Encoding", "chunked")?;
    writer.end_headers()?;
    writer.write("7\r\nhonest\n\r\n")?;
    writer.write("ff\r\nnot that\n")?;
    writer.close()?;
    Ok(())
}
