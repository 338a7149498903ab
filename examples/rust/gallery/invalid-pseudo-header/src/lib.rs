//! `/gallery/invalid-pseudo-header`: a head that no answer may have (RFC 9113
//! §8.3).
//!
//! `write_headers` refuses it as a value; the raw frame goes out as it is. A
//! client must treat the answer as malformed, and the connection's other streams
//! go on: the block leaves the compression alone.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    let fields = [(":status", "200"), (":path", "/who-asks"), ("x", "y")];
    writer.write_raw_header_frame(fields, false, true)?;
    writer.write_raw_data_frame("You should not read this.\n", true)?;
    Ok(())
}
