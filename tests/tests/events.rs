//! What host says of each request, for programs.

use host_tests::Host;

#[test]
fn each_request_is_an_event() {
    let host = Host::builder()
        .plugins(&["hello"])
        .file("f.txt", "12345")
        .start();
    host.get("/hello?a=b").expect(200);
    let event = host.wait_for("the request", |e| e["event"] == "request");
    for (field, wanted) in [
        ("method", "GET"),
        ("target", "/hello?a=b"),
        ("protocol", "HTTP/1.1"),
        ("handler", "/hello"),
        ("tenant", "default"),
    ] {
        assert_eq!(event[field], wanted, "{field} of {event}");
    }
    assert_eq!(event["status"], 200);
    for field in ["wall_us", "cpu_us", "connection"] {
        assert!(event[field].is_u64(), "{field} of {event}");
    }
    assert!(event["client"].as_str().unwrap().starts_with("127.0.0.1:"));

    host.h2().get(1, "/f.txt").answer(1).expect(200);
    let event = host.wait_for("the file", |e| e["target"] == "/f.txt");
    assert_eq!(
        (&event["protocol"], &event["stream"]),
        (&"HTTP/2.0".into(), &1.into())
    );
    assert_eq!(event["bytes"], 5);
    host.get("/nothing").expect(404);
    let event = host.wait_for("what is not there", |e| e["target"] == "/nothing");
    assert_eq!(event["status"], 404);
    host.stop();
}

#[test]
fn what_a_client_sends_forges_no_event() {
    let host = Host::start(&[]);
    let mut client = host.h1();
    client.send("GET /\"},{\"event\":\"ready\\ HTTP/1.1\r\nHost: t\r\n\r\n");
    client.response().expect(404);
    let event = host.wait_for("the request", |e| e["event"] == "request");
    assert_eq!(event["target"], "/\"},{\"event\":\"ready\\");
    assert_eq!(
        host.events()
            .iter()
            .filter(|e| e["event"] == "ready")
            .count(),
        1
    );
    host.stop();
}

#[test]
fn the_log_for_people_escapes_what_clients_send() {
    let host = Host::builder()
        .plugins(&["hello"])
        .start_with_banner("curl");
    // The banner has the address.
    let log = host.log();
    let address = log
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let mut client = host_tests::h1::Client::connect(address.parse().unwrap());
    client.send(b"GET /hello?\xc2\x9b31m\xff HTTP/1.1\r\nHost: t\r\n\r\n");
    client.response().expect(200);
    assert!(host.wait_for_text("/hello?"));
    drop(client);
    assert!(!host.log().contains('\u{9b}'));
    host.stop();
}

#[test]
fn what_is_logged_can_be_chosen() {
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .args(["--log", "warn,access=off"])
        .start();
    host.get("/chaos?do=log&text=x").expect(200);
    host.wait_for_event("log", "error x");
    let kinds: Vec<_> = host
        .events()
        .iter()
        .map(|e| e["level"].to_string())
        .collect();
    assert!(!kinds.contains(&"\"info\"".to_owned()), "{kinds:?}");
    assert!(host.events().iter().all(|e| e["event"] != "request"));
    host.stop();
}
