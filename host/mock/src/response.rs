//! An answer that is a response.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{Data, Fault, data, seconds};

/// Status codes: whatever three digits can say (RFC 9110 §15).
pub(crate) const STATUSES: RangeInclusive<u16> = 100..=999;
/// Those of informational responses (RFC 9110 §15.2).
pub(crate) const INFORMATIONAL: RangeInclusive<u16> = 100..=199;

/// What to send. Every key of its JSON may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Response {
    /// The status code, 100 to 999.
    #[serde(deserialize_with = "status")]
    pub status: u16,
    /// HTTP/1's reason phrase; the registered one if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Data>,
    /// The field lines, in order, names and values as they are. In JSON pairs, or
    /// an object.
    pub headers: Headers,
    /// Whether Server, Date, Content-Length and, for a body of JSON, Content-Type
    /// are added where they are missing. If not, HTTP/1 is sent the lines as they
    /// are, right or wrong, and a body whose end they do not tell ends with the
    /// connection.
    pub defaults: bool,
    /// HTTP/1: `1.0` for a status line of HTTP/1.0, with an end of the connection
    /// behind the body, which is in no chunks then.
    pub version: Version,
    /// The body.
    pub body: Body,
    /// How the body's end is told.
    pub framing: Framing,
    /// The field lines behind the body (RFC 9110 §6.5), which is chunked then.
    #[serde(skip_serializing_if = "Headers::is_empty")]
    pub trailers: Headers,
    /// Informational responses that go before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub informational: Vec<Informational>,
    /// What is waited for, and when.
    pub delay: Delay,
    /// What goes wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Whether the answer begins before the request's body has come.
    pub early: bool,
}

impl Default for Response {
    fn default() -> Self {
        Self {
            status: 200,
            reason: None,
            headers: Headers::default(),
            defaults: true,
            version: Version::default(),
            body: Body::default(),
            framing: Framing::default(),
            trailers: Headers::default(),
            informational: Vec::new(),
            delay: Delay::default(),
            fault: None,
            early: false,
        }
    }
}

impl Response {
    /// A response with this status and nothing else.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// With this JSON for a body, and its Content-Type.
    #[must_use]
    pub fn json(self, value: impl Serialize) -> Self {
        // What cannot be told in JSON, such as a map whose keys are no strings, is
        // a fault of the test's own: it sees null.
        self.body(serde_json::to_value(value).unwrap_or(Value::Null))
    }

    /// With the content of a file, read when it is asked for.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.body = Body::File(path.into());
        self
    }

    /// With one more piece of the body, sent on its own after this time.
    #[must_use]
    pub fn piece(mut self, delay: Duration, data: impl Into<Data>) -> Self {
        let data = data.into();
        let piece = Piece { delay, data };
        match &mut self.body {
            Body::Pieces(pieces) => pieces.push(piece),
            _ => self.body = Body::Pieces(vec![piece]),
        }
        self
    }

    /// With one more field line.
    #[must_use]
    pub fn header(mut self, name: impl Into<Data>, value: impl Into<Data>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// With one more cookie: `Set-Cookie: name=value` (RFC 6265 §4.1).
    #[must_use]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.header("Set-Cookie", format!("{name}={value}"))
    }

    /// With one more field line behind the body.
    #[must_use]
    pub fn trailer(mut self, name: impl Into<Data>, value: impl Into<Data>) -> Self {
        self.trailers.append(name, value);
        self
    }

    /// With an informational response before it.
    #[must_use]
    pub fn informational(mut self, status: u16, headers: Headers) -> Self {
        self.informational.push(Informational { status, headers });
        self
    }

    /// With a reason phrase of its own, for HTTP/1.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Data>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// With its end told in this way, on HTTP/1.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// With nothing added to its field lines, and on HTTP/1 nothing checked.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.defaults = false;
        self
    }

    /// With this long a wait before anything of it is sent.
    #[must_use]
    pub fn delay(mut self, time: Duration) -> Self {
        self.delay.head = time;
        self
    }

    /// With these waits.
    #[must_use]
    pub fn delays(mut self, delay: Delay) -> Self {
        self.delay = delay;
        self
    }

    /// With this going wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Without waiting for the request's body.
    #[must_use]
    pub fn early(mut self) -> Self {
        self.early = true;
        self
    }
}

/// Field lines, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Headers(pub Vec<(Data, Data)>);

impl Headers {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&Data> {
        self.get_all(name).next()
    }

    /// Every value of this name, in any case, in order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &Data> {
        let lines = self.0.iter();
        lines
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// Adds a line.
    pub fn append(&mut self, name: impl Into<Data>, value: impl Into<Data>) {
        self.0.push((name.into(), value.into()));
    }
}

