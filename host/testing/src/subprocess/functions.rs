//! The test's own functions as answers, for a server that is another process: it asks
//! by a name, and a thread here answers.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use host_mock::{Answer, Condition, Function, Request, Response};
use parking_lot::Mutex;
use serde::Deserialize;

use crate::Error;

use super::Resource;
use super::api::{self, Method};

/// How long the process is asked for a call at a time.
const POLL: Duration = Duration::from_secs(20);
/// Functions that answer with a function that does so …
const DEPTH: usize = 8;
/// The status of what is the test's own mistake.
const NO_ANSWER: u16 = 555;

/// The functions of a server.
#[derive(Debug)]
pub(crate) struct Functions {
    server: Arc<Resource>,
    named: Mutex<HashMap<String, Function>>,
    is_over: AtomicBool,
}

#[derive(Deserialize)]
struct Calls {
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    id: u64,
    callback: String,
    request: Request,
}

impl Functions {
    pub(crate) fn of(server: &Arc<Resource>) -> Arc<Self> {
        Arc::new(Self {
            server: Arc::clone(server),
            named: Mutex::default(),
            is_over: AtomicBool::new(false),
        })
    }

    /// The answer, a function by a name. The first one starts the thread.
    pub(crate) fn named(self: &Arc<Self>, answer: Answer) -> Answer {
        let Answer::Function(function) = answer else {
            return answer;
        };
        let (name, is_first) = {
            let mut named = self.named.lock();
            let name = format!("function {}", named.len() + 1);
            named.insert(name.clone(), function);
            (name, named.len() == 1)
        };
        if is_first {
            let this = Arc::clone(self);
            let thread = thread::Builder::new().name("host-functions".to_owned());
            // Without a thread the callbacks come too late, which the answers say.
            let _ = thread.spawn(move || this.serve());
        }
        Answer::Callback(name)
    }

    /// Asks for no more calls.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Asks for calls until the server is gone.
    fn serve(self: Arc<Self>) {
        let what = format!("calls?wait={}", POLL.as_secs());
        while !self.is_over.load(Ordering::Relaxed) {
            let reply = self.server.call(Method::Get, &what, None, POLL);
            let Ok(Calls { calls }) = reply.and_then(|reply| reply.parsed()) else {
                return;
            };
            for call in calls {
                let this = Arc::clone(&self);
                // A thread each: one that waits for another must not keep it waiting.
                let _ = thread::Builder::new().spawn(move || this.answer(call));
            }
        }
    }

    fn answer(&self, call: Call) {
        let function = self.named.lock().get(&call.callback).cloned();
        let answer = match function {
            Some(function) => run(&function, &call.request),
            None => no_answer(format!("there is no callback {:?}", call.callback)),
        };
        let told = api::value(&answer);
        let told = told.or_else(|error| api::value(&no_answer(error.told())));
        if let Ok(told) = told {
            let what = format!("calls/{}", call.id);
            // The client may have left meanwhile.
            let _ = self.server.send(Method::Post, &what, &told);
        }
    }
}

/// What a function says, or what it says in the end.
fn run(function: &Function, request: &Request) -> Answer {
    let mut function = function.clone();
    for _ in 0..DEPTH {
        let answer = catch_unwind(AssertUnwindSafe(|| (function.0)(request)));
        match answer {
            Ok(Answer::Function(next)) => function = next,
            Ok(answer) => return answer,
            Err(_) => return no_answer("the test's function panicked".to_owned()),
        }
    }
    no_answer("a function answers with a function, again and again".to_owned())
}

fn no_answer(why: String) -> Answer {
    Answer::response(Response::new(NO_ANSWER).body(why))
}

/// A process cannot ask this one for each condition: it would have to wait for the
/// answers before it could choose a mock.
pub(crate) fn refuse_conditions(conditions: &[Condition]) -> Result<(), Error> {
    let refused = conditions.iter().any(has_function);
    match refused {
        true => Err(Error::Mock(
            "only a server in the test's process can ask `matching`: use another condition, or \
             a function as the answer"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

fn has_function(condition: &Condition) -> bool {
    match condition {
        Condition::Function(_) => true,
        Condition::Not(of) => has_function(of),
        Condition::Any(of) | Condition::All(of) => of.iter().any(has_function),
        _ => false,
    }
}
