//! Waiting for requests and calls.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::request;
use crate::{Limits, Mocks};

/// Much longer than anything here takes: a wake-up that is lost fails a test.
fn later() -> Instant {
    Instant::now() + Duration::from_secs(600)
}

fn keep(mocks: &Mocks) {
    mocks.record(&mut Arc::new(request("GET", "/", "")));
}

#[test]
fn each_change_wakes_who_waits() {
    const REQUESTS: u64 = 2_000;
    let mocks = Mocks::new(Limits::default(), false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1..=REQUESTS {
                keep(&mocks);
                // The other has seen this one before the next.
                let seen = mocks.wait_until(later(), |mocks| {
                    (mocks.counts().answered == n).then_some(())
                });
                seen.unwrap();
            }
        });
        for n in 1..=REQUESTS {
            let taken = mocks.wait_until(later(), Mocks::take).unwrap();
            assert_eq!(taken.id, n);
            mocks.answered(n);
        }
    });
}

#[test]
fn waiting_ends_with_its_time() {
    let mocks = Mocks::new(Limits::default(), false);
    assert!(mocks.wait_until(Instant::now(), Mocks::take).is_none());
    keep(&mocks);
    // What is there is found, also when the time is over.
    assert!(mocks.wait_until(Instant::now(), Mocks::take).is_some());
}

#[test]
fn a_reset_wakes_as_well() {
    let mocks = Mocks::new(Limits::default(), false);
    keep(&mocks);
    std::thread::scope(|scope| {
        scope.spawn(|| mocks.reset());
        let gone = mocks.wait_until(later(), |mocks| {
            (mocks.counts().received == 0).then_some(())
        });
        gone.unwrap();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_is_lost() {
    const CALLS: usize = 500;
    let mocks = Mocks::new(Limits::default(), false);
    let mut asking = Vec::new();
    for _ in 0..CALLS {
        let mocks = Arc::clone(&mocks);
        asking.push(tokio::spawn(async move {
            let request = Arc::new(request("GET", "/", ""));
            mocks.ask("c".to_owned(), request).await.is_ok()
        }));
    }
    let mut telling = Vec::new();
    for _ in 0..4 {
        let mocks = Arc::clone(&mocks);
        telling.push(tokio::spawn(async move {
            loop {
                // Some are given up while they wait.
                let (next, soon) = (mocks.next_call(), tokio::task::yield_now());
                tokio::select! {
                    biased;
                    call = next => assert!(mocks.answer_call(call.id, 204.into())),
                    () = soon => tokio::task::yield_now().await,
                }
            }
        }));
    }
    for asked in asking {
        assert!(asked.await.unwrap());
    }
    for told in telling {
        told.abort();
    }
}

#[tokio::test]
async fn changes_are_watched() {
    let mocks = Mocks::new(Limits::default(), false);
    let mut changes = mocks.changes();
    keep(&mocks);
    changes.changed().await.unwrap();
    mocks.answered(1);
    changes.changed().await.unwrap();
    assert!(!changes.has_changed().unwrap());
}
