//! `/gallery/slow-drip?ms=100`: an answer one byte at a time, head and all.
//!
//! On HTTP/1 each byte of the response is a write of its own, the status line's
//! too: a client that reads a line or a head at once meets half of one. On
//! HTTP/2 each byte of the content is a DATA frame.

use std::time::Duration;

use host_guest::{clock, prelude::*};

const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndrip.\n";

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let ms = request.query().first("ms");
    let ms = ms.and_then(|ms| ms.to_string().parse().ok()).unwrap_or(100);
    let pause = || clock::sleep(Duration::from_millis(ms));
    let writer = response.writer();
    if request.protocol() == Protocol::Http2 {
        writer.write_headers(200, [("content-length", "6")])?;
        for byte in b"drip.\n" {
            pause();
            writer.write_data_frame([*byte])?;
        }
        return Ok(());
    }
    for byte in RESPONSE.as_bytes() {
        writer.write([*byte])?;
        pause();
    }
    Ok(())
}
