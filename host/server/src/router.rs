//! From a request's path to what may answer it, by name alone.
//!
//! | path | answered by the first of these that exists |
//! |---|---|
//! | `/` and `/a/` | `index.wasm` of the folder; its `index.html`; its listing |
//! | `/a/b` | `a/b.wasm`; the file `a/b`; `a/b/index.wasm`, by a redirect to `/a/b/` |
//! | `/a/b.wasm` | `a/b.wasm`; `a/b.wasm.wasm` |
//! | `/a/b.py` | `a/b.py.wasm`; the script `a/b.py` |
//!
//! A handler goes before a file of the same name. A name that ends in `.wasm` or
//! `.py` in any case is never read as a file. Names that begin with a dot, except
//! `.well-known` (RFC 8615), are not served: they are an editor's or a tool's.
//!
//! Each segment is percent-decoded once and must then be one plain name: what
//! holds `/` or NUL, is empty, `.` or `..` means nothing here. So no path
//! climbs, and none has two spellings that differ in slashes. (Links are the
//! file system's matter: see cap-std in `sites.rs`.)

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use host_runtime::SCRIPT_EXTENSION;

/// What may answer a path: handlers in their order, then the rest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Files of handlers, beneath the tenant's folder.
    pub(crate) handlers: Vec<PathBuf>,
    /// What comes after them.
    pub(crate) content: Option<PathBuf>,
}

/// A target that names nothing that could exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unroutable {
    /// It cannot be a path of this server: 404.
    NotFound,
    /// `*` (RFC 9112 §3.2.4): it asks about the server as a whole.
    Asterisk,
    /// A percent sign without two hexadecimal digits (RFC 3986 §2.1): 400.
    BadEncoding,
}

/// The file name, without its folder, that answers for a folder.
pub(crate) const INDEX: &str = "index.wasm";

/// The extension of components, with its dot.
pub(crate) const EXTENSION: &str = ".wasm";

/// The path of a target in origin form or absolute form (RFC 9112 §3.2), as the
/// client spelt it.
pub(crate) fn path(target: &[u8]) -> Result<&[u8], Unroutable> {
    if target == b"*" {
        return Err(Unroutable::Asterisk);
    }
    let (path, _) = split_query(path_and_query(target).ok_or(Unroutable::NotFound)?);
    Ok(path)
}

/// The same target with another path.
pub(crate) fn with_path(target: &[u8], path: &[u8]) -> Vec<u8> {
    let old = path_and_query(target).unwrap_or_default();
    let (_, query) = split_query(old);
    let before = target.strip_suffix(old).unwrap_or(target);
    [before, path, query].concat()
}

/// Plans the answer to a path, which begins with the slash of the folder that is
/// served.
pub(crate) fn plan(path: &[u8]) -> Result<Plan, Unroutable> {
    let path = path.strip_prefix(b"/").ok_or(Unroutable::NotFound)?;
    let mut file = PathBuf::new();
    if path.is_empty() {
        return Ok(Plan::of_folder(file));
    }
    let (path, is_folder) = match path.strip_suffix(b"/") {
        Some(path) => (path, true),
        None => (path, false),
    };
    for segment in path.split(|b| *b == b'/') {
        file.push(segment_name(segment)?);
    }
    Ok(if is_folder {
        Plan::of_folder(file)
    } else {
        Plan::of_file(file)
    })
}

impl Plan {
    fn of_folder(folder: PathBuf) -> Self {
        Self {
            handlers: vec![folder.join(INDEX)],
            content: Some(folder),
        }
    }

    fn of_file(file: PathBuf) -> Self {
        let mut handlers = vec![with_extension(&file)];
        let name = file.as_os_str().as_encoded_bytes();
        if name.ends_with(EXTENSION.as_bytes()) {
            handlers.insert(0, file.clone());
        }
        if host_runtime::is_script(&file) {
            handlers.push(file.clone());
        }
        let content = (!is_code(&file)).then_some(file);
        Self { handlers, content }
    }
}

/// The paths that a file of a tenant's folder answers, and whether it is a
/// handler: [`plan`] the other way round, for listings. Empty for a file that
/// nothing reaches.
pub(crate) fn paths_of(file: &Path) -> (bool, Vec<String>) {
    let mut segments = Vec::new();
    for segment in file.iter() {
        let bytes = segment.as_encoded_bytes();
        if is_hidden(bytes) {
            return (false, Vec::new());
        }
        segments.push(percent_encode(bytes));
    }
    let path = format!("/{}", segments.join("/"));
    if host_runtime::is_script(file) {
        return (true, vec![path]);
    }
    let Some(stem) = path.strip_suffix(EXTENSION) else {
        let paths = if is_code(file) { vec![] } else { vec![path] };
        return (false, paths);
    };
    let paths = match stem.strip_suffix("/index") {
        Some(folder) => vec![format!("{folder}/"), stem.to_owned(), path.clone()],
        None => vec![stem.to_owned(), path.clone()],
    };
    (true, paths)
}

