//! What a server is told to answer.

use std::io::{ErrorKind, Read as _};
use std::net::TcpStream;

use host_tests::plugin;
use serde_json::json;

use crate::driven::{Driven, is_problem};

#[test]
fn mocks_are_added_listed_and_taken_away() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let mocks = server.path("/mocks");
    assert_eq!(server.told("/mocks"), json!([]));
    let one = host
        .api
        .post(&mocks, &json!({"response": {"status": 201}}))
        .expect(201);
    assert_eq!(one.json(), json!({"id": 1}));
    let several = json!([{"callback": "c", "priority": 1}, {"handler": "h", "expect": 2}]);
    let several = host.api.post(&mocks, &several).expect(201).json();
    assert_eq!(several, json!([{"id": 2}, {"id": 3}]));
    assert_eq!(
        host.api.post(&mocks, &json!([])).expect(201).json(),
        json!([])
    );

    let listed = server.told("/mocks");
    let ids: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|mock| &mock["id"])
        .collect();
    assert_eq!(ids, [2, 1, 3], "in the order in which they are asked");
    server.mock(&json!({"when": [{"path": "/a"}], "response": {}, "times": 2, "priority": 2}));
    server.get("/a").expect(200);
    let told = server.told("/mocks/4");
    assert_eq!((&told["id"], &told["answered"]), (&json!(4), &json!(1)));
    assert_eq!(told["mock"]["times"], 2);
    assert_eq!(told["mock"]["when"], json!([{"path": {"is": "/a"}}]));
    // What is told can be told again.
    server.mock(&told["mock"]);

    host.api.delete(&server.path("/mocks/4")).expect(204);
    is_problem(&host.api.delete(&server.path("/mocks/4")), 404, "mock 4");
    is_problem(&host.api.get(&server.path("/mocks/4")), 404, "mock 4");
    is_problem(&host.api.get(&server.path("/mocks/x")), 404, "mock \"x\"");
    host.api.delete(&mocks).expect(204);
    assert_eq!(server.told("/mocks"), json!([]));
}

#[test]
fn of_several_mocks_all_are_added_or_none() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let mocks = server.path("/mocks");
    let wrong = json!([{"response": {}}, {"response": {"headers": {"a": 1}}}]);
    is_problem(&host.api.post(&mocks, &wrong), 400, "[1].response.headers");
    assert_eq!(server.told("/mocks"), json!([]));

    let most = vec![json!({"response": {}}); 10_000];
    let one_too_many = vec![json!({"response": {}}); 10_001];
    is_problem(&host.api.post(&mocks, &json!(one_too_many)), 400, "10000");
    host.api.post(&mocks, &json!(most)).expect(201);
    is_problem(
        &host.api.post(&mocks, &json!([{"response": {}}])),
        409,
        "10000",
    );
    assert_eq!(server.told("/mocks").as_array().unwrap().len(), 10_000);
}

#[test]
fn mistakes_in_mocks_have_a_place() {
    let host = Driven::start();
    let server = host.server(json!({}));
    for (mock, part) in [
        (json!({"response": {"status": "x"}}), "response.status"),
        (
            json!({"response": {"delay": {"head": -1}}}),
            "response.delay",
        ),
        (
            json!({"response": {}, "when": [{"methood": "GET"}]}),
            "when[0]",
        ),
        (
            json!({"response": {}, "when": [{"path": {"regex": "("}}]}),
            "when[0].path",
        ),
        (json!({"response": {}, "handler": "h"}), "two answers"),
        (json!({}), "no answer"),
        (json!({"response": {}, "times": 0}), "times"),
        (json!({"wire": [{"op": "fly"}]}), "wire[0]"),
        (json!("x"), "the body"),
    ] {
        is_problem(&host.api.post(&server.path("/mocks"), &mock), 400, part);
    }
    let cut = host
        .api
        .ask("POST", &server.path("/mocks"), b"{\"response\":");
    is_problem(&cut, 400, "line 1");
}

