//! `/redirect?to=/hello&status=302`: sends the client elsewhere on this server.
//!
//! `Error::status` ends a request with a status and a message, from any depth:
//! what `raise HTTPException(400, …)` is in Python.

use host_guest::prelude::*;

#[main]
fn main(request: &Request) -> Result<impl IntoResponse> {
    let query = request.query();
    let to = query
        .first("to")
        .ok_or_else(|| Error::status(400, "redirect where? ?to=/path"))?;
    // `//host/` would lead away from this server, and a line break would end
    // the field: a redirect that takes its target from anybody has to look.
    let is_local = to.starts_with(b"/") && !to.starts_with(b"//") && !to.starts_with(b"/\\");
    if !is_local || !to.iter().all(u8::is_ascii_graphic) {
        return Err(Error::status(400, "only to a path on this server"));
    }
    let status = match query
        .first("status")
        .map(|status| status.to_vec())
        .as_deref()
    {
        None | Some(b"302") => 302,
        Some(b"301") => 301,
        Some(b"303") => 303,
        Some(b"307") => 307,
        Some(b"308") => 308,
        Some(_) => return Err(Error::status(400, "status: 301, 302, 303, 307 or 308")),
    };
    Ok((status, [("Location", to.clone())], ""))
}