/// Whether what has this path, beneath the folder, is served at all, by its name.
pub(crate) fn is_served(path: &Path) -> bool {
    !path.iter().any(|name| is_hidden(name.as_encoded_bytes()))
}

/// The path of a target with its query: what follows scheme and authority in
/// absolute form.
pub(crate) fn path_and_query(target: &[u8]) -> Option<&[u8]> {
    if target.starts_with(b"/") {
        return Some(target);
    }
    let scheme = target.iter().position(|b| *b == b':')?;
    let rest = target[scheme..].strip_prefix(b"://")?;
    match rest.iter().position(|b| matches!(b, b'/' | b'?')) {
        // RFC 9112 §3.2.1: an empty path is sent as "/".
        Some(at) if rest[at] == b'?' => None,
        Some(at) => Some(&rest[at..]),
        None => Some(b"/"),
    }
}

/// A path and its query, the question mark with the query.
pub(crate) fn split_query(target: &[u8]) -> (&[u8], &[u8]) {
    let end = target.iter().position(|b| *b == b'?');
    target.split_at(end.unwrap_or(target.len()))
}

/// Decodes a segment, if it is the name of something that is served.
fn segment_name(segment: &[u8]) -> Result<OsString, Unroutable> {
    let name = percent_decode(segment).ok_or(Unroutable::BadEncoding)?;
    let is_plain = !name.is_empty() && !name.contains(&b'/') && !name.contains(&0);
    if !is_plain || is_hidden(&name) {
        return Err(Unroutable::NotFound);
    }
    Ok(OsString::from_vec(name))
}

/// Whether a name begins with a dot: `.` and `..` among them.
fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".") && name != b".well-known"
}

/// Whether a name ends as a handler's does, in any case.
fn is_code(file: &Path) -> bool {
    let name = file.as_os_str().as_encoded_bytes();
    let ends_in = |extension: &str| {
        let end = name.len().saturating_sub(extension.len());
        name[end..].eq_ignore_ascii_case(extension.as_bytes())
    };
    ends_in(EXTENSION) || ends_in(SCRIPT_EXTENSION)
}

fn with_extension(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(EXTENSION);
    name.into()
}

pub(crate) fn percent_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let (digits, tail) = rest.split_first_chunk::<2>()?;
        let digit = |d: u8| char::from(d).to_digit(16);
        let value = digit(digits[0])? * 16 + digit(digits[1])?;
        decoded.push(value as u8);
        rest = tail;
    }
    Some(decoded)
}

