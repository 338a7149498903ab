//! `/gallery/raw-bytes`: an answer that is nothing but bytes, on both protocols.
//!
//! On HTTP/2 the first write ends in the middle of a DATA frame, and nobody else
//! writes until the second has the rest of it. On HTTP/1 they are a whole
//! response, cut in the middle of a line. Host reads along, and so the connection
//! goes on after both.

use host_guest::prelude::*;

const DATA: u8 = 0;
const END_STREAM: u8 = 1;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    if request.protocol() != Protocol::Http2 {
        writer.write_raw_bytes("HTTP/1.1 200 Fine\r\nContent-Le")?;
        writer.flush()?;
        writer.write_raw_bytes("ngth: 5\r\n\r\nbytes")?;
        return Ok(());
    }
    writer.write_raw_header_frame([(":status", "200")], false, true)?;
    let stream = request.stream_id().to_be_bytes();
    let head = [&[0, 0, 5, DATA, END_STREAM][..], &stream].concat();
    writer.write_raw_bytes([&head[..], b"by"].concat())?;
    writer.flush()?;
    writer.write_raw_bytes("tes")?;
    Ok(())
}
