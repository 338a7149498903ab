//! Requests of its own.

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{ErrorCode, Fields, OutgoingRequest, ResponseOutparam, Scheme};

use crate::{answer, read_all};

/// GET of a URL: its status and content, or what became of it.
pub(crate) fn get(url: &str, out: ResponseOutparam) {
    let (status, text) = match fetch(url) {
        Ok((status, text)) => (200, format!("{status} {text}")),
        Err(error) => (502, format!("{error:?}")),
    };
    answer(out, status, &text);
}

fn fetch(url: &str) -> Result<(u16, String), ErrorCode> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(Fields::new());
    let scheme = match scheme {
        "https" => Scheme::Https,
        _ => Scheme::Http,
    };
    request.set_scheme(Some(&scheme)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some(path)).unwrap();
    let coming = handle(request, None)?;
    coming.subscribe().block();
    let response = coming.get().unwrap().unwrap()?;
    let status = response.status();
    let body = response.consume().unwrap();
    let stream = body.stream().unwrap();
    let mut text = Vec::new();
    let read = read_all(&stream, |piece| text.extend_from_slice(piece));
    if read.is_err() {
        return Err(ErrorCode::HttpResponseIncomplete);
    }
    Ok((status, String::from_utf8_lossy(&text).into_owned()))
}
