//! `/raw-hello`: what the example `hello` answers, written by raw functions, to
//! be compared with it.

use host_guest::prelude::*;

const CONTENT: &str = "Hello, world!\n";

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    if request.protocol() == Protocol::Http2 {
        let fields = [(":status", "200"), ("content-type", "text/plain")];
        writer.write_raw_header_frame(fields, false, true)?;
        writer.write_raw_data_frame(CONTENT, true)?;
        return Ok(());
    }
    writer.write_status(200)?;
    writer.write_header("Content-Type", "text/plain")?;
    writer.write_content(CONTENT)?;
    Ok(())
}
