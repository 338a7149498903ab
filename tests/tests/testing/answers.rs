//! What a mock can answer.

use std::time::Duration;

use host_testing::{
    Answer, Builder, Framing, Headers, Response, Step, TestServer, Version, contains, path, respond,
};
use host_tests::{h1, h2, plugin};
use serde_json::json;

use crate::ask::{Ask, Way, read_to_end, tls};

both!(
    text_status_and_json,
    lines_are_sent_as_they_are,
    bodies_of_files_and_pieces,
    trailers,
    informational_responses,
    ends_that_http1_knows,
    functions_see_the_request,
    a_function_may_answer_with_anything,
    a_function_that_panics_is_told,
    functions_do_not_wait_for_one_another,
    operations_on_the_wire_of_http1,
    operations_on_the_wire_of_http2,
    a_handler,
    a_folder_behind_the_mocks,
    what_nothing_answers,
    an_answer_before_the_body,
    head_has_no_body,
);

fn text_status_and_json(builder: Builder) {
    let server = builder.start();
    for way in Way::ALL {
        server.respond("hello");
        server.respond(404);
        server.respond(Response::new(201).json(json!({"a": [1, 2]})));
        server.respond(format!("by {way:?}"));
        let ask = || {
            let answer = Ask::get("/").of(&server, way);
            (answer.status, answer.text)
        };
        assert_eq!(ask(), (200, "hello".to_owned()));
        assert_eq!(ask(), (404, String::new()));
        assert_eq!(ask(), (201, r#"{"a":[1,2]}"#.to_owned()));
        assert_eq!(ask(), (200, format!("by {way:?}")));
    }
}

fn lines_are_sent_as_they_are(builder: Builder) {
    let server = builder.start();
    let response = Response::new(299)
        .reason("Quite Well")
        .header("X-b", "2")
        .header("x-A", "1")
        .cookie("c", "d")
        .bare()
        .framing(Framing::Close)
        .body("x");
    server.respond(response);
    let mut client = h1::Client::connect(server.address());
    client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    let bytes = String::from_utf8(client.read_to_end()).unwrap();
    let head = "HTTP/1.1 299 Quite Well\r\nX-b: 2\r\nx-A: 1\r\nSet-Cookie: c=d\r\n";
    assert!(bytes.starts_with(head), "{bytes}");
    assert!(bytes.ends_with("\r\n\r\nx"), "{bytes}");
    assert!(!bytes.contains("Date:"), "{bytes}");
}

fn bodies_of_files_and_pieces(builder: Builder) {
    let server = builder.start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    std::fs::write(&file, "what a file has").unwrap();
    for way in Way::ALL {
        server.respond(Response::new(200).file(&file));
        assert_eq!(Ask::get("/").of(&server, way).text, "what a file has");
    }
    let pieces = Response::new(200)
        .framing(Framing::Chunked)
        .piece(Duration::ZERO, "one ")
        .piece(Duration::from_millis(1), "two");
    server.respond(pieces.clone());
    let answer = h1::Client::connect(server.address()).get("/");
    assert_eq!(
        (answer.text(), &answer.chunks[..]),
        ("one two".to_owned(), &[4, 3, 0][..])
    );
    server.respond(pieces);
    let mut client = http2(&server);
    let answer = client.get(1, "/").answer(1);
    assert_eq!(answer.text(), "one two");
    assert!(answer.frames.starts_with(&[4, 3]), "{answer:?}");
}

fn trailers(builder: Builder) {
    let server = builder.start();
    let response = Response::new(200).body("x").trailer("x-sum", "1");
    server.respond(response.clone());
    server.respond(response);
    let answer = h1::Client::connect(server.address()).get("/");
    assert_eq!(answer.trailers, [("x-sum".to_owned(), "1".to_owned())]);
    let answer = http2(&server).get(1, "/").answer(1);
    assert_eq!(answer.trailers, [("x-sum".to_owned(), "1".to_owned())]);
}

fn informational_responses(builder: Builder) {
    let server = builder.start();
    let link = Headers(vec![("link".into(), "</a.css>".into())]);
    let response = Response::new(200).informational(103, link).body("x");
    server.respond(response.clone());
    server.respond(response);
    let mut client = h1::Client::connect(server.address());
    let early = client.get("/");
    assert_eq!((early.status, early.field("link")), (103, Some("</a.css>")));
    assert_eq!(client.response().expect(200).text(), "x");
    let answer = http2(&server).get(1, "/").answer(1).expect(200);
    assert_eq!(answer.informational.len(), 1);
}

fn ends_that_http1_knows(builder: Builder) {
    let server = builder.start();
    server.respond(Response::new(200).body("abc").framing(Framing::Chunked));
    let mut client = h1::Client::connect(server.address());
    assert_eq!(client.get("/").chunks, [3, 0]);
    server.respond(Response::new(200).body("abc"));
    assert_eq!(client.get("/").field("content-length"), Some("3"));
    let old = Response {
        version: Version::Http10,
        ..Response::new(200).body("abc")
    };
    server.respond(old);
    let answer = client.get("/");
    assert_eq!(
        (answer.version.as_str(), answer.text().as_str()),
        ("HTTP/1.0", "abc")
    );
    client.expect_close();
}

fn functions_see_the_request(builder: Builder) {
    let server = builder.start();
    server.mock(
        respond(Answer::function(|request| {
            let name = request.arg("name").unwrap_or_default();
            format!("{} {name} {}", request.method, request.text())
        }))
        .always(),
    );
    for way in Way::ALL {
        let answer = Ask::post("/?name=Ada+L", b"body").of(&server, way);
        assert_eq!(answer.text, "POST Ada L body", "{way:?}");
    }
}

fn a_function_may_answer_with_anything(builder: Builder) {
    let server = builder.start();
    server.respond(Answer::function(|_| {
        Answer::function(|_| Response::new(418).body("a function's function"))
    }));
    server.respond(Answer::function(|_| {
        Answer::wire([Step::WriteRawBytes {
            data: "HTTP/1.1 200 Raw\r\nContent-Length: 0\r\n\r\n".into(),
            more: false,
        }])
    }));
    let mut client = h1::Client::connect(server.address());
    assert_eq!(client.get("/").expect(418).text(), "a function's function");
    assert_eq!(client.get("/").expect(200).reason, "Raw");
}

fn a_function_that_panics_is_told(builder: Builder) {
    let server = builder.start();
    server.respond(Answer::function(|request| -> &'static str {
        panic!("it does not like {}", request.path())
    }));
    let answer = Ask::get("/a").of(&server, Way::Http1);
    assert_eq!(answer.status, 555);
    assert!(answer.text.contains("panicked"), "{}", answer.text);
}

/// One waits for the other's request, which comes later.
fn functions_do_not_wait_for_one_another(builder: Builder) {
    let server = builder.start();
    let (sender, receiver) = std::sync::mpsc::channel();
    let receiver = parking_lot::Mutex::new(receiver);
    let first = Answer::function(move |_| {
        let received = receiver.lock().recv_timeout(host_tests::DEADLINE);
        received.unwrap_or_else(|error| error.to_string())
    });
    server.mock(respond(first).when(path("/first")));
    let second = Answer::function(move |_| {
        sender
            .send("from the second".to_owned())
            .expect("the first waits");
        "second"
    });
    server.mock(respond(second).when(path("/second")));
    let mut waiting = h1::Client::connect(server.address());
    waiting.send("GET /first HTTP/1.1\r\nHost: test\r\n\r\n");
    server
        .wait_request(host_tests::DEADLINE)
        .expect("the first");
    assert_eq!(Ask::get("/second").of(&server, Way::Http1).text, "second");
    assert_eq!(waiting.response().text(), "from the second");
}

fn operations_on_the_wire_of_http1(builder: Builder) {
    let server = builder.start();
    let bytes = "HTTP/1.1 200 As It Is\r\nContent-Length: 2\r\n\r\nok";
    server.respond([
        Step::ReadBody,
        Step::WriteRawBytes {
            data: bytes.into(),
            more: false,
        },
        Step::Close,
    ]);
    let mut client = h1::Client::connect(server.address());
    client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(client.read_to_end(), bytes.as_bytes());
    server.respond([Step::Reset]);
    let mut client = h1::Client::connect(server.address());
    client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(client.ending(), (Vec::new(), h1::Ending::Reset));
}

fn operations_on_the_wire_of_http2(builder: Builder) {
    let server = builder.start();
    server.respond([
        Step::WriteHeaders {
            status: 200,
            reason: None,
            headers: Headers::default(),
            stream: None,
            end: false,
        },
        Step::WriteRawFrame {
            kind: 0xfa,
            flags: 0x55,
            stream: 1,
            payload: "unknown".into(),
        },
        Step::WriteData {
            data: "x".into(),
            stream: None,
            end: true,
        },
    ]);
    let mut client = http2(&server);
    client.get(1, "/");
    client.expect(h2::headers(1).status(200));
    client.expect(h2::frame(0xfa, 0x55, 1, *b"unknown"));
    client.expect(h2::data(1, *b"x").end_stream());
}

fn a_handler(builder: Builder) {
    let server = builder.start();
    server
        .upload("greeter", plugin("hello"))
        .expect("a component");
    server.mock(
        respond(Answer::handler("greeter"))
            .when(path("/hello"))
            .always(),
    );
    for way in Way::ALL {
        let answer = Ask::get("/hello").of(&server, way);
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, "Hello, world!\n")
        );
    }
    let request = server.wait_request(host_tests::DEADLINE).unwrap();
    assert_eq!(request.path(), "/hello");
    server.upload("../other", "no name").expect_err("no name");
    server.mock(respond(Answer::handler("missing")).when(path("/missing")));
    let answer = Ask::get("/missing").of(&server, Way::Http1);
    assert_eq!(answer.status, 555);
    assert!(answer.text.contains("missing"), "{}", answer.text);
}

