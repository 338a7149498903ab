//! `/gallery/no-status-line`: an answer that begins with its content, as a
//! server of HTTP/0.9 would have sent it.
//!
//! There is no end to such an answer but the connection's.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    writer.write("No status, no fields, only this.\n")?;
    Ok(())
}