/// Encodes all but what RFC 3986 §2.3 leaves unreserved.
pub(crate) fn percent_encode(name: &[u8]) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name {
        match byte {
            b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(*byte)),
            b if b.is_ascii_alphanumeric() => encoded.push(char::from(*b)),
            b => encoded.push_str(&format!("%{b:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    fn handler_then_file(handlers: &[&str], content: Option<&str>) -> Plan {
        Plan {
            handlers: handlers.iter().map(PathBuf::from).collect(),
            content: content.map(PathBuf::from),
        }
    }

    fn planned(target: &[u8]) -> Result<Plan, Unroutable> {
        plan(path(target)?)
    }

    #[test]
    fn a_target_can_have_another_path() {
        for (target, expected) in [
            ("/a", "/new"),
            ("/a?b=/c", "/new?b=/c"),
            ("http://example.test/a?b", "http://example.test/new?b"),
            ("http://example.test", "http://example.test/new"),
        ] {
            let found = with_path(target.as_bytes(), b"/new");
            assert_eq!(found, expected.as_bytes(), "{target}");
        }
    }

    #[test]
    fn targets_and_what_answers_them() {
        for (target, handlers, content) in [
            ("/", &["index.wasm"][..], Some("")),
            ("/?q=/a", &["index.wasm"], Some("")),
            ("/a/", &["a/index.wasm"], Some("a")),
            ("/hello", &["hello.wasm"], Some("hello")),
            ("/a/b?x=..%2F", &["a/b.wasm"], Some("a/b")),
            ("/a/b.wasm", &["a/b.wasm", "a/b.wasm.wasm"], None),
            ("/a/b.WASM", &["a/b.WASM.wasm"], None),
            ("/a/b.py", &["a/b.py.wasm", "a/b.py"], None),
            ("/a/b.PY", &["a/b.PY.wasm"], None),
            ("/a.py/", &["a.py/index.wasm"], Some("a.py")),
            ("/a.txt", &["a.txt.wasm"], Some("a.txt")),
            ("/a%20b%C3%A9", &["a bé.wasm"], Some("a bé")),
            ("/a%2eb", &["a.b.wasm"], Some("a.b")),
            ("/100%25", &["100%.wasm"], Some("100%")),
            ("/%252e%252e", &["%2e%2e.wasm"], Some("%2e%2e")),
            ("/a..b", &["a..b.wasm"], Some("a..b")),
            (
                "/.well-known/x",
                &[".well-known/x.wasm"],
                Some(".well-known/x"),
            ),
            ("/a;x=1", &["a;x=1.wasm"], Some("a;x=1")),
            ("http://example.test/a", &["a.wasm"], Some("a")),
            ("http://example.test", &["index.wasm"], Some("")),
        ] {
            let plan = planned(target.as_bytes());
            assert_eq!(plan, Ok(handler_then_file(handlers, content)), "{target}");
        }
    }

    #[test]
    fn targets_that_mean_nothing() {
        use Unroutable::{Asterisk, BadEncoding, NotFound};
        for (target, why) in [
            ("", NotFound),
            ("*", Asterisk),
            ("a", NotFound),
            ("example.test:443", NotFound),
            ("/..", NotFound),
            ("/../a", NotFound),
            ("/a/../b", NotFound),
            ("/./a", NotFound),
            ("/%2e%2e/a", NotFound),
            ("/.%2E/a", NotFound),
            ("/a%2Fb", NotFound),
            ("/%2Fetc%2Fpasswd", NotFound),
            ("/..%2fsecret", NotFound),
            ("//etc/passwd", NotFound),
            ("/a//b", NotFound),
            ("/a//", NotFound),
            ("/a%00.txt", NotFound),
            ("/.git/config", NotFound),
            ("/a/.env", NotFound),
            ("/%", BadEncoding),
            ("/%4", BadEncoding),
            ("/%zz", BadEncoding),
        ] {
            assert_eq!(planned(target.as_bytes()), Err(why), "{target}");
        }
    }

    #[test]
    fn listings_are_plans_the_other_way_round() {
        for (file, handler, paths) in [
            ("hello.wasm", true, &["/hello", "/hello.wasm"][..]),
            ("a b/c.wasm", true, &["/a%20b/c", "/a%20b/c.wasm"]),
            ("index.wasm", true, &["/", "/index", "/index.wasm"]),
            ("a/index.wasm", true, &["/a/", "/a/index", "/a/index.wasm"]),
            ("a/x.html", false, &["/a/x.html"]),
            ("a b/c.sub.py", true, &["/a%20b/c.sub.py"]),
            ("x.WASM", false, &[]),
            ("x.Py", false, &[]),
            (".git/config", false, &[]),
        ] {
            let (is_handler, found) = paths_of(Path::new(file));
            assert_eq!(
                (is_handler, &found[..]),
                (handler, &owned(paths)[..]),
                "{file}"
            );
            for path in found {
                let plan = plan(path.as_bytes()).unwrap();
                let file = PathBuf::from(file);
                assert!(plan.handlers.contains(&file) || plan.content == Some(file));
            }
        }
    }

    fn owned(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    proptest! {
        #[test]
        fn no_target_leaves_the_folder(target in prop_oneof![
            any::<Vec<u8>>(),
            "(/|\\.|%2e|%2F|%5c|%00|a|\\\\|\\?|:){0,24}".prop_map(String::into_bytes),
        ]) {
            let mut target = target;
            target.insert(0, b'/');
            if let Ok(plan) = planned(&target) {
                for path in plan.handlers.iter().chain(&plan.content) {
                    let plain = |c| matches!(c, Component::Normal(_));
                    prop_assert!(path.components().all(plain), "{path:?}");
                    prop_assert!(!path.as_os_str().as_encoded_bytes().contains(&0));
                }
            }
        }

        #[test]
        fn names_survive_encoding(name in any::<Vec<u8>>()) {
            prop_assert_eq!(percent_decode(percent_encode(&name).as_bytes()), Some(name));
        }
    }
}
