//! What a request must be like for a mock to answer it.

use std::fmt;
use std::sync::Arc;

use regex::bytes::Regex;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{Data, Request, data};

/// A condition on a request. In JSON an object with one key, as
/// `{"method": "GET"}` or `{"header": {"name": "accept", "is": {"contains": "json"}}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// The method; case counts (RFC 9110 §9.1).
    Method(Text),
    /// The target up to its `?`, as it came: nothing is decoded.
    Path(Text),
    /// The whole target, as it came.
    Target(Text),
    /// A parameter of the query, decoded as a form's (WHATWG URL §5).
    Query(Named),
    /// A field; its name in any case (RFC 9110 §5.1).
    Header(Named),
    /// A cookie.
    Cookie(Named),
    /// A field of a form: `application/x-www-form-urlencoded` or
    /// `multipart/form-data`.
    Form(Named),
    /// The body.
    Body(Text),
    /// The body is JSON and equal to this; the order of keys does not count.
    Json(Value),
    /// The body is JSON and has all of this: objects may have more keys; arrays
    /// and the rest are equal.
    JsonIncludes(Value),
    /// A place in a body of JSON.
    JsonAt(At),
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    Protocol(Text),
    /// `http` or `https`.
    Scheme(Text),
    /// What the client calls the server: `:authority` or `Host`.
    Authority(Text),
    /// Not this.
    Not(Box<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Every one of these.
    All(Vec<Condition>),
    /// What the test says, in its own process only: JSON tells that it is there, as
    /// `{"function": null}`, and cannot make one.
    #[serde(skip_deserializing, serialize_with = "untold")]
    Function(Predicate),
}

/// A name and what goes with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name.
    pub name: String,
    /// What one of its values is like; it need only be there if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Text>,
}

/// A place in JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// Where, as a JSON pointer (RFC 6901): `/items/0/name`.
    pub pointer: String,
    /// What is there.
    pub is: Value,
}

/// What a piece of a request is like. In JSON a string for equal, or an object
/// with one key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// Equal.
    Is(Data),
    /// Has this in it.
    Contains(Data),
    /// Begins with it.
    StartsWith(Data),
    /// Ends with it.
    EndsWith(Data),
    /// The expression is found in it; `^` and `$` tie it to its ends.
    Regex(Pattern),
}

/// A regular expression over bytes, as the regex crate knows them.
#[derive(Clone, Debug)]
pub struct Pattern(pub Regex);

/// A function of the test's own.
#[derive(Clone)]
pub struct Predicate(pub Arc<dyn Fn(&Request) -> bool + Send + Sync>);

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}

fn untold<S: Serializer>(_: &Predicate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_unit()
}

impl Condition {
    /// Whether it can only be judged when the body is there.
    pub(crate) fn needs_body(&self) -> bool {
        match self {
            Self::Form(_)
            | Self::Body(_)
            | Self::Json(_)
            | Self::JsonIncludes(_)
            | Self::JsonAt(_)
            | Self::Function(_) => true,
            Self::Not(of) => of.needs_body(),
            Self::Any(of) | Self::All(of) => of.iter().any(Self::needs_body),
            _ => false,
        }
    }
}

impl<T: Into<Data>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::Is(text.into())
    }
}

impl From<Regex> for Text {
    fn from(regex: Regex) -> Self {
        Self::Regex(Pattern(regex))
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&text).map(Self).map_err(de::Error::custom)
    }
}

/// The forms of [`Text`] that are objects.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Spelt {
    Is(Data),
    Base64(String),
    Contains(Data),
    StartsWith(Data),
    EndsWith(Data),
    Regex(Pattern),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a string, or an object with one of is, base64, contains, starts_with, \
                     ends_with, regex",
                )
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::Is(text.to_owned().into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                Ok(match Spelt::deserialize(MapAccessDeserializer::new(map))? {
                    Spelt::Is(data) => Text::Is(data),
                    Spelt::Base64(text) => Text::Is(data::base64(&text)?),
                    Spelt::Contains(data) => Text::Contains(data),
                    Spelt::StartsWith(data) => Text::StartsWith(data),
                    Spelt::EndsWith(data) => Text::EndsWith(data),
                    Spelt::Regex(pattern) => Text::Regex(pattern),
                })
            }
        }

        deserializer.deserialize_any(Form)
    }
}
