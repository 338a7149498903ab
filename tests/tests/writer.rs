//! What a handler writes by itself, on both protocols: trailers, informational
//! answers, frames, resets, and what is refused as a value.

use host_tests::Host;
use host_tests::h2::{Answer, code, data, headers, kind};

fn chaos() -> Host {
    Host::builder().test_plugins(&["chaos"]).start()
}

/// The whole answer over HTTP/2.
fn two(host: &Host, target: &str) -> Answer {
    host.h2().get(1, target).answer(1)
}

#[test]
fn trailers() {
    let host = chaos();
    let one = host.get("/chaos?do=trailers").expect(200);
    assert_eq!(one.text(), "content\n");
    let sent = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(one.trailers, [sent("x-sum", "8"), sent("x-last", "yes")]);
    let two = two(&host, "/chaos?do=trailers").expect(200);
    assert_eq!(two.text(), "content\n");
    assert_eq!(two.trailers, one.trailers);
    // HTTP/1.0 knows no chunks, so it has no place for them.
    let mut client = host.h1();
    client.send("GET /chaos?do=trailers HTTP/1.0\r\n\r\n");
    let old = client.response().expect(200);
    assert_eq!(old.field("transfer-encoding"), None);
    assert!(old.text().starts_with("content\n"), "{old:?}");
    host.stop();
}

#[test]
fn informational_answers_come_before_the_final_one() {
    let host = chaos();
    let mut client = host.h1();
    client.send("GET /chaos?do=informational HTTP/1.1\r\nHost: t\r\n\r\n");
    for link in ["</a.css>; rel=preload", "</b.css>; rel=preload"] {
        let early = client.response().expect(103);
        assert_eq!(early.field("link"), Some(link));
    }
    assert_eq!(client.response().expect(200).text(), "final\n");

    let answer = two(&host, "/chaos?do=informational").expect(200);
    assert_eq!(answer.informational.len(), 2);
    assert_eq!(answer.field("x-final"), Some("yes"));
    assert_eq!(answer.text(), "final\n");
    host.stop();
}

#[test]
fn each_write_is_a_frame() {
    let host = chaos();
    let mut client = host.h2().strictly();
    client.get(1, "/chaos?do=frames&count=3&size=4");
    client.expect(headers(1).status(200).field("server", "host").dated());
    client.expect(data(1, b"xxxx"));
    client.expect(data(1, b"xxxx"));
    client.expect(data(1, b"xxxx").end_stream());
    let one = host.get("/chaos?do=frames&count=3&size=4").expect(200);
    assert_eq!(one.chunks, [4, 4, 4, 0]);
    host.stop();
}

#[test]
fn a_large_answer_arrives_whole() {
    let host = chaos();
    let wanted: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    for length in ["no", "yes"] {
        let target = format!("/chaos?do=download&bytes=1000000&length={length}");
        let one = host.get(&target).expect(200);
        assert!(one.body == wanted, "{} bytes", one.body.len());
        let known = one.field("content-length") == Some("1000000");
        assert_eq!(known, length == "yes");
        let two = two(&host, &target).expect(200);
        assert!(two.body == wanted, "{} bytes", two.body.len());
    }
    host.stop();
}

#[test]
fn what_the_state_forbids_is_an_error_as_a_value() {
    let host = chaos();
    for (target, words) in [
        ("/chaos?do=wrong-stream", &["Protocol", "4321"][..]),
        ("/chaos?do=second-head", &["Protocol"]),
    ] {
        let two = two(&host, target).expect(200);
        for word in words {
            assert!(two.text().contains(word), "{target}: {}", two.text());
        }
    }
    let one = host.get("/chaos?do=second-head").expect(200);
    assert!(one.text().contains("Protocol"), "{}", one.text());
    assert_eq!(one.field("x-second"), None);
    for answer in [
        two(&host, "/chaos?do=after-end").expect(200).text(),
        host.get("/chaos?do=after-end").expect(200).text(),
    ] {
        assert_eq!(answer, "the end\n");
    }
    host.wait_for_event("log", "after the end");
    host.stop();
}

#[test]
fn a_handler_may_reset_its_stream() {
    let host = chaos();
    let mut client = host.h2();
    client.get(1, "/chaos?do=reset&code=11");
    let answer = client.answer(1);
    assert_eq!(
        (answer.status, answer.reset),
        (200, Some(code::ENHANCE_YOUR_CALM))
    );
    assert_eq!(answer.text(), "half of it");
    client.get(3, "/chaos?do=bare").answer(3).expect(200);
    // HTTP/1 has no other word for it than the end of the connection.
    let mut client = host.h1();
    client.send("GET /chaos?do=reset HTTP/1.1\r\nHost: t\r\n\r\n");
    client.try_response(false).expect_err("half an answer");
    host.stop();
}

