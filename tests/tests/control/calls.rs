//! Answers that the test gives while the request waits.

use std::thread;

use serde_json::json;

use crate::driven::{Driven, is_problem};

#[test]
fn a_callback_is_asked_and_answers() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.mock(&json!({"callback": "double", "times": null}));
    assert_eq!(server.told("/calls"), json!({"calls": []}));
    thread::scope(|scope| {
        let asked = scope.spawn(|| server.h1().post("/x?n=2", b"body"));
        let calls = server.told("/calls?wait=60")["calls"].clone();
        assert_eq!(calls.as_array().map(Vec::len), Some(1), "{calls}");
        let call = &calls[0];
        assert_eq!(call["callback"], "double");
        assert_eq!(call["request"]["args"], json!([["n", "2"]]));
        assert_eq!(call["request"]["body"], "body");
        // The request is there before its answer.
        assert_eq!(
            server.told("/requests")["requests"][0]["id"],
            call["request"]["id"]
        );
        // Each is told once.
        assert_eq!(server.told("/calls"), json!({"calls": []}));

        let path = server.path(&format!("/calls/{}", call["id"]));
        is_problem(
            &host.api.post(&path, &json!({"callback": "x"})),
            400,
            "callback",
        );
        is_problem(
            &host.api.post(&path, &json!({"response": {"x": 1}})),
            400,
            "response",
        );
        host.api
            .post(&path, &json!({"response": {"status": 201, "body": "4"}}))
            .expect(204);
        let answer = asked.join().unwrap().expect(201);
        assert_eq!(answer.text(), "4");
        is_problem(
            &host.api.post(&path, &json!({"response": {}})),
            404,
            "does not wait",
        );
    });
}

#[test]
fn a_call_whose_client_leaves_waits_no_more() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.mock(&json!({"callback": "c"}));
    let mut client = server.h1();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    let call = server.told("/calls?wait=60")["calls"][0]["id"].clone();
    drop(client);
    server.told("/counts?answered=1&wait=60");
    let path = server.path(&format!("/calls/{call}"));
    is_problem(
        &host.api.post(&path, &json!({"response": {}})),
        404,
        "does not wait",
    );
}

#[test]
fn head_takes_no_call() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.mock(&json!({"callback": "c"}));
    thread::scope(|scope| {
        let asked = scope.spawn(|| server.get("/"));
        server.told("/requests?wait=60");
        host.api
            .ask("HEAD", &server.path("/calls"), b"")
            .expect(200);
        let call = server.told("/calls?wait=60")["calls"][0]["id"].clone();
        let path = server.path(&format!("/calls/{call}"));
        host.api.post(&path, &json!({"response": {}})).expect(204);
        asked.join().unwrap().expect(200);
    });
}

#[test]
fn a_reset_gives_calls_up() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.mock(&json!({"callback": "c"}));
    thread::scope(|scope| {
        let asked = scope.spawn(|| server.get("/"));
        server.told("/calls?wait=60");
        host.api
            .ask("POST", &server.path("/reset"), b"")
            .expect(204);
        let answer = asked.join().unwrap().expect(555);
        assert!(answer.text().contains("given up"), "{}", answer.text());
    });
}
