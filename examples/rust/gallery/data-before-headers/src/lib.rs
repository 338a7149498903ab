//! `/gallery/data-before-headers`: a DATA frame where HEADERS belong (RFC 9113
//! §8.1).

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_raw_data_frame("headless\n", false)?;
    writer.write_raw_header_frame([(":status", "200")], true, true)?;
    Ok(())
}
