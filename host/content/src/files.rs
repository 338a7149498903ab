//! What a path beneath a folder is answered with: a file, the way to a folder,
//! or a listing (wptserve's `FileHandler`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::fs::{File, Metadata};
use host_wire::Fields;

use crate::conditions::{Validators, Verdict};
use crate::open::{check, open, open_file};
use crate::refusal::Refusal;
use crate::template::{Context, Escape, Location, substitute};
use crate::{Body, Response, asis, folder, headers, ranges, types, wrappers};

/// The file that answers for its folder.
const INDEX: &str = "index.html";

/// What was found at a path.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file: pipes are for it.
    File {
        /// Where it is, beneath the folder that is served.
        path: PathBuf,
        /// The answer so far.
        response: Response,
    },
    /// A whole response, to be written byte for byte: nothing is for it.
    AsIs(Body),
    /// Something about a folder: pipes leave it alone.
    Folder(Response),
}

/// What is asked for, beneath the folder that is served.
#[derive(Debug)]
pub(crate) enum Asked {
    /// What the request's path means: a file, or a folder if it ends in a slash.
    Path(PathBuf),
    /// A file, however the request's path ends.
    File(PathBuf),
}

/// Answers a GET or HEAD for what is asked for. `has_pipes`: the query asks for pipes.
///
/// It waits for the disk.
pub(crate) fn find(context: &Context, asked: &Asked, has_pipes: bool) -> Result<Found, Refusal> {
    let (Asked::Path(path) | Asked::File(path)) = asked;
    check(path)?;
    if let Some((path, response)) = wrappers::find(context, path)? {
        return Ok(Found::File { path, response });
    }
    let dir = &*context.site.dir;
    // The file, or none for a folder.
    let opened = if path.as_os_str().is_empty() {
        None
    } else {
        let (file, metadata) = open(dir, path)?;
        metadata.is_file().then_some((file, metadata))
    };
    check_method(context)?;
    let mut location = Location::of(&context.head);
    if location.path.is_empty() {
        // As in `http://a.test` (RFC 9112 §3.2.1).
        location.path = b"/";
    }
    if matches!(asked, Asked::File(_)) {
        let opened = opened.ok_or(Refusal::NotFound)?;
        return file(context, path, opened, has_pipes);
    }
    match (opened, location.path.ends_with(b"/")) {
        (Some(opened), false) => file(context, path, opened, has_pipes),
        (Some(_), true) => Err(Refusal::NotFound),
        (None, false) => Ok(Found::Folder(folder::redirect(&location))),
        (None, true) => {
            let index = path.join(INDEX);
            match open_file(dir, &index) {
                Ok(opened) => file(context, &index, opened, has_pipes),
                Err(Refusal::NotFound) => {
                    folder::list(dir, &context.site.hidden, path, location.path).map(Found::Folder)
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// Refuses what only a GET or HEAD may ask for.
pub(crate) fn check_method(context: &Context) -> Result<(), Refusal> {
    match &context.head.method[..] {
        b"GET" | b"HEAD" => Ok(()),
        _ => Err(Refusal::Method),
    }
}

/// Whether the file is a template by its name, or by that of a folder that it is
/// in.
pub(crate) fn is_template(path: &Path) -> bool {
    const MARK: &[u8] = b".sub.";
    let path = path.as_os_str().as_encoded_bytes();
    path.windows(MARK.len()).any(|part| part == MARK)
}

fn file(
    context: &Context,
    path: &Path,
    (file, metadata): (File, Metadata),
    has_pipes: bool,
) -> Result<Found, Refusal> {
    let request = &context.head.fields;
    let (file, size) = (Arc::new(file), metadata.len());
    if asis::is_asis(path) {
        asis::check(context)?;
        return Ok(Found::AsIs(Body::from_file(file, 0, size).read_ahead()?));
    }
    let mut response = Response::new(200);
    response.fields = fields(context, path)?;
    response.body = Body::from_file(Arc::clone(&file), 0, size);

    let mut range = request.get("range");
    // What is made of a file has no state of its own.
    if !has_pipes && !is_template(path) && !is_injected(context, &response) {
        let validators = Validators::of(&metadata, &response.fields);
        let own = caching(&mut response.fields, validators);
        if let Some(validators) = own {
            match validators.evaluate(request) {
                Verdict::NotModified => return Ok(found(path, not_modified(response))),
                Verdict::Failed => return Err(Refusal::Precondition),
                Verdict::Proceed => {}
            }
            range = range.filter(|_| validators.allow_range(request));
        }
    }
    if let Some(range) = range {
        let parts = ranges::parse(range, size)?;
        ranges::apply(&mut response, &file, size, &parts)?;
    }
    if context.head.method == "GET" {
        response.body = response.body.read_ahead()?;
    }
    Ok(found(path, response))
}

fn found(path: &Path, response: Response) -> Found {
    let path = path.to_owned();
    Found::File { path, response }
}

/// The fields of the file's `.headers`, behind its type if they give none.
fn fields(context: &Context, path: &Path) -> Result<Fields, Refusal> {
    let given = given_fields(context, path)?;
    if given.contains("content-type") {
        return Ok(given);
    }
    let mut fields = Fields::with_capacity(given.len() + 8);
    fields.append("Content-Type", types::content_type(path));
    for (name, value) in given {
        fields.append(name, value);
    }
    Ok(fields)
}

/// The fields of the file's `.headers`.
pub(crate) fn given_fields(context: &Context, path: &Path) -> Result<Fields, Refusal> {
    headers::load(&context.site.dir, path, &|name, template| {
        let name = name.to_string_lossy();
        substitute(template, &name, Escape::None, context).map(Into::into)
    })
}

/// Whether the site's script is put into it.
fn is_injected(context: &Context, response: &Response) -> bool {
    let script = context.site.inject.as_ref();
    script.is_some_and(|script| script.is_for(response))
}

/// Adds what lets a client keep the file and ask whether it is still the same.
/// Where `.headers` gave validators, they are its author's matter: conditions
/// are not evaluated then, as wptserve never does.
fn caching(fields: &mut Fields, validators: Option<Validators>) -> Option<Validators> {
    if !fields.contains("accept-ranges") {
        fields.append("Accept-Ranges", "bytes");
    }
    let validators = validators?;
    if fields.contains("etag") || fields.contains("last-modified") {
        return None;
    }
    fields.append("ETag", validators.etag.clone());
    fields.append(
        "Last-Modified",
        httpdate::fmt_http_date(validators.modified),
    );
    // A date alone would let clients guess for how long the file stays as it is
    // (RFC 9111 §4.2.2): a test would see yesterday's.
    if !fields.contains("cache-control") && !fields.contains("expires") {
        fields.append("Cache-Control", "no-cache");
    }
    Some(validators)
}

/// 304 with the fields that the file would have come with, but for those that
/// describe content (RFC 9110 §15.4.5).
fn not_modified(of: Response) -> Response {
    let mut response = Response::new(304);
    response.fields = of.fields;
    for name in [
        "content-type",
        "content-length",
        "content-encoding",
        "content-language",
    ] {
        response.fields.remove(name.as_bytes());
    }
    response
}
