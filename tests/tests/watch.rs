//! The hooks that watch the client: the guest `watch` notes each call.

use host_tests::Host;
use host_tests::h2::{
    code, data, frame, goaway, headers, kind, ping, priority, reset, settings, window_update,
};

fn host() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["watch"])
        .start()
}

#[test]
fn every_frame_that_carries_nothing() {
    let host = host();
    let mut client = host.h2();
    client.get(1, "/watch?ping=yes&watch=60000&until=250");
    // The handler lives: it has sent its PING.
    client.expect(ping(*b"pppppppp"));
    client.send(settings(&[(3, 7)]));
    client.send(ping(*b"from me!"));
    client.send(window_update(0, 11));
    client.send(window_update(1, 12));
    client.send(priority(1, 0, 15));
    client.send(priority(3, 0, 15));
    client.send(frame(0xf9, 1, 1, *b"mine"));
    client.send(frame(0xfa, 2, 0, *b"all"));
    let text = client.answer(1).expect(200).text();
    let wanted = [
        "headers end-stream=true",
        "main",
        "frame ping flags=1 stream=0 7070707070707070",
        "frame settings flags=0 stream=0 000300000007",
        "frame ping flags=0 stream=0 66726f6d206d6521",
        "frame window-update flags=0 stream=0 0000000b",
        "frame window-update flags=0 stream=1 0000000c",
        "frame priority flags=0 stream=1 000000000f",
        // PRIORITY of another stream is not this handler's.
        "frame 249 flags=1 stream=1 6d696e65",
        "frame 250 flags=2 stream=0 616c6c",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), wanted);
    client.get(3, "/hello").answer(3).expect(200);
    host.stop();
}

#[test]
fn trailers_of_the_request() {
    let host = host();
    let mut client = host.h2();
    client.send(headers(1).post("/watch").end_headers());
    client.send(data(1, b"abc"));
    client.send(headers(1).field("x-sum", "3").end_headers().end_stream());
    let text = client.answer(1).expect(200).text();
    let wanted = [
        "headers end-stream=false",
        "data 3 end-stream=false",
        "trailers x-sum=3",
        "main",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), wanted);

    let mut client = host.h1();
    client.send(
        "POST /watch HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n",
    );
    let text = client.response().expect(200).text();
    assert!(text.contains("\ntrailers X-Sum=3\nmain\n"), "{text}");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn a_reset_is_told() {
    let host = host();
    let mut client = host.h2();
    client.get(1, "/watch?ping=yes&watch=60000");
    client.expect(ping(*b"pppppppp"));
    client.send(reset(1, code::CANCEL));
    host.wait_for_event("log", "reset 8");
    client.get(3, "/hello").answer(3).expect(200);
    host.stop();
}

#[test]
fn a_client_s_leaving_is_told() {
    let host = host();
    let mut client = host.h2();
    client.get(1, "/watch?ping=yes&watch=60000&until=goaway");
    client.expect(ping(*b"pppppppp"));
    let payload = [0, 0, 0, 0, 0, 0, 0, 11, b'b', b'y', b'e'];
    client.send(frame(kind::GOAWAY, 0, 0, payload));
    let text = client.answer(1).expect(200).text();
    assert!(text.ends_with("goaway last=0 code=11 627965\n"), "{text}");
    client.expect(goaway(code::NO_ERROR));

    let mut client = host.h2();
    client.get(1, "/watch?ping=yes&watch=60000");
    client.expect(ping(*b"pppppppp"));
    drop(client);
    // The harness keeps a second handle of the socket; this lets it go.
    host.hang_up();
    host.wait_for_event("log", "eof");
    host.stop();
}

#[test]
fn a_watch_ends_by_itself_and_the_answer_is_completed() {
    let host = host();
    let text = host
        .h2()
        .get(1, "/watch?watch=20")
        .answer(1)
        .expect(200)
        .text();
    assert!(
        text.starts_with("headers end-stream=true\nmain\n"),
        "{text}"
    );
    let text = host.get("/watch?watch=20").expect(200).text();
    assert!(
        text.starts_with("headers end-stream=true\nmain\n"),
        "{text}"
    );
    host.stop();
}

