//! `/gallery/answer-first`: the whole answer, before any of the request's body
//! is looked at (RFC 9110 §9.1, RFC 9113 §8.1).
//!
//! `main` neither asks for the body nor has `#[handle_data]`, and so runs at
//! once. A client should read while it sends. What still comes of the body is
//! thrown away, so that the connection can serve the next request; with `Expect:
//! 100-continue` the client need not send it at all.

use host_guest::prelude::*;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    response.set_status(413);
    let content = "No, thank you.\n";
    response
        .headers()
        .set("Content-Length", content.len().to_string());
    response.writer().write_data_last(content)?;
    Ok(())
}