fn a_folder_behind_the_mocks(builder: Builder) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "a file").unwrap();
    std::fs::write(folder.path().join("hello.wasm"), plugin("hello")).unwrap();
    let server = builder.plugins(folder.path()).start();
    server.mock(respond("a mock").when(path("/a.txt")));
    for text in ["a mock", "a file"] {
        assert_eq!(Ask::get("/a.txt").of(&server, Way::Http1).text, text);
    }
    assert_eq!(
        Ask::get("/hello").of(&server, Way::Http2).text,
        "Hello, world!\n"
    );
    // What is not there is the folder's to say, and no mistake of the mocks.
    assert_eq!(Ask::get("/b").of(&server, Way::Http1).status, 404);
    server.verify().unwrap();
}

fn what_nothing_answers(builder: Builder) {
    let server = builder.lenient().start();
    server.mock(respond("x").when(path(contains("/b"))));
    for way in Way::ALL {
        let answer = Ask::get("/a").of(&server, way);
        assert_eq!(answer.status, 555);
        assert!(answer.text.contains("closest"), "{}", answer.text);
    }
    server.respond_unmatched(Response::new(404).body("not here"));
    for way in Way::ALL {
        let answer = Ask::get("/a").of(&server, way);
        assert_eq!((answer.status, answer.text.as_str()), (404, "not here"));
    }
    assert!(server.requests().iter().all(|r| r.unmatched.is_some()));
}

fn an_answer_before_the_body(builder: Builder) {
    let server = builder.start();
    server.respond(Response::new(413).body("too long").early());
    let mut client = h1::Client::connect(server.address());
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n");
    assert_eq!(client.response().expect(413).text(), "too long");
    server.respond(Response::new(413).body("too long").early());
    let mut client = http2(&server);
    client.send(h2::headers(1).post("/").end_headers());
    client.expect(h2::headers(1).status(413));
}

fn head_has_no_body(builder: Builder) {
    let server = builder.start();
    server.respond("hello");
    let mut client = h1::Client::connect(server.address());
    client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(client.response_to_head().field("content-length"), Some("5"));
    server.respond("hello");
    // The next answer begins right behind the head.
    assert_eq!(client.get("/").text(), "hello");
    server.respond("hello");
    let mut session = tls(&server, "http/1.1");
    std::io::Write::write_all(
        &mut session,
        b"HEAD / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
    )
    .unwrap();
    assert!(read_to_end(&mut session).ends_with("\r\n\r\n"));
}

fn http2(server: &TestServer) -> h2::Client {
    let mut client = h2::Client::connect_raw(server.address());
    client.begin();
    client
}
