//! Whatever a test asks for: an answer comes to its end, and its request is kept.

use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::harness::{answered, serve};
use crate::tests::any;
use crate::{Answer, Body, respond};

/// More than all delays together; what lasts longer ends when the client leaves.
const LONG: Duration = Duration::from_secs(1_000);

/// The clock jumps, but the server looks at it now and then.
fn shorten(time: &mut Duration) {
    *time = Duration::from_millis(time.as_millis() as u64 % 5_000);
}

/// Waits for the answer on HTTP/1 and on HTTP/2, with a body and without.
fn ends(answer: &Answer) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        for request in [
            "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
            "HEAD / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
        ] {
            let mut client = serve([respond(answer.clone())]);
            client.send(request).await;
            let mut read = Vec::new();
            let _ = timeout(LONG, client.io.read_to_end(&mut read)).await;
            drop(client.io);
            let _ = client.server.served.await.unwrap();
            let counts = client.mocks.counts();
            assert_eq!((counts.received, counts.answered), (1, 1), "{request:?}");
        }
        for (method, body) in [("GET", ""), ("HEAD", ""), ("POST", "hi")] {
            let mut client = serve([respond(answer.clone())]).h2().await;
            let mocks = Arc::clone(&client.mocks);
            let _ = timeout(LONG, client.ask(method, body)).await;
            client.ended.abort();
            drop(client.send);
            let _ = client.server.served.await.unwrap();
            timeout(LONG, answered(&mocks, 1)).await.unwrap();
            assert_eq!(mocks.counts().received, 1, "{method}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_response_ends(mut response in any::response()) {
        let delay = &mut response.delay;
        for time in [&mut delay.request, &mut delay.head, &mut delay.body, &mut delay.end] {
            shorten(time);
        }
        if let Body::Pieces(pieces) = &mut response.body {
            for piece in pieces {
                shorten(&mut piece.delay);
            }
        }
        ends(&Answer::response(response));
    }

    #[test]
    fn any_script_ends(steps in vec(any::step(), 0..8)) {
        ends(&Answer::wire(steps));
    }
}
