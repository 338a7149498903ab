//! An event as one JSON object on one line.
//!
//! `event` is `request`, `violation`, `build` or `log`; a log line with `handler` is a
//! handler's, or about it. `time` is RFC 3339 in UTC, `level` a lower-case word,
//! names that end in `_us` are microseconds.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;

use super::entry::{Entry, Kind};

/// The line, with its end.
pub(crate) fn line(entry: &Entry) -> String {
    let mut object = Map::new();
    let event = match entry.kind {
        Kind::Request => "request",
        Kind::Violation => "violation",
        Kind::Build => "build",
        Kind::Handler | Kind::Other => "log",
    };
    object.insert("event".to_owned(), event.into());
    let time = entry.time.format(&Rfc3339).unwrap_or_default();
    object.insert("time".to_owned(), time.into());
    let level = entry.level.as_str().to_ascii_lowercase();
    object.insert("level".to_owned(), level.into());
    if !entry.message.is_empty() {
        object.insert("message".to_owned(), entry.message.as_str().into());
    }
    for (name, value) in &entry.fields {
        // A handler goes by its route.
        let name = match name.as_str() {
            "route" if entry.kind == Kind::Handler => "handler",
            name => name,
        };
        object.insert(name.to_owned(), value.clone());
    }
    let mut line = Value::Object(object).to_string();
    line.push('\n');
    line
}
