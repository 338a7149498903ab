//! An event as a line for people, whatever is in it.

use std::fmt::Write as _;

use anstyle::Style;
use host_server::config::DEFAULT_TENANT;
use serde_json::Value;
use time::macros::format_description;
use tracing::Level;

use crate::escape;
use crate::style::{CYAN, DIM, GREEN, Paint, RED, YELLOW};

use super::entry::{Entry, Kind};

/// What further lines of a message begin with: no line of a handler's can pass
/// for one of host's own.
const FURTHER: &str = "    | ";

/// The line, or lines, with their end.
pub(crate) fn line(entry: &Entry, paint: Paint) -> String {
    let mut text = String::with_capacity(128);
    let clock = format_description!("[hour]:[minute]:[second].[subsecond digits:3]");
    let clock = entry.time.format(clock).unwrap_or_default();
    let _ = write!(text, "{} ", paint.with(DIM, clock));
    match entry.kind {
        Kind::Request => request(&mut text, entry, paint),
        Kind::Build => build(&mut text, entry, paint),
        Kind::Violation | Kind::Handler | Kind::Other => log(&mut text, entry, paint),
    }
    text
}

fn request(text: &mut String, entry: &Entry, paint: Paint) {
    let status = entry.number("status");
    let style = match status {
        Some(100..=399) => GREEN,
        Some(400..=499) => YELLOW,
        _ => RED,
    };
    let status = status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let _ = write!(
        text,
        "{} {} {}",
        paint.with(style, status),
        escape::line(entry.text("method")),
        escape::line(entry.text("target")),
    );
    let time = milliseconds(entry.number("wall_us").unwrap_or(0));
    let mut facts = format!("{} {time}", entry.text("protocol"));
    if let Some(bytes) = entry.number("bytes").filter(|bytes| *bytes > 0) {
        let _ = write!(facts, " {bytes} bytes");
    }
    match entry.text("handler") {
        "" => {}
        handler => drop(write!(facts, " by {}", escape::line(handler))),
    }
    if let Some(mock) = entry.number("mock") {
        let _ = write!(facts, " by mock {mock}");
    }
    let _ = writeln!(text, " {}", paint.with(DIM, facts));
}

fn log(text: &mut String, entry: &Entry, paint: Paint) {
    let (level, style) = level(entry.level);
    let _ = write!(text, "{} ", paint.with(style, level));
    if entry.kind == Kind::Handler {
        let handler = escape::line(entry.text("route")).into_owned();
        let _ = write!(text, "{}: ", paint.with(CYAN, handler));
    }
    let mut lines = entry.message.lines();
    text.push_str(&escape::line(lines.next().unwrap_or("")));
    for (name, value) in &entry.fields {
        let is_said = match entry.kind {
            // Who has one tenant only need not be told its name.
            Kind::Handler => name != "tenant" || value == DEFAULT_TENANT,
            Kind::Violation => name != "client",
            Kind::Request | Kind::Build | Kind::Other => false,
        };
        if !is_said {
            let value = match value {
                Value::String(value) => escape::line(value).into_owned(),
                value => value.to_string(),
            };
            let _ = write!(text, " {}", paint.with(DIM, format!("{name}={value}")));
        }
    }
    text.push('\n');
    for line in lines.chain(entry.text("backtrace").lines()) {
        let _ = writeln!(text, "{}{}", paint.with(DIM, FURTHER), escape::line(line));
    }
}

/// How a build went, and behind it what the tools said, in their colours.
fn build(text: &mut String, entry: &Entry, paint: Paint) {
    let (level, style) = level(entry.level);
    let project = escape::line(entry.text("project")).into_owned();
    let mut lines = entry.message.lines();
    let _ = write!(
        text,
        "{} {}: {}",
        paint.with(style, level),
        paint.with(CYAN, project),
        escape::line(lines.next().unwrap_or(""))
    );
    if let Some(time) = entry.number("time_us") {
        let _ = write!(text, " {}", paint.with(DIM, milliseconds(time)));
    }
    text.push('\n');
    for line in entry.text("output").lines().chain(lines) {
        let line = match paint.0 {
            true => escape::coloured(line),
            false => escape::line(line).into_owned(),
        };
        let _ = writeln!(text, "{}{line}", paint.with(DIM, FURTHER));
    }
}

fn level(level: Level) -> (&'static str, Style) {
    match level {
        Level::ERROR => ("ERROR", RED),
        Level::WARN => ("WARN ", YELLOW),
        Level::INFO => ("INFO ", GREEN),
        Level::DEBUG => ("DEBUG", DIM),
        Level::TRACE => ("TRACE", DIM),
    }
}

fn milliseconds(micros: u64) -> String {
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};
    use time::OffsetDateTime;

    use super::*;

    fn entry(kind: Kind, message: &str, fields: &Value) -> Entry {
        Entry {
            time: OffsetDateTime::UNIX_EPOCH,
            kind,
            level: Level::INFO,
            message: message.to_owned(),
            fields: fields.as_object().cloned().unwrap_or_else(Map::new),
        }
    }

    #[test]
    fn requests() {
        let fields = json!({
            "method": "GET", "target": "/a\u{1b}[31m\r\nx", "status": 200, "protocol": "HTTP/1.1",
            "wall_us": 1234, "bytes": 5, "handler": "/a", "mock": 3,
        });
        assert_eq!(
            line(&entry(Kind::Request, "", &fields), Paint(false)),
            "00:00:00.000 200 GET /a\\u{1b}[31m\\r\\nx HTTP/1.1 1.2 ms 5 bytes by /a by mock 3\n"
        );
    }

    #[test]
    fn handlers_cannot_forge_lines() {
        let fields = json!({ "tenant": "default", "route": "/a" });
        let message = "one\n00:00:00.000 ERROR two\u{9b}";
        assert_eq!(
            line(&entry(Kind::Handler, message, &fields), Paint(false)),
            "00:00:00.000 INFO  /a: one\n    | 00:00:00.000 ERROR two\\u{9b}\n"
        );
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        let entry = entry(Kind::Other, "x", &json!({ "file": "a" }));
        assert_eq!(line(&entry, Paint(false)), "00:00:00.000 INFO  x file=a\n");
        assert!(line(&entry, Paint(true)).contains("\u{1b}["));
    }
}
