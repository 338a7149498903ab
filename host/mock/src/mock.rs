//! A mock: an answer, which requests get it, and how often.

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize};

use crate::{Condition, Data, Request, Response, Step};

/// An answer, the requests that it is for, and how often it is given.
///
/// Of the mocks whose conditions a request meets and that have answers left, the
/// one with the highest priority answers; among those, mocks with conditions go
/// before mocks without any, and then the one that was added first.
#[derive(Clone, Debug)]
pub struct Mock {
    /// All of them must hold.
    pub when: Vec<Condition>,
    /// How many requests it answers.
    pub times: Times,
    /// How many it must have answered when the test ends, if that matters.
    pub expect: Option<Expected>,
    /// Higher goes first.
    pub priority: i32,
    /// The answer.
    pub answer: Answer,
}

/// How many requests a mock answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// One; all of them where it is expected to have answered some, so that too
    /// many are counted and told.
    #[default]
    Unsaid,
    /// All of them.
    Always,
    /// So many.
    Only(u64),
}

/// What a request is answered with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// A response.
    Response(Box<Response>),
    /// Operations on the wire, one after the other.
    Wire(Arc<[Step]>),
    /// A handler: the path of a component or script in the server's folder, or the
    /// name that one was uploaded under.
    Handler(String),
    /// Whoever drives the server is asked, with this name; see
    /// [`Mocks::next_call`](crate::Mocks::next_call).
    Callback(String),
    /// A function of the test's own, in its own process only. It may block.
    Function(Function),
}

/// See [`Answer::Function`].
#[derive(Clone)]
pub struct Function(pub Arc<dyn Fn(&Request) -> Answer + Send + Sync>);

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}

/// How often a mock must answer. In JSON a number, or an object with `at_least`,
/// `at_most` or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Not less often.
    pub at_least: u64,
    /// Not more often, if that matters.
    pub at_most: Option<u64>,
}

/// A mock that answers the next request with this, once, whatever it is.
pub fn respond(answer: impl Into<Answer>) -> Mock {
    Mock {
        when: Vec::new(),
        times: Times::Unsaid,
        expect: None,
        priority: 0,
        answer: answer.into(),
    }
}

impl Mock {
    /// Only for requests that meet this condition, too.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.when.push(condition);
        self
    }

    /// For this many requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Times::Only(times);
        self
    }

    /// For every request.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = Times::Always;
        self
    }

    /// With the test failing if it has not answered so many: `1..`, `..=3`,
    /// `2..=2`. It answers all requests then, if [`times`](Self::times) says nothing
    /// else.
    #[must_use]
    pub fn expect(mut self, range: impl RangeBounds<u64>) -> Self {
        let at_least = match range.start_bound() {
            Bound::Included(&n) => n,
            Bound::Excluded(&n) => n.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let at_most = match range.end_bound() {
            Bound::Included(&n) => Some(n),
            Bound::Excluded(&n) => Some(n.saturating_sub(1)),
            Bound::Unbounded => None,
        };
        self.expect = Some(Expected { at_least, at_most });
        self
    }

    /// Before those with a lower priority; 0 if nothing is said.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// How many requests it answers; all of them if `None`.
    pub fn limit(&self) -> Option<u64> {
        match self.times {
            Times::Only(times) => Some(times),
            Times::Unsaid if self.expect.is_none() => Some(1),
            Times::Unsaid | Times::Always => None,
        }
    }

    pub(crate) fn needs_body(&self) -> bool {
        self.when.iter().any(Condition::needs_body)
    }
}

impl Answer {
    /// A response.
    pub fn response(response: Response) -> Self {
        Self::Response(Box::new(response))
    }

    /// Operations on the wire.
    pub fn wire(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::Wire(steps.into_iter().collect())
    }

    /// A handler, by its path in the server's folder or the name that it was
    /// uploaded under.
    pub fn handler(name: impl Into<String>) -> Self {
        Self::Handler(name.into())
    }

    /// What a function of the test's own says; it may block.
    pub fn function<A: Into<Answer>>(
        function: impl Fn(&Request) -> A + Send + Sync + 'static,
    ) -> Self {
        Self::Function(Function(Arc::new(move |request| function(request).into())))
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::response(response)
    }
}

impl<const N: usize> From<[Step; N]> for Answer {
    fn from(steps: [Step; N]) -> Self {
        Self::wire(steps)
    }
}

impl From<Vec<Step>> for Answer {
    fn from(steps: Vec<Step>) -> Self {
        Self::wire(steps)
    }
}

impl From<&'static str> for Answer {
    fn from(body: &'static str) -> Self {
        Self::response(Response::default().body(body))
    }
}

