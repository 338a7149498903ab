//! `handle-headers` and nothing else: what it sets is the answer.

use host_guest::prelude::*;

#[handle_headers]
fn on_headers(frame: &HeadersFrame, _request: &Request, response: &mut Response) {
    response
        .headers()
        .set("x-fields", frame.headers.len().to_string());
    response.set_content("answered by handle-headers\n");
}
