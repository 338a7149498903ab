//! Faults over HTTP/1, in plaintext and over TLS, and those of connections.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use host_testing::{At, Builder, ConnectionFault, Fault, Response, TestServer};
use host_tests::h1::{Client, Ending};
use host_tests::{DEADLINE, h2};

use crate::ask::{Ask, Way, read_to_end, tls, try_tls};

both!(
    a_reset_wherever_it_is,
    a_close_wherever_it_is,
    a_stall_wherever_it_is,
    the_same_over_tls,
    a_chunk_that_is_none,
    a_length_that_is_too_long,
    what_http2_refuses_is_closed,
    goaway_is_the_end_of_the_connection,
    connections_that_fail,
    handshakes_that_fail,
);

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";
const BODY: &str = "hello";

/// How far an answer gets, and what has come of its body by then.
const PLACES: [(At, Option<&str>); 4] = [
    (At::Start, None),
    (At::Head, Some("")),
    (At::Bytes(3), Some("hel")),
    (At::End, Some("hello")),
];

fn broken(fault: Fault) -> Response {
    Response::new(200).body(BODY).fault(fault)
}

/// A client that has sent a request whose answer has this fault.
fn ask(server: &TestServer, fault: Fault) -> Client {
    server.respond(broken(fault));
    let mut client = Client::connect(server.address());
    client.send(GET);
    client
}

/// Checks that this has come, the body counted from behind the head.
#[track_caller]
fn came(bytes: Vec<u8>, body: Option<&str>) {
    let text = String::from_utf8(bytes).unwrap();
    let got = text.split_once("\r\n\r\n").map(|(_, body)| body);
    assert_eq!(got, body, "{text}");
}

fn a_reset_wherever_it_is(builder: Builder) {
    let server = builder.start();
    for (at, body) in PLACES {
        let (bytes, ending) = ask(&server, Fault::Reset { at, code: None }).ending();
        assert_eq!(ending, Ending::Reset, "{at:?}");
        // What a reset overtakes, the client's kernel may have thrown away.
        if !bytes.is_empty() {
            came(bytes, body);
        }
    }
    assert_eq!(Ask::get("/").of(again(&server), Way::Http1).text, "again");
}

fn a_close_wherever_it_is(builder: Builder) {
    let server = builder.start();
    for (at, body) in PLACES {
        let (bytes, ending) = ask(&server, Fault::Close { at }).ending();
        assert_eq!(ending, Ending::Closed, "{at:?}");
        came(bytes, body);
    }
    assert_eq!(Ask::get("/").of(again(&server), Way::Http1).text, "again");
}

fn a_stall_wherever_it_is(builder: Builder) {
    let server = builder.start();
    for (at, body) in PLACES {
        let mut client = ask(&server, Fault::Stall { at });
        server.wait_request(DEADLINE).unwrap();
        if let Some(body) = body {
            assert_eq!(client.try_head().unwrap().status, 200);
            assert_eq!(client.take(body.len()).unwrap(), body.as_bytes());
        }
        // Nothing more comes: not until the server stops.
        server.stop();
        client.expect_close();
        server.start_again().unwrap();
    }
}

fn the_same_over_tls(builder: Builder) {
    let server = builder.start();
    for (at, body) in PLACES {
        for fault in [Fault::Reset { at, code: None }, Fault::Close { at }] {
            server.respond(broken(fault));
            let mut session = tls(&server, "http/1.1");
            session.write_all(GET).unwrap();
            let text = read_to_end(&mut session);
            let is_reset = matches!(fault, Fault::Reset { .. });
            if !(text.is_empty() && is_reset) {
                came(text.into_bytes(), body);
            }
        }
        server.respond(broken(Fault::Stall { at }));
        let mut session = tls(&server, "http/1.1");
        session.write_all(GET).unwrap();
        crate::until(|| server.num_requests().is_multiple_of(3));
        server.stop();
        came(read_to_end(&mut session).into_bytes(), body);
        server.start_again().unwrap();
    }
}

