//! Who gets anything done.

use host_tests::h1::Response;
use host_tests::{Host, run};
use serde_json::json;

use crate::driven::{Api, Driven, is_problem};

fn get(api: &Api, fields: &str) -> Response {
    api.send("GET", "/servers", fields, b"").response()
}

#[test]
fn pages_in_browsers_get_nothing_done() {
    let host = Driven::start();
    let port = host.api.address.port();
    for fields in [
        "Origin: http://a.test\r\n".to_owned(),
        "Origin: null\r\n".to_owned(),
        format!("Origin: http://127.0.0.1:{port}\r\n"),
        "Sec-Fetch-Site: cross-site\r\n".to_owned(),
        "Sec-Fetch-Site: same-site\r\n".to_owned(),
        format!("Host: rebound.test:{port}\r\n"),
        "Host: 127.0.0.1.nip.test\r\n".to_owned(),
    ] {
        is_problem(&get(&host.api, &fields), 403, "");
        // Also not to ask first.
        let mut asked = host.api.send("OPTIONS", "/servers", &fields, b"");
        is_problem(&asked.response(), 403, "");
        let mut made = host.api.send("POST", "/servers", &fields, b"{}");
        is_problem(&made.response(), 403, "");
    }
    for fields in [
        format!("Host: localhost:{port}\r\n"),
        "Host: LOCALHOST\r\n".to_owned(),
        "Host: [::1]\r\n".to_owned(),
        "Sec-Fetch-Site: none\r\n".to_owned(),
    ] {
        assert_eq!(
            get(&host.api, &fields).expect(200).json(),
            json!([]),
            "{fields}"
        );
    }
}

#[test]
fn a_token_is_asked_for_where_there_is_one() {
    let by_flag = Driven::with(&["--control-token", "s3cret"], &[]);
    let by_environment = Driven::with(&[], &[("HOST_CONTROL_TOKEN", "s3cret")]);
    for host in [by_flag, by_environment] {
        for fields in [
            "",
            "Authorization: Bearer s3cre\r\n",
            "Authorization: Bearer s3crets\r\n",
            "Authorization: Basic s3cret\r\n",
        ] {
            let refused = get(&host.api, fields);
            is_problem(&refused, 401, "token");
            assert_eq!(refused.field("www-authenticate"), Some("Bearer"));
        }
        let token = "Authorization: Bearer s3cret\r\n";
        get(&host.api, token).expect(200);
        // As a container is called.
        get(&host.api, &format!("Host: host:9000\r\n{token}")).expect(200);
        is_problem(
            &get(&host.api, &format!("Origin: null\r\n{token}")),
            403,
            "Origin",
        );
    }
}

#[test]
fn off_the_loopback_interface_there_must_be_a_token() {
    run(["serve", "--control", "0.0.0.0:0"]).failure().says(&[
        "0.0.0.0",
        "--control-token",
        "HOST_CONTROL_TOKEN",
    ]);
    run([
        "serve",
        "--control",
        "127.0.0.1:0",
        "--control-token",
        "a b",
    ])
    .failure()
    .says(&["a token is"]);
    run(["serve", "--control-token", "a"])
        .failure()
        .says(&["--control"]);
    run(["serve", "--control", "127.0.0.1:0", "--no-tls"])
        .failure()
        .says(&["--plugins"]);
    run(["serve", "--control", "nowhere"])
        .failure()
        .says(&["nowhere"]);
}

#[test]
fn host_ends_with_its_input() {
    let mut host = Driven::start();
    let server = host.server(json!({}));
    server.says("here");
    server.get("/").expect(200);
    let address = server.address("http");
    // A wait that is under way does not hold it up.
    let mut waiting = host
        .api
        .send("GET", &server.path("/requests?after=9&wait=60"), "", b"");
    assert!(host.end().success());
    assert!(
        std::net::TcpStream::connect(address).is_err(),
        "somebody still listens"
    );
    if let Ok(answer) = waiting.try_response(false) {
        is_problem(&answer, 503, "ends");
    }
}

#[test]
fn a_site_ends_with_its_input_too() {
    // The harness gives no input at all.
    let mut host = Host::builder().args(["--until-eof"]).start();
    assert!(host.wait().success());
}

#[test]
fn the_banner_says_where_it_is() {
    let host = run(["serve", "--control", "127.0.0.1:0", "--until-eof"]).success();
    host.says(&[
        "host is ready",
        "Control API: http://127.0.0.1:",
        "curl -X POST",
    ]);
    run(["serve", "--help"])
        .success()
        .says(&["--control", "--control-token", "--until-eof"]);
}