#[test]
fn an_error_behind_a_head_is_no_complete_answer() {
    let host = chaos();
    let answer = two(&host, "/chaos?do=error-after-head");
    assert_eq!((answer.status, answer.reset), (200, Some(code::INTERNAL)));
    let mut client = host.h1();
    client.send("GET /chaos?do=error-after-head HTTP/1.1\r\nHost: t\r\n\r\n");
    client.try_response(false).expect_err("half an answer");
    host.wait_for_event("log", "as asked, after the head");
    host.stop();
}

#[test]
fn a_head_alone_is_ended() {
    let host = chaos();
    let mut client = host.h2();
    let two = client.get(1, "/chaos?do=head-only").answer(1).expect(204);
    assert_eq!(two.field("x-only"), Some("head"));
    assert_eq!(two.text(), "");
    let mut client = host.h1();
    for _ in 0..2 {
        client.send("GET /chaos?do=head-only HTTP/1.1\r\nHost: t\r\n\r\n");
        let one = client.response().expect(204);
        assert_eq!(one.field("content-length"), None);
        assert_eq!(one.field("transfer-encoding"), None);
    }
    host.stop();
}

#[test]
fn an_answer_from_the_headers_hook_is_there_before_the_body() {
    let host = chaos();
    let mut client = host.h2().strictly();
    client.send(headers(1).post("/chaos?do=early").end_headers());
    client.expect(
        headers(1)
            .status(200)
            .field("x-answered-in", "handle-headers"),
    );
    client.expect(data(1, b"end-stream was false\n").end_stream());
    let mut client = host.h1();
    client.send("POST /chaos?do=early HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(
        client.response().expect(200).text(),
        "end-stream was false\n"
    );
    host.stop();
}

#[test]
fn the_hooks_see_each_frame_as_it_was() {
    let host = Host::builder().test_plugins(&["inspect"]).start();
    let mut client = host.h2();
    client.send(
        headers(1)
            .post("/inspect")
            .field("x-b", "1")
            .field("x-a", "2")
            .padded(7)
            .priority(0x8000_0003, 15)
            .end_headers(),
    );
    client.send(data(1, b"abc"));
    client.send(data(1, b""));
    client.send(data(1, b"de").padded(10));
    client.send(
        headers(1)
            .field("x-trailer", "t")
            .end_headers()
            .end_stream(),
    );
    let text = client.answer(1).expect(200).text();
    let wanted = [
        "HEADERS stream=1 flags=0x2c end=false padding=Some(7) priority=Some((3, 15, true)) \
         :method,:scheme,:authority,:path,x-b,x-a",
        "DATA stream=1 flags=0x0 end=false padding=None flow=3 bytes=3",
        "DATA stream=1 flags=0x0 end=false padding=None flow=0 bytes=0",
        "DATA stream=1 flags=0x8 end=false padding=Some(10) flow=13 bytes=2",
        "main trailers=1",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), wanted);

    client.send(headers(3).get("/inspect").end_headers().end_stream());
    let text = client.answer(3).expect(200).text();
    let first = text.lines().next().unwrap();
    assert!(
        first.contains("flags=0x5 end=true padding=None priority=None"),
        "{text}"
    );
    host.stop();
}

#[test]
fn a_hook_that_fails_ends_the_request() {
    let host = Host::builder().test_plugins(&["inspect", "chaos"]).start();
    for (target, status) in [
        ("/inspect?fail=2", 422),
        ("/inspect?trap=1", 500),
        ("/chaos?do=headers-error", 418),
        ("/chaos?do=headers-trap", 500),
    ] {
        let mut client = host.h2();
        client.send(headers(1).post(target).end_headers());
        for _ in 0..3 {
            client.send(data(1, b"abc"));
        }
        let got = client.next_of_exchange().expect("a head");
        assert_eq!(got.kind, kind::HEADERS, "{target}: {got:?}");
        assert_eq!(got.value(":status"), Some(status.to_string().as_str()));
        client.expect_alive_through_resets();
    }
    host.wait_for_event("log", "refused at frame 2");
    host.stop();
}

#[test]
fn a_handler_with_one_hook_is_a_handler() {
    let host = Host::builder()
        .test_plugins(&["only-data", "only-headers"])
        .start();
    let mut client = host.h1();
    assert_eq!(
        client
            .post("/only-data", b"there and back")
            .expect(200)
            .text(),
        "there and back"
    );
    assert_eq!(client.get("/only-data").expect(200).text(), "");
    let head = client.get("/only-headers").expect(200);
    assert_eq!(head.text(), "answered by handle-headers\n");
    let mut client = host.h2();
    client.send(headers(1).post("/only-data").end_headers());
    client.send(data(1, b"abc"));
    client.expect(headers(1).status(200));
    client.expect(data(1, b"abc"));
    client.send(data(1, b"").end_stream());
    assert_eq!(client.answer(1).text(), "");
    host.stop();
}