#[test]
fn a_reset_behind_the_whole_answer_is_told() {
    let host = host();
    let mut client = host.h2();
    client.get(1, "/watch?answer=yes&ping=yes&watch=60000");
    client.expect(ping(*b"pppppppp"));
    assert_eq!(client.answer(1).expect(200).text(), "all of it");
    client.send(reset(1, code::PROTOCOL));
    host.wait_for_event("log", "reset 1");
    client.get(3, "/hello").answer(3).expect(200);
    host.stop();
}

#[test]
fn a_handler_s_own_reset_is_not_told_and_it_watches_on() {
    let host = host();
    let mut client = host.h2();
    client.get(1, "/watch?reset=77&watch=60000&until=250");
    client.expect(reset(1, 77));
    client.send(frame(0xf9, 1, 0, *b"go on"));
    host.wait_for_event("log", "frame 249 flags=1 stream=0 676f206f6e");
    client.send(frame(0xfa, 0, 0, *b"end"));
    host.wait_for_event("log", "frame 250 flags=0 stream=0 656e64");
    assert!(!host.log().contains("reset 77"), "{}", host.log());
    client.get(3, "/hello").answer(3).expect(200);
    host.stop();
}

#[test]
fn a_reset_by_host_is_told() {
    let host = host();
    let mut client = host.h2();
    let post = headers(1).post("/watch").field("content-length", "1");
    client.send(post.end_headers());
    host.wait_for_event("log", "headers end-stream=false");
    client.send(data(1, b"too much"));
    client.expect(reset(1, code::PROTOCOL));
    host.wait_for_event("log", "reset 1");
    host.stop();
}

#[test]
fn what_the_client_answers_on_other_streams_of_the_handler_s() {
    let host = host();
    let mut client = host.h2();
    client.get(1, "/watch?push=yes&raw=8&watch=60000&until=250");
    let promise = client.next_of_exchange().expect("a promise");
    assert_eq!((promise.kind, promise.stream), (kind::PUSH_PROMISE, 1));
    client.expect(headers(2).status(200).field("a", "b"));
    client.expect(data(2, b"pushed").end_stream());
    client.expect(data(8, b"foreign"));
    client.send(reset(2, code::REFUSED_STREAM));
    client.send(window_update(8, 9));
    client.send(reset(8, code::CANCEL));
    client.send(frame(0xfa, 0, 8, *b"end"));
    let text = client.answer(1).expect(200).text();
    let wanted = [
        "frame rst-stream flags=0 stream=2 00000007",
        "frame window-update flags=0 stream=8 00000009",
        "frame rst-stream flags=0 stream=8 00000008",
        "frame 250 flags=0 stream=8 656e64",
    ];
    let seen: Vec<&str> = text.lines().filter(|l| l.starts_with("frame")).collect();
    assert_eq!(seen, wanted);
    host.stop();
}

#[test]
fn how_many_frames_were_not_told_is_in_the_log() {
    let host = host();
    // No window: `main` waits with its content, and no hook is called meanwhile.
    let mut client = host.h2_with(&[(4, 0)]);
    client.get(1, "/watch?ping=yes&answer=yes&watch=60000&until=250");
    client.expect(ping(*b"pppppppp"));
    for _ in 0..100 {
        client.send(frame(0xf9, 0, 0, *b"one of them"));
    }
    client.send(window_update(1, 100));
    client.expect(headers(1).status(200));
    client.expect(data(1, b"all of it").end_stream());
    // With the acknowledgement of the PING 102 came, and 64 were told.
    host.wait_for_event("log", "38 frames not told");
    client.send(frame(0xfa, 0, 0, *b"end"));
    host.wait_for_event("log", "frame 250 flags=0 stream=0 656e64");
    let log = host.log();
    assert_eq!(log.matches("frame 249").count(), 63);
    assert_eq!(log.matches("frames not told").count(), 1);
    host.stop();
}
