//! What the fuzz targets of `fuzz/` run: each takes any bytes and panics where
//! an invariant does not hold. Not part of this crate's API.
//!
//! The saved corpus is replayed by the tests below, so that what a fuzzer once
//! found shows on a stable toolchain too.

mod http1;
mod http2;
mod steps;

pub use crate::h2::fuzz::{frame, hpack};
pub use http1::http1;
pub use http2::http2;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::{ConnectionInfo, Exchange, Service, Violation};

/// Longer than every deadline of a connection: on the paused clock a wait that
/// takes this long has no end.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs a connection on a clock that jumps when nobody has anything to do.
fn run<T>(connection: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(async {
        let ended = tokio::time::timeout(FOR_EVER, connection).await;
        ended.expect("the connection hangs")
    })
}

/// A client of this machine.
fn info() -> Arc<ConnectionInfo> {
    let address = ([127, 0, 0, 1], 80).into();
    Arc::new(ConnectionInfo {
        id: 1,
        peer: address,
        local: address,
        tls: None,
        journal: None,
    })
}

/// Answers by a function, counts what is at work, keeps what was reported.
struct Answers<F> {
    answer: F,
    at_work: Mutex<usize>,
    violations: Mutex<Vec<Violation>>,
}

impl<F> Answers<F> {
    fn new(answer: F) -> Arc<Self> {
        Arc::new(Self {
            answer,
            at_work: Mutex::default(),
            violations: Mutex::default(),
        })
    }

    /// Every report has its rule.
    fn check_violations(&self) {
        for violation in self.violations.lock().iter() {
            let named = ["RFC ", "CVE-", "RUSTSEC-"];
            let named = named.iter().any(|n| violation.section.starts_with(n));
            assert!(named && !violation.what.is_empty(), "{violation:?}");
        }
    }
}

impl<F, A> Service for Answers<F>
where
    F: Fn(Exchange) -> A + Send + Sync + 'static,
    A: Future<Output = ()> + Send,
{
    async fn call(&self, exchange: Exchange) {
        *self.at_work.lock() += 1;
        (self.answer)(exchange).await;
        *self.at_work.lock() -= 1;
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        self.violations.lock().push(violation.clone());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Runs a target over its saved inputs.
    fn replay(target: &str, run: fn(&[u8])) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        let mut inputs = 0;
        for file in fs::read_dir(root.join(target)).unwrap() {
            run(&fs::read(file.unwrap().path()).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "no corpus for {target}");
    }

    #[test]
    fn the_corpus_of_frames() {
        replay("frame", super::frame);
    }

    #[test]
    fn the_corpus_of_field_blocks() {
        replay("hpack", super::hpack);
    }

    #[test]
    fn the_corpus_of_http2_connections() {
        replay("http2", super::http2);
    }

    #[test]
    fn the_corpus_of_http1_connections() {
        replay("http1", super::http1);
    }
}
