//! The gallery: each example writes exactly what its comment says, and on HTTP/2
//! the rest of the connection goes on.

mod connection;
mod lines;

use host_tests::h1::{self, Ending};
use host_tests::h2::{Client, code, data, goaway, headers, ping, push_promise, reset};
use host_tests::{Host, HostBuilder, plugin};

/// A host with one of the gallery, and what goes on beside it.
fn host(name: &str) -> HostBuilder {
    let name = format!("gallery/{name}");
    Host::builder()
        .plugins(&["hello", "frames"])
        .file(&format!("{name}.wasm"), plugin(&name))
}

/// Asks for a target on stream 5 of a connection that serves others before,
/// meanwhile and afterwards.
fn among_others(host: &Host, target: &str, check: impl FnOnce(&mut Client)) {
    let mut client = host.h2();
    client.get(1, "/hello").answer(1).expect(200);
    client.send(
        headers(3)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(3).status(200));
    client.get(5, target);
    check(&mut client);
    client.send(data(3, b"abc").end_stream());
    client.expect(data(3, b"cba"));
    client.expect(data(3, b"\nEnd of File").end_stream());
    let after = client.get(7, "/hello").answer(7).expect(200);
    assert_eq!(after.text(), "Hello, world!\n");
}

/// Asks for a target over HTTP/1.
fn ask(host: &Host, target: &str) -> h1::Client {
    let mut client = host.h1();
    client.send(format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"));
    client
}

/// Everything that is sent on a connection that asks for a target, and how the
/// connection ends.
fn all_of(host: &Host, target: &str) -> (String, Ending) {
    let (bytes, ending) = ask(host, target).ending();
    (String::from_utf8(bytes).unwrap(), ending)
}

#[test]
fn early_hints() {
    let host = host("early-hints").start();
    among_others(&host, "/gallery/early-hints", |client| {
        let link = "</style.css>; rel=preload; as=style";
        client.expect(headers(5).status(103).field("link", link));
        client.expect(headers(5).status(200));
        client.expect(data(5, []).any_payload().end_stream());
    });
    let mut client = ask(&host, "/gallery/early-hints");
    assert!(client.response().expect(103).field("link").is_some());
    assert!(client.response().expect(200).text().contains("early bird"));
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn trailers() {
    let host = host("trailers").start();
    let trailers = [("x-length".to_owned(), "32".to_owned())];
    for target in ["/gallery/trailers", "/gallery/trailers?by=headers"] {
        among_others(&host, target, |client| {
            let answer = client.answer(5).expect(200);
            assert_eq!(answer.trailers, trailers);
            assert_eq!(answer.body.len(), 32);
        });
        assert_eq!(host.get(target).expect(200).trailers, trailers);
    }
    host.stop();
}

#[test]
fn slow_drip() {
    let host = host("slow-drip").start();
    among_others(&host, "/gallery/slow-drip?ms=1", |client| {
        let frames = client.answer(5).expect(200).frames;
        assert_eq!(frames, [1, 1, 1, 1, 1, 1, 0]);
    });
    let mut client = ask(&host, "/gallery/slow-drip?ms=1");
    assert_eq!(client.response().expect(200).text(), "drip.\n");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn reset_in_mid_body() {
    let host = host("reset-mid-body").start();
    among_others(&host, "/gallery/reset-mid-body", |client| {
        client.expect(headers(5).status(200));
        client.expect(data(5, b"Not all of it: "));
        client.expect(reset(5, code::INTERNAL));
    });
    let (sent, ending) = all_of(&host, "/gallery/reset-mid-body");
    assert!(sent.ends_with("\r\n\r\nNot all of it: "), "{sent}");
    assert_eq!(ending, Ending::Reset);
    host.stop();
}

#[test]
fn push() {
    let host = host("push").start();
    among_others(&host, "/gallery/push", |client| {
        client.expect(
            push_promise(5, 2)
                .field(":path", "/style.css")
                .field(":method", "GET"),
        );
        let answers = client.answers(&[2, 5]);
        let [pushed, answer] = answers.try_into().unwrap();
        assert_eq!(pushed.expect(200).text(), "p { color: teal }\n");
        let text = answer.expect(200).text();
        assert_eq!(text, "/style.css was pushed on stream 2.\n");
    });
    // ENABLE_PUSH = 0.
    let mut client = host.h2_with(&[(2, 0)]);
    let text = client.get(1, "/gallery/push").answer(1).expect(200).text();
    assert!(
        text.starts_with("Nothing was pushed: WriteError::Protocol"),
        "{text}"
    );
    let text = host.get("/gallery/push").expect(200).text();
    assert!(
        text.contains("write-push does not exist on HTTP/1.1"),
        "{text}"
    );
    host.stop();
}

#[test]
fn goaway_in_mid_connection() {
    let host = host("goaway").start();
    let mut client = host.h2();
    client.get(1, "/hello").answer(1).expect(200);
    client.send(
        headers(3)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(3).status(200));
    client.get(5, "/gallery/goaway");
    client.expect(headers(5).status(200));
    client.expect(data(5, b"before, "));
    let goodbye = client.expect(goaway(code::NO_ERROR));
    assert_eq!(goodbye.last_stream(), 5);
    assert_eq!(&goodbye.payload[8..], b"closing time");
    client.expect(data(5, b"and after\n").end_stream());
    // Later streams are ignored, what is under way goes on to its end.
    client.get(7, "/hello");
    client.send(data(3, b"abc").end_stream());
    client.expect(data(3, b"cba"));
    client.expect(data(3, b"\nEnd of File").end_stream());
    client.expect_close();
    host.stop();
}

#[test]
fn an_invalid_pseudo_header() {
    let host = host("invalid-pseudo-header").start();
    among_others(&host, "/gallery/invalid-pseudo-header", |client| {
        let head = client.expect(headers(5).status(200));
        let names: Vec<&str> = head.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [":status", ":path", "x"]);
        client.expect(data(5, b"You should not read this.\n").end_stream());
    });
    host.stop();
}

#[test]
fn data_before_headers() {
    let host = host("data-before-headers").start();
    among_others(&host, "/gallery/data-before-headers", |client| {
        client.expect(data(5, b"headless\n"));
        client.expect(headers(5).status(200).end_stream());
    });
    host.stop();
}

#[test]
fn a_frame_on_a_foreign_stream() {
    let host = host("foreign-stream").start();
    // On nobody's stream, and on that of somebody else.
    for id in [99, 3] {
        among_others(
            &host,
            &format!("/gallery/foreign-stream?id={id}"),
            |client| {
                client.expect(headers(5).status(200));
                client.expect(data(5, b"This one is yours.\n").end_stream());
                client.expect(data(id, b"This one is not.\n"));
            },
        );
    }
    host.stop();
}

#[test]
fn broken_chunks() {
    let host = host("broken-chunks").start();
    let (sent, ending) = all_of(&host, "/gallery/broken-chunks");
    assert!(sent.starts_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"));
    let (_, content) = sent.split_once("\r\n\r\n").unwrap();
    assert_eq!(content, "7\r\nhonest\n\r\nff\r\nnot that\n");
    assert_eq!(ending, Ending::Closed);
    host.stop();
}

#[test]
fn a_wrong_length() {
    let host = host("wrong-length").start();
    // Too long and too short: the connection closes behind what was written.
    for length in ["100", "2"] {
        let target = format!("/gallery/wrong-length?length={length}");
        let (sent, ending) = all_of(&host, &target);
        let field = format!("\r\nContent-Length: {length}\r\n");
        assert!(sent.contains(&field), "{sent}");
        assert!(sent.ends_with("\r\n\r\nshort\n"), "{sent}");
        assert_eq!(ending, Ending::Closed);
        among_others(&host, &target, |client| {
            client.expect(headers(5).status(200).field("content-length", length));
            client.expect(data(5, b"short\n").end_stream());
        });
    }
    // The right one: the connection goes on.
    let mut client = ask(&host, "/gallery/wrong-length?length=6");
    assert_eq!(client.response().expect(200).text(), "short\n");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn header_injection() {
    let host = host("header-injection").start();
    let target = "/gallery/header-injection?name=x%0d%0aSet-Cookie:%20admin=1";
    let mut client = ask(&host, target);
    let answer = client.response().expect(200);
    assert_eq!(answer.field("x-hello"), Some("x"));
    assert_eq!(answer.field("set-cookie"), Some("admin=1"));
    client.get("/hello").expect(200);
    // A second response within the value: the connection ends with it.
    let target = "/gallery/header-injection?name=x%0d%0aContent-Length:%200%0d%0a%0d%0aHTTP/1.1%20200%20OK%0d%0a";
    let mut client = ask(&host, target);
    assert_eq!(client.response().expect(200).text(), "");
    let (rest, ending) = client.ending();
    assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n"), "{rest:?}");
    assert_eq!(ending, Ending::Closed);
    host.stop();
}

#[test]
fn no_status_line() {
    let host = host("no-status-line").start();
    let (sent, ending) = all_of(&host, "/gallery/no-status-line");
    assert_eq!(sent, "No status, no fields, only this.\n");
    assert_eq!(ending, Ending::Closed);
    host.stop();
}

#[test]
fn a_tcp_reset() {
    let host = host("tcp-reset").start();
    let (sent, ending) = all_of(&host, "/gallery/tcp-reset");
    assert_eq!(sent, "HTTP/1.1 200 OK\r\nContent-Ty");
    assert_eq!(ending, Ending::Reset);
    let mut client = host.h2();
    client.get(1, "/gallery/tcp-reset");
    client.expect(headers(1).status(200));
    client.expect_close();
    host.stop();
}

#[test]
fn a_ping_and_what_came_back() {
    let host = host("ping").start();
    among_others(&host, "/gallery/ping", |client| {
        client.expect(headers(5).status(200));
        // The harness answers the PING.
        client.expect(ping(*b"gallery!"));
        client.expect(data(5, b"The client is there.\n").end_stream());
    });
    host.stop();
}
