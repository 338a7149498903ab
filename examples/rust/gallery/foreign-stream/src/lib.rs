//! `/gallery/foreign-stream?id=99`: a frame on a stream that is not ours
//! (RFC 9113 §5.1): without `id` one that nobody has opened.
//!
//! A client must end the connection with PROTOCOL_ERROR or STREAM_CLOSED. The
//! proper answer goes out first, so that it shows whether it arrived.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let id = request.query().first("id");
    let id = id.and_then(|id| id.to_string().parse().ok()).unwrap_or(99);
    let writer = response.writer();
    writer.write_headers(200, [("content-type", "text/plain")])?;
    writer.write_data_last("This one is yours.\n")?;
    let foreign = response.writer().on_stream(id);
    foreign.write_raw_data_frame("This one is not.\n", false)?;
    Ok(())
}
