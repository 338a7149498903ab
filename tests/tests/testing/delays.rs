//! Delays, each in its place: what comes before one comes, and what is behind it does
//! not. They are of a day, and a stop ends them: no test waits for one to be over. That
//! they do end is shown by short ones.

use std::io::Write;
use std::time::Duration;

use host_testing::{Builder, Delay, Framing, Response, TestServer, respond};
use host_tests::h2::kind;
use host_tests::{DEADLINE, h1, h2};

use crate::ask::{Ask, Way, read_to_end, tls};

both!(
    before_the_body_of_the_request_is_read,
    before_the_head,
    before_the_head_over_tls,
    before_the_body,
    before_the_end,
    between_pieces,
    on_http2,
    short_ones_end,
    a_client_that_leaves_ends_one,
);

const DAY: Duration = Duration::from_secs(86_400);
const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";

/// A client whose request is answered so slowly.
fn slow(server: &TestServer, delay: Delay) -> h1::Client {
    let hello = Response::new(200).body("hello").framing(Framing::Chunked);
    server.respond(hello.delays(delay));
    let mut client = h1::Client::connect(server.address());
    client.send(GET);
    client
}

fn before_the_body_of_the_request_is_read(builder: Builder) {
    let server = builder.lenient().start();
    let delay = Delay {
        request: DAY,
        ..Delay::default()
    };
    let mock = server.mock(respond(Response::new(200).delays(delay)));
    let mut client = h1::Client::connect(server.address());
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx");
    // It is chosen at once, and kept only when it was read.
    crate::until(|| mock.answered() == 1);
    assert_eq!(server.num_requests(), 0);
    server.stop();
    client.expect_close();
}

fn before_the_head(builder: Builder) {
    let server = builder.start();
    let mut client = slow(
        &server,
        Delay {
            head: DAY,
            ..Delay::default()
        },
    );
    assert!(server.wait_request(DEADLINE).unwrap().done);
    server.stop();
    client.expect_close();
}

fn before_the_head_over_tls(builder: Builder) {
    let server = builder.start();
    server.respond(Response::new(200).delay(DAY));
    let mut session = tls(&server, "http/1.1");
    session.write_all(GET).unwrap();
    server.wait_request(DEADLINE).unwrap();
    server.stop();
    assert_eq!(read_to_end(&mut session), "");
}

fn before_the_body(builder: Builder) {
    let server = builder.start();
    let mut client = slow(
        &server,
        Delay {
            body: DAY,
            ..Delay::default()
        },
    );
    assert_eq!(client.try_head().unwrap().status, 200);
    server.stop();
    client.expect_close();
}

fn before_the_end(builder: Builder) {
    let server = builder.start();
    let mut client = slow(
        &server,
        Delay {
            end: DAY,
            ..Delay::default()
        },
    );
    assert_eq!(client.try_head().unwrap().status, 200);
    assert_eq!(client.take(10).unwrap(), b"5\r\nhello\r\n");
    server.stop();
    client.expect_close();
}

fn between_pieces(builder: Builder) {
    let server = builder.start();
    let pieces = Response::new(200).framing(Framing::Chunked);
    server.respond(pieces.piece(Duration::ZERO, "one").piece(DAY, "two"));
    let mut client = h1::Client::connect(server.address());
    client.send(GET);
    assert_eq!(client.try_head().unwrap().status, 200);
    assert_eq!(client.take(8).unwrap(), b"3\r\none\r\n");
    server.stop();
    client.expect_close();
}

fn on_http2(builder: Builder) {
    let server = builder.start();
    let hello = Response::new(200).body("hello");
    let body = Delay {
        body: DAY,
        ..Delay::default()
    };
    let end = Delay {
        end: DAY,
        ..Delay::default()
    };
    server.respond(hello.clone().delays(body));
    server.respond(hello.clone().delays(end));
    server.respond(hello.delay(DAY));
    let mut client = h2::Client::connect_raw(server.address());
    client.begin();
    // One after the other, so that each gets its own answer.
    client.get(1, "/body").expect(h2::headers(1).status(200));
    client.get(3, "/end").expect(h2::headers(3).status(200));
    client.expect(h2::data(3, *b"hello"));
    client.get(5, "/head");
    for _ in 0..3 {
        server.wait_request(DEADLINE).unwrap();
    }
    server.stop();
    while let Some(frame) = client.next_of_exchange() {
        let ended = matches!(frame.kind, kind::GOAWAY | kind::RST_STREAM);
        assert!(ended, "{frame:?}");
    }
}

fn short_ones_end(builder: Builder) {
    let server = builder.start();
    let short = Duration::from_millis(1);
    let delay = Delay {
        request: short,
        head: short,
        body: short,
        end: short,
    };
    for way in Way::ALL {
        server.respond(Response::new(200).body("hello").delays(delay));
        assert_eq!(Ask::post("/", b"x").of(&server, way).text, "hello");
    }
}

fn a_client_that_leaves_ends_one(builder: Builder) {
    let server = builder.start();
    let client = slow(
        &server,
        Delay {
            head: DAY,
            ..Delay::default()
        },
    );
    server.wait_request(DEADLINE).unwrap();
    assert_eq!(server.num_answered(), 0);
    drop(client);
    assert!(server.wait_answered(1, DEADLINE));
}
