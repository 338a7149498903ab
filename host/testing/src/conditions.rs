//! Conditions, to be read as a sentence: `when(path("/a"))`,
//! `when(header("accept", contains("json")))`.

use std::sync::Arc;

use host_mock::{Condition, Data, JsonAt, Named, Pattern, Predicate, Request, Text};
use serde::Serialize;
use serde_json::Value;

/// The method, in capitals as it is sent.
pub fn method(text: impl Into<Text>) -> Condition {
    Condition::Method(text.into())
}

/// The path: the target up to its `?`, as it came.
pub fn path(text: impl Into<Text>) -> Condition {
    Condition::Path(text.into())
}

/// The whole target, as it came.
pub fn target(text: impl Into<Text>) -> Condition {
    Condition::Target(text.into())
}

/// A parameter of the query has this value, decoded.
pub fn query(name: impl Into<String>, value: impl Into<Text>) -> Condition {
    Condition::Query(with(name, value))
}

/// The query has this parameter.
pub fn has_query(name: impl Into<String>) -> Condition {
    Condition::Query(named(name))
}

/// A field has this value; its name in any case.
pub fn header(name: impl Into<String>, value: impl Into<Text>) -> Condition {
    Condition::Header(with(name, value))
}

/// There is this field; its name in any case.
pub fn has_header(name: impl Into<String>) -> Condition {
    Condition::Header(named(name))
}

/// A cookie has this value.
pub fn cookie(name: impl Into<String>, value: impl Into<Text>) -> Condition {
    Condition::Cookie(with(name, value))
}

/// There is this cookie.
pub fn has_cookie(name: impl Into<String>) -> Condition {
    Condition::Cookie(named(name))
}

/// A field of the form in the body has this value.
pub fn form(name: impl Into<String>, value: impl Into<Text>) -> Condition {
    Condition::Form(with(name, value))
}

/// The form in the body has this field.
pub fn has_form(name: impl Into<String>) -> Condition {
    Condition::Form(named(name))
}

/// The body.
pub fn body(text: impl Into<Text>) -> Condition {
    Condition::Body(text.into())
}

/// The body is JSON and equal to this; the order of keys does not count.
///
/// # Panics
/// The value cannot be told in JSON.
#[track_caller]
pub fn json(value: impl Serialize) -> Condition {
    Condition::Json(in_json(value))
}

/// The body is JSON and has all of this: objects may have more keys.
///
/// # Panics
/// The value cannot be told in JSON.
#[track_caller]
pub fn json_includes(value: impl Serialize) -> Condition {
    Condition::JsonIncludes(in_json(value))
}

/// The body is JSON with this value at a place, such as `/items/0/name` (RFC 6901).
///
/// # Panics
/// The value cannot be told in JSON.
#[track_caller]
pub fn json_at(pointer: impl Into<String>, value: impl Serialize) -> Condition {
    Condition::JsonAt(JsonAt {
        pointer: pointer.into(),
        is: in_json(value),
    })
}

/// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
pub fn protocol(text: impl Into<Text>) -> Condition {
    Condition::Protocol(text.into())
}

/// `http` or `https`.
pub fn scheme(text: impl Into<Text>) -> Condition {
    Condition::Scheme(text.into())
}

/// What the client calls the server: `:authority` or Host.
pub fn authority(text: impl Into<Text>) -> Condition {
    Condition::Authority(text.into())
}

/// Not this.
pub fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// At least one of these.
pub fn any(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    Condition::Any(conditions.into_iter().collect())
}

/// Every one of these.
pub fn all(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    Condition::All(conditions.into_iter().collect())
}

/// What the test's own function says. Only a server in the test's process can ask it.
pub fn matching(function: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Condition {
    Condition::Function(Predicate(Arc::new(function)))
}

/// Text that is equal, as plain text is where text is asked for.
pub fn is(data: impl Into<Data>) -> Text {
    Text::Is(data.into())
}

/// Text that has this in it.
pub fn contains(data: impl Into<Data>) -> Text {
    Text::Contains(data.into())
}

/// Text that begins with this.
pub fn starts_with(data: impl Into<Data>) -> Text {
    Text::StartsWith(data.into())
}

/// Text that ends with this.
pub fn ends_with(data: impl Into<Data>) -> Text {
    Text::EndsWith(data.into())
}

/// Text in which the expression is found; `^` and `$` tie it to the ends.
///
/// # Panics
/// It is no expression, as the regex crate knows them.
#[track_caller]
pub fn regex(expression: &str) -> Text {
    let pattern = serde_json::from_value::<Pattern>(Value::from(expression));
    Text::Regex(pattern.unwrap_or_else(|error| panic!("{expression:?}: {error}")))
}

fn named(name: impl Into<String>) -> Named {
    Named {
        name: name.into(),
        is: None,
    }
}

fn with(name: impl Into<String>, value: impl Into<Text>) -> Named {
    Named {
        name: name.into(),
        is: Some(value.into()),
    }
}

#[track_caller]
fn in_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| panic!("no JSON: {error}"))
}
