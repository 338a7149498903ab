//! `[[route]]` and `hidden` of a config file.

use std::path::{Component, Path, PathBuf};

use host_wire::Fields;

use super::quantity;
use super::table::{Entry, Reader, Table};
use crate::routes::{Action, BadPattern, LONGEST_WAIT, Latency, Pattern, Route, Template, Text};

/// The type of a text that says none.
const TEXT_TYPE: &str = "text/plain;charset=utf-8";

/// The status of a redirect that says none.
const REDIRECT_STATUS: u16 = 302;

/// The keys of a route that say what it does: one of them is there.
const ACTIONS: [&str; 8] = [
    "handler", "file", "folder", "plugins", "text", "redirect", "rewrite", "error",
];

/// What a latency looks like, for messages.
const LATENCY: &str = "a time of up to an hour such as \"300ms\", or two as in \"100ms..500ms\" (units: ms, s, min, h)";

/// The routes of a tenant, in the order of the file.
pub(super) fn routes(reader: &Reader<'_>, table: &mut Table<'_, '_>) -> Vec<Route> {
    let tables = table.read("route", Entry::tables).unwrap_or_default();
    tables
        .into_iter()
        .filter_map(|table| route(reader, table))
        .collect()
}

/// The paths that a tenant does not serve.
pub(super) fn hidden(table: &mut Table<'_, '_>) -> Vec<Pattern> {
    let read = |entry: Entry<'_, '_>| entry.each(|entry| entry.placed(Pattern::parse));
    table.read("hidden", read).unwrap_or_default()
}

fn route(reader: &Reader<'_>, mut table: Table<'_, '_>) -> Option<Route> {
    let at = table.span();
    let path = table.need("path", |entry| entry.placed(Pattern::parse))?;
    let methods = table.read("methods", |entry| entry.list(method));
    let latency = table.read("latency", |entry| entry.quantity(LATENCY, latency));
    let fallback = table.read("fallback", Entry::flag).unwrap_or(false);
    let given: Vec<&str> = ACTIONS.into_iter().filter(|key| table.has(key)).collect();
    let action = action(reader, &mut table, &path);
    table.finish();
    match given[..] {
        [] if latency.is_none() => {
            let message = format!("a route needs one of {} or latency", ACTIONS.join(", "));
            reader.report(Some(at), message);
            return None;
        }
        [_, second, ..] => {
            let message = format!("a route does one thing: here are {} and {second}", given[0]);
            reader.report(Some(at), message);
        }
        ["rewrite"] if fallback => {
            let message = "a rewrite goes on from the first route: it cannot be a fallback";
            reader.report(Some(at), message.to_owned());
        }
        [] if fallback => {
            let message = "a fallback needs something to do beside latency";
            reader.report(Some(at), message.to_owned());
        }
        _ => {}
    }
    Some(Route {
        path,
        methods,
        action,
        latency,
        fallback,
    })
}

