//! What is in a request's text: parameters, cookies, forms and files.

use bytes::Bytes;
use cookie::Cookie;
use futures_util::{FutureExt as _, stream};
use host_wire::query;
use multer::Multipart;
use serde::{Deserialize, Serialize};

use crate::{Data, Headers};

/// A file of a form (RFC 7578).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct File {
    /// The field's name.
    pub name: String,
    /// What the client calls the file; without one it is a field, not a file.
    pub filename: Option<String>,
    /// Its Content-Type.
    pub content_type: Option<String>,
    /// Its bytes.
    pub content: Data,
}

/// Pairs in `a=b&c=d` form.
pub(crate) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let text_of = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let pairs = query::pairs(text);
    pairs.map(|(n, v)| (text_of(n), text_of(v))).collect()
}

/// The cookies of every Cookie field (RFC 6265 §4.2).
pub(crate) fn cookies(headers: &Headers) -> Vec<(String, String)> {
    let lines = headers.get_all("cookie");
    let text: Vec<_> = lines.map(|line| line.text().into_owned()).collect();
    let parsed = Cookie::split_parse(text.join("; "));
    let cookies = parsed.filter_map(Result::ok);
    cookies
        .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
        .collect()
}

/// The `charset` of the Content-Type (RFC 9110 §8.3.2), in lower case.
pub(crate) fn charset(headers: &Headers) -> Option<String> {
    let content_type = headers.get("content-type")?.text().to_ascii_lowercase();
    let mut parameters = content_type.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        (name.trim() == "charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The fields of a form, without files.
pub(crate) fn fields(headers: &Headers, body: &Data) -> Vec<(String, String)> {
    if is_urlencoded(headers) {
        return pairs(body);
    }
    let parts = parts(headers, body).into_iter();
    let fields = parts.filter(|part| part.filename.is_none());
    fields
        .map(|part| (part.name, part.content.text().into_owned()))
        .collect()
}

/// The files of a form.
pub(crate) fn files(headers: &Headers, body: &Data) -> Vec<File> {
    let mut parts = parts(headers, body);
    parts.retain(|part| part.filename.is_some());
    parts
}

fn is_urlencoded(headers: &Headers) -> bool {
    let Some(content_type) = headers.get("content-type") else {
        return false;
    };
    let essence = content_type
        .split(|b| *b == b';')
        .next()
        .unwrap_or_default();
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// The parts of a form, as far as it can be read.
fn parts(headers: &Headers, body: &Data) -> Vec<File> {
    let content_type = headers.get("content-type").map(|line| line.text());
    let Some(Ok(boundary)) = content_type.map(multer::parse_boundary) else {
        return Vec::new();
    };
    let whole = stream::iter([Ok::<Bytes, std::convert::Infallible>(body.0.clone())]);
    let mut form = Multipart::new(whole, boundary);
    let read = async {
        let mut parts = Vec::new();
        while let Ok(Some(field)) = form.next_field().await {
            let name = field.name().unwrap_or_default().to_owned();
            let filename = field.file_name().map(str::to_owned);
            let content_type = field.content_type().map(ToString::to_string);
            let Ok(content) = field.bytes().await else {
                break;
            };
            parts.push(File {
                name,
                filename,
                content_type,
                content: content.into(),
            });
        }
        parts
    };
    // All of it is there: nothing is waited for.
    read.now_or_never().unwrap_or_default()
}
