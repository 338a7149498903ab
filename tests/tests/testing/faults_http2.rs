//! Faults over HTTP/2, in plaintext and over TLS, frame by frame; and what the h2 crate
//! makes of them.

use host_testing::{At, Builder, Fault, Response, TestServer};
use host_tests::DEADLINE;
use host_tests::h2::{self, Client, code, kind};

use crate::ask::tls;

both!(
    resets_of_a_stream,
    closes_of_the_connection,
    stalls_of_a_stream,
    padding_longer_than_its_frame,
    a_length_that_is_too_long,
    a_refused_stream_may_be_tried_again,
    goaway_wherever_it_is,
    a_request_that_goaway_leaves_out,
);

const BODY: &str = "hello";

/// How far an answer gets.
const PLACES: [At; 4] = [At::Start, At::Head, At::Bytes(3), At::End];

/// Connections in plaintext and over TLS.
fn clients(server: &TestServer) -> [Client; 2] {
    let plain = Client::connect_raw(server.address());
    let mut clients = [plain, Client::over(tls(server, "h2"))];
    for client in &mut clients {
        client.begin();
    }
    clients
}

fn broken(server: &TestServer, fault: Fault) {
    server.respond(Response::new(200).body(BODY).fault(fault));
}

/// Takes what comes before the fault.
#[track_caller]
fn before(client: &mut Client, stream: u32, at: At) {
    if at != At::Start {
        client.expect(h2::headers(stream).status(200));
    }
    match at {
        At::Start | At::Head => {}
        At::Bytes(n) => drop(client.expect(h2::data(stream, &BODY[..n as usize]))),
        At::End => drop(client.expect(h2::data(stream, BODY))),
    }
}

fn resets_of_a_stream(builder: Builder) {
    let server = builder.start();
    for mut client in clients(&server) {
        for (n, at) in PLACES.into_iter().enumerate() {
            let stream = 2 * n as u32 + 1;
            let code = (n > 0).then_some(code::CANCEL);
            broken(&server, Fault::Reset { at, code });
            client.get(stream, "/");
            before(&mut client, stream, at);
            client.expect(h2::reset(stream, code.unwrap_or(code::INTERNAL)));
        }
        server.respond("the next stream");
        assert_eq!(client.get(99, "/").answer(99).text(), "the next stream");
    }
}

fn closes_of_the_connection(builder: Builder) {
    let server = builder.start();
    for at in PLACES {
        for mut client in clients(&server) {
            broken(&server, Fault::Close { at });
            client.get(1, "/");
            before(&mut client, 1, at);
            while let Some(frame) = client.next_of_exchange() {
                assert_eq!(frame.kind, kind::GOAWAY, "{frame:?}");
            }
        }
    }
}

fn stalls_of_a_stream(builder: Builder) {
    let server = builder.start();
    for mut client in clients(&server) {
        for (stream, at) in (1..).step_by(4).zip(PLACES) {
            broken(&server, Fault::Stall { at });
            client.get(stream, "/");
            before(&mut client, stream, at);
            server.wait_request(DEADLINE).unwrap();
            // The other streams go on.
            server.respond("meanwhile");
            let other = stream + 2;
            assert_eq!(client.get(other, "/").answer(other).text(), "meanwhile");
            server.wait_request(DEADLINE).unwrap();
        }
    }
}

fn padding_longer_than_its_frame(builder: Builder) {
    let server = builder.start();
    for mut client in clients(&server) {
        broken(&server, Fault::MalformedChunk);
        client.get(1, "/");
        client.expect(h2::headers(1).status(200));
        client.expect(h2::data(1, BODY));
        let frame = client.raw_frame().expect("a frame");
        assert_eq!((frame.kind, frame.stream), (kind::DATA, 1));
        assert_eq!(frame.flags & h2::flag::PADDED, h2::flag::PADDED);
        assert!(
            usize::from(frame.payload[0]) >= frame.payload.len(),
            "{frame:?}"
        );
    }
}

fn a_length_that_is_too_long(builder: Builder) {
    let server = builder.start();
    for mut client in clients(&server) {
        broken(&server, Fault::TruncatedLength { missing: 7 });
        let answer = client.get(1, "/").answer(1);
        assert_eq!(answer.field("content-length"), Some("12"));
        assert_eq!((answer.text().as_str(), answer.reset), (BODY, None));
    }
}

fn a_refused_stream_may_be_tried_again(builder: Builder) {
    let server = builder.start();
    for mut client in clients(&server) {
        broken(&server, Fault::RefusedStream);
        server.respond("the second time");
        client
            .get(1, "/")
            .expect(h2::reset(1, code::REFUSED_STREAM));
        assert_eq!(client.get(3, "/").answer(3).text(), "the second time");
    }
}

fn goaway_wherever_it_is(builder: Builder) {
    let server = builder.start();
    for at in PLACES {
        for mut client in clients(&server) {
            let code = code::ENHANCE_YOUR_CALM;
            broken(
                &server,
                Fault::GoAway {
                    at,
                    code,
                    last_stream: None,
                },
            );
            client.get(1, "/");
            // GOAWAY is the connection's: the answer goes on behind it.
            let (mut goaway, mut body) = (None, Vec::new());
            while body.len() < BODY.len() || goaway.is_none() {
                let frame = client.next_of_exchange().expect("the rest");
                match frame.kind {
                    kind::GOAWAY => goaway = Some((body.len() as u64, frame)),
                    kind::DATA => body.extend(frame.payload),
                    _ => assert_eq!(frame.kind, kind::HEADERS),
                }
            }
            let (place, goaway) = goaway.expect("the loop ended");
            assert_eq!((goaway.code(), goaway.last_stream()), (Some(code), 1));
            let wanted = match at {
                At::Start | At::Head => 0,
                At::Bytes(n) => n,
                At::End => BODY.len() as u64,
            };
            assert_eq!(place, wanted, "{at:?}");
        }
    }
}

fn a_request_that_goaway_leaves_out(builder: Builder) {
    let server = builder.start();
    for mut client in clients(&server) {
        broken(
            &server,
            Fault::GoAway {
                at: At::Start,
                code: code::NO_ERROR,
                last_stream: Some(0),
            },
        );
        client.get(1, "/");
        let goaway = client.expect(h2::goaway(code::NO_ERROR).any_payload());
        assert_eq!(goaway.last_stream(), 0);
        while let Some(frame) = client.next_of_exchange() {
            let is_answer = matches!(frame.kind, kind::HEADERS | kind::DATA);
            assert!(!is_answer, "{frame:?}");
        }
    }
}