/// Reads what a route does, and the keys that go with it.
fn action(reader: &Reader<'_>, table: &mut Table<'_, '_>, path: &Pattern) -> Option<Action> {
    let at = table.span();
    let template = |entry: Entry<'_, '_>, check: fn(&str) -> Result<(), BadPattern>| {
        entry.placed(|text| check(text).and_then(|()| Template::parse(text, path)))
    };
    let handler = table.read("handler", |entry| entry.checked(handler));
    let file = table.read("file", |entry| entry.checked(beneath));
    let folder = table.read("folder", |entry| folder(entry, path));
    let plugins = table.read("plugins", Entry::flag);
    if plugins == Some(false) {
        reader.report(
            Some(at.clone()),
            "\"plugins\" is true or left out".to_owned(),
        );
    }
    let text = table.read("text", Entry::string);
    let redirect = table.read("redirect", |entry| template(entry, location));
    let rewrite = table.read("rewrite", |entry| template(entry, own_path));
    let error = table.read("error", |entry| {
        entry.quantity("a status of 400 to 599", status(400..=599))
    });

    if let Some(content) = text {
        return Some(Action::Text(text_with(reader, table, content)));
    }
    if let Some(location) = redirect {
        let expected = "a status of 300 to 399";
        let status = table.read("status", |entry| {
            entry.quantity(expected, status(300..=399))
        });
        let status = status.unwrap_or(REDIRECT_STATUS);
        return Some(Action::Redirect { location, status });
    }
    for (key, what) in [
        ("type", "text"),
        ("headers", "text"),
        ("status", "text or redirect"),
    ] {
        if table.has(key) {
            drop(table.take(key));
            reader.report(
                Some(at.clone()),
                format!("\"{key}\" is for a route with {what}"),
            );
        }
    }
    let beneath = |path: String| PathBuf::from(path);
    handler
        .map(|file| Action::Handler(beneath(file)))
        .or(file.map(|file| Action::File(beneath(file))))
        .or(folder.map(Action::Folder))
        .or(plugins.map(|_| Action::Plugins))
        .or(rewrite.map(Action::Rewrite))
        .or(error.map(Action::Error))
}

fn text_with(reader: &Reader<'_>, table: &mut Table<'_, '_>, content: String) -> Text {
    let kind = table.read("type", |entry| entry.checked(field_value));
    let expected = "a status of 200 to 999";
    let status = table.read("status", |entry| {
        entry.quantity(expected, status(200..=999))
    });
    let mut fields = Fields::new();
    fields.append("Content-Type", kind.unwrap_or_else(|| TEXT_TYPE.to_owned()));
    let at = table.span();
    let headers = table.read("headers", Entry::table);
    for (name, value) in headers.map(Table::into_strings).unwrap_or_default() {
        let wrong = field_value(&value).err().or_else(|| {
            let is_token = !name.is_empty() && name.bytes().all(is_tchar);
            (!is_token).then(|| format!("{name:?} is no name of a field (RFC 9110 §5.1)"))
        });
        match wrong {
            None => fields.append(name, value),
            Some(message) => reader.report(Some(at.clone()), message),
        }
    }
    Text {
        status: status.unwrap_or(200),
        fields,
        content: content.into(),
    }
}

fn folder(entry: Entry<'_, '_>, path: &Pattern) -> Option<PathBuf> {
    if path.folder().is_none() {
        entry.report(&format!(
            "a folder stands for all paths of a beginning, as in path = \"/a/*\", not for {path}"
        ));
        return None;
    }
    entry.path()
}

/// Whether `text` is a method (RFC 9110 §9.1).
fn method(text: &str) -> Result<(), String> {
    if text.is_empty() || !text.bytes().all(is_tchar) {
        return Err(format!("expected methods such as \"GET\", found {text:?}"));
    }
    let upper = text.to_ascii_uppercase();
    let usual = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    if text != upper && usual.contains(&&*upper) {
        return Err(format!("methods have their case: {upper:?}, not {text:?}"));
    }
    Ok(())
}

/// `tchar` (RFC 9110 §5.6.2).
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn field_value(text: &str) -> Result<(), String> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(format!(
            "expected a value without control characters, found {text:?}"
        ));
    }
    Ok(())
}

/// Whether `text` is the way to a file that cannot lead out of its folder.
fn beneath(text: &str) -> Result<(), String> {
    let plain = |part| matches!(part, Component::Normal(_));
    if text.is_empty() || text.contains('\0') || !Path::new(text).components().all(plain) {
        return Err(format!(
            "expected a file beneath the plugins folder, such as \"a/b.txt\", found {text:?}"
        ));
    }
    Ok(())
}

fn handler(text: &str) -> Result<(), String> {
    beneath(text)?;
    if !text.ends_with(".wasm") && !host_runtime::is_script(Path::new(text)) {
        return Err(format!(
            "expected a handler, such as \"a/b.wasm\" or \"a/b.py\", found {text:?}"
        ));
    }
    Ok(())
}

