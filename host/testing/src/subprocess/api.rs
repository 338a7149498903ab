//! The control API, as far as it is used here.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use crate::Error;

/// How long an answer may take that nobody has to wait for.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an answer: more than all requests that are kept take as JSON.
const LONGEST: u64 = 1 << 30;

/// Lines that are kept of what a process says.
const LINES: usize = 20;

/// Where a process is asked.
#[derive(Debug)]
pub(crate) struct Api {
    agent: Agent,
    /// Ends with a slash.
    base: String,
    said: Arc<Said>,
}

/// What a process has printed last.
#[derive(Debug, Default)]
pub(crate) struct Said(Mutex<VecDeque<String>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// An answer that is no error.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// What was asked, for messages.
    call: String,
    body: Vec<u8>,
}

/// What is wrong (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

impl Api {
    pub(crate) fn new(base: &str, said: Arc<Said>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Whatever proxy the environment names: the process is near.
            .proxy(None)
            .max_redirects(0)
            .build();
        Self {
            agent: config.new_agent(),
            base: format!("{}/", base.trim_end_matches('/')),
            said,
        }
    }

    /// Asks; `wait` is how long the process itself may wait.
    pub(crate) fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&[u8]>,
        wait: Duration,
    ) -> Result<Reply, Error> {
        let call = format!("{} /{path}", method.name());
        let unreachable = |reason: String| Error::Unreachable {
            call: call.clone(),
            reason: format!("{reason}{}", self.said.text()),
        };
        let sent = self.send(method, path, body, TIMEOUT + wait);
        let (status, body) = sent.map_err(|error| unreachable(error.to_string()))?;
        if (200..300).contains(&status) {
            return Ok(Reply { status, call, body });
        }
        let problem = serde_json::from_slice::<Problem>(&body).ok();
        let detail = problem.and_then(|problem| problem.detail.or(problem.title));
        Err(Error::Refused {
            call,
            status,
            detail: detail.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned()),
        })
    }

    /// Sends JSON and expects some.
    pub(crate) fn json<T: for<'de> Deserialize<'de>>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Error> {
        let body = body.map(Value::to_string);
        let body = body.as_ref().map(String::as_bytes);
        self.call(method, path, body, Duration::ZERO)?.parsed()
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&[u8]>,
        timeout: Duration,
    ) -> Result<(u16, Vec<u8>), ureq::Error> {
        let request = Request::builder()
            .method(method.name())
            .uri(format!("{}{path}", self.base));
        let timeout = Some(timeout);
        let mut response = match method {
            Method::Get | Method::Delete => {
                let request = self.agent.configure_request(request.body(())?);
                self.agent.run(request.timeout_global(timeout).build())
            }
            Method::Post | Method::Put => {
                let request = match path.contains("/handlers/") {
                    true => request.header("content-type", "application/octet-stream"),
                    false => request.header("content-type", "application/json"),
                };
                let request = request.body(body.unwrap_or_default())?;
                let request = self.agent.configure_request(request);
                self.agent.run(request.timeout_global(timeout).build())
            }
        }?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(LONGEST);
        Ok((status, body.read_to_vec()?))
    }
}

impl Said {
    pub(crate) fn add(&self, line: String) {
        let mut lines = self.0.lock();
        if lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The lines, each with a line end before it.
    pub(crate) fn text(&self) -> String {
        let lines = self.0.lock();
        lines.iter().map(|line| format!("\n  {line}")).collect()
    }
}

impl Reply {
    pub(crate) fn parsed<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Unreachable {
            call: self.call.clone(),
            reason: format!("what came is not understood: {error}"),
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A value as JSON.
pub(crate) fn value(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Mock(error.to_string()))
}

/// A name as a segment of a path (RFC 3986 §3.3).
pub(crate) fn segment(name: &str) -> String {
    const ESCAPED: AsciiSet = NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(name, &ESCAPED).to_string()
}
