//! `/by-hand`: an answer whose every byte, or every frame, is the handler's own.
//!
//! On HTTP/1 these are a status line with a reason nobody has registered, a field
//! in an odd case, and the content. On HTTP/2 they are a header block in two
//! frames, content around a frame of a type that HTTP/2 does not know, and the
//! end of the stream. What is written behind the end is refused, and has failed
//! no request.

use host_guest::prelude::*;

const UNKNOWN: u8 = 0xfa;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    if request.protocol() != Protocol::Http2 {
        response.set_add_required_headers(false);
        let writer = response.writer();
        writer.write_status((299, "By Hand"))?;
        writer.write_header("X-oDD-cASE", "kept")?;
        writer.write_header("Content-Length", "8")?;
        writer.end_headers()?;
        writer.write_raw_content("by ")?;
        writer.write("hand\n")?;
        return Ok(());
    }
    // `on_stream` takes the request's own as well.
    let writer = response.writer().on_stream(request.stream_id());
    writer.write_raw_header_frame([(":status", "299")], false, false)?;
    writer.write_raw_continuation_frame([("X-oDD-cASE", "kept")], true)?;
    writer.write_raw_data_frame("by ", false)?;
    writer.write_raw_frame(UNKNOWN, 0x5, request.stream_id(), "odd")?;
    writer.write_raw_data_frame("hand\n", true)?;
    writer.write_data("too late")?;
    Ok(())
}
