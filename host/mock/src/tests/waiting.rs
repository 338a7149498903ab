//! Waiting for requests and calls.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::request;
use crate::{Limits, Mocks};

fn keep(mocks: &Mocks) {
    mocks.record(&mut Arc::new(request("GET", "/", "")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_wakes_who_waits() {
    const REQUESTS: u64 = 2_000;
    let mocks = Mocks::new(Limits::default(), false);
    let client = tokio::spawn({
        let mocks = Arc::clone(&mocks);
        async move {
            for n in 1..=REQUESTS {
                keep(&mocks);
                // The other has seen this one before the next.
                let seen = |mocks: &Mocks| (mocks.counts().answered == n).then_some(());
                mocks.until(seen).await;
            }
        }
    });
    for n in 1..=REQUESTS {
        assert_eq!(mocks.until(Mocks::take).await.id, n);
        mocks.answered(n);
    }
    client.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_takes_nothing() {
    let mocks = Mocks::new(Limits::default(), false);
    let hour = Duration::from_secs(3600);
    assert!(timeout(hour, mocks.until(Mocks::take)).await.is_err());
    keep(&mocks);
    // What is there is found, also when the time is over.
    let taken = timeout(Duration::ZERO, mocks.until(Mocks::take)).await;
    assert_eq!(taken.unwrap().id, 1);
}

#[tokio::test]
async fn a_reset_wakes_as_well() {
    let mocks = Mocks::new(Limits::default(), false);
    keep(&mocks);
    let gone = mocks.until(|mocks| (mocks.counts().received == 0).then_some(()));
    tokio::join!(gone, async { mocks.reset() });
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
