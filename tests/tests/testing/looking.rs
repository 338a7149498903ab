//! What a test can see of what came.

use std::time::Duration;

use host_testing::{Builder, Error, Response, path, respond};
use host_tests::{DEADLINE, h1, h2};
use serde_json::Value;

use crate::ask::{Ask, Way};

both!(
    everything_of_a_request,
    a_form_with_a_file,
    it_is_there_before_the_last_byte_of_its_answer,
    requests_are_taken_in_order,
    a_request_that_does_not_come,
    a_client_that_leaves,
    long_bodies_are_counted,
    requests_can_be_forgotten,
    frames,
    the_wire,
);

fn everything_of_a_request(builder: Builder) {
    let server = builder.start();
    for (n, way) in Way::ALL.into_iter().enumerate() {
        let mock = server.mock(respond("x").when(path("/a/%62")));
        let ask = Ask::post("/a/%62?c=d&c=e+f", b"{\"g\":1}")
            .field("X-A", "1")
            .field("X-A", "2")
            .field("Cookie", "h=i; j=k")
            .field("Content-Type", "application/json; charset=UTF-8");
        ask.of(&server, way);
        let request = server.take_request(DEADLINE).expect("it was answered");
        assert_eq!(request.id, n as u64 + 1);
        assert_eq!(request.method, "POST");
        assert_eq!(request.target, "/a/%62?c=d&c=e+f");
        assert_eq!(request.path(), "/a/%62");
        assert_eq!(request.query(), "c=d&c=e+f");
        let args = [("c", "d"), ("c", "e f")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(request.args(), args);
        let values: Vec<_> = request.headers.get_all("x-a").collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(request.cookie("j").as_deref(), Some("k"));
        assert_eq!(request.charset().as_deref(), Some("utf-8"));
        assert_eq!(request.json::<Value>().unwrap()["g"], 1);
        assert_eq!((request.body_length, request.done), (7, true));
        assert_eq!(request.mock, Some(mock.id()));
        assert_eq!(request.unmatched, None);
        assert_eq!(request.protocol, way.protocol());
        assert_eq!(request.scheme, way.scheme());
        assert_eq!(request.authority.as_deref(), Some(&b"test"[..]));
        assert!(request.client.ip().is_loopback());
        let is_tls = way.scheme() == "https";
        let local = if is_tls {
            server.https_address()
        } else {
            server.address()
        };
        assert_eq!(request.local, local);
        assert_eq!(request.stream, u32::from(way.protocol() == "HTTP/2.0"));
        let tls = request.tls.as_ref();
        assert_eq!(
            tls.map(|tls| tls.version.as_str()),
            is_tls.then_some("TLSv1.3")
        );
        let name = tls.and_then(|tls| tls.server_name.as_deref());
        assert_eq!(name, is_tls.then_some("localhost"));
    }
    let connections: Vec<_> = server.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections.len(), 4);
    assert!(connections.windows(2).all(|pair| pair[0] != pair[1]));
}

fn a_form_with_a_file(builder: Builder) {
    let server = builder.start();
    server.respond(204);
    let body = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x\r\n\
        Content-Disposition: form-data; name=\"c\"; filename=\"d.bin\"\r\n\
        Content-Type: application/x-e\r\n\r\n\x00\xff\r\n--x--\r\n";
    let ask = Ask::post("/", body).field("Content-Type", "multipart/form-data; boundary=x");
    ask.of(&server, Way::Http1);
    let request = server.take_request(DEADLINE).unwrap();
    assert_eq!(request.form(), [("a".to_owned(), "b".to_owned())]);
    let file = request.files().remove(0);
    assert_eq!(
        (file.name.as_str(), file.filename.as_deref()),
        ("c", Some("d.bin"))
    );
    assert_eq!(file.content_type.as_deref(), Some("application/x-e"));
    assert_eq!(file.content, b"\x00\xff"[..]);
}

/// Many, so that one that is kept too late is seen.
fn it_is_there_before_the_last_byte_of_its_answer(builder: Builder) {
    let server = builder.start();
    server.mock(respond("x").always());
    let mut http1 = h1::Client::connect(server.address());
    let mut http2 = h2::Client::connect_raw(server.address());
    http2.begin();
    for n in 0..200 {
        http1.get("/");
        assert_eq!(server.num_requests(), 2 * n + 1);
        http2.get(2 * n as u32 + 1, "/").answer(2 * n as u32 + 1);
        assert_eq!(server.requests().len() as u64, 2 * n + 2);
    }
}