fn a_chunk_that_is_none(builder: Builder) {
    let server = builder.start();
    let mut client = ask(&server, Fault::MalformedChunk);
    let mut head = client.try_head().unwrap();
    assert_eq!(head.field("transfer-encoding"), Some("chunked"));
    let error = client.try_body(&mut head).unwrap_err();
    assert!(error.starts_with("chunk size"), "{error}");
    assert_eq!(head.body, BODY.as_bytes());
    client.read_to_end();
}

fn a_length_that_is_too_long(builder: Builder) {
    let server = builder.start();
    let mut client = ask(&server, Fault::TruncatedLength { missing: 7 });
    let head = client.try_head().unwrap();
    assert_eq!(head.field("content-length"), Some("12"));
    assert_eq!(client.ending(), (BODY.into(), Ending::Closed));
}

fn what_http2_refuses_is_closed(builder: Builder) {
    let server = builder.start();
    let ending = ask(&server, Fault::RefusedStream).ending();
    assert_eq!(ending, (Vec::new(), Ending::Closed));
}

fn goaway_is_the_end_of_the_connection(builder: Builder) {
    let server = builder.start();
    let fault = Fault::GoAway {
        at: At::Head,
        code: 0,
        last_stream: None,
    };
    let mut client = ask(&server, fault);
    let answer = client.response().expect(200);
    assert_eq!(
        (answer.field("connection"), answer.text().as_str()),
        (Some("close"), BODY)
    );
    client.expect_close();
}

/// What comes on a connection that nothing is sent on: that could be answered with a
/// reset, whatever the fault. A reset may come before the system says that it is there.
fn how_it_ends(address: SocketAddr) -> Result<Vec<u8>, ErrorKind> {
    let read = || {
        let mut socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(DEADLINE))?;
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| error.kind())
}

fn connections_that_fail(builder: Builder) {
    let server = builder.wire().start();
    again(&server);
    server.fail_connections(ConnectionFault::Reset, 1);
    server.fail_connections(ConnectionFault::Close, 2);
    let endings: Vec<_> = (0..3).map(|_| how_it_ends(server.address())).collect();
    let wanted = [Err(ErrorKind::ConnectionReset), Ok(vec![]), Ok(vec![])];
    assert_eq!(endings, wanted);
    assert_eq!(Ask::get("/").of(&server, Way::Http2).text, "again");

    server.fail_connections(ConnectionFault::Stall, 1);
    let mut client = Client::connect(server.address());
    client.send(GET);
    // Nothing is read: not until the server stops, which has to have it by then.
    let has_come = |line: &String| line.contains("\"event\":\"open\"");
    crate::until(|| {
        server
            .wire(None)
            .iter()
            .filter(|line| has_come(line))
            .count()
            == 5
    });
    server.stop();
    assert_eq!(client.ending().0, b"");
    assert_eq!(server.num_requests(), 1);
    server.start_again().unwrap();
    assert_eq!(Ask::get("/").of(again(&server), Way::Http1).text, "again");
}

fn handshakes_that_fail(builder: Builder) {
    let server = builder.start();
    server.fail_connections(ConnectionFault::TlsAlert { alert: 40 }, 1);
    server.fail_connections(ConnectionFault::TlsAlert { alert: 112 }, 1);
    let refused = try_tls(&server, "h2").map(drop).unwrap_err().to_string();
    assert!(refused.contains("HandshakeFail"), "{refused}");
    let refused = try_tls(&server, "h2").map(drop).unwrap_err().to_string();
    assert!(refused.contains("Unrecogni"), "{refused}");
    server.respond("a handshake");
    let mut client = h2::Client::over(tls(&server, "h2"));
    client.begin();
    assert_eq!(client.get(1, "/").answer(1).text(), "a handshake");
    // None fails that should not any more.
    server.fail_connections(ConnectionFault::Reset, 9);
    server.clear_connection_faults();
    assert_eq!(
        Ask::get("/").of(again(&server), Way::Http1Tls).text,
        "again"
    );
}

/// Has one more answer: a fault is its request's alone.
fn again(server: &TestServer) -> &TestServer {
    server.respond("again");
    server
}
