//! `/gallery/header-injection?name=…`: what an application does that trusts its
//! input: a value goes into a field as it came, line breaks and all (CWE-113).
//!
//! `?name=x%0d%0aSet-Cookie:%20admin=1` makes a second field.
//! `response.headers()` would refuse to send it; `write_header` does as it is
//! told.

use host_guest::prelude::*;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let name = request.query().first("name").cloned().unwrap_or_default();
    let writer = response.writer();
    writer.write_status(200)?;
    writer.write_header("X-Hello", name)?;
    writer.write_content("Look at the fields.\n")?;
    Ok(())
}
