//! Making, stopping, starting and deleting servers.

use std::fs;

use host_tests::tls;
use serde_json::json;

use crate::driven::{Driven, is_problem};

#[test]
fn servers_are_made_told_of_and_deleted() {
    let host = Driven::start();
    let ready = &host.ready;
    assert_eq!(
        (&ready["urls"], &ready["ca"]),
        (&json!([]), &json!(null)),
        "{ready}"
    );
    assert_eq!(host.api.get("/servers").expect(200).json(), json!([]));

    let made = host.api.ask("POST", "/servers", b"").expect(201);
    assert_eq!(made.field("location"), Some("/servers/1"));
    let one = made.json();
    assert_eq!((&one["id"], &one["running"]), (&json!("1"), &json!(true)));
    assert_eq!(one["urls"].as_array().map(Vec::len), Some(2), "{one}");
    let counts = json!({"received": 0, "answered": 0, "unmatched": 0, "dropped": 0});
    assert_eq!(one["counts"], counts);
    let two = host.server(json!({"tls_listen": []}));
    assert_eq!(two.made["ca"], json!(null), "nobody shows a certificate");

    let index = host.api.get("/").expect(200).json();
    assert_eq!(index["host"], env!("CARGO_PKG_VERSION"));
    assert_eq!(index["servers"], json!([one, two.made]));
    assert_eq!(host.api.get("/servers/1").expect(200).json(), one);

    let http = two.address("http");
    two.says("here");
    two.get("/").expect(200);
    host.api.delete("/servers/2").expect(204);
    assert!(
        std::net::TcpStream::connect(http).is_err(),
        "it still listens"
    );
    is_problem(&host.api.get("/servers/2"), 404, "\"2\"");
    is_problem(&host.api.delete("/servers/2"), 404, "\"2\"");
    assert_eq!(host.server(json!({})).id, "3", "a number comes but once");
}

#[test]
fn two_servers_know_nothing_of_each_other() {
    let host = Driven::start();
    let (one, two) = (host.server(json!({})), host.server(json!({})));
    one.says("one");
    two.says("two");
    assert_eq!(one.get("/a").expect(200).text(), "one");
    assert_eq!(two.get("/b").expect(200).text(), "two");
    assert_eq!(one.told("/requests")["requests"][0]["path"], "/a");
    assert_eq!(two.told("/requests")["requests"][0]["path"], "/b");
    assert_eq!(one.made["ca"], two.made["ca"], "one authority for all");
}

#[test]
fn a_server_starts_again_where_it_was() {
    let host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    server.get("/before").expect(200);
    let mut idle = server.h1();
    idle.get("/idle").expect(200);

    let stopped = host
        .api
        .ask("POST", &server.path("/stop"), b"")
        .expect(200)
        .json();
    assert_eq!(stopped["running"], false);
    assert_eq!(stopped["listeners"], server.made["listeners"]);
    idle.expect_close();
    let address = server.address("http");
    assert!(
        std::net::TcpStream::connect(address).is_err(),
        "it still listens"
    );
    // Again is no mistake.
    host.api.ask("POST", &server.path("/stop"), b"").expect(200);

    let started = host
        .api
        .ask("POST", &server.path("/start"), b"")
        .expect(200)
        .json();
    assert_eq!(started["running"], true);
    assert_eq!(started["listeners"], server.made["listeners"]);
    assert_eq!(started["ca"], server.made["ca"]);
    host.api
        .ask("POST", &server.path("/start"), b"")
        .expect(200);
    assert_eq!(server.get("/after").expect(200).text(), "here");
    let paths: Vec<_> = server.told("/requests")["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["path"].clone())
        .collect();
    assert_eq!(paths, ["/before", "/idle", "/after"]);
}

#[test]
fn a_port_that_somebody_has_is_a_conflict() {
    let host = Driven::start();
    let server = host.server(json!({"tls_listen": []}));
    let address = server.address("http").to_string();
    let taken = host
        .api
        .post("/servers", &json!({"listen": [&address], "tls_listen": []}));
    is_problem(&taken, 409, &address);

    host.api.ask("POST", &server.path("/stop"), b"").expect(200);
    let _taken = std::net::TcpListener::bind(&address).expect("the port is free");
    is_problem(
        &host.api.ask("POST", &server.path("/start"), b""),
        409,
        &address,
    );
    assert_eq!(server.told("")["running"], false);
}

#[test]
fn what_cannot_be_made_is_said() {
    let host = Driven::start();
    for (wanted, part) in [
        (json!({"listen": [], "tls_listen": []}), "listen"),
        (json!({"listen": ["nowhere"]}), "nowhere"),
        (json!({"listens": []}), "listens"),
        (json!({"plugins": "/no/such/folder"}), "/no/such/folder"),
        (json!({"body_limit": -1}), "body_limit"),
        (json!({"body_limit": 1u64 << 40}), "body_limit"),
        (json!([]), "the body"),
    ] {
        is_problem(&host.api.post("/servers", &wanted), 400, part);
    }
    assert_eq!(host.api.get("/servers").json(), json!([]), "none was made");
}

#[test]
fn its_certificate_is_of_the_authority_that_it_names() {
    let host = Driven::start();
    let server = host.server(json!({}));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, server.made["ca"].as_str().expect("PEM")).unwrap();
    for name in ["localhost", "127.0.0.1"] {
        let session = tls::connect(server.address("https"), &ca, name, &["h2"]);
        assert_eq!(session.unwrap().conn.alpn_protocol(), Some(&b"h2"[..]));
    }
}

#[test]
fn a_folder_stands_behind_the_mocks() {
    let host = Driven::start();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f.txt"), "file").unwrap();
    let server = host.server(json!({"plugins": folder.path(), "raw": false}));
    server.mock(&json!({"when": [{"path": "/mock"}], "response": {"body": "mock"}}));
    assert_eq!(server.get("/f.txt").expect(200).text(), "file");
    assert_eq!(server.get("/mock").expect(200).text(), "mock");
    server.get("/neither").expect(404);
    let counts = server.told("/counts?answered=3&wait=60");
    assert_eq!(
        (&counts["received"], &counts["unmatched"]),
        (&json!(3), &json!(0))
    );
    let requests = server.told("/requests")["requests"].clone();
    assert_eq!(requests[0]["mock"], json!(null));
    assert_eq!(requests[1]["mock"], 1);
}
