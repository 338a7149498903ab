//! What can be set on a response.

use std::time::Duration;

use host_guest::{Answer, IntoResponse, SameSite, WriteError, prelude::*};

use crate::query::Query;

/// An error of the standard library, by `?`. `&number=x` is what is parsed.
pub(crate) fn error(request: &Request) -> Result<String> {
    let number: u32 = request.text("number").parse()?;
    Ok(format!("{number}\n"))
}

/// `&code=410&reason=Long+gone`: a status, with or without a reason.
pub(crate) fn status(request: &Request) -> Result<Answer> {
    let code: u16 = request.number("code", 410);
    match request.query().first("reason") {
        Some(reason) => ((code, reason.to_vec()), [("X-Test", "test")], "TEST").into_response(),
        None => (code, [("X-Test", "test")], "TEST").into_response(),
    }
}

/// `&code=404`: wptserve's error page, over what was set before.
pub(crate) fn set_error(request: &Request, response: &mut Response) -> Option<Answer> {
    response.headers().set("X-Before", "gone with the rest");
    response.set_content("gone");
    response.set_error(request.number("code", 404), "as asked");
    None
}

/// Fields set, appended, removed and replaced; says what it read back.
pub(crate) fn fields(response: &mut Response) -> Option<Answer> {
    let mut headers = response.headers();
    headers.append("X-One", "1");
    headers.append("x-one", "2");
    headers.set("X-Two", "first");
    headers.set("x-two", "second");
    headers.append("X-Gone", "1");
    let removed = headers.remove("x-gone");
    let again = headers.remove("x-gone");
    headers.append("X-Bytes", b"\xe9t\xe9");
    headers.update([("X-Order", "a"), ("X-Other", "b"), ("X-Order", "c")]);
    let read: Vec<String> = headers
        .all()
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    let ones = headers.get("X-ONE").len();
    response.set_content(format!(
        "removed {removed} {again}, {ones} ones\n{}",
        read.concat()
    ));
    None
}

/// Cookies set, taken back and deleted.
pub(crate) fn cookies(response: &mut Response) -> Option<Answer> {
    response.set_cookie(Cookie::new("plain", "1"));
    response.set_cookie(
        Cookie::new("full", "2")
            .path("/a")
            .domain("example.test")
            .max_age(Duration::from_secs(60))
            .secure()
            .http_only()
            .same_site(SameSite::Strict),
    );
    response.set_cookie(Cookie::new("unset", "3"));
    response.unset_cookie("unset");
    response.delete_cookie("old", Some("/"), None);
    None
}

/// No Server, no Date, no Content-Length.
pub(crate) fn bare(response: &mut Response) -> String {
    response.set_add_required_headers(false);
    "bare\n".into()
}

/// The connection closes after it.
pub(crate) fn close(response: &mut Response) -> String {
    response.set_close_connection(true);
    "closes\n".into()
}

/// Content even for HEAD.
pub(crate) fn head(response: &mut Response) -> String {
    response.set_send_body_for_head(true);
    "content\n".into()
}

/// Sent while the handler runs; what is set later changes nothing.
pub(crate) fn write_now(response: &mut Response) -> Result<Option<Answer>, WriteError> {
    response.set_status((201, "Sent"));
    response.set_content("now\n");
    response.write()?;
    response.set_status(500);
    response.set_content("too late\n");
    host_guest::info!("ended: {}", response.ended());
    Ok(None)
}
