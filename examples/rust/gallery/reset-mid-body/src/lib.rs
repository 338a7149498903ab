//! `/gallery/reset-mid-body`: the answer breaks off in the middle.
//!
//! On HTTP/2 RST_STREAM with INTERNAL_ERROR ends this stream, and the
//! connection's others go on. HTTP/1 has nothing of the kind: there the
//! connection is reset. A client should tell both from an answer that is whole.

use host_guest::prelude::*;

const INTERNAL_ERROR: u32 = 2;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_headers(200, [("content-length", "1000")])?;
    writer.write_data("Not all of it: ")?;
    writer.flush()?; // What was written leaves before the reset does.
    writer.reset_stream(INTERNAL_ERROR)?;
    Ok(())
}
