//! What a running host prints, line by line, and waiting for it.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};
use serde_json::Value;

use crate::DEADLINE;

/// The output of one process, read on threads of its own so that it never
/// blocks on a full pipe.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Value>,
    /// Everything, for the one who reads a failure.
    log: String,
    /// Pipes that have ended.
    ended: usize,
}

impl Output {
    /// Reads `pipe` to its end. Lines that are JSON objects are events.
    pub(crate) fn drain(&self, pipe: impl Read + Send + 'static) {
        let shared = Arc::clone(&self.0);
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                let text = String::from_utf8_lossy(&line);
                let event = serde_json::from_str::<Value>(&text).ok();
                let mut state = shared.state.lock();
                state.log.push_str(&text);
                state.events.extend(event.filter(Value::is_object));
                shared.changed.notify_all();
                drop(state);
                line.clear();
            }
            shared.state.lock().ended += 1;
            shared.changed.notify_all();
        });
    }

    /// All events so far.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.0.state.lock().events.clone()
    }

    /// All output so far.
    pub(crate) fn log(&self) -> String {
        self.0.state.lock().log.clone()
    }

    /// The first event, from the very first on, that `wanted` accepts; `None`
    /// when the output ends or [`DEADLINE`] passes without one.
    pub(crate) fn wait_for(&self, mut wanted: impl FnMut(&Value) -> bool) -> Option<Value> {
        let mut seen = 0;
        self.wait(|state| {
            let new = &state.events[seen..];
            seen = state.events.len();
            new.iter().find(|e| wanted(e)).cloned()
        })
    }

    /// Whether that text is printed before the output ends or [`DEADLINE`]
    /// passes.
    pub(crate) fn wait_for_text(&self, part: &str) -> bool {
        self.wait(|state| state.log.contains(part).then_some(()))
            .is_some()
    }

    /// Asks again after each line.
    fn wait<T>(&self, mut ask: impl FnMut(&State) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + DEADLINE;
        let mut state = self.0.state.lock();
        loop {
            let answer = ask(&state);
            if answer.is_some() || state.ended == 2 {
                return answer;
            }
            if self.0.changed.wait_until(&mut state, deadline).timed_out() {
                return ask(&state);
            }
        }
    }

    /// Waits until both pipes have ended, so that the log is whole.
    pub(crate) fn wait_for_end(&self) {
        let deadline = Instant::now() + DEADLINE;
        let mut state = self.0.state.lock();
        while state.ended < 2 {
            let late = self.0.changed.wait_until(&mut state, deadline).timed_out();
            assert!(!late, "the output does not end");
        }
    }
}
