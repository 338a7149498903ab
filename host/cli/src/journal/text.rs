//! An entry as a line for people.

use std::fmt::Write as _;

use anstyle::Style;
use serde_json::{Map, Value};

use crate::escape;
use crate::style::{BOLD, CYAN, DIM, GREEN, Paint, RED, YELLOW};

/// What is shown at its place, or not at all.
const PLACED: [&str; 18] = [
    "began_us",
    "parts",
    "hello",
    "time",
    "us",
    "connection",
    "event",
    "dir",
    "stream",
    "request",
    "type",
    "flags",
    "length",
    "by",
    "by_stream",
    "by_request",
    "escaped",
    "fields",
];

/// Microseconds that something took to pass, from which on it is worth a word: large
/// frames are always in several writes.
const NOTED: u64 = 1000;

/// Characters of a value that are shown, if not all of it is asked for.
const LONG: usize = 400;

/// How entries are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) paint: Paint,
    /// Values, however long.
    pub(super) full: bool,
}

/// The line, with its end; more than one where a client's hello is told.
pub(super) fn line(entry: &Map<String, Value>, shown: Shown) -> String {
    let Shown { paint, full } = shown;
    let value = |content: &Value| match value(content) {
        long if !full && long.chars().count() > LONG => {
            let start: String = long.chars().take(LONG).collect();
            format!(
                "{start}… ({} more, with --full)",
                long.chars().count() - LONG
            )
        }
        short => short,
    };
    let text = |name: &str| escape::line(entry.get(name).and_then(Value::as_str).unwrap_or(""));
    let number = |name: &str| entry.get(name).and_then(Value::as_u64);
    let us = number("us").unwrap_or(0);
    let clock = format!("{:>4}.{:06}", us / 1_000_000, us % 1_000_000);
    let connection = number("connection").unwrap_or(0);
    let (arrow, way) = match &*text("dir") {
        "in" => (">", CYAN),
        "out" => ("<", GREEN),
        _ => (" ", DIM),
    };
    let of = match (number("stream"), number("request")) {
        (Some(stream), _) => stream.to_string(),
        (None, Some(request)) => format!("#{request}"),
        (None, None) => String::new(),
    };
    let event = text("event");
    let (kind, style) = match &*event {
        "frame" => (text("type"), way),
        "head" if entry.contains_key("status") => ("RESPONSE".into(), way),
        "head" => ("REQUEST".into(), way),
        "chunk" | "body" | "trailers" | "bytes" => (event.to_uppercase().into(), way),
        "violation" | "refused" | "reset" => (event, RED),
        "exchange" | "answered" => (event, YELLOW),
        _ => (event, BOLD),
    };
    let mut line = format!(
        "{} {connection:>3} {} {of:>5} {}",
        paint.with(DIM, clock),
        paint.with(way, arrow),
        paint.with(style, format!("{kind:<13}")),
    );
    if let Some(length) = number("length") {
        let _ = write!(line, " {length}");
    }
    if let Some(Value::Array(flags)) = entry.get("flags") {
        for flag in flags {
            let _ = write!(line, " {}", paint.with(DIM, value(flag)));
        }
    }
    for (name, content) in entry {
        if PLACED.contains(&&**name) {
            continue;
        }
        let content = paint.with(style_of(name), value(content));
        match &**name {
            "line" | "method" | "target" | "what" | "peer" => drop(write!(line, " {content}")),
            "settings" => drop(write!(line, " {content}")),
            name => {
                let name = format!("{}=", escape::line(name));
                let _ = write!(line, " {}{content}", paint.with(DIM, name));
            }
        }
    }
    if let Some(Value::Array(fields)) = entry.get("fields") {
        for field in fields {
            let part = |at: usize| value(field.get(at).unwrap_or(&Value::Null));
            let name = format!("{}:", part(0));
            let _ = write!(line, " {} {};", paint.with(DIM, name), part(1));
        }
        if line.ends_with(';') {
            line.pop();
        }
    }
    if &*text("event") == "open" {
        let _ = write!(line, " {}", paint.with(DIM, text("time")));
    }
    let by = text("by");
    if !by.is_empty() && by != "engine" {
        let theirs = number("by_stream").or(number("by_request"));
        let elsewhere = theirs.filter(|_| theirs != number("stream").or(number("request")));
        let of = elsewhere.map(|of| format!(" of {of}")).unwrap_or_default();
        let _ = write!(line, " {}", paint.with(YELLOW, format!("by {by}{of}")));
    }
    let took = us.saturating_sub(number("began_us").unwrap_or(us));
    if took >= NOTED {
        let parts = number("parts").unwrap_or(0);
        let took = format!(
            "in {parts} parts over {}.{:03} ms",
            took / 1000,
            took % 1000
        );
        let _ = write!(line, " {}", paint.with(YELLOW, took));
    }
    line.push('\n');
    if let Some(Value::Object(hello)) = entry.get("hello") {
        for (name, content) in hello {
            let name = format!("{name}:");
            let _ = writeln!(
                line,
                "{:31}{} {}",
                "",
                paint.with(DIM, name),
                value(content)
            );
        }
    }
    line
}

