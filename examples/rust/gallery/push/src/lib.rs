//! `/gallery/push`: server push (RFC 9113 §8.4).
//!
//! PUSH_PROMISE says which request is answered and on which stream; the answer
//! then goes out on that stream. Browsers turn push off nowadays, which a
//! handler sees as an error value.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result<String> {
    let url = request.url_parts();
    let promise = [
        (":method", "GET"),
        (":scheme", &url.scheme),
        (":authority", &url.netloc),
        (":path", "/style.css"),
    ];
    let stream = match response.writer().write_push(promise, Push::default()) {
        Ok(stream) => stream,
        Err(error) => return Ok(format!("Nothing was pushed: {error}\n")),
    };
    // The answer could have been given with the promise, as `Push::answer`.
    let pushed = response.writer().on_stream(stream);
    pushed.write_headers(200, [("content-type", "text/css")])?;
    pushed.write_data_last("p { color: teal }\n")?;
    Ok(format!("/style.css was pushed on stream {stream}.\n"))
}
