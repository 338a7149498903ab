//! RFC 9113 §8.1: messages and their framing, malformed ones.

use host_tests::Host;
use host_tests::h2::{code, continuation, data, headers, kind, reset};
use host_tests::rules::Outcome::Malformed;
use host_tests::rules::{allowed, each_refused, fields, open, refused};

#[test]
fn s8_1_a_request_is_headers_content_and_trailers() {
    allowed(|client| {
        client.send(open());
        client.expect(headers(1).status(200));
        client.send(data(1, b"abc"));
        client.expect(data(1, b"cba"));
        client.send(headers(1).field("x-sum", "6").end_stream());
        client.send(continuation(1, []).field("x-more", "7").end_headers());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
    });
}

#[test]
fn s8_1_pseudo_header_fields_in_trailers() {
    let trailers = |name| {
        let trailers = headers(1).field(name, "/");
        [open(), trailers.end_headers().end_stream()]
    };
    each_refused(
        "RFC 9113 §8.1",
        Malformed,
        [":path", ":status", ":method"].map(|name| (name, trailers(name))),
    );
}

#[test]
fn s8_1_trailers_that_do_not_end_the_stream() {
    refused(
        "RFC 9113 §8.1",
        Malformed,
        [open(), headers(1).field("x", "y").end_headers()],
    );
}

#[test]
fn s8_1_interim_answers_do_not_end_the_stream() {
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let mut client = host.h2();
    client.get(1, "/chaos?do=informational");
    client.expect(headers(1).status(103));
    client.expect(headers(1).status(103));
    client.expect(headers(1).status(200));
    client.expect(data(1, b"final\n").end_stream());
    host.stop();
}

#[test]
fn s8_1_an_answer_may_be_whole_before_its_request() {
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    client.send(headers(1).post("/f.txt").end_headers());
    let answer = client.answer(1);
    assert_eq!((answer.status, answer.reset), (405, None));
    // The rest of the request is no error; it may be stopped by NO_ERROR.
    client
        .send(data(1, b"late"))
        .send(data(1, b"").end_stream());
    client.get(3, "/f.txt");
    loop {
        let got = client.next_of_exchange().expect("an answer");
        if got.kind == kind::RST_STREAM {
            assert_eq!((got.stream, got.code()), (1, Some(code::NO_ERROR)));
        } else if got.ends_stream() {
            assert_eq!(got.stream, 3);
            break;
        }
    }
    client.expect_alive();
    host.stop();
}

/// A request on stream 1 with that Content-Length.
fn announced(length: &str) -> host_tests::h2::Frame {
    open().field("content-length", length)
}

#[test]
fn s8_1_1_more_content_than_announced() {
    each_refused(
        "RFC 9113 §8.1.1",
        Malformed,
        [
            ("in one frame", vec![announced("2"), data(1, b"abc")]),
            (
                "in several",
                vec![announced("2"), data(1, b"ab"), data(1, b"c").end_stream()],
            ),
            ("where none was", vec![announced("0"), data(1, b"c")]),
        ],
    );
}

#[test]
fn s8_1_1_less_content_than_announced() {
    let trailers = headers(1).field("x", "y").end_headers().end_stream();
    each_refused(
        "RFC 9113 §8.1.1",
        Malformed,
        [
            ("none", vec![announced("5").end_stream()]),
            (
                "in one frame",
                vec![announced("5"), data(1, b"abc").end_stream()],
            ),
            (
                "in several",
                vec![announced("5"), data(1, b"a"), data(1, b"bc").end_stream()],
            ),
            (
                "before trailers",
                vec![announced("5"), data(1, b"abc"), trailers],
            ),
        ],
    );
}

#[test]
fn s8_1_1_a_content_length_that_is_none() {
    let twice = announced("3").field("content-length", "4");
    each_refused(
        "RFC 9113 §8.1.1",
        Malformed,
        [
            ("letters", announced("x")),
            ("a sign", announced("+3")),
            ("nothing", announced("")),
            ("too much", announced("99999999999999999999")),
            ("two of them", twice),
        ]
        .map(|(what, frame)| (what, [frame])),
    );
}

#[test]
fn s8_1_1_padding_is_no_content() {
    allowed(|client| {
        client.send(announced("3"));
        client.expect(headers(1).status(200));
        client.send(data(1, b"abc").padded(99));
        client.expect(data(1, b"cba"));
        client.send(data(1, b"").padded(9).end_stream());
        assert_eq!(client.answer(1).text(), "\nEnd of File");
    });
}

#[test]
fn s8_1_1_an_answer_without_content_may_have_a_content_length() {
    allowed(|client| {
        let head = headers(1).request("HEAD", "/f.txt");
        client.send(head.end_headers().end_stream());
        client.expect(
            headers(1)
                .status(200)
                .field("content-length", "4")
                .end_stream(),
        );
    });
}

