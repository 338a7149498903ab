//! Folders: the way to them, and what is in them (wptserve's
//! `DirectoryHandler`).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bytes::Bytes;
use cap_std::fs::{Dir, DirEntry};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::refusal::Refusal;
use crate::template::{Escape, Location};
use crate::{Hidden, Response};

/// Entries that a listing may have; each costs memory until it is sent.
const MAX_ENTRIES: usize = 100_000;

/// What Python's `quote` escapes: all but letters, digits, `_.-~` and `/`.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~')
    .remove(b'/');

/// The way from a folder's name without a slash to the folder: the same URL
/// with the slash, its query behind it.
pub(crate) fn redirect(location: &Location<'_>) -> Response {
    let mut url = location.part("server").unwrap_or_default();
    url.extend_from_slice(location.path);
    url.push(b'/');
    if !location.query.is_empty() {
        url.push(b'?');
        url.extend_from_slice(location.query);
    }
    let mut response = Response::new(301);
    response.fields.append("Location", url);
    response
}

/// The listing of the folder at `path`, whose URL has the path `url`, without
/// what is `hidden`.
pub(crate) fn list(
    dir: &Dir,
    hidden: &Hidden,
    path: &Path,
    url: &[u8],
) -> Result<Response, Refusal> {
    let mut items: Vec<String> = Vec::new();
    if url != b"/" {
        let link = escaped(parent(url));
        items.push(format!("<li class=\"dir\"><a href=\"{link}\">..</a></li>"));
    }
    let mut entries = entries(dir, path)?;
    entries.retain(|entry| !hidden.hides(&entry.url(url)));
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        let with_headers = [&entry.name, HEADERS].concat();
        let headers = entries.next_if(|next| next.name == with_headers);
        items.push(entry.item(headers.as_ref()));
    }
    let (title, items) = (escaped(url), items.join("\n"));
    let mut response = Response::new(200);
    response.fields.append("Content-Type", "text/html");
    response.body = Bytes::from(format!(
        "<!doctype html>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Directory listing for {title}</title>\n\
         <h1>Directory listing for {title}</h1>\n\
         <ul>\n\
         {items}\n\
         </ul>\n"
    ))
    .into();
    Ok(response)
}

/// The end of the names of files that hold the fields of others.
const HEADERS: &[u8] = b".headers";

/// A line of a listing.
struct Entry {
    name: Vec<u8>,
    is_folder: bool,
}

impl Entry {
    fn of(entry: &DirEntry, dir: &Dir, path: &Path) -> Self {
        let name = entry.file_name();
        let is_folder = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => dir.is_dir(path.join(&name)),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        Self {
            name: name.as_bytes().to_vec(),
            is_folder,
        }
    }

    /// The order of a listing: `x.headers` comes directly after `x`.
    fn order(&self) -> (&[u8], &[u8]) {
        (
            self.name.strip_suffix(HEADERS).unwrap_or(&self.name),
            &self.name,
        )
    }

    /// The entry's path in a folder of the path `url`.
    fn url(&self, url: &[u8]) -> Vec<u8> {
        let slash = if self.is_folder { "/" } else { "" };
        [url, quoted(&self.name).as_bytes(), slash.as_bytes()].concat()
    }

    fn item(&self, headers: Option<&Self>) -> String {
        let (class, slash) = if self.is_folder {
            ("dir", "/")
        } else {
            ("file", "")
        };
        let (link, name) = (quoted(&self.name), escaped(&self.name));
        let headers = headers.map_or_else(String::new, |headers| {
            let link = quoted(&headers.name);
            format!(" (<a href=\"{link}\">.headers</a>)")
        });
        format!("<li class=\"{class}\"><a href=\"{link}{slash}\">{name}</a>{headers}</li>")
    }
}

/// What is in a folder, in order, without the names that begin with a dot.
fn entries(dir: &Dir, path: &Path) -> Result<Vec<Entry>, Refusal> {
    let is_root = path.as_os_str().is_empty();
    let found = if is_root {
        dir.entries()
    } else {
        dir.read_dir(path)
    };
    let mut entries = Vec::new();
    for entry in found? {
        let entry = entry?;
        if is_hidden(&entry.file_name()) {
            continue;
        }
        if entries.len() == MAX_ENTRIES {
            return Err(Refusal::TooMuch("the folder has too many entries to list"));
        }
        entries.push(Entry::of(&entry, dir, path));
    }
    entries.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    Ok(entries)
}

/// Hidden names are an editor's or a tool's; `.well-known` is for all (RFC 8615).
fn is_hidden(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".") && name != ".well-known"
}

