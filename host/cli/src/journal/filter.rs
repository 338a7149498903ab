//! Which entries are asked for.

use std::collections::HashSet;
use std::io;

use serde_json::{Map, Value};

/// Exchanges that are remembered at most: about 200 MB, and a journal of some
/// gigabytes.
const EXCHANGES: usize = 5_000_000;

/// What happens to connections.
const OF_CONNECTION: [&str; 5] = ["open", "tls", "end", "reset", "close"];

/// What is asked for; `None` for everything.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) connection: Option<u64>,
    pub(super) stream: Option<u64>,
    pub(super) exchanges: Option<Exchanges>,
}

/// Exchanges of a tenant or a handler.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    tenant: Option<String>,
    handler: Option<String>,
    /// By connection and number.
    found: HashSet<(u64, u64)>,
    connections: HashSet<u64>,
}

impl Exchanges {
    /// Those of this tenant, of this handler, or of that handler of that tenant.
    pub(super) fn of(tenant: Option<&str>, handler: Option<&str>) -> Self {
        let with_slash = |handler: &str| match handler.strip_prefix('/') {
            Some(_) => handler.to_owned(),
            None => format!("/{handler}"),
        };
        Self {
            tenant: tenant.map(str::to_owned),
            handler: handler.map(with_slash),
            ..Self::default()
        }
    }

    /// Notes an exchange that is one of these.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn note(&mut self, entry: &Map<String, Value>) -> io::Result<()> {
        let is = |name: &str, wanted: &Option<String>| {
            let told = entry.get(name).and_then(Value::as_str);
            wanted.is_none() || told == wanted.as_deref()
        };
        let theirs = is("tenant", &self.tenant) && is("handler", &self.handler);
        let is_exchange = entry.contains_key("tenant") || entry.contains_key("handler");
        if let (true, Some(connection), Some(stream)) = (
            theirs && is_exchange,
            number(entry, &["connection"]),
            number(entry, &["stream", "request"]),
        ) {
            self.found.insert((connection, stream));
            self.connections.insert(connection);
        }
        match self.found.len() {
            0..=EXCHANGES => Ok(()),
            _ => Err(io::Error::other(
                "these are too many exchanges: choose among them by --connection or --stream",
            )),
        }
    }
}

impl Filter {
    /// Whether an entry is asked for. What an exchange wrote elsewhere, on the
    /// connection or a foreign stream, belongs to it; so does what became of its
    /// connection.
    pub(super) fn lets(&self, entry: &Map<String, Value>) -> bool {
        let connection = number(entry, &["connection"]);
        if self.connection.is_some() && self.connection != connection {
            return false;
        }
        let own = number(entry, &["stream", "request"]);
        let by = number(entry, &["by_stream", "by_request"]);
        let of = [own, by].into_iter().flatten().collect::<Vec<_>>();
        let is_of_connection = || {
            let event = entry.get("event").and_then(Value::as_str);
            event.is_some_and(|event| OF_CONNECTION.contains(&event))
        };
        if self.stream.is_some_and(|stream| !of.contains(&stream)) {
            // Which connections have such a stream is not known.
            return self.connection.is_some() && is_of_connection();
        }
        let Some(exchanges) = &self.exchanges else {
            return true;
        };
        connection.is_some_and(|connection| {
            let mut of = of.iter();
            of.any(|stream| exchanges.found.contains(&(connection, *stream)))
                || (exchanges.connections.contains(&connection) && is_of_connection())
        })
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
            json!({ "event": "frame", "connection": 1, "stream": 5 }),
            json!({ "event": "open", "connection": 2 }),
            json!({ "event": "frame", "connection": 2, "stream": 3 }),
            json!({ "event": "head", "connection": 3, "request": 3 }),
        ];
        let passes = |(at, entry): (usize, &Value)| filter.lets(entry.as_object()?).then_some(at);
        entries.iter().enumerate().filter_map(passes).collect()
    }

    #[test]
    fn by_connection_and_stream() {
        assert_eq!(let_through(&Filter::default()).len(), 8);
        let of = |connection, stream| {
            let_through(&Filter {
                connection,
                stream,
                ..Filter::default()
            })
        };
        assert_eq!(of(Some(1), None), [0, 1, 2, 3, 4]);
        assert_eq!(of(None, Some(3)), [1, 2, 3, 6, 7]);
        assert_eq!(of(Some(1), Some(5)), [0, 4]);
    }

    #[test]
    fn by_handler_and_tenant() {
        let noted = |tenant, handler| {
            let mut exchanges = Exchanges::of(tenant, handler);
            for entry in [
                json!({ "connection": 1, "stream": 3, "tenant": "x", "handler": "/a" }),
                json!({ "connection": 3, "request": 3, "tenant": "y", "handler": "/a" }),
                json!({ "connection": 2, "stream": 3, "tenant": "y" }),
            ] {
                exchanges.note(entry.as_object().unwrap()).unwrap();
            }
            let_through(&Filter {
                exchanges: Some(exchanges),
                ..Filter::default()
            })
        };
        // With what became of the connection, and without its other streams.
        assert_eq!(noted(None, Some("/a")), [0, 1, 2, 3, 7]);
        assert_eq!(noted(Some("x"), Some("a")), [0, 1, 2, 3]);
        assert_eq!(noted(Some("y"), None), [5, 6, 7]);
        assert!(noted(None, Some("/b")).is_empty());
    }
}
