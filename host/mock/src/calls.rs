//! Answers that whoever drives the server gives while the request waits.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

use crate::board::shared;
use crate::limits::CALLS;
use crate::{Answer, Mocks, Request};

/// A request that waits for its answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// Its number, to be named with the answer.
    pub id: u64,
    /// The callback's name, as [`Answer::Callback`] has it.
    pub callback: String,
    /// The request.
    #[serde(serialize_with = "shared")]
    pub request: Arc<Request>,
}

/// Why a callback gave no answer. Whoever drives the server is at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("the callback {0:?} gave no answer in time")]
    Late(String),
    #[error("the callback {0:?} was given up")]
    GivenUp(String),
    #[error("too many callbacks wait already")]
    TooMany,
}

/// The calls that wait.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    state: Mutex<State>,
    /// A call was added.
    added: Notify,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    /// Nobody has been told of these.
    new: VecDeque<Call>,
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
}

impl Calls {
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock();
        state.new.clear();
        state.waiting.clear();
    }
}

impl Mocks {
    /// Waits for a call that nobody was told of.
    ///
    /// Cancel-safe: no call is lost.
    pub async fn next_call(&self) -> Call {
        loop {
            let added = self.calls.added.notified();
            if let Some(call) = self.calls.state.lock().new.pop_front() {
                return call;
            }
            added.await;
        }
    }

    /// Answers a call; says whether it waited.
    pub fn answer_call(&self, id: u64, answer: Answer) -> bool {
        let waiting = self.calls.state.lock().waiting.remove(&id);
        waiting.is_some_and(|call| call.send(answer).is_ok())
    }

    /// Asks whoever drives the server for an answer.
    pub(crate) async fn ask(
        &self,
        callback: String,
        request: Arc<Request>,
    ) -> Result<Answer, NoAnswer> {
        let (call, answer) = {
            let mut state = self.calls.state.lock();
            if state.waiting.len() >= CALLS {
                return Err(NoAnswer::TooMany);
            }
            state.last += 1;
            let (sender, answer) = oneshot::channel();
            let id = state.last;
            state.waiting.insert(id, sender);
            let callback = callback.clone();
            state.new.push_back(Call {
                id,
                callback,
                request,
            });
            (
                Forgotten {
                    calls: &self.calls,
                    id,
                },
                answer,
            )
        };
        self.calls.added.notify_one();
        let answered = timeout(self.limits.callback, answer).await;
        drop(call);
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(NoAnswer::GivenUp(callback)),
            Err(_) => Err(NoAnswer::Late(callback)),
        }
    }
}

/// Takes a call away when its request does not wait any more.
struct Forgotten<'a> {
    calls: &'a Calls,
    id: u64,
}

impl Drop for Forgotten<'_> {
    fn drop(&mut self) {
        let mut state = self.calls.state.lock();
        state.waiting.remove(&self.id);
        state.new.retain(|call| call.id != self.id);
    }
}
