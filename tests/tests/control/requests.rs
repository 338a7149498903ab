//! The requests that came, in the order in which they were complete.

use std::thread;

use serde_json::{Value, json};

use crate::driven::{Driven, is_problem};

#[test]
fn a_request_is_told_with_all_that_it_had() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    let mut client = server.h1();
    client.send(
        "POST /a%20b?c=d+e&c=%31 HTTP/1.1\r\nHost: x.test\r\nX-Twice: 1\r\nx-twice: \u{ff}\r\n\
         Cookie: k=v; l=w\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n\
         Content-Length: 5\r\n\r\nf=g+h",
    );
    client.response().expect(200);
    let request = server.told("/requests")["requests"][0].clone();
    for (key, value) in [
        ("id", json!(1)),
        ("stream", json!(0)),
        ("protocol", json!("HTTP/1.1")),
        ("method", json!("POST")),
        ("target", json!("/a%20b?c=d+e&c=%31")),
        ("authority", json!("x.test")),
        ("scheme", json!("http")),
        ("body", json!("f=g+h")),
        ("body_length", json!(5)),
        ("done", json!(true)),
        ("mock", json!(1)),
        ("unmatched", json!(null)),
        ("client", json!(client.address().to_string())),
        ("local", json!(server.address("http").to_string())),
        ("tls", json!(null)),
        ("path", json!("/a%20b")),
        ("query", json!("c=d+e&c=%31")),
        ("args", json!([["c", "d e"], ["c", "1"]])),
        ("cookies", json!([["k", "v"], ["l", "w"]])),
        ("form", json!([["f", "g h"]])),
        ("files", json!([])),
        ("charset", json!("utf-8")),
    ] {
        assert_eq!(request[key], value, "{key} of {request}");
    }
    assert_eq!(request["headers"][1], json!(["X-Twice", "1"]));
    assert_eq!(request["headers"][2], json!(["x-twice", "\u{ff}"]));
    assert!(
        request["time"].as_f64().is_some_and(|time| time > 1.7e9),
        "{request}"
    );
}

#[test]
fn bytes_that_are_no_text_are_told_too() {
    let host = Driven::start();
    let server = host.server(json!({"body_limit": 3}));
    server.says("here");
    server.h1().post("/", b"\xff\xfe\xfd\xfc").expect(200);
    let request = server.told("/requests")["requests"][0].clone();
    assert_eq!(request["body"], json!({"base64": "//79"}));
    assert_eq!(request["body_length"], 4);
    let form = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.bin\"\r\n\
                Content-Type: image/png\r\n\r\n\u{1}\r\n--b--\r\n";
    let server = host.server(json!({}));
    server.says("here");
    let mut client = server.h1();
    client.send(format!(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    ));
    client.response().expect(200);
    let file = server.told("/requests")["requests"][0]["files"][0].clone();
    let expected =
        json!({"name": "f", "filename": "n.bin", "content_type": "image/png", "content": "\u{1}"});
    assert_eq!(file, expected);
}

fn paths(page: &Value) -> Vec<&str> {
    let requests = page["requests"].as_array().expect("requests");
    requests
        .iter()
        .map(|request| request["path"].as_str().expect("text"))
        .collect()
}

#[test]
fn requests_are_in_order_and_there_when_their_answer_is() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    let mut client = server.h1();
    for n in 1..=20 {
        client.get(&format!("/{n}")).expect(200);
        let page = server.told(&format!("/requests?after={}", n - 1));
        assert_eq!(paths(&page), [format!("/{n}")]);
        assert_eq!((&page["last"], &page["more"]), (&json!(n), &json!(false)));
    }
    let page = server.told("/requests");
    let expected: Vec<_> = (1..=20).map(|n| format!("/{n}")).collect();
    assert_eq!(paths(&page), expected);
    let none = server.told("/requests?after=20");
    assert_eq!((&none["requests"], &none["last"]), (&json!([]), &json!(20)));

    // All together, in the order in which they were complete.
    let mut clients: Vec<_> = (0..10).map(|_| server.h1()).collect();
    for client in &mut clients {
        client.send("POST /many HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n");
    }
    for (n, client) in clients.iter_mut().enumerate().rev() {
        client.send([b'a' + n as u8]);
        client.response().expect(200);
    }
    let page = server.told("/requests?after=20");
    let bodies: Vec<_> = page["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["body"])
        .collect();
    assert_eq!(bodies, ["j", "i", "h", "g", "f", "e", "d", "c", "b", "a"]);
}

#[test]
fn a_request_is_waited_for() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    let none = server.told("/requests?wait=0");
    assert_eq!(none["requests"], json!([]));
    assert_eq!(server.told("/requests?wait=0.01")["requests"], json!([]));
    thread::scope(|scope| {
        let listed = scope.spawn(|| server.told("/requests?after=0&wait=60"));
        let counted = scope.spawn(|| server.told("/counts?answered=1&wait=60"));
        let taken = scope.spawn(|| {
            host.api
                .ask("POST", &server.path("/requests/take?wait=60"), b"")
        });
        server.get("/waited").expect(200);
        assert_eq!(paths(&listed.join().unwrap()), ["/waited"]);
        assert_eq!(counted.join().unwrap()["answered"], 1);
        assert_eq!(taken.join().unwrap().expect(200).json()["path"], "/waited");
    });
}

#[test]
fn requests_are_taken_once_and_stay() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    let take = || host.api.ask("POST", &server.path("/requests/take"), b"");
    take().expect(204);
    server.get("/1").expect(200);
    server.get("/2").expect(200);
    assert_eq!(take().expect(200).json()["path"], "/1");
    assert_eq!(take().expect(200).json()["path"], "/2");
    take().expect(204);
    assert_eq!(paths(&server.told("/requests")), ["/1", "/2"]);

    host.api.delete(&server.path("/requests")).expect(204);
    assert_eq!(server.told("/requests")["requests"], json!([]));
    let counts = json!({"received": 0, "answered": 0, "unmatched": 0, "dropped": 0});
    assert_eq!(server.told("/counts"), counts);
    server.get("/3").expect(200);
    assert_eq!(take().expect(200).json()["id"], 3);
}

#[test]
fn a_wait_ends_when_its_server_is_deleted() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let mut waiting = host
        .api
        .send("GET", &server.path("/requests?wait=60"), "", b"");
    host.api.delete(&server.path("")).expect(204);
    is_problem(&waiting.response(), 404, &format!("{:?}", server.id));
}

#[test]
fn what_passed_on_the_wire_is_told() {
    let host = Driven::start();
    let server = host.server(json!({"wire": true}));
    server.says("here");
    server.get("/first").expect(200);
    server.get("/second").expect(200);
    let lines = |query: &str| {
        let told = host
            .api
            .get(&server.path(&format!("/wire{query}")))
            .expect(200);
        assert_eq!(told.field("content-type"), Some("application/x-ndjson"));
        let lines = told.text();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        lines.collect::<Vec<Value>>()
    };
    let second = lines("?connection=2");
    assert!(!second.is_empty() && lines("").len() > second.len());
    let text = json!(second).to_string();
    assert!(
        text.contains("/second") && !text.contains("/first"),
        "{text}"
    );
    assert_eq!(lines("?connection=9"), Vec::<Value>::new());

    let server = host.server(json!({}));
    is_problem(&host.api.get(&server.path("/wire")), 404, "wire");
}