#[test]
fn s8_1_1_what_is_sent_has_the_announced_length() {
    allowed(|client| {
        let answer = client.get(1, "/large.bin").answer(1).expect(200);
        let announced = answer.field("content-length").unwrap();
        assert_eq!(announced, answer.body.len().to_string());
    });
}

#[test]
fn s8_1_1_an_answer_keeps_to_its_content_length() {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2();
    // All but the last of each are refused as values.
    let script = "write-headers 103 content-length=0
        write-headers 204 content-length=0
        write-headers 200 content-length=x
        write-headers 200 content-length=1 content-length=2
        write-headers 200 last content-length=5
        write-headers 200 content-length=5
        write-data 123456
        write-data 123
        write-data last 4
        end-stream
        write-trailers x=y
        write-data last 45";
    let answer = client.post(1, "/wire", script).answer(1).expect(200);
    assert_eq!((answer.text().as_str(), answer.reset), ("12345", None));
    assert_eq!((answer.informational.len(), answer.trailers.len()), (0, 0));
    let refused = |e: &serde_json::Value| e.to_string().contains("::Protocol(");
    host.wait_for("the last refusal", |e| {
        refused(e) && e.to_string().contains("write-trailers")
    });
    let events = host.events();
    assert_eq!(events.iter().filter(|e| refused(e)).count(), 9);
    // What has no content has none, whatever it announces.
    for (n, status) in ["204", "304", "304 content-length=5"].iter().enumerate() {
        let stream = 2 * n as u32 + 3;
        let script = format!("write-headers {status}\nwrite-data x\nend-stream");
        let answer = client.post(stream, "/wire", script).answer(stream);
        assert_eq!((answer.body.len(), answer.reset), (0, None), "{status}");
    }
    // One that is too short when its handler ends is given up as such.
    let script = "write-headers 200 content-length=5\nwrite-data 123";
    let answer = client.post(9, "/wire", script).answer(9);
    assert_eq!((answer.text().as_str(), answer.reset), ("123", Some(2)));
    client.expect_alive();
    host.stop();
}

#[test]
fn s8_1_100_continue_is_said_when_the_content_is_asked_for() {
    // RFC 9110 §10.1.1.
    let host = Host::builder()
        .plugins(&["frames"])
        .test_plugins(&["wire"])
        .start();
    let mut client = host.h2();
    let expecting = |stream: u32, path: &str| {
        let request = headers(stream).post(path).field("test", "pass");
        request.field("expect", "100-continue").end_headers()
    };
    client.send(expecting(1, "/wire?ops=read%0Areport"));
    client.expect(headers(1).status(100));
    client.send(data(1, b"abc").end_stream());
    let answer = client.answer(1).expect(200);
    assert_eq!(answer.text(), "read: 3 bytes\n");
    // An answer that needs no content comes without it, and so does one to a
    // client that did not wait.
    client.send(expecting(3, "/nothing"));
    assert_eq!(
        client.next_of_exchange().unwrap().value(":status"),
        Some("404")
    );
    client.send(data(3, b"").end_stream());
    client.answer(3);
    let open = expecting(5, "/wire?ops=read%0Areport").encode();
    let content = data(5, b"abc").end_stream().encode();
    client.raw([open, content].concat());
    assert_eq!(client.answer(5).expect(200).text(), "read: 3 bytes\n");
    // A handler may have said it, and it is said once.
    client.send(expecting(
        7,
        "/wire?ops=write-headers%20100%0Aread%0Areport",
    ));
    client.expect(headers(7).status(100));
    client.send(data(7, b"abc").end_stream());
    let answer = client.answer(7).expect(200);
    assert_eq!(answer.informational.len(), 0, "{answer:?}");
    host.stop();
}

#[test]
fn s8_1_trailers_that_are_sent_have_no_pseudo_header_field() {
    let host = Host::builder().test_plugins(&["wire"]).start();
    let mut client = host.h2();
    let script = "write-headers 200\nwrite-trailers :status=200\nwrite-trailers :path=/\nreport";
    let answer = client.post(1, "/wire", script).answer(1).expect(200);
    assert_eq!(answer.text().matches("Protocol(").count(), 2, "{answer:?}");
    assert_eq!(answer.trailers.len(), 0);
    host.stop();
}

#[test]
fn s8_1_1_a_malformed_request_reaches_no_handler() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    client.send(fields(&[(":method", "GET"), (":path", "/frames")]));
    client.expect(reset(1, code::PROTOCOL));
    client.get(3, "/nothing").answer(3).expect(404);
    drop(client);
    let events = host.events();
    assert!(events.iter().all(|e| e["path"] != "/frames"), "{events:?}");
    host.stop();
}
