//! The requests that came: `/servers/{server}/requests`.

use std::sync::Arc;

use host_mock::{Counts, Data, File, Request};
use serde::Serialize;

use crate::answer::{Answer, done};
use crate::limits::TOLD;
use crate::problem::Problem;
use crate::routes::Asked;

/// A request as it is told: with what is decoded of it.
#[derive(Serialize)]
pub(crate) struct Told {
    #[serde(flatten, serialize_with = "shared")]
    request: Arc<Request>,
    path: Data,
    query: Data,
    args: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    form: Vec<(String, String)>,
    files: Vec<File>,
    charset: Option<String>,
}

impl From<Arc<Request>> for Told {
    fn from(request: Arc<Request>) -> Self {
        Self {
            path: request.path(),
            query: request.query(),
            args: request.args(),
            cookies: request.cookies(),
            form: request.form(),
            files: request.files(),
            charset: request.charset(),
            request,
        }
    }
}

fn shared<S: serde::Serializer>(request: &Arc<Request>, serializer: S) -> Result<S::Ok, S::Error> {
    request.as_ref().serialize(serializer)
}

#[derive(Serialize)]
struct Page {
    requests: Vec<Told>,
    /// What to ask for requests behind.
    last: u64,
    /// Whether there are some already.
    more: bool,
    counts: Counts,
}

pub(crate) async fn list(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let after = asked.parameters.number("after")?.unwrap_or(0);
    let found = asked.until(&server, |mocks| {
        let requests = mocks.requests(after);
        (!requests.is_empty()).then_some(requests)
    });
    let found = found.await?.unwrap_or_default();
    let all = found.len();
    let mut bytes = 0;
    let page: Vec<_> = found
        .into_iter()
        .take_while(|request| {
            let goes_on = bytes < TOLD;
            bytes += request.body.len();
            goes_on
        })
        .collect();
    let page = Page {
        last: page.last().map_or(after, |request| request.id),
        more: page.len() < all,
        requests: page.into_iter().map(Told::from).collect(),
        counts: server.mocks.counts(),
    };
    Answer::json(200, &page)
}

pub(crate) async fn forget(asked: Asked<'_>) -> Result<Answer, Problem> {
    asked.server()?.mocks.forget_requests();
    Ok(done())
}

/// The oldest that was not taken before.
pub(crate) async fn take(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    match asked.until(&server, |mocks| mocks.take()).await? {
        Some(request) => Answer::json(200, &Told::from(request)),
        None => Ok(done()),
    }
}

pub(crate) async fn counts(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let answered = asked.parameters.number("answered")?.unwrap_or(0);
    let enough = asked.until(&server, |mocks| {
        let counts = mocks.counts();
        (counts.answered >= answered).then_some(counts)
    });
    let counts = enough.await?.unwrap_or_else(|| server.mocks.counts());
    Answer::json(200, &counts)
}
