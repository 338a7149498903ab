//! The board and its JSON, without a connection.

pub(crate) mod any;
mod board;
mod json;
mod waiting;

use crate::Request;

/// A request of this method, path and body, as it is kept.
fn request(method: &str, target: &str, body: &str) -> Request {
    let told = serde_json::json!({
        "id": 0, "connection": 1, "stream": 0, "protocol": "HTTP/1.1",
        "method": method, "target": target, "authority": "h", "scheme": "http",
        "headers": [["Host", "h"], ["X-A", "1"]], "trailers": [], "body": body,
        "body_length": body.len(), "done": true, "mock": null, "unmatched": null,
        "client": "127.0.0.1:2", "local": "127.0.0.1:1", "tls": null, "frames": [],
        "time": 0.0, "took": 0.0,
    });
    serde_json::from_value(told).unwrap()
}
