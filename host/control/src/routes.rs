//! What there is to ask for: the table, and finding a request's place in it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::answer::{Answer, done};
use crate::control::Control;
use crate::hosted::Hosted;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::{OPENAPI, calls, faults, handlers, json, mocks, requests, servers, verify, wire};

macro_rules! routes {
    ($($method:ident $path:literal [$($parameter:literal)*] $run:path;)*) => {
        &[$(Route {
            method: stringify!($method),
            path: $path,
            parameters: &[$($parameter),*],
            run: |asked| Box::pin($run(asked)),
        }),*]
    };
}

/// Everything, with the parameters that each takes.
pub(crate) const ROUTES: &[Route] = routes! {
    GET    "/"                                  []                  servers::index;
    GET    "/openapi.json"                      []                  openapi;
    GET    "/servers"                           []                  servers::list;
    POST   "/servers"                           []                  servers::create;
    GET    "/servers/{server}"                  []                  servers::get;
    DELETE "/servers/{server}"                  []                  servers::delete;
    POST   "/servers/{server}/stop"             []                  servers::stop;
    POST   "/servers/{server}/start"            []                  servers::start;
    POST   "/servers/{server}/reset"            []                  servers::reset;
    GET    "/servers/{server}/mocks"            []                  mocks::list;
    POST   "/servers/{server}/mocks"            []                  mocks::add;
    DELETE "/servers/{server}/mocks"            []                  mocks::clear;
    GET    "/servers/{server}/mocks/{mock}"     []                  mocks::get;
    DELETE "/servers/{server}/mocks/{mock}"     []                  mocks::remove;
    PUT    "/servers/{server}/unmatched"        []                  mocks::set_unmatched;
    DELETE "/servers/{server}/unmatched"        []                  mocks::clear_unmatched;
    POST   "/servers/{server}/faults"           []                  faults::add;
    DELETE "/servers/{server}/faults"           []                  faults::clear;
    GET    "/servers/{server}/requests"         ["after" "wait"]    requests::list;
    DELETE "/servers/{server}/requests"         []                  requests::forget;
    POST   "/servers/{server}/requests/take"    ["wait"]            requests::take;
    GET    "/servers/{server}/counts"           ["answered" "wait"] requests::counts;
    GET    "/servers/{server}/verify"           []                  verify::verify;
    GET    "/servers/{server}/calls"            ["wait"]            calls::next;
    POST   "/servers/{server}/calls/{call}"     []                  calls::answer;
    PUT    "/servers/{server}/handlers/{name}"  []                  handlers::put;
    DELETE "/servers/{server}/handlers/{name}"  []                  handlers::remove;
    GET    "/servers/{server}/wire"             ["connection"]      wire::lines;
};

/// The contract.
async fn openapi(_: Asked<'_>) -> Result<Answer, Problem> {
    Ok(Answer::of(
        200,
        "application/json",
        Bytes::from_static(OPENAPI.as_bytes()),
    ))
}

/// What is answered, when it is known.
pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send + 'a>>;

/// A line of the table.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) parameters: &'static [&'static str],
    pub(crate) run: for<'a> fn(Asked<'a>) -> Answering<'a>,
}

impl Route {
    /// Whether its requests have content that counts.
    pub(crate) fn has_body(&self) -> bool {
        matches!(self.method, "POST" | "PUT")
    }
}

/// A request that has its place in the table.
pub(crate) struct Call {
    pub(crate) route: &'static Route,
    /// What stands for the path's names, in order.
    names: Vec<String>,
    parameters: Parameters,
    is_head: bool,
    /// How long the answer may be put off.
    pub(crate) wait: Duration,
}

/// What became of looking for it.
pub(crate) enum Found {
    Call(Call),
    /// The table itself answers.
    Answer(Answer),
}