fn location(text: &str) -> Result<(), BadPattern> {
    let is_url = text.starts_with('/') || text.contains("://");
    sendable(text, is_url, "expected a path such as \"/a\", or a URL")
}

fn own_path(text: &str) -> Result<(), BadPattern> {
    if let Some(at) = text.find(['?', '#']) {
        let message = "a rewrite gives the path; the query stays what it is";
        return Err(BadPattern::new(at, message));
    }
    sendable(
        text,
        text.starts_with('/'),
        "expected a path such as \"/a/{name}\"",
    )
}

/// Whether `text` has the form that it needs, and no characters that a URL has
/// not.
fn sendable(text: &str, is_well: bool, expected: &str) -> Result<(), BadPattern> {
    if !is_well {
        return Err(BadPattern::new(0, expected));
    }
    match text.find(|c: char| !c.is_ascii_graphic()) {
        Some(at) => Err(BadPattern::new(
            at,
            "a URL has this in its percent-encoded form only",
        )),
        None => Ok(()),
    }
}

fn latency(text: &str) -> Option<Latency> {
    let (least, most) = match text.split_once("..") {
        Some((least, most)) => (quantity::time(least)?, quantity::time(most)?),
        None => (quantity::time(text)?, quantity::time(text)?),
    };
    (least <= most && most <= LONGEST_WAIT).then_some(Latency { least, most })
}

