//! Which entries are asked for.

use std::collections::HashSet;
use std::io;

use serde_json::{Map, Value};

/// Exchanges that are remembered at most: about 200 MB, and a journal of some
/// gigabytes.
const EXCHANGES: usize = 5_000_000;

/// What is asked for; `None` for everything.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) connection: Option<u64>,
    pub(super) stream: Option<u64>,
    pub(super) exchanges: Option<Exchanges>,
}

/// Exchanges by connection and number.
#[derive(Debug, Default)]
pub(super) struct Exchanges(HashSet<(u64, u64)>);

impl Exchanges {
    /// Notes an exchange of this handler.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn note(&mut self, entry: &Map<String, Value>, handler: &str) -> io::Result<()> {
        let theirs = entry.get("handler").and_then(Value::as_str) == Some(handler);
        if let (true, Some(connection), Some(stream)) = (
            theirs,
            number(entry, &["connection"]),
            number(entry, &["stream", "request"]),
        ) {
            self.0.insert((connection, stream));
        }
        match self.0.len() {
            0..=EXCHANGES => Ok(()),
            _ => Err(io::Error::other(
                "these are too many exchanges: choose among them by --connection or --stream",
            )),
        }
    }
}

impl Filter {
    /// Whether an entry is asked for. What an exchange wrote elsewhere, on the
    /// connection or a foreign stream, belongs to it.
    pub(super) fn lets(&self, entry: &Map<String, Value>) -> bool {
        let connection = number(entry, &["connection"]);
        if self.connection.is_some() && self.connection != connection {
            return false;
        }
        let own = number(entry, &["stream", "request"]);
        let by = number(entry, &["by_stream", "by_request"]);
        let of = [own, by].into_iter().flatten().collect::<Vec<_>>();
        if self.stream.is_some_and(|stream| !of.contains(&stream)) {
            return false;
        }
        let Some(exchanges) = &self.exchanges else {
            return true;
        };
        let is_theirs = |stream: &u64| {
            connection.is_some_and(|connection| exchanges.0.contains(&(connection, *stream)))
        };
        of.iter().any(is_theirs)
    }
}

fn number(entry: &Map<String, Value>, names: &[&str]) -> Option<u64> {
    names.iter().find_map(|name| entry.get(*name)?.as_u64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn let_through(filter: &Filter) -> Vec<usize> {
        let entries = [
            json!({ "event": "open", "connection": 1 }),
            json!({ "event": "frame", "connection": 1, "stream": 3 }),
            json!({ "event": "exchange", "connection": 1, "stream": 3, "handler": "/a" }),
            json!({ "event": "frame", "connection": 1, "stream": 0, "by_stream": 3 }),
            json!({ "event": "frame", "connection": 2, "stream": 3 }),
            json!({ "event": "head", "connection": 3, "request": 3 }),
        ];
        let passes = |(at, entry): (usize, &Value)| filter.lets(entry.as_object()?).then_some(at);
        entries.iter().enumerate().filter_map(passes).collect()
    }

    #[test]
    fn by_connection_stream_and_handler() {
        assert_eq!(let_through(&Filter::default()), [0, 1, 2, 3, 4, 5]);
        let one = Filter {
            connection: Some(1),
            ..Filter::default()
        };
        assert_eq!(let_through(&one), [0, 1, 2, 3]);
        let stream = Filter {
            stream: Some(3),
            ..Filter::default()
        };
        assert_eq!(let_through(&stream), [1, 2, 3, 4, 5]);
        let mut exchanges = Exchanges::default();
        let entry = json!({ "connection": 1, "stream": 3, "handler": "/a" });
        exchanges.note(entry.as_object().unwrap(), "/a").unwrap();
        exchanges.note(entry.as_object().unwrap(), "/b").unwrap();
        let handler = Filter {
            exchanges: Some(exchanges),
            ..Filter::default()
        };
        assert_eq!(let_through(&handler), [1, 2, 3]);
    }
}
