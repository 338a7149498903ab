//! Load: the same exchange over and over on several connections, beside
//! whatever a test does.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

use crate::{DEADLINE, Host, h1};

/// Connections that are busy until [`Load::stop`].
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    progress: Condvar,
}

#[derive(Debug, Default)]
struct State {
    done: u64,
    failures: Vec<String>,
    stop: bool,
}

impl Load {
    /// Runs `exchange` over and over on `connections` threads, each with what
    /// `connect` gives it. An exchange says what went wrong with `Err`.
    pub fn start<C>(
        connections: usize,
        connect: impl Fn() -> C,
        exchange: impl Fn(&mut C) -> Result<(), String> + Clone + Send + 'static,
    ) -> Self
    where
        C: Send + 'static,
    {
        let shared = Arc::new(Shared::default());
        let worker = |_| {
            let (shared, exchange) = (Arc::clone(&shared), exchange.clone());
            let mut connection = connect();
            std::thread::spawn(move || {
                loop {
                    let result = exchange(&mut connection);
                    let mut state = shared.state.lock();
                    match result {
                        Ok(()) => state.done += 1,
                        Err(failure) => state.failures.push(failure),
                    }
                    // The connection's state is unknown after a failure.
                    let over = state.stop || !state.failures.is_empty();
                    shared.progress.notify_all();
                    if over {
                        return;
                    }
                }
            })
        };
        Self {
            workers: (0..connections).map(worker).collect(),
            shared,
        }
    }

    /// GETs on keep-alive connections that must all be answered 200 with that
    /// in the body.
    pub fn get(host: &Host, connections: usize, path: &str, body: &str) -> Self {
        let (address, path, body) = (host.http(), path.to_owned(), body.to_owned());
        Self::start(
            connections,
            || h1::Client::connect(address),
            move |client| {
                client.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
                let answer = client.try_response(false)?;
                if answer.status == 200 && answer.text().contains(&body) {
                    Ok(())
                } else {
                    Err(format!("{answer:?}: {}", answer.text()))
                }
            },
        )
    }

    /// Exchanges done so far.
    pub fn done(&self) -> u64 {
        self.shared.state.lock().done
    }

    /// Waits until `n` more exchanges are done than now.
    #[track_caller]
    pub fn wait_for(&self, n: u64) {
        let deadline = Instant::now() + DEADLINE;
        let mut state = self.shared.state.lock();
        let goal = state.done + n;
        while state.done < goal {
            assert!(state.failures.is_empty(), "{:?}", state.failures);
            let late = self.shared.progress.wait_until(&mut state, deadline);
            assert!(!late.timed_out(), "{} of {goal} exchanges", state.done);
        }
    }

    /// Ends it; the number of exchanges, none of which failed.
    #[track_caller]
    pub fn stop(mut self) -> u64 {
        self.shared.state.lock().stop = true;
        for worker in self.workers.drain(..) {
            worker.join().expect("a worker that does not panic");
        }
        let state = self.shared.state.lock();
        assert!(
            state.failures.is_empty(),
            "{} exchanges were fine, then: {:?}",
            state.done,
            state.failures
        );
        state.done
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.state.lock().stop = true;
    }
}