/// Reads a status in a range.
fn status(range: std::ops::RangeInclusive<u16>) -> impl FnOnce(&str) -> Option<u16> {
    move |text| {
        let status = quantity::count(text)?;
        u16::try_from(status)
            .ok()
            .filter(|status| range.contains(status))
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::parse;
    use super::*;

    fn read(text: &str) -> Result<Vec<Route>, String> {
        let settings = parse(Path::new("/etc/host.toml"), text);
        settings
            .map(|settings| settings.routes)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_action_is_read() {
        let text = r#"
            plugins = "p"
            hidden = ["/_certs/*", "{spec}/tools/*"]
            route = [
                { path = "/h", handler = "a/h.wasm", methods = ["GET", "QUERY"] },
                { path = "/f", file = "a.txt", latency = "100ms..2s" },
                { path = "m/*", folder = "../shared" },
                { path = "/p/*", plugins = true },
                { path = "/t", text = "hi", type = "text/html", headers = { X-A = "b" }, status = 201 },
                { path = "/r/{id}", redirect = "/n/{id}", status = 308 },
                { path = "/w/{id}/*", rewrite = "/{id}/{*}" },
                { path = "/e", error = 403, fallback = true },
                { path = "/l", latency = "5ms" },
            ]
            [[tenant]]
            name = "a"
            hosts = ["a.test"]
            plugins = "a"
            hidden = ["/x"]
            [[tenant.route]]
            path = "*"
            text = ""
        "#;
        let settings = parse(Path::new("/etc/h/host.toml"), text).unwrap();
        let told: Vec<String> = settings
            .routes
            .iter()
            .map(|route| format!("{} {} {route}", route.methods(), route.path))
            .collect();
        assert_eq!(
            told,
            [
                "GET, QUERY /h runs a/h.wasm",
                "any /f waits 100ms to 2s, sends a.txt",
                "any /m/* is the folder /etc/h/../shared",
                "any /p/* is the folder itself",
                "any /t sends a text of 2 bytes",
                "any /r/{id} redirects to /n/{id} (308)",
                "any /w/{id}/* rewrites to /{id}/{*}",
                "any /e refuses with 403, if nothing else answers",
                "any /l waits 5ms",
            ]
        );
        let Some(Action::Text(text)) = &settings.routes[4].action else {
            panic!("{:?}", settings.routes[4]);
        };
        assert_eq!((text.status, &text.content[..]), (201, &b"hi"[..]));
        assert_eq!(text.fields.get("content-type").unwrap(), "text/html");
        assert_eq!(text.fields.get("x-a").unwrap(), "b");
        let config = settings.complete().unwrap();
        assert_eq!(config.tenants[0].hidden.len(), 2);
        assert_eq!(
            (
                config.tenants[1].hidden.len(),
                config.tenants[1].routes.len()
            ),
            (1, 1)
        );
    }

    #[test]
    fn mistakes_say_where_and_what_was_expected() {
        for (route, place, says) in [
            ("path = \"/a/{b\", text = \"\"", "1:22", "{name}"),
            ("path = \"/{a:int}\", text = \"\"", "1:22", "no types"),
            ("path = \"/é/*\", text = \"\"", "1:20", "%C3%A9"),
            ("path = \"/\\u0041{\", text = \"\"", "1:18", "{name}"),
            ("text = \"\"", "1:10", "\"route.path\" is missing"),
            ("path = \"/\"", "1:10", "one of handler, file"),
            (
                "path = \"/\", fallback = true, latency = \"1s\"",
                "1:10",
                "something to do",
            ),
            (
                "path = \"/\", text = \"\", error = 404",
                "1:10",
                "text and error",
            ),
            (
                "path = \"/\", rewrite = \"/a\", fallback = true",
                "1:10",
                "first route",
            ),
            (
                "path = \"/\", rewrte = \"/a\"",
                "1:23",
                "did you mean \"rewrite\"?",
            ),
            ("path = \"/\", rewrite = \"a\"", "1:34", "expected a path"),
            (
                "path = \"/\", rewrite = \"/a?b\"",
                "1:36",
                "the query stays",
            ),
            (
                "path = \"/{a}\", redirect = \"/{b}\"",
                "1:39",
                "it catches {a}",
            ),
            ("path = \"/\", redirect = \"a\"", "1:35", "or a URL"),
            (
                "path = \"/\", redirect = \"/\", status = 200",
                "1:48",
                "300 to 399",
            ),
            ("path = \"/\", error = 200", "1:31", "400 to 599"),
            (
                "path = \"/\", error = 404, type = \"a/b\"",
                "1:10",
                "\"type\" is for",
            ),
            ("path = \"/\", plugins = false", "1:10", "true or left out"),
            (
                "path = \"/\", file = \"../a\"",
                "1:30",
                "beneath the plugins folder",
            ),
            (
                "path = \"/\", file = \"/etc/passwd\"",
                "1:30",
                "beneath the plugins folder",
            ),
            ("path = \"/\", handler = \"a.js\"", "1:33", "\"a/b.wasm\""),
            (
                "path = \"/{a}/*\", folder = \"b\"",
                "1:37",
                "path = \"/a/*\"",
            ),
            (
                "path = \"/\", text = \"\", methods = [\"get\"]",
                "1:45",
                "\"GET\", not",
            ),
            (
                "path = \"/\", text = \"\", headers = { \"a b\" = \"c\" }",
                "1:10",
                "no name of a field",
            ),
            ("path = \"/\", latency = \"2h\"", "1:33", "up to an hour"),
            (
                "path = \"/\", latency = \"2s..1s\"",
                "1:33",
                "up to an hour",
            ),
        ] {
            let told = read(&format!("route = [{{{route}}}]")).unwrap_err();
            let place = format!("/etc/host.toml:{place}: ");
            assert!(
                told.lines().any(|line| line.starts_with(&place)),
                "{route}: {told}"
            );
            assert!(told.contains(says), "{route}: {told}");
        }
    }

    #[test]
    fn routes_need_a_folder() {
        let settings = parse(Path::new("h"), "route = [{ path = \"/\", text = \"\" }]").unwrap();
        let error = settings.complete().unwrap_err();
        assert!(error.to_string().contains("[[route]]"), "{error}");
    }
}