impl From<Data> for Answer {
    fn from(body: Data) -> Self {
        Self::response(Response::default().body(body))
    }
}

impl From<String> for Answer {
    fn from(body: String) -> Self {
        Self::response(Response::default().body(body))
    }
}

impl From<u16> for Answer {
    fn from(status: u16) -> Self {
        Self::response(Response::new(status))
    }
}

/// A mock as JSON has it: like a route of host.toml, it has one of `response`,
/// `wire`, `handler` and `callback`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelt {
    #[serde(default)]
    when: Vec<Condition>,
    /// Null: always.
    #[serde(default, deserialize_with = "nullable")]
    times: Option<Option<u64>>,
    #[serde(default)]
    expect: Option<Expected>,
    #[serde(default)]
    priority: i32,
    #[serde(default)]
    response: Option<Box<Response>>,
    #[serde(default)]
    wire: Option<Vec<Step>>,
    #[serde(default)]
    handler: Option<String>,
    #[serde(default)]
    callback: Option<String>,
}

/// An answer as JSON has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeltAnswer {
    #[serde(default)]
    response: Option<Box<Response>>,
    #[serde(default)]
    wire: Option<Vec<Step>>,
    #[serde(default)]
    handler: Option<String>,
    #[serde(default)]
    callback: Option<String>,
}

/// Tells a key that is null from one that is not there.
fn nullable<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The one of these that there is.
fn one_of(
    response: Option<Box<Response>>,
    wire: Option<Vec<Step>>,
    handler: Option<String>,
    callback: Option<String>,
) -> Result<Answer, &'static str> {
    let answers = [
        response.map(Answer::Response),
        wire.map(Answer::wire),
        handler.map(Answer::Handler),
        callback.map(Answer::Callback),
    ];
    let mut answers = answers.into_iter().flatten();
    match (answers.next(), answers.next()) {
        (Some(answer), None) => Ok(answer),
        (None, _) => Err("no answer: one of response, wire, handler, callback"),
        (Some(_), Some(_)) => Err("two answers: only one of response, wire, handler, callback"),
    }
}

impl<'de> Deserialize<'de> for Mock {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spelt = Spelt::deserialize(deserializer)?;
        let times = match spelt.times {
            None => Times::Unsaid,
            Some(None) => Times::Always,
            Some(Some(0)) => {
                return Err(serde::de::Error::custom(
                    "times: 1 or more, or null for always",
                ));
            }
            Some(Some(times)) => Times::Only(times),
        };
        let answer = one_of(spelt.response, spelt.wire, spelt.handler, spelt.callback);
        Ok(Self {
            when: spelt.when,
            times,
            expect: spelt.expect,
            priority: spelt.priority,
            answer: answer.map_err(serde::de::Error::custom)?,
        })
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spelt = SpeltAnswer::deserialize(deserializer)?;
        one_of(spelt.response, spelt.wire, spelt.handler, spelt.callback)
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Mock {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            when: &'a [Condition],
            #[serde(skip_serializing_if = "Option::is_none")]
            times: Option<Option<u64>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expect: Option<Expected>,
            priority: i32,
            #[serde(flatten)]
            answer: &'a Answer,
        }
        let told = Told {
            when: &self.when,
            times: match self.times {
                Times::Unsaid => None,
                Times::Always => Some(None),
                Times::Only(times) => Some(Some(times)),
            },
            expect: self.expect,
            priority: self.priority,
            answer: &self.answer,
        };
        told.serialize(serializer)
    }
}

impl Serialize for Answer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Response(response) => map.serialize_entry("response", response)?,
            Self::Wire(steps) => map.serialize_entry("wire", &**steps)?,
            Self::Handler(name) => map.serialize_entry("handler", name)?,
            Self::Callback(name) => map.serialize_entry("callback", name)?,
            // It cannot be told.
            Self::Function(_) => {}
        }
        map.end()
    }
}

impl Serialize for Expected {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Each {
            at_least: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            at_most: Option<u64>,
        }
        let (at_least, at_most) = (self.at_least, self.at_most);
        Each { at_least, at_most }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a number, or an object with at_least, at_most or both"
        )]
        enum Spelt {
            Exactly(u64),
            Each(Each),
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Each {
            #[serde(default)]
            at_least: u64,
            #[serde(default)]
            at_most: Option<u64>,
        }

        let (at_least, at_most) = match Spelt::deserialize(deserializer)? {
            Spelt::Exactly(n) => (n, Some(n)),
            Spelt::Each(Each { at_least, at_most }) => (at_least, at_most),
        };
        if at_most.is_some_and(|most| most < at_least) {
            return Err(serde::de::Error::custom("at_most is less than at_least"));
        }
        Ok(Self { at_least, at_most })
    }
}
