//! `/echo`: everything that a handler can know of a request, as JSON.
//!
//! Nothing is lost on the way to a handler: fields keep their order, their
//! duplicates and (on HTTP/1) their case, and names and values are bytes. JSON
//! has no bytes, so what is not UTF-8 is shown as `{"base64": …}`.
//!
//! `curl -d 'a=1&a=2' 'http://127.0.0.1:8000/echo?q=%FF'`

use base64::prelude::{BASE64_STANDARD, Engine};
use host_guest::{Fields, FormPart, prelude::*};
use serde_json::{Value, json};

#[main]
fn main(request: &Request) -> Result<impl IntoResponse> {
    let url = request.url_parts();
    // A body that could not be read fails the request with the status for it
    // (413, 400). The trailers come after it.
    let body = request.body()?;
    let echo = json!({
        "method": request.method(),
        "target": text(&request.target()),
        "url": request.url(),
        "url_parts": {
            "scheme": url.scheme,
            "netloc": url.netloc,
            "hostname": url.hostname,
            "port": url.port,
            "path": url.path,
            "query": url.query,
            "fragment": url.fragment,
        },
        "url_base": request.url_base(),
        "route_match": route_match(request),
        "request_line": text(&request.request_line()),
        "protocol": request.protocol().to_string(),
        "stream_id": request.stream_id(),
        "connection_id": request.connection_id(),
        "client_address": request.client_address().to_string(),
        "server_address": request.server_address().to_string(),
        "headers": fields(request.headers()),
        "query": pairs(request.query()),
        "cookies": pairs(request.cookies()),
        "auth": request.auth().map(|auth| json!({
            "username": text(&auth.username),
            "password": text(&auth.password),
        })),
        "form": form(request),
        "body": text(&body),
        "trailers": fields(&request.trailers()),
    });
    Ok((
        [("Content-Type", "application/json")],
        format!("{echo:#}\n"),
    ))
}

/// What the groups of the route's pattern stand for.
fn route_match(request: &Request) -> Value {
    let groups = request.route_match();
    groups
        .iter()
        .map(|(name, value)| json!([text(name), value]))
        .collect()
}

/// Bytes as text where they are text.
fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!({ "base64": BASE64_STANDARD.encode(bytes) }),
    }
}

/// Fields as a list of pairs: an object would lose duplicates.
fn fields(fields: &Fields) -> Value {
    fields
        .iter()
        .map(|(name, value)| json!([text(name), text(value)]))
        .collect()
}

fn pairs(pairs: &MultiDict) -> Value {
    pairs
        .iter()
        .map(|(name, value)| json!([text(name), text(value)]))
        .collect()
}

/// The parts of a form; a list with nothing in it when the body is no form.
fn form(request: &Request) -> Value {
    match request.form() {
        Ok(form) => form
            .iter()
            .map(|(name, part)| form_part(name, part))
            .collect(),
        Err(error) => json!({ "error": Error::from(error).message() }),
    }
}

fn form_part(name: &[u8], part: &FormPart) -> Value {
    json!({
        "name": text(name),
        "filename": part.filename.as_deref().map(|name| text(name)),
        "content_type": part.content_type().map(|kind| text(&kind)),
        "value": text(&part.value),
    })
}