/// Finds a request's place.
///
/// # Errors
/// There is nothing at this path, or nothing for this method, or its parameters are
/// not right.
pub(crate) fn find(method: &[u8], target: &[u8]) -> Result<Found, Problem> {
    let path = path_of(target).ok_or_else(|| Problem::bad("the target is no path"))?;
    let here: Vec<_> = ROUTES
        .iter()
        .filter_map(|route| Some((route, names(route.path, &path)?)))
        .collect();
    if here.is_empty() {
        return Err(Problem::missing(
            "there is nothing at this path: see /openapi.json",
        ));
    }
    let is_head = method == b"HEAD";
    let wanted = if is_head { b"GET" } else { method };
    let mut found = here.iter();
    let Some((route, names)) = found.find(|(route, _)| route.method.as_bytes() == wanted) else {
        let allow = allow(here.iter().map(|(route, _)| route.method));
        if method == b"OPTIONS" {
            let mut answer = done();
            answer.fields.append("Allow", allow);
            return Ok(Found::Answer(answer));
        }
        let why = format!("here is only {allow}");
        return Err(Problem::new(405, why).with("Allow", allow));
    };
    let parameters = Parameters::of(target, route.parameters)?;
    Ok(Found::Call(Call {
        route,
        names: names.clone(),
        wait: parameters.wait()?,
        parameters,
        is_head,
    }))
}

fn allow(methods: impl Iterator<Item = &'static str>) -> String {
    let mut allow = Vec::new();
    for method in methods {
        allow.push(method);
        if method == "GET" {
            allow.push("HEAD");
        }
    }
    allow.push("OPTIONS");
    allow.join(", ")
}

/// A target's path, by its segments, decoded: also of a target that is a whole URL
/// (RFC 9112 §3.2.2); `None` where one is no text.
fn path_of(target: &[u8]) -> Option<Vec<String>> {
    let end = target.iter().position(|b| matches!(b, b'?' | b'#'));
    let text = std::str::from_utf8(&target[..end.unwrap_or(target.len())]).ok()?;
    let path = match text.split_once("://") {
        Some((_, rest)) if !text.starts_with('/') => &rest[rest.find('/').unwrap_or(rest.len())..],
        _ => text,
    };
    let path = path.strip_prefix('/').or(path.is_empty().then_some(""))?;
    let decoded = |segment| percent_decode_str(segment).decode_utf8().ok();
    let segments = path.split('/').map(decoded);
    segments
        .map(|segment| Some(segment?.into_owned()))
        .collect()
}

/// What stands for the names of a pattern, if the path is one of its.
fn names(pattern: &str, path: &[String]) -> Option<Vec<String>> {
    let pattern: Vec<_> = pattern.split('/').skip(1).collect();
    if pattern.len() != path.len() {
        return None;
    }
    let mut names = Vec::new();
    for (part, segment) in pattern.iter().zip(path) {
        if part.starts_with('{') {
            names.push(segment.clone());
        } else if part != segment {
            return None;
        }
    }
    Some(names)
}

/// A request, as the functions of the table get it.
pub(crate) struct Asked<'a> {
    pub(crate) control: &'a Control,
    pub(crate) parameters: Parameters,
    pub(crate) is_head: bool,
    pub(crate) wait: Duration,
    pub(crate) body: Bytes,
    names: Vec<String>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(control: &'a Control, call: Call, body: Bytes) -> Self {
        Self {
            control,
            parameters: call.parameters,
            is_head: call.is_head,
            wait: call.wait,
            body,
            names: call.names,
        }
    }

    /// The server that the path names.
    pub(crate) fn server(&self) -> Result<Arc<Hosted>, Problem> {
        self.control.server(self.name(0))
    }

    /// What else the path names.
    pub(crate) fn second(&self) -> &str {
        self.name(1)
    }

    /// The same as the number of a thing.
    pub(crate) fn number(&self, what: &str) -> Result<u64, Problem> {
        let text = self.second();
        let number = text
            .parse()
            .ok()
            .filter(|number: &u64| number.to_string() == text);
        number.ok_or_else(|| Problem::missing(format!("there is no {what} {text:?}")))
    }

    /// The body as JSON, an object.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        match self.body.trim_ascii_start().first() {
            // What is made of an object would be made of its values in an array, too.
            Some(first) if *first != b'{' => Err(Problem::bad("the body: expected an object")),
            _ => json::read(&self.body),
        }
    }

    /// The body as JSON, an array.
    pub(crate) fn array<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json::read(&self.body)
    }

    fn name(&self, at: usize) -> &str {
        self.names.get(at).map_or("", String::as_str)
    }
}