#[test]
fn what_nothing_answers_is_said_and_can_be_changed() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let nothing = server.get("/a");
    assert_eq!(nothing.status, 555);
    assert!(
        nothing.text().contains("no response available"),
        "{}",
        nothing.text()
    );
    let unmatched = server.path("/unmatched");
    host.api
        .put(&unmatched, &json!({"response": {"status": 418}}))
        .expect(204);
    server.get("/b").expect(418);
    is_problem(&host.api.put(&unmatched, &json!({"when": []})), 400, "when");
    host.api.delete(&unmatched).expect(204);
    server.get("/c").expect(555);
    let verified = server.told("/verify");
    assert_eq!(verified["met"], false);
    let unmet = verified["unmet"].to_string();
    assert!(
        unmet.contains("GET /a") && unmet.contains("GET /c"),
        "{unmet}"
    );

    host.api
        .put(&unmatched, &json!({"response": {"status": 418}}))
        .expect(204);
    server.says("here");
    host.api
        .ask("POST", &server.path("/reset"), b"")
        .expect(204);
    server.get("/d").expect(555);
    assert_eq!(server.told("/counts?answered=1&wait=60")["received"], 1);
    assert_eq!(
        server.told("/requests")["requests"][0]["id"],
        4,
        "numbers go on"
    );
}

#[test]
fn expectations_are_verified() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.mock(&json!({"when": [{"path": "/a"}], "expect": 1, "response": {}}));
    let verified = server.told("/verify");
    assert_eq!(verified["met"], false);
    assert!(
        verified["unmet"][0].as_str().unwrap().contains("mock 1"),
        "{verified}"
    );
    server.get("/a").expect(200);
    assert_eq!(server.told("/verify"), json!({"met": true, "unmet": []}));
}

#[test]
fn connections_fail_as_often_as_asked() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    let faults = server.path("/faults");
    host.api
        .post(&faults, &json!({"kind": "reset", "times": 2}))
        .expect(204);
    host.api
        .post(&faults, &json!({"kind": "close"}))
        .expect(204);
    // The reset may come while the client still connects.
    let ending = || {
        let connected = TcpStream::connect(server.address("http"));
        let read = connected.and_then(|mut stream| stream.read(&mut [0]));
        read.map_err(|error| error.kind())
    };
    assert_eq!(ending(), Err(ErrorKind::ConnectionReset));
    assert_eq!(ending(), Err(ErrorKind::ConnectionReset));
    assert_eq!(ending(), Ok(0));
    server.get("/").expect(200);

    host.api
        .post(&faults, &json!({"kind": "stall", "times": 1000}))
        .expect(204);
    host.api.delete(&faults).expect(204);
    server.get("/").expect(200);
    for (fault, part) in [
        (json!({"kind": "reset", "times": 0}), "times"),
        (json!({"kind": "melt"}), "melt"),
        (json!({"kind": "tls_alert", "alert": 256}), "256"),
        (json!({"times": 1}), "kind"),
        (json!([]), "the body"),
    ] {
        is_problem(&host.api.post(&faults, &fault), 400, part);
    }
}

#[test]
fn a_handler_that_was_uploaded_answers() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let handler = server.path("/handlers/hello");
    host.api.ask("PUT", &handler, &plugin("hello")).expect(204);
    server.mock(&json!({"handler": "hello", "times": null}));
    let said = server.get("/").expect(200).text();
    assert!(!said.is_empty());
    // It stays with the server.
    host.api.ask("POST", &server.path("/stop"), b"").expect(200);
    host.api
        .ask("POST", &server.path("/start"), b"")
        .expect(200);
    assert_eq!(server.get("/").expect(200).text(), said);
    // The file's end goes without saying.
    host.api
        .delete(&server.path("/handlers/hello.wasm"))
        .expect(204);
    is_problem(&host.api.delete(&handler), 404, "hello");
    assert_ne!(server.get("/").status, 200);

    let escaped = server.path("/handlers/..%2Fa");
    is_problem(&host.api.ask("PUT", &escaped, b"x"), 400, "name");
    is_problem(
        &host.api.ask("PUT", &server.path("/handlers/"), b"x"),
        400,
        "name",
    );
}
