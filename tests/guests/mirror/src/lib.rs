//! `/mirror?bytes=N`: answers with the request's fields that begin with `x-`,
//! in their order, and N bytes.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    for (name, value) in request.headers().iter() {
        if name.starts_with(b"x-") {
            response.headers().append(name, value);
        }
    }
    let bytes = request.query().first("bytes");
    let bytes = bytes.and_then(|bytes| bytes.to_string().parse().ok());
    response.set_content(vec![b'm'; bytes.unwrap_or(0)]);
    Ok(())
}
