//! Everything that a handler can know of a request, as JSON: the same as
//! `tests/python/twin.py` says on wptserve. Bytes are texts of the characters with
//! the same numbers; what fails is `null`.
//!
//! The query's `name`s are looked up in every dictionary, and its `input` says
//! what is done with `raw_input`, one after another: `read`, `read:3`, `line`,
//! `line:3`, `lines`, `seek:3`, `tell`, `length`. With `only` that is all that is
//! said, so that the rest of the body is not waited for.

use std::fmt::Display;

use host_guest::{Fields, FormPart, prelude::*};
use serde_json::{Value, json};

#[main]
fn main(request: &Request) -> impl IntoResponse {
    let kind = [("Content-Type", "application/json")];
    if request.query().contains("only") {
        return (kind, input(request).to_string());
    }
    let names: Vec<&BString> = request.query().get_list("name").collect();
    let twin = json!({
        "method": request.method(),
        "target": text(&request.target()),
        "url": request.url(),
        "url_parts": url_parts(request),
        "url_base": request.url_base(),
        "request_line": text(&request.request_line()),
        "protocol": request.protocol().to_string(),
        "client": request.client_address().ip,
        "headers": headers(request.headers(), &names),
        "raw_headers": raw_headers(request.headers()),
        "GET": dictionary(request.query(), &names, |value| text(value)),
        // Before the others: they must not move it.
        "input": input(request),
        "POST": match request.form() {
            Ok(form) => dictionary(&form, &names, part),
            Err(_) => Value::Null,
        },
        "cookies": dictionary(request.cookies(), &names, |value| text(value)),
        "auth": request.auth().map(|auth| json!([text(&auth.username), text(&auth.password)])),
        "body": request.body().map_or(Value::Null, |body| text(&body)),
        "tell": request.raw_input().tell(),
    });
    (kind, twin.to_string())
}

/// Bytes as characters.
fn text(bytes: &[u8]) -> Value {
    let text: String = bytes.iter().copied().map(char::from).collect();
    text.into()
}

fn url_parts(request: &Request) -> Value {
    let url = request.url_parts();
    json!({
        "scheme": url.scheme,
        "netloc": url.netloc,
        "hostname": url.hostname,
        "port": url.port,
        "path": url.path,
        "query": url.query,
        "fragment": url.fragment,
    })
}

fn headers(fields: &Fields, names: &[&BString]) -> Value {
    let found = names.iter().map(|name| {
        let name = name.to_string();
        let list: Vec<_> = fields.get_list(&name).map(|value| text(value)).collect();
        json!({
            "get": fields.get(&name).map(|value| text(&value)),
            "list": list,
            "in": fields.contains(&name),
        })
    });
    let items = fields.items();
    let items = items.items().map(|(name, values)| {
        let values: Vec<_> = values.into_iter().map(|value| text(value)).collect();
        json!([text(name), values])
    });
    json!({ "items": items.collect::<Vec<_>>(), "found": found.collect::<Vec<_>>() })
}

/// A line for each field, as received.
fn raw_headers(fields: &Fields) -> Value {
    let lines = fields.iter();
    let lines: Vec<_> = lines
        .map(|(n, v)| [&**n, b": ", v, b"\n"].concat())
        .collect();
    text(&lines.concat())
}

/// A dictionary through each of its accessors.
fn dictionary<V>(pairs: &MultiDict<V>, names: &[&BString], show: impl Fn(&V) -> Value) -> Value {
    let found = names.iter().map(|name| {
        json!({
            "first": pairs.first(name).map(&show),
            "last": pairs.last(name).map(&show),
            "get": pairs.get(name).map(&show),
            "list": pairs.get_list(name).map(&show).collect::<Vec<_>>(),
            "in": pairs.contains(name),
        })
    });
    let items = pairs.items().map(|(name, values)| {
        let values: Vec<_> = values.into_iter().map(&show).collect();
        json!([text(name), values])
    });
    json!({ "items": items.collect::<Vec<_>>(), "found": found.collect::<Vec<_>>() })
}

/// A field of a form; with an empty file name it is no file to wptserve.
fn part(part: &FormPart) -> Value {
    match &part.filename {
        Some(name) if !name.is_empty() => json!({
            "filename": text(name),
            "type": part.headers.get("content-type").map(|kind| text(&kind)),
            "value": text(&part.value),
        }),
        _ => text(&part.value),
    }
}

/// Does what `input` says.
fn input(request: &Request) -> Value {
    let input = request.raw_input();
    let steps = request.query().get_list("input");
    let done = steps.map(|step| {
        let step = step.to_string();
        let (what, number) = step.split_once(':').unwrap_or((&step, ""));
        let number: Option<u32> = number.parse().ok();
        match (what, number) {
            ("read", max) => shown(input.read_up_to(max), |bytes| text(&bytes)),
            ("line", max) => shown(input.read_line(max), |line| text(&line)),
            ("lines", _) => {
                let lines: std::result::Result<Vec<_>, _> = input.lines().collect();
                shown(lines, |lines| lines.iter().map(|line| text(line)).collect())
            }
            ("seek", Some(place)) => shown(input.seek_to(place.into()), |()| true.into()),
            ("tell", _) => input.tell().into(),
            ("length", _) => input.length().into(),
            _ => Value::Null,
        }
    });
    done.collect()
}

fn shown<T, E: Display>(result: std::result::Result<T, E>, show: impl Fn(T) -> Value) -> Value {
    result.map_or(Value::Null, show)
}