fn style_of(name: &str) -> Style {
    match name {
        "undecodable" | "error" | "missing" | "doubtful" | "section" => RED,
        "line" | "method" | "target" => BOLD,
        _ => Style::new(),
    }
}

/// A value in few words, harmless for a terminal.
fn value(value: &Value) -> String {
    match value {
        Value::String(text) => escape::line(text).into_owned(),
        Value::Array(items) if items.iter().all(Value::is_array) && !items.is_empty() => {
            let pairs = items.iter().map(|pair| {
                let part = |at: usize| self::value(pair.get(at).unwrap_or(&Value::Null));
                format!("{}={}", part(0), part(1))
            });
            pairs.collect::<Vec<_>>().join(" ")
        }
        Value::Array(items) => items.iter().map(self::value).collect::<Vec<_>>().join(","),
        Value::Object(object) => {
            let parts = object
                .iter()
                .map(|(name, content)| format!("{}={}", escape::line(name), self::value(content)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(" "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PLAIN: Shown = Shown {
        paint: Paint(false),
        full: false,
    };

    fn shown(entry: &Value) -> String {
        line(entry.as_object().unwrap(), PLAIN)
    }

    #[test]
    fn frames() {
        let entry = json!({
            "time": "2026-01-01T00:00:00.000000Z", "us": 1_234_567, "connection": 3,
            "event": "frame", "dir": "in", "type": "HEADERS", "flags": ["END_HEADERS", 64],
            "stream": 1, "length": 41, "fields": [[":method", "GET"], ["x\u{1b}", "\u{1b}[31m"]],
        });
        assert_eq!(
            shown(&entry),
            "   1.234567   3 >     1 HEADERS       41 END_HEADERS 64 :method: GET; \
             x\\u{1b}: \\u{1b}[31m\n"
        );
        let entry = json!({
            "us": 5, "connection": 3, "event": "frame", "dir": "out", "type": "SETTINGS",
            "flags": [], "stream": 0, "length": 6, "settings": [["ENABLE_PUSH", 0]],
            "by": "write-raw-frame", "by_stream": 7,
        });
        assert_eq!(
            shown(&entry),
            "   0.000005   3 <     0 SETTINGS      6 ENABLE_PUSH=0 by write-raw-frame of 7\n"
        );
    }

    #[test]
    fn messages() {
        let entry = json!({
            "us": 0, "connection": 1, "event": "head", "dir": "out", "request": 2,
            "line": "HTTP/1.1 200 OK", "status": 200, "fields": [], "by": "engine",
        });
        assert_eq!(
            shown(&entry),
            "   0.000000   1 <    #2 RESPONSE      HTTP/1.1 200 OK status=200\n"
        );
        let entry = json!({
            "us": 0, "connection": 1, "event": "exchange", "request": 2, "method": "GET",
            "target": "/a", "tenant": "default", "handler": "/a",
        });
        assert_eq!(
            shown(&entry),
            "   0.000000   1      #2 exchange      GET /a tenant=default handler=/a\n"
        );
        let coloured = Shown {
            paint: Paint(true),
            ..PLAIN
        };
        assert!(line(entry.as_object().unwrap(), coloured).contains("\u{1b}["));
    }

    #[test]
    fn what_took_its_time() {
        let entry = json!({
            "us": 5_001_500, "began_us": 1_000_000, "parts": 9, "connection": 1, "event": "bytes",
            "dir": "out", "length": 9, "data": "x", "by": "write", "by_request": 1,
        });
        assert_eq!(
            shown(&entry),
            "   5.001500   1 <       BYTES         9 data=x by write of 1 in 9 parts over 4001.500 ms\n"
        );
    }

    #[test]
    fn long_values_are_cut() {
        let entry = json!({ "us": 0, "connection": 1, "event": "tls",
            "hello": { "alpn": ["h2"], "ciphers": ["x".repeat(LONG + 7)] } });
        let text = shown(&entry);
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        assert_eq!(lines[1], "alpn: h2");
        assert!(lines[2].ends_with("x… (7 more, with --full)"), "{text}");
        let whole = Shown {
            full: true,
            ..PLAIN
        };
        assert!(!line(entry.as_object().unwrap(), whole).contains('…'));
    }
}
