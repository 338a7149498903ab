//! What the gallery writes on HTTP/1 line by line, and what comes before an answer.

use host_tests::h1::Ending;
use host_tests::h2::{data, headers};
use host_tests::{Host, example};

use super::{all_of, among_others, ask, host};

#[test]
fn the_order_of_fields() {
    let host = host("field-order").start();
    let mut client = ask(&host, "/gallery/field-order");
    let answer = client.response().expect(200);
    assert_eq!(answer.reason, "In Order");
    let lines: Vec<(&str, &str)> = answer
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let ours = lines[2].1;
    let wanted = [
        ("x-LAST-first", "1"),
        ("DATE", "today"),
        ("Server", ours),
        ("Content-Length", "19"),
        ("X-Twice", "a"),
        ("x-twice", "b"),
        ("Server", "another"),
    ];
    assert_eq!(lines, wanted);
    assert_eq!(answer.text(), "Look at the order.\n");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn contradictory_framing() {
    let host = host("contradictory-framing").start();
    let both = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n\
                5\r\nthree\r\n0\r\n\r\n";
    let lengths = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nthree";
    for (how, wanted) in [("both", both), ("lengths", lengths)] {
        let (sent, ending) = all_of(&host, &format!("/gallery/contradictory-framing?as={how}"));
        assert_eq!(sent, wanted, "{how}");
        assert_eq!(ending, Ending::Closed, "{how}");
    }
    host.stop();
}

#[test]
fn many_hints() {
    let host = host("many-hints").start();
    among_others(&host, "/gallery/many-hints", |client| {
        client.expect(headers(5).status(102).field("x-done", "10%"));
        client.expect(
            headers(5)
                .status(103)
                .field("link", "</a.css>; rel=preload"),
        );
        client.expect(
            headers(5)
                .status(103)
                .field("link", "</b.css>; rel=preload"),
        );
        client.expect(headers(5).status(199).field("x-done", "99%"));
        client.expect(headers(5).status(200));
        client.expect(data(5, b"And here it is.\n").end_stream());
    });
    let mut client = ask(&host, "/gallery/many-hints");
    let hints = "HTTP/1.1 102 Processing\r\nx-done: 10%\r\n\r\n\
                 HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n\
                 HTTP/1.1 103 Early Hints\r\nlink: </b.css>; rel=preload\r\n\r\n\
                 HTTP/1.1 199 Almost There\r\nx-done: 99%\r\n\r\n";
    let sent = client.take(hints.len()).unwrap();
    assert_eq!(String::from_utf8(sent).unwrap(), hints);
    assert_eq!(client.response().expect(200).text(), "And here it is.\n");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn the_answer_first() {
    let host = host("answer-first").start();
    let mut client = host.h1();
    client.send("POST /gallery/answer-first HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n");
    // Nothing of the body has been sent.
    assert_eq!(client.response().expect(413).text(), "No, thank you.\n");
    client.send("the body.");
    client.get("/hello").expect(200);
    // Nobody asks for it with 100.
    client.send(
        "POST /gallery/answer-first HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\
         Expect: 100-continue\r\n\r\n",
    );
    assert_eq!(client.response().expect(413).text(), "No, thank you.\n");

    let mut client = host.h2();
    client.send(headers(1).post("/gallery/answer-first").end_headers());
    client.expect(headers(1).status(413));
    client.expect(data(1, b"No, thank you.\n").end_stream());
    client.send(data(1, "the body.").end_stream());
    assert_eq!(client.get(3, "/hello").answer(3).text(), "Hello, world!\n");
    host.stop();
}

#[test]
fn a_response_as_it_is() {
    let file = example("files/gallery/raw.asis");
    let host = Host::builder()
        .plugins(&["hello"])
        .file("gallery/raw.asis", &file)
        .start();
    let mut client = ask(&host, "/gallery/raw.asis");
    // Its lines end in a bare LF: who can say where the next answer would begin?
    assert_eq!(client.ending(), (file.into_bytes(), Ending::Closed));
    host.stop();
}
