//! One event with its fields gathered.

use std::fmt::{self, Write as _};
use std::time::SystemTime;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A request was answered.
    Request,
    /// A client broke a rule.
    Violation,
    /// Something a handler said, or was said of it.
    Handler,
    /// A project was built, or not.
    Build,
    /// Anything else that host says.
    Other,
}

/// One event.
pub(crate) struct Entry {
    pub(crate) time: OffsetDateTime,
    pub(crate) kind: Kind,
    pub(crate) level: Level,
    pub(crate) message: String,
    /// In the order of the event.
    pub(crate) fields: Map<String, Value>,
}

impl Entry {
    pub(crate) fn of(event: &Event<'_>) -> Self {
        let mut entry = Self {
            time: SystemTime::now().into(),
            kind: match event.metadata().target() {
                host_server::access::REQUEST => Kind::Request,
                host_server::access::VIOLATION => Kind::Violation,
                "handler" => Kind::Handler,
                crate::watch::BUILD => Kind::Build,
                _ => Kind::Other,
            },
            level: *event.metadata().level(),
            message: String::new(),
            fields: Map::new(),
        };
        event.record(&mut entry);
        entry
    }

    /// A field as text; empty if it is not there or no text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// A field as a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.fields.get(name).and_then(Value::as_u64)
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.fields.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Entry {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            self.put(field, format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.put(field, value);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
}
