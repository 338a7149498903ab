//! Whether a request is what a mock wants, and if not, why not.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use memchr::memmem;
use serde_json::Value;

use crate::condition::{At, Condition, Named, Pattern, Text};
use crate::{Data, Mock, Request};

/// Text of a request that a message shows, in bytes.
const SHOWN: usize = 60;

impl Mock {
    /// What of its conditions the request does not meet, in words.
    pub(crate) fn misses(&self, request: &Request) -> Vec<String> {
        let conditions = self.when.iter();
        let missed = conditions.filter(|condition| !condition.holds(request));
        missed
            .map(|condition| condition.missed_by(request))
            .collect()
    }

    /// Whether it may answer this request.
    pub(crate) fn wants(&self, request: &Request) -> bool {
        self.when.iter().all(|condition| condition.holds(request))
    }
}

impl Condition {
    /// Whether the request meets it.
    pub fn holds(&self, request: &Request) -> bool {
        let one = |named: &Named, pairs: Vec<(String, String)>| {
            let mut values = pairs.into_iter().filter(|(name, _)| *name == named.name);
            values.any(|(_, value)| named.is(value.as_bytes()))
        };
        match self {
            Self::Method(text) => text.holds(&request.method),
            Self::Path(text) => text.holds(&request.path()),
            Self::Target(text) => text.holds(&request.target),
            Self::Query(named) => one(named, request.args()),
            Self::Header(named) => {
                let mut values = request.headers.get_all(&named.name);
                values.any(|value| named.is(value))
            }
            Self::Cookie(named) => one(named, request.cookies()),
            Self::Form(named) => one(named, request.form()),
            Self::Body(text) => text.holds(&request.body),
            Self::Json(value) => request.json::<Value>().is_ok_and(|json| json == *value),
            Self::JsonIncludes(value) => {
                let json = request.json::<Value>();
                json.is_ok_and(|json| includes(&json, value))
            }
            Self::JsonAt(At { pointer, is }) => {
                let json = request.json::<Value>();
                json.is_ok_and(|json| json.pointer(pointer) == Some(is))
            }
            Self::Protocol(text) => text.holds(request.protocol.as_bytes()),
            Self::Scheme(text) => text.holds(&request.scheme),
            Self::Authority(text) => {
                let authority = request.authority.as_deref();
                authority.is_some_and(|authority| text.holds(authority))
            }
            Self::Not(condition) => !condition.holds(request),
            Self::Any(conditions) => conditions.iter().any(|c| c.holds(request)),
            Self::All(conditions) => conditions.iter().all(|c| c.holds(request)),
            Self::Function(predicate) => {
                // One that panics says no; the panic's message says why.
                let holds = AssertUnwindSafe(|| (predicate.0)(request));
                catch_unwind(holds).unwrap_or(false)
            }
        }
    }

    /// Says what is wrong, for a request that does not meet it.
    fn missed_by(&self, request: &Request) -> String {
        let got = |data: &[u8]| format!("{self}, but it is {}", Shown(data));
        let one = |named: &Named, pairs: Vec<(String, String)>| {
            let mut values = pairs.into_iter().filter(|(name, _)| *name == named.name);
            match values.next() {
                Some((_, value)) => got(value.as_bytes()),
                None => format!("{self}, but there is none"),
            }
        };
        match self {
            Self::Method(_) => got(&request.method),
            Self::Path(_) => got(&request.path()),
            Self::Target(_) => got(&request.target),
            Self::Query(named) => one(named, request.args()),
            Self::Cookie(named) => one(named, request.cookies()),
            Self::Form(named) => one(named, request.form()),
            Self::Header(named) => match request.headers.get(&named.name) {
                Some(value) => got(value),
                None => format!("{self}, but there is none"),
            },
            Self::Body(_) => got(&request.body),
            Self::Json(_) | Self::JsonIncludes(_) => match request.json::<Value>() {
                Ok(_) => got(&request.body),
                Err(error) => format!("{self}, but it is no JSON: {error}"),
            },
            Self::JsonAt(at) => match request.json::<Value>() {
                Ok(json) => match json.pointer(&at.pointer) {
                    Some(value) => got(value.to_string().as_bytes()),
                    None => format!("{self}, but there is nothing"),
                },
                Err(error) => format!("{self}, but the body is no JSON: {error}"),
            },
            Self::Protocol(_) => got(request.protocol.as_bytes()),
            Self::Scheme(_) => got(&request.scheme),
            Self::Authority(_) => match &request.authority {
                Some(authority) => got(authority),
                None => format!("{self}, but there is none"),
            },
            Self::Not(_) | Self::Any(_) | Self::All(_) | Self::Function(_) => self.to_string(),
        }
    }
}

