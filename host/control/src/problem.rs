//! What is answered when something cannot be done (RFC 9457).

use std::error::Error;

use host_server::ServerError;
use host_wire::reason_phrase;
use serde::Serialize;

use crate::answer::Answer;

/// Why a request was not done. The client is at fault below 500, the machine from
/// there on.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    detail: String,
    /// A field that goes with the status.
    field: Option<(&'static str, String)>,
}

impl Problem {
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            field: None,
        }
    }

    /// With a field that goes with the status.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.field = Some((name, value.into()));
        self
    }

    /// What the client sent is wrong.
    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(400, detail)
    }

    /// There is no such thing.
    pub(crate) fn missing(detail: impl Into<String>) -> Self {
        Self::new(404, detail)
    }

    /// It cannot be done as things are.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(409, detail)
    }

    /// The machine is at fault.
    pub(crate) fn internal(error: &(dyn Error + 'static)) -> Self {
        Self::new(500, chain(error))
    }

    pub(crate) fn answer(self) -> Answer {
        #[derive(Serialize)]
        struct Told<'a> {
            r#type: &'a str,
            title: &'a str,
            status: u16,
            detail: &'a str,
        }
        let told = Told {
            r#type: "about:blank",
            title: reason_phrase(self.status),
            status: self.status,
            detail: &self.detail,
        };
        // Four plain values are always told.
        let body = serde_json::to_vec(&told).unwrap_or_default();
        let mut answer = Answer::of(self.status, "application/problem+json", body.into());
        if let Some((name, value)) = self.field {
            answer.fields.append(name, value);
        }
        answer
    }
}

/// A server that cannot start.
impl From<ServerError> for Problem {
    fn from(error: ServerError) -> Self {
        let status = match &error {
            ServerError::Listen { .. } => 409,
            ServerError::Plugins { .. } => 400,
            _ => 500,
        };
        Self::new(status, chain(&error))
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
