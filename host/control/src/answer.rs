//! What the control API answers.

use bytes::Bytes;
use host_wire::{Exchange, Fields, WireError};
use serde::Serialize;

use crate::problem::Problem;

/// An answer, before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Fields,
    body: Bytes,
}

impl Answer {
    /// With content of this type.
    pub(crate) fn of(status: u16, content_type: &'static str, body: Bytes) -> Self {
        let mut answer = Self::empty(status);
        answer.fields.append("Content-Type", content_type);
        answer.body = body;
        answer
    }

    /// Without content.
    pub(crate) fn empty(status: u16) -> Self {
        let mut fields = Fields::new();
        // What is told is of this moment.
        fields.append("Cache-Control", "no-store");
        Self {
            status,
            fields,
            body: Bytes::new(),
        }
    }

    /// With a value, as JSON.
    ///
    /// # Errors
    /// It cannot be told in JSON.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
        Ok(Self::of(status, "application/json", body.into()))
    }

    pub(crate) async fn send(self, exchange: &mut Exchange) -> Result<(), WireError> {
        exchange.respond(self.status, self.fields, self.body).await
    }
}

/// Done, and nothing to say.
pub(crate) fn done() -> Answer {
    Answer::empty(204)
}
