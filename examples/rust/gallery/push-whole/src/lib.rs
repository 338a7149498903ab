//! `/gallery/push-whole`: a push in one call: the promise, its answer, and the
//! stream that it is promised on (RFC 9113 §8.4).
//!
//! Stream ids only rise: behind a push on stream 20 the streams before it cannot
//! be promised any more, and the next one is 22. `gallery/push` writes the answer
//! by itself.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result<String> {
    let url = request.url_parts();
    let promise = |path| {
        [
            (":method", "GET"),
            (":scheme", &url.scheme),
            (":authority", &url.netloc),
            (":path", path),
        ]
    };
    let writer = response.writer();
    let script = Push::answer(200, [("content-type", "text/javascript")], "alert(1)\n");
    let first = writer.write_push(promise("/script.js"), script.stream_id(20))?;
    let nothing = Push::answer_headers(204, [("x-pushed", "a head alone")]);
    let second = writer.write_push(promise("/nothing"), nothing)?;
    Ok(format!("pushed on {first} and {second}\n"))
}
