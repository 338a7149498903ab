//! Answers that are scripts of operations.

use std::time::Duration;

use serde_json::json;

use super::harness::{GET, answer, answered, serve};
use crate::{Answer, Mock, respond};

/// A mock from a script as JSON has it.
fn script(steps: serde_json::Value) -> Mock {
    serde_json::from_value(json!({"wire": steps})).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_script_writes_what_it_says() {
    let hello = script(json!([
        {"op": "write-headers", "status": 103, "headers": {"Link": "</a>"}},
        {"op": "write-headers", "status": 200, "headers": [["X-a", "1"], ["Content-Length", "5"]]},
        {"op": "write-data", "data": "hel"},
        {"op": "sleep", "seconds": 0.5},
        {"op": "write-data", "data": {"base64": "bG8="}, "end": true},
    ]));
    assert_eq!(
        answer([hello], GET).await,
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
         HTTP/1.1 200 OK\r\nX-a: 1\r\nContent-Length: 5\r\n\r\nhello(open)"
    );
    let raw = script(json!([
        {"op": "write-raw-bytes", "data": "HTTP/1.1 2", "more": true},
        {"op": "write-raw-bytes", "data": "00 OK\r\n\r\nall"},
        {"op": "close"},
        {"op": "write-raw-bytes", "data": "nobody gets this"},
    ]));
    assert_eq!(answer([raw], GET).await, "HTTP/1.1 200 OK\r\n\r\nall");
}

#[tokio::test(start_paused = true)]
async fn a_script_that_is_refused_at_its_start_is_555() {
    let refused = script(json!([{"op": "ping"}]));
    let got = answer([refused], GET).await;
    assert!(got.starts_with("HTTP/1.1 555 "), "{got}");
    assert!(
        got.ends_with("\r\n\r\nping does not exist on HTTP/1.1\n(open)"),
        "{got}"
    );
    let late = script(json!([
        {"op": "write-headers", "status": 200, "headers": {"Content-Length": "2"}},
        {"op": "write-data", "data": "abc"},
    ]));
    let got = answer([late], GET).await;
    assert_eq!(
        got, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        "given up"
    );
    // Nothing, and the end of an answer that never began.
    assert_eq!(answer([respond(Answer::wire([]))], GET).await, "");
}

#[tokio::test(start_paused = true)]
async fn a_script_reads_the_body_where_it_says() {
    let reading = json!([
        {"op": "write-headers", "status": 100},
        {"op": "read-body"},
        {"op": "write-headers", "status": 204, "end": true},
    ]);
    let early = json!([{"op": "write-headers", "status": 204, "end": true}]);
    let mut client = serve([script(reading), script(early)]);
    client
        .send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
        .await;
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    assert_eq!(
        client.take(go_on.len()).await,
        go_on.escape_default().to_string()
    );
    assert!(client.mocks.requests(0).is_empty(), "kept when it is there");
    client.send("body").await;
    let done = "HTTP/1.1 204 No Content\r\n\r\n";
    client.take(done.len()).await;
    client
        .send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
        .await;
    client.take(done.len()).await;
    let kept = client.mocks.requests(0);
    assert_eq!(kept[0].body, "body");
    assert!(kept[0].done && !kept[1].done);
}

#[tokio::test(start_paused = true)]
async fn a_script_ends_when_its_client_leaves() {
    let hour = json!([{"op": "sleep", "seconds": 3600}]);
    let mut client = serve([script(hour)]);
    client.send(GET).await;
    drop(client.io);
    let start = tokio::time::Instant::now();
    answered(&client.mocks, 1).await;
    assert!(start.elapsed() < Duration::from_secs(1));
}
