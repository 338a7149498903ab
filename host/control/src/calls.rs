//! Requests whose answer the client gives while they wait: `/servers/{server}/calls`.

use host_mock::{Answer as Scripted, Call};
use serde::Serialize;

use crate::answer::{Answer, done};
use crate::problem::Problem;
use crate::requests;
use crate::routes::Asked;

#[derive(Serialize)]
struct Waiting {
    calls: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    id: u64,
    callback: String,
    request: requests::Told,
}

impl From<Call> for Told {
    fn from(call: Call) -> Self {
        Self {
            id: call.id,
            callback: call.callback,
            request: call.request.into(),
        }
    }
}

/// Hands out the oldest call that nobody was told of.
pub(crate) async fn next(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let call = match asked.is_head {
        // Nobody would be told of it.
        true => None,
        false => asked.wait_for(&server, server.mocks.next_call()).await?,
    };
    let calls = call.map(Told::from).into_iter().collect();
    Answer::json(200, &Waiting { calls })
}

pub(crate) async fn answer(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let id = asked.number("call")?;
    let answer: Scripted = asked.json()?;
    if matches!(answer, Scripted::Callback(_)) {
        return Err(Problem::bad(
            "callback: a call is answered by a response, wire or handler",
        ));
    }
    match server.mocks.answer_call(id, answer) {
        true => Ok(done()),
        false => Err(Problem::missing(format!("call {id} does not wait"))),
    }
}