fn requests_are_taken_in_order(builder: Builder) {
    let server = builder.start();
    server.mock(respond("x").always());
    for target in ["/1", "/2", "/3"] {
        Ask::get(target).of(&server, Way::Http2);
    }
    let path = |request: std::sync::Arc<host_testing::Request>| request.path().to_string();
    assert_eq!(
        server.take_request(DEADLINE).map(path).as_deref(),
        Some("/1")
    );
    assert_eq!(server.wait_request(DEADLINE).map(path).unwrap(), "/2");
    assert_eq!(
        server.take_request(DEADLINE).map(path).as_deref(),
        Some("/3")
    );
    assert!(server.take_request(Duration::ZERO).is_none());
    let all: Vec<_> = server.requests().into_iter().map(path).collect();
    assert_eq!(all, ["/1", "/2", "/3"]);
}

fn a_request_that_does_not_come(builder: Builder) {
    let server = builder.start();
    server.respond("x");
    Ask::get("/").of(&server, Way::Http1);
    server.wait_request(DEADLINE).unwrap();
    let error = server.wait_request(Duration::from_millis(1)).unwrap_err();
    assert!(
        matches!(error, Error::NoRequest { received: 1, .. }),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(text.contains("1 came before"), "{text}");
    assert!(text.contains("wait_request_async"), "{text}");
}

fn a_client_that_leaves(builder: Builder) {
    let server = builder.lenient().start();
    server.respond("x");
    let mut client = h1::Client::connect(server.address());
    client.send("POST /half HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nab");
    drop(client);
    let request = server.wait_request(DEADLINE).unwrap();
    assert_eq!((request.path(), request.done), ("/half".into(), false));
    assert_eq!(request.body, "ab");
}

fn long_bodies_are_counted(builder: Builder) {
    let server = builder.body_limit(4).start();
    server.mock(respond(Response::new(204)).always());
    for way in Way::ALL {
        Ask::post("/", b"123456").of(&server, way);
        let request = server.wait_request(DEADLINE).unwrap();
        assert_eq!(
            (request.body.text(), request.body_length),
            ("1234".into(), 6)
        );
    }
}

fn requests_can_be_forgotten(builder: Builder) {
    let server = builder.start();
    let mock = server.mock(respond("x").when(path("/a")).always());
    Ask::get("/a").of(&server, Way::Http1);
    Ask::get("/b").of(&server, Way::Http1);
    assert_eq!(server.num_requests(), 2);
    server.forget_requests();
    assert_eq!((server.num_requests(), server.requests().len()), (0, 0));
    assert_eq!(Ask::get("/a").of(&server, Way::Http1).text, "x");
    assert_eq!(mock.answered(), 2);
    server.reset();
    assert_eq!((mock.answered(), mock.remove()), (0, false));
}

fn frames(builder: Builder) {
    let server = builder.start();
    server.respond("x");
    let mut client = h2::Client::connect_raw(server.address());
    client.begin();
    client.send(h2::headers(1).post("/").end_headers());
    client.send(h2::data(1, *b"ab").padded(7));
    client.send(h2::data(1, *b"cde"));
    client.send(h2::headers(1).field("x-t", "1").end_headers().end_stream());
    client.answer(1);
    let request = server.wait_request(DEADLINE).unwrap();
    let frames = request
        .frames
        .iter()
        .map(|f| (f.kind.as_str(), f.length, f.padding, f.end_stream));
    let frames: Vec<_> = frames.collect();
    assert_eq!(frames[1], ("DATA", 2, Some(7), false));
    assert_eq!(frames[2], ("DATA", 3, None, false));
    assert_eq!(
        (frames[0].0, frames[3].0, frames[3].3),
        ("HEADERS", "TRAILERS", true)
    );
    assert_eq!(request.trailers.get("x-t").unwrap(), "1");
    assert_eq!(request.body, "abcde");
}

fn the_wire(builder: Builder) {
    let silent = builder.clone().start();
    silent.respond("x");
    Ask::get("/").of(&silent, Way::Http1);
    assert_eq!(silent.wire(None), Vec::<String>::new());

    let server = builder.wire().start();
    server.mock(respond("x").always());
    for way in Way::ALL {
        Ask::get("/the-wire").of(&server, way);
    }
    assert!(server.wait_answered(4, DEADLINE));
    let lines = server.wire(None);
    let parsed = lines.iter().map(|line| serde_json::from_str::<Value>(line));
    let parsed: Result<Vec<_>, _> = parsed.collect();
    assert!(parsed.is_ok(), "{lines:?}");
    let tls = server
        .requests()
        .into_iter()
        .rfind(|request| request.tls.is_some());
    let connection = tls.unwrap().connection;
    let of_one = server.wire(Some(connection));
    assert!(
        !of_one.is_empty() && of_one.len() < lines.len(),
        "{of_one:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("/the-wire")),
        "{lines:?}"
    );
}