impl Named {
    fn is(&self, value: &[u8]) -> bool {
        self.is.as_ref().is_none_or(|text| text.holds(value))
    }
}

impl Text {
    /// Whether this is like it.
    pub fn holds(&self, value: &[u8]) -> bool {
        match self {
            Self::Is(data) => **data == *value,
            Self::Contains(data) => memmem::find(value, data).is_some(),
            Self::StartsWith(data) => value.starts_with(data),
            Self::EndsWith(data) => value.ends_with(data),
            Self::Regex(Pattern(regex)) => regex.is_match(value),
        }
    }
}

/// Whether `json` has all of `part`.
fn includes(json: &Value, part: &Value) -> bool {
    match (json, part) {
        (Value::Object(json), Value::Object(part)) => part
            .iter()
            .all(|(key, part)| json.get(key).is_some_and(|json| includes(json, part))),
        (json, part) => json == part,
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, conditions: &[Self], between: &str| {
            f.write_str("(")?;
            for (n, condition) in conditions.iter().enumerate() {
                if n > 0 {
                    f.write_str(between)?;
                }
                write!(f, "{condition}")?;
            }
            f.write_str(")")
        };
        match self {
            Self::Method(text) => write!(f, "the method {text}"),
            Self::Path(text) => write!(f, "the path {text}"),
            Self::Target(text) => write!(f, "the target {text}"),
            Self::Query(named) => write!(f, "the query's {named}"),
            Self::Header(named) => write!(f, "the field {named}"),
            Self::Cookie(named) => write!(f, "the cookie {named}"),
            Self::Form(named) => write!(f, "the form's {named}"),
            Self::Body(text) => write!(f, "the body {text}"),
            Self::Json(value) => write!(f, "the body is the JSON {value}"),
            Self::JsonIncludes(value) => write!(f, "the body's JSON includes {value}"),
            Self::JsonAt(At { pointer, is }) => write!(f, "the body's JSON at {pointer} is {is}"),
            Self::Protocol(text) => write!(f, "the protocol {text}"),
            Self::Scheme(text) => write!(f, "the scheme {text}"),
            Self::Authority(text) => write!(f, "the authority {text}"),
            Self::Not(condition) => write!(f, "not {condition}"),
            Self::Any(conditions) => list(f, conditions, " or "),
            Self::All(conditions) => list(f, conditions, " and "),
            Self::Function(_) => f.write_str("the test's function says yes"),
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.is {
            Some(text) => write!(f, "{} {text}", self.name),
            None => write!(f, "{} is there", self.name),
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(data) => write!(f, "is {}", Shown(data)),
            Self::Contains(data) => write!(f, "contains {}", Shown(data)),
            Self::StartsWith(data) => write!(f, "starts with {}", Shown(data)),
            Self::EndsWith(data) => write!(f, "ends with {}", Shown(data)),
            Self::Regex(Pattern(regex)) => write!(f, "matches /{regex}/"),
        }
    }
}

/// Bytes for a message, cut where they are long.
struct Shown<'a>(&'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Data::from(self.0[..self.0.len().min(SHOWN)].to_vec());
        match self.0.len() {
            length if length > SHOWN => write!(f, "{shown:?}… ({length} bytes)"),
            _ => write!(f, "{shown:?}"),
        }
    }
}