/// The version that a status line names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// HTTP/1.1.
    #[default]
    #[serde(rename = "1.1")]
    Http11,
    /// HTTP/1.0.
    #[serde(rename = "1.0")]
    Http10,
}

/// How HTTP/1 tells where a body ends (RFC 9112 §6.3). HTTP/2 needs none of it,
/// and gets a Content-Length with `length`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// By Content-Length; by chunks where the length is not known, or trailers
    /// follow.
    #[default]
    Length,
    /// By chunks, one for each piece.
    Chunked,
    /// By closing the connection.
    Close,
}

/// An informational response (RFC 9110 §15.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Informational {
    /// 100 to 199.
    #[serde(deserialize_with = "informational")]
    pub status: u16,
    /// Its field lines.
    #[serde(default)]
    pub headers: Headers,
}

/// What is waited for, in seconds. In JSON also a number: that of `head`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delay {
    /// Before the request's body is read.
    #[serde(with = "seconds")]
    pub request: Duration,
    /// When the request is there, before anything is sent.
    #[serde(with = "seconds")]
    pub head: Duration,
    /// Behind the head, before the body.
    #[serde(with = "seconds")]
    pub body: Duration,
    /// Before what ends the body: the last chunk, the end of the stream or the
    /// connection; by Content-Length its last byte.
    #[serde(with = "seconds")]
    pub end: Duration,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// These bytes. In JSON a string, or `{"base64": "…"}`.
    Bytes(Data),
    /// A JSON value: `{"json": …}`.
    Json(Value),
    /// What a file has when it is asked for: `{"file": "…"}`. A relative path is
    /// meant from the server's working directory.
    File(PathBuf),
    /// Pieces, each sent on its own: `{"pieces": [{"data": "…", "delay": 0.1}]}`.
    Pieces(Vec<Piece>),
}

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// What is waited for before it.
    #[serde(default, with = "seconds")]
    pub delay: Duration,
    /// Its bytes.
    pub data: Data,
}

impl<T: Into<Data>> From<T> for Body {
    fn from(data: T) -> Self {
        Self::Bytes(data.into())
    }
}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

/// The forms of [`Body`] that are objects.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Spelt {
    Base64(String),
    Json(Value),
    File(PathBuf),
    Pieces(Vec<Piece>),
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spelt = match self {
            Self::Empty => return serializer.serialize_str(""),
            Self::Bytes(data) => return data.serialize(serializer),
            Self::Json(value) => Spelt::Json(value.clone()),
            Self::File(path) => Spelt::File(path.clone()),
            Self::Pieces(pieces) => Spelt::Pieces(pieces.clone()),
        };
        spelt.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = Body;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, or an object with one of base64, json, file, pieces")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Body, E> {
                Ok(match text {
                    "" => Body::Empty,
                    text => Body::Bytes(text.to_owned().into()),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Body, A::Error> {
                Ok(match Spelt::deserialize(MapAccessDeserializer::new(map))? {
                    Spelt::Base64(text) => Body::Bytes(data::base64(&text)?),
                    Spelt::Json(value) => Body::Json(value),
                    Spelt::File(path) => Body::File(path),
                    Spelt::Pieces(pieces) => Body::Pieces(pieces),
                })
            }
        }

        deserializer.deserialize_any(Form)
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a number of seconds, or an object with some of request, head, body, end"
        )]
        enum Spelt {
            One(#[serde(with = "seconds")] Duration),
            Each(Each),
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Each {
            #[serde(default, with = "seconds")]
            request: Duration,
            #[serde(default, with = "seconds")]
            head: Duration,
            #[serde(default, with = "seconds")]
            body: Duration,
            #[serde(default, with = "seconds")]
            end: Duration,
        }

        Ok(match Spelt::deserialize(deserializer)? {
            Spelt::One(head) => Self {
                head,
                ..Self::default()
            },
            Spelt::Each(Each {
                request,
                head,
                body,
                end,
            }) => Self {
                request,
                head,
                body,
                end,
            },
        })
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "pairs of a name and a value, or an object of them"
        )]
        enum Spelt {
            Pairs(Vec<(Data, Data)>),
            Object(BTreeMap<String, Data>),
        }

        Ok(Self(match Spelt::deserialize(deserializer)? {
            Spelt::Pairs(pairs) => pairs,
            Spelt::Object(object) => object.into_iter().map(|(n, v)| (n.into(), v)).collect(),
        }))
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    within(deserializer, STATUSES)
}

fn informational<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    within(deserializer, INFORMATIONAL)
}

fn within<'de, D: Deserializer<'de>>(
    deserializer: D,
    range: RangeInclusive<u16>,
) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    match range.contains(&status) {
        true => Ok(status),
        false => {
            let (first, last) = range.into_inner();
            Err(de::Error::custom(format!(
                "a status here is {first} to {last}"
            )))
        }
    }
}
