//! HTTP itself: methods, paths, parameters, large bodies, keep-alive.

use host_tests::h1::Client;
use host_tests::h2;
use serde_json::{Value, json};

use crate::driven::{Driven, is_problem};

#[test]
fn methods_are_answered_as_http_asks() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let refused = host.api.ask("PATCH", "/servers", b"");
    is_problem(&refused, 405, "GET, HEAD, POST");
    assert_eq!(refused.field("allow"), Some("GET, HEAD, POST, OPTIONS"));
    let options = host
        .api
        .ask("OPTIONS", &server.path("/mocks/1"), b"")
        .expect(204);
    assert_eq!(options.field("allow"), Some("GET, HEAD, DELETE, OPTIONS"));
    let refused = host.api.get(&server.path("/requests/take"));
    is_problem(&refused, 405, "POST");
    is_problem(&host.api.ask("HEAD_", "/", b""), 405, "GET");

    let (get, head) = (
        host.api.get("/servers"),
        host.api.ask("HEAD", "/servers", b""),
    );
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.field("content-length"), get.field("content-length"));
    assert_eq!(head.field("content-type"), Some("application/json"));
    assert_eq!(get.field("cache-control"), Some("no-store"));
}

#[test]
fn what_is_not_there_is_said() {
    let host = Driven::start();
    let server = host.server(json!({}));
    for path in [
        "/server",
        "/servers/",
        "//servers",
        "/servers/1/mock",
        "/%FF",
        "/servers/%2e",
    ] {
        let refused = host.api.get(path);
        let status = if path == "/%FF" { 400 } else { 404 };
        is_problem(&refused, status, "");
    }
    is_problem(&host.api.post("/servers/9/mocks", &json!({})), 404, "\"9\"");
    // Escapes mean what they stand for.
    host.api.get("/%73ervers").expect(200);
    host.api
        .get(&format!("http://localhost{}", server.path("")))
        .expect(200);
}

#[test]
fn parameters_are_known_or_refused() {
    let host = Driven::start();
    let server = host.server(json!({}));
    for (query, part) in [
        ("?wiat=1", "wiat"),
        ("?wait=61", "60"),
        ("?wait=-1", "wait"),
        ("?wait=x", "wait"),
        ("?wait=nan", "wait"),
        ("?after=-1", "after"),
        ("?after=1&after=2", "twice"),
    ] {
        is_problem(
            &host.api.get(&server.path(&format!("/requests{query}"))),
            400,
            part,
        );
    }
    is_problem(&host.api.get("/servers?x=1"), 400, "\"x\"");
}

#[test]
fn bodies_are_bounded() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let mut client = Client::connect(host.api.address);
    let mocks = server.path("/mocks");
    client.send(format!(
        "POST {mocks} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 67108865\r\n\r\n"
    ));
    let mut sender = client.sender();
    // The answer comes before all of it is sent; then the rest is not taken.
    let sending = std::thread::spawn(move || {
        let piece = vec![b' '; 1 << 20];
        (0..65).all(|_| std::io::Write::write_all(&mut sender, &piece).is_ok())
    });
    is_problem(&client.response(), 413, "67108864");
    drop(client);
    sending.join().unwrap();
    // As much as is allowed is taken.
    let mut mock = json!({"response": {"body": "x".repeat(16 << 20)}}).to_string();
    mock.push_str(&" ".repeat((64 << 20) - mock.len()));
    host.api.ask("POST", &mocks, mock.as_bytes()).expect(201);
    assert_eq!(server.get("/").expect(200).body.len(), 16 << 20);
}

#[test]
fn one_connection_is_enough() {
    let host = Driven::start();
    let mut client = Client::connect(host.api.address);
    let mut ask = |method: &str, path: &str, body: &str| {
        let length = body.len();
        client.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
        client.response()
    };
    ask("POST", "/servers", "{}").expect(201);
    ask("POST", "/servers/1/mocks", "{").expect(400);
    ask("POST", "/servers/1/mocks", "{\"response\": {}}").expect(201);
    ask("GET", "/servers/1/requests?wait=0.01", "").expect(200);
    ask("DELETE", "/servers/1/mocks", "").expect(204);
    ask("DELETE", "/servers/1", "").expect(204);
    ask("GET", "/servers/1", "").expect(404);
}

#[test]
fn waits_share_an_http2_connection_with_the_rest() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    let mut client = h2::Client::connect_raw(host.api.address);
    client.begin();
    let asks = |stream: u32, method: &str, path: &str| {
        let head = h2::headers(stream)
            .field(":method", method)
            .field(":scheme", "http");
        let head = head.field(":authority", "localhost").field(":path", path);
        head.end_headers().end_stream()
    };
    let take = server.path("/requests/take?wait=60");
    client.send(asks(1, "POST", &take));
    client.send(asks(3, "GET", "/servers"));
    assert_eq!(client.answer(3).expect(200).json()[0]["id"], "1");
    // Who gives up takes nothing.
    client.send(h2::reset(1, h2::code::CANCEL));
    client.expect_alive();
    client.send(asks(5, "POST", &take));
    server.get("/taken").expect(200);
    assert_eq!(client.answer(5).expect(200).json()["path"], "/taken");
}

#[test]
fn the_contract_is_served() {
    let host = Driven::start();
    let served = host.api.get("/openapi.json").expect(200);
    assert_eq!(served.field("content-type"), Some("application/json"));
    let contract: Value = served.json();
    assert_eq!(contract["openapi"], "3.1.0");
    assert!(contract["paths"]["/servers"]["post"].is_object());
}
