//! `/gallery/tcp-reset`: the connection ends with TCP's RST, after half of a
//! head on HTTP/1, after a head on HTTP/2.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    if request.protocol() == Protocol::Http2 {
        writer.write_headers(200, [("content-type", "text/plain")])?;
    } else {
        writer.write("HTTP/1.1 200 OK\r\nContent-Ty")?;
    }
    writer.flush()?;
    writer.reset()?;
    Ok(())
}
