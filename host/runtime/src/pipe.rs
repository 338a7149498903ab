//! A component as a pipe: `handle-pipe`, on an instance of its own.

use std::sync::Arc;

use bytes::Bytes;
use host_wire::{Exchange, Fields, Head};

use crate::context::Context;
use crate::hooks::{self, Ending, Task};
use crate::state::State;
use crate::{Failure, Handler, Route, Tenant, url};

/// A pipe in a request's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments, their escapes resolved.
    pub arguments: Vec<String>,
}

/// An answer that a pipe works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The status code.
    pub status: u16,
    /// HTTP/1's reason phrase; `None` for the registered one.
    pub reason: Option<Bytes>,
    /// The field lines, in order.
    pub fields: Fields,
    /// All of the content.
    pub content: Bytes,
}

/// A pipe that failed, as its client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The status of the error page.
    pub status: u16,
    /// What it says.
    pub message: String,
}

impl Handler {
    /// Lets `handle-pipe` work on an answer to the request of that `head`; gives
    /// it back as it was, with `false`, where the component has no such pipe. The
    /// limits of `tenant` hold for it as for an answer of its own.
    ///
    /// # Errors
    /// What to tell the client of the hook's error, a trap, a limit; they are in
    /// the log already.
    pub async fn pipe(
        &self,
        tenant: &Arc<Tenant>,
        route: Route,
        head: Head,
        call: Call,
        held: Held,
    ) -> Result<(bool, Held), Failed> {
        let context = Context::new(tenant.clone(), route, self);
        let url = url::of(&head);
        let failed = |failure: Failure| {
            self.report(&failure, &context);
            Failed {
                status: failure.status(),
                message: failure.message(tenant.dev, &url),
            }
        };
        let guest = self.guest().await.map_err(failed)?;
        let _turn = self.turn(tenant).await.map_err(failed)?;
        let mut state = State::new(Exchange::detached(head), context.clone(), None);
        let answer = &mut state.answer;
        (answer.status, answer.reason) = (held.status, held.reason.clone());
        answer.content = held.content.clone();
        let fits = answer.edit(|fields| *fields = held.fields.clone());
        fits.map_err(|limit| failed(Failure::Overrun(limit)))?;
        let task = Task::Pipe(call.name, call.arguments);
        let run = hooks::run(&self.runtime, &guest, state, None, task).await;
        match run.result {
            Ok(true) => Ok((true, run.state.answer.into_held())),
            Ok(false) => Ok((false, held)),
            Err(Ending::Failed(failure)) => Err(failed(failure)),
            // Nobody told it of a client.
            Err(Ending::Told) => Ok((false, held)),
        }
    }
}
