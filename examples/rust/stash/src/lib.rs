//! `/stash?token=UUID`: POST leaves a message there, GET takes it away.
//! `/stash?visitors=UUID` counts who comes.
//!
//! A handler forgets everything with the end of its request. What later
//! requests are to find, it leaves in the stash: a value is put once under a
//! UUID that the test makes up, and taken once.
//!
//! `curl -d hello 'http://127.0.0.1:8000/stash?token=0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11'`
//! `curl 'http://127.0.0.1:8000/stash?token=0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11'`

use host_guest::{prelude::*, stash};

#[main]
fn main(request: &Request) -> Result<BString> {
    if let Some(visitors) = request.query().first("visitors") {
        return Ok(format!("You are visitor {}.\n", count(visitors)?).into());
    }
    let token = request.query().first("token");
    let token = token.ok_or_else(|| Error::status(400, "?token=UUID or ?visitors=UUID"))?;
    if request.method() == "POST" {
        // A second message before the first is taken is an error, a 500.
        stash::put(token, request.body()?)?;
        return Ok("kept\n".into());
    }
    let message = stash::take(token)?;
    message.ok_or_else(|| Error::status(404, "there is no message"))
}

fn count(visitors: &BString) -> Result<u64> {
    // Nobody comes between our `take` and our `put`.
    let _guard = stash::lock()?;
    let before: u64 = match stash::take(visitors)? {
        Some(number) => number.to_string().parse()?,
        None => 0,
    };
    stash::put(visitors, (before + 1).to_string())?;
    Ok(before + 1)
}
