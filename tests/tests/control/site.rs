//! The site of `host serve`, with mocks in front of it.

use host_tests::Host;
use serde_json::json;

use crate::driven::{Api, is_problem};

#[test]
fn the_site_is_the_server_main() {
    let host = Host::builder()
        .plugins(&["hello"])
        .file("f.txt", "file")
        .args(["--control", "127.0.0.1:0"])
        .start();
    let api = Api::of(host.ready());
    let main = api.get("/servers/main").expect(200).json();
    assert_eq!(api.get("/servers").json(), json!([main]));
    assert_eq!(main["listeners"], host.ready()["listeners"]);
    let ca = std::fs::read_to_string(host.ca()).unwrap();
    assert_eq!(
        main["ca"].as_str().map(str::trim),
        Some(ca.replace('\r', "").trim())
    );

    host.get("/f.txt").expect(200);
    let mock = json!([
        {"when": [{"path": "/f.txt"}], "response": {"body": "mock"}},
        {"when": [{"path": "/handled"}], "handler": "hello.wasm"}
    ]);
    api.post("/servers/main/mocks", &mock).expect(201);
    assert_eq!(host.get("/f.txt").expect(200).text(), "mock");
    assert_eq!(host.get("/f.txt").expect(200).text(), "file");
    let hello = host.get("/hello").expect(200).text();
    assert_eq!(host.get("/handled").expect(200).text(), hello);
    let counts = api
        .get("/servers/main/counts?answered=5&wait=60")
        .expect(200)
        .json();
    assert_eq!(
        counts,
        json!({"received": 5, "answered": 5, "unmatched": 0, "dropped": 0})
    );

    for (method, path) in [
        ("DELETE", "/servers/main"),
        ("POST", "/servers/main/stop"),
        ("POST", "/servers/main/start"),
    ] {
        is_problem(&api.ask(method, path, b""), 409, "\"main\"");
    }
    // Others are beside it.
    let other = api.post("/servers", &json!({})).expect(201).json();
    assert_eq!(other["id"], "1");
    api.delete("/servers/1").expect(204);
    host.stop();
}
