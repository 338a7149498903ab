//! `/gallery/split-headers`: one header block in two frames, and padding around
//! what may have it (RFC 9113 §6.1, §6.2, §6.10).
//!
//! HEADERS ends no block here, so CONTINUATION must follow at once: nobody else
//! writes on the connection in between, however long the handler waits. HEADERS
//! and DATA are padded, CONTINUATION never is. A client sees one head, and the
//! content without its padding, which counts in the flow-control windows.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.set_padding(Some(8))?;
    writer.write_raw_header_frame([(":status", "200")], false, false)?;
    writer.write_raw_continuation_frame([("x-part", "two")], true)?;
    writer.write_raw_data_frame("padded\n", false)?;
    writer.set_padding(None)?;
    writer.write_raw_data_frame("and not\n", true)?;
    Ok(())
}
