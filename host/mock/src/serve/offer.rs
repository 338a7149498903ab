//! Who answers a request, and in which order things happen.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use host_wire::Exchange;
use tokio::task::spawn_blocking;

use super::record::Recorder;
use super::{Failure, fail, pause, respond, wire};
use crate::board::Choice;
use crate::{Answer, Mocks, Request, Response, Step};

/// Answers that give another answer, one behind the other, at most.
const ANSWERS: usize = 8;

/// Runs handlers, which mocks name.
pub trait Handlers: Send + Sync {
    /// Lets the handler of this name answer.
    fn run(&self, name: String, exchange: Exchange) -> BoxFuture<'_, Ran>;
}

/// What became of an exchange that a handler was to answer.
#[derive(Debug)]
pub enum Ran {
    /// It ran.
    Done {
        /// The status that was sent, if one was.
        status: Option<u16>,
        /// What the handler is called in logs and journals.
        handler: Option<String>,
    },
    /// There is no such handler.
    Missing {
        /// Nobody looked at it.
        exchange: Box<Exchange>,
        /// Why not.
        why: String,
    },
}

/// What became of an exchange that was offered to the mocks.
#[derive(Debug)]
pub enum Offered {
    /// A mock answered, or nothing did and the client was told so.
    Answered {
        /// The status that was sent, if one was.
        status: Option<u16>,
        /// The handler that ran.
        handler: Option<String>,
        /// The mock's number.
        mock: Option<u64>,
    },
    /// No mock answers: somebody else does, with the exchange as it came.
    Passed(Box<Exchange>),
}

/// What a mock has done.
#[derive(Debug, Default)]
struct Done {
    status: Option<u16>,
    handler: Option<String>,
}

impl Mocks {
    /// Answers a request by the first mock that wants it, and keeps it.
    pub async fn offer(
        self: &Arc<Self>,
        mut exchange: Exchange,
        handlers: &dyn Handlers,
    ) -> Offered {
        let mut recorder = Recorder::new(self, &mut exchange).await;
        if self.need_body() {
            recorder.read_some(&mut exchange).await;
        }
        let (answer, mock) = match self.choose(recorder.request()) {
            Choice::Mock { id, answer } => {
                recorder.request_mut().mock = Some(id);
                (answer, Some(id))
            }
            Choice::Unmatched { .. } if self.passes() => {
                // Only what may be put back was read.
                recorder.hand_on(&mut exchange);
                return Offered::Passed(Box::new(exchange));
            }
            Choice::Unmatched { answer, why } => {
                recorder.request_mut().unmatched = Some(why.clone());
                (answer.unwrap_or_else(|| unmatched(&why)), None)
            }
        };
        exchange.write_as("mock");
        let answering = Answering {
            mocks: self,
            handlers,
            exchange: Box::new(exchange),
            recorder,
        };
        // On the heap: what holds an exchange is moved often.
        let Done { status, handler } = Box::pin(answering.answer(answer)).await;
        Offered::Answered {
            status,
            handler,
            mock,
        }
    }
}

/// What says that nothing answers.
fn unmatched(why: &str) -> Answer {
    let response = Response::new(super::FAILED).header("Content-Type", "text/plain; charset=utf-8");
    response.body(format!("{why}\n")).into()
}

/// A request that is being answered. Fields are dropped in this order: a request
/// counts as answered when its exchange is over.
struct Answering<'a> {
    mocks: &'a Arc<Mocks>,
    handlers: &'a dyn Handlers,
    exchange: Box<Exchange>,
    recorder: Box<Recorder>,
}

impl Answering<'_> {
    async fn answer(mut self, mut answer: Answer) -> Done {
        for _ in 0..ANSWERS {
            let next = match answer {
                Answer::Response(response) => {
                    return Done::sent(self.respond(*response).await);
                }
                Answer::Wire(steps) => return Done::sent(self.script(&steps).await),
                Answer::Handler(name) => return self.run(name).await,
                Answer::Callback(name) => self.call_back(name).await,
                Answer::Function(function) => self.call(function).await,
            };
            answer = match next {
                Ok(next) => next,
                Err(failure) => return Done::sent(self.failed(failure).await),
            };
        }
        let why = format!("more than {ANSWERS} functions and callbacks, one behind the other");
        Done::sent(self.failed(Failure::Impossible(why)).await)
    }

    async fn respond(&mut self, response: Response) -> Option<u16> {
        let read = async {
            pause(&mut self.exchange, response.delay.request).await?;
            if !response.early {
                self.recorder.read(&mut self.exchange).await;
            }
            Ok(())
        };
        let read: Result<(), Failure> = read.await;
        self.recorder.keep();
        if let Err(failure) = read {
            return self.failed(failure).await;
        }
        match respond::respond(&mut self.exchange, response).await {
            Ok(status) => status,
            Err(failure) => self.failed(failure).await,
        }
    }

    async fn script(&mut self, steps: &[Step]) -> Option<u16> {
        match wire::run(&mut self.exchange, &mut self.recorder, steps).await {
            Ok(status) => status,
            Err(failure) => self.failed(failure).await,
        }
    }

    async fn run(mut self, name: String) -> Done {
        if !self.recorder.is_whole() {
            let why = "the body is longer than what is kept: a handler cannot have it";
            return Done::sent(self.failed(Failure::impossible(why)).await);
        }
        self.recorder.hand_on(&mut self.exchange);
        match self.handlers.run(name, *self.exchange).await {
            Ran::Done { status, handler } => Done { status, handler },
            Ran::Missing { mut exchange, why } => {
                tell(&exchange, &why);
                Done::sent(fail(&mut exchange, &why).await)
            }
        }
    }

    async fn call_back(&mut self, name: String) -> Result<Answer, Failure> {
        let request = self.complete().await;
        let asked = self.mocks.ask(name, request);
        let answer = self.exchange.unless_gone(asked).await?;
        answer.map_err(|error| Failure::Impossible(error.to_string()))
    }

    async fn call(&mut self, function: crate::Function) -> Result<Answer, Failure> {
        let request = self.complete().await;
        // It may block, and look at the server.
        let called = spawn_blocking(move || (function.0)(&request));
        let answer = self.exchange.unless_gone(called).await?;
        answer.map_err(|error| Failure::Impossible(format!("the test's function failed: {error}")))
    }

    /// The request, for those who want all of it.
    async fn complete(&mut self) -> Arc<Request> {
        if !self.recorder.is_read() {
            self.recorder.read(&mut self.exchange).await;
        }
        self.recorder.keep()
    }

    /// Tells the client, as far as it can be told. The status that was sent.
    async fn failed(&mut self, failure: Failure) -> Option<u16> {
        self.recorder.keep();
        if failure.is_leaving() {
            return None;
        }
        let why = failure.to_string();
        tell(&self.exchange, &why);
        fail(&mut self.exchange, &why).await
    }
}

fn tell(exchange: &Exchange, why: &str) {
    let head = exchange.head();
    let (method, target) = (head.method.escape_ascii(), head.target.escape_ascii());
    tracing::warn!(target: "mock", %method, %target, "cannot answer: {why}");
}

impl Done {
    fn sent(status: Option<u16>) -> Self {
        Self {
            status,
            handler: None,
        }
    }
}
