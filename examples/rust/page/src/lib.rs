//! `/page`: the file `page.html` beside the handler, with the query's values in
//! it: `{{name}}` is that of `name`, escaped, and nothing where there is none.
//!
//! A handler can read the files of the folder that it was loaded from, and
//! nothing outside. The file is read for each request, so that what is served is
//! what is on disk: edit it and load again.
//!
//! `curl 'http://127.0.0.1:8000/page?greeting=Hello&name=Ada'`

use std::io::ErrorKind;

use host_guest::files;
use host_guest::prelude::*;

#[main]
fn main(request: &Request) -> Result<impl IntoResponse> {
    let path = files::beside("page.html");
    let page = match files::read_to_string(&path) {
        Ok(page) => page,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::status(404, format!("put a page at {path}")));
        }
        Err(error) => return Err(error.into()), // 500, with the file's name
    };
    let page = filled(&page, |name| {
        let value = request.query().first(name);
        value.map_or(String::new(), |value| escape(&value.to_string()))
    });
    Ok(([("Content-Type", "text/html; charset=utf-8")], page))
}

/// The page with `value(name)` in place of each `{{name}}`.
fn filled(page: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = page;
    while let Some((before, name, behind)) = next_name(rest) {
        filled += before;
        filled += &value(name);
        rest = behind;
    }
    filled + rest
}

/// What is before the next `{{name}}`, the name, and what is behind.
fn next_name(page: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = page.split_once("{{")?;
    let (name, behind) = rest.split_once("}}")?;
    Some((before, name, behind))
}

/// Text from a client never goes into a page as it is.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

// What needs no host is tested like any other code, by `cargo test`.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_and_values_are_not_looked_at_again() {
        let value = |name: &str| format!("<{name}{{{{x}}}}>");
        assert_eq!(filled("a{{b}}{{c}}d", value), "a<b{{x}}><c{{x}}>d");
        assert_eq!(filled("{{open", value), "{{open");
    }

    #[test]
    fn no_markup_gets_through() {
        assert_eq!(
            escape("<a href=\"x\">&"),
            "&lt;a href=&quot;x&quot;&gt;&amp;"
        );
    }
}