/// The URL path of the folder around a folder's.
fn parent(url: &[u8]) -> &[u8] {
    let inside = url.strip_suffix(b"/").unwrap_or(url);
    let slash = inside.iter().rposition(|b| *b == b'/');
    slash.map_or(b"/", |at| &inside[..=at])
}

fn quoted(name: &[u8]) -> String {
    percent_encode(name, QUOTED).to_string()
}

/// For HTML; bytes that are no UTF-8 are shown as such.
fn escaped(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    Escape::Html.write(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use cap_std::ambient_authority;

    use super::*;

    async fn listing(files: &[&[u8]], folders: &[&str], url: &str) -> String {
        listing_without(Hidden::default(), files, folders, url).await
    }

    async fn listing_without(
        hidden: Hidden,
        files: &[&[u8]],
        folders: &[&str],
        url: &str,
    ) -> String {
        let temp = tempfile::tempdir().unwrap();
        for name in files {
            fs::write(temp.path().join(OsStr::from_bytes(name)), "").unwrap();
        }
        for name in folders {
            fs::create_dir(temp.path().join(name)).unwrap();
        }
        let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        let page = list(&dir, &hidden, Path::new(""), url.as_bytes()).unwrap();
        let page = page.body.collect(1_000_000).await.unwrap();
        String::from_utf8(page.to_vec()).unwrap()
    }

    fn items(page: &str) -> Vec<&str> {
        page.lines()
            .filter(|line| line.starts_with("<li"))
            .collect()
    }

    #[tokio::test]
    async fn the_page_is_wptserves() {
        assert_eq!(
            listing(&[b"b.txt"], &["a"], "/d%20e/").await,
            "<!doctype html>\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>Directory listing for /d%20e/</title>\n\
             <h1>Directory listing for /d%20e/</h1>\n\
             <ul>\n\
             <li class=\"dir\"><a href=\"/\">..</a></li>\n\
             <li class=\"dir\"><a href=\"a/\">a</a></li>\n\
             <li class=\"file\"><a href=\"b.txt\">b.txt</a></li>\n\
             </ul>\n"
        );
        assert!(items(&listing(&[], &[], "/").await).is_empty());
    }

    #[tokio::test]
    async fn what_is_hidden_is_left_out_by_its_url() {
        let hidden = Hidden::by(|path| path == b"/a/keys/" || path == b"/a/x%20y");
        let page = listing_without(hidden, &[b"x y", b"keys.txt"], &["keys"], "/a/").await;
        let names = [
            "<li class=\"dir\"><a href=\"/\">",
            "<li class=\"file\"><a href=\"keys.txt\">",
        ];
        for (item, begins) in items(&page).iter().zip(names) {
            assert!(item.starts_with(begins), "{page}");
        }
        assert_eq!(items(&page).len(), 2);
    }

    #[tokio::test]
    async fn headers_files_are_folded_into_what_they_are_for() {
        let files = [
            "x-y",
            "x.headers",
            "x",
            "alone.headers",
            "x.headers.headers",
        ];
        let page = listing(&files.map(str::as_bytes), &[], "/").await;
        assert_eq!(
            items(&page),
            [
                "<li class=\"file\"><a href=\"alone.headers\">alone.headers</a></li>",
                "<li class=\"file\"><a href=\"x\">x</a> (<a href=\"x.headers\">.headers</a>)</li>",
                "<li class=\"file\"><a href=\"x-y\">x-y</a></li>",
                "<li class=\"file\"><a href=\"x.headers.headers\">x.headers.headers</a></li>",
            ]
        );
    }

    #[tokio::test]
    async fn names_are_quoted_in_links_and_escaped_in_text() {
        let page = listing(&["<a&b>' é~.html".as_bytes(), b"\xff"], &[], "/a&<b>/c/").await;
        assert!(page.contains("<h1>Directory listing for /a&amp;&lt;b&gt;/c/</h1>"));
        assert_eq!(
            items(&page),
            [
                "<li class=\"dir\"><a href=\"/a&amp;&lt;b&gt;/\">..</a></li>",
                "<li class=\"file\"><a href=\"%3Ca%26b%3E%27%20%C3%A9~.html\">\
                 &lt;a&amp;b&gt;&#x27; é~.html</a></li>",
                "<li class=\"file\"><a href=\"%FF\">\u{fffd}</a></li>",
            ]
        );
    }

    #[tokio::test]
    async fn hidden_names_are_left_out() {
        let page = listing(&[b".env"], &[".git", ".well-known"], "/").await;
        assert_eq!(
            items(&page),
            ["<li class=\"dir\"><a href=\".well-known/\">.well-known</a></li>"]
        );
    }
}
