//! `/gallery/early-hints`: 103 Early Hints (RFC 8297), then the page.
//!
//! An informational head is a head like any other, with a status below 200. Any
//! number of them may come before the final one. A client shows by when it asks
//! for the style sheet whether it has taken the hint; the page waits long enough
//! to tell.

use std::time::Duration;

use host_guest::{clock, prelude::*};

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write_headers(103, [("link", "</style.css>; rel=preload; as=style")])?;
    clock::sleep(Duration::from_millis(200)); // A page takes its time.
    writer.write_headers(200, [("content-type", "text/html")])?;
    writer.write_data_last("<link rel=stylesheet href=/style.css><p>Hello, early bird.")?;
    Ok(())
}
