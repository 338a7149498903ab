//! The same examples in every language, on both protocols: `hello`, `frames` and
//! `by-hand` in Rust, C, JavaScript, compiled Python and as scripts, and in those that
//! are compiled `hooks`, which has every hook there is. One host serves them all, and one test asks them, so
//! that each is compiled once.

use std::time::Instant;

use host_tests::h2::{self, code, data, flag, frame, headers, kind, ping, reset};
use host_tests::{DEADLINE, Host, example, plugin, uuid};

/// The languages, by their folders beneath target/plugins; Rust's is that itself.
const COMPILED: [&str; 4] = ["rust", "c", "js", "python"];

#[test]
fn every_language_answers_alike() {
    let mut builder = Host::builder().scripts();
    for language in COMPILED {
        for name in ["hello", "frames", "by-hand", "hooks"] {
            let route = format!("{language}/{name}");
            let built = if language == "rust" { name } else { &route };
            builder = builder.file(&format!("{route}.wasm"), plugin(built));
        }
    }
    for name in ["hello.py", "frames.py", "by_hand.py"] {
        builder = builder.file(name, example(&format!("python/{name}")));
    }
    let host = builder.args(["--wall-time", "10 min"]).start();

    hello(&host, "/hello.py");
    frames(&host, "/frames.py");
    by_hand(&host, "/by_hand.py");
    for language in COMPILED {
        hello(&host, &format!("/{language}/hello"));
        frames(&host, &format!("/{language}/frames"));
        frames_on_http1(&host, &format!("/{language}/frames"));
        by_hand(&host, &format!("/{language}/by-hand"));
        assert_no_failure(&host, &format!("/{language}/by-hand"));

        let hooks = format!("/{language}/hooks");
        hooks_of_a_request(&host, &hooks);
        hooks_that_watch(&host, &hooks);
        pipes(&host, &hooks);
        visitors_are_counted_one_by_one(&host, &hooks);
        errors_are_told(&host, &hooks);
    }
    host.stop();
}

fn hello(host: &Host, path: &str) {
    let text = "Hello, world!\n";
    let mut client = host.h1();
    for answer in [client.get(path), client.post(path, b"ignored")] {
        let answer = answer.expect(200);
        assert_eq!(answer.field("content-type"), Some("text/plain"), "{path}");
        assert_eq!(answer.text(), text, "{path}");
    }
    client.send(format!("HEAD {path} HTTP/1.1\r\nHost: t\r\n\r\n"));
    let head = client.response_to_head().expect(200);
    assert_eq!(head.field("content-type"), Some("text/plain"), "{path}");

    let answer = host.h2().get(1, path).answer(1).expect(200);
    assert_eq!(answer.field("content-type"), Some("text/plain"), "{path}");
    assert_eq!(answer.text(), text, "{path}");
}

/// Each frame is answered before the next one is sent.
fn frames(host: &Host, path: &str) {
    let mut client = host.h2();
    client.send(headers(1).post(path).field("test", "pass").end_headers());
    client.expect(headers(1).status(200).field("test", "passed"));
    for (content, reversed) in [("stressed", "desserts"), ("x", "x")] {
        client.send(data(1, content));
        client.expect(data(1, reversed));
    }
    let full = [b"a".repeat(9000), b"z".repeat(7000)].concat();
    client.send(data(1, full.as_slice()));
    client.expect(data(1, full.iter().rev().copied().collect::<Vec<_>>()));
    client.send(data(1, []).end_stream());
    assert_eq!(client.answer(1).text(), "\nEnd of File", "{path}");

    // What the later hooks write for one that is refused is refused in turn.
    client.send(headers(3).post(path).field("test", "fail").end_headers());
    client.expect(headers(3).status(403).field("test", "failed"));
    client.send(data(3, "refused").end_stream());
    assert_eq!(client.answer(3).text(), "", "{path}");
}

fn frames_on_http1(host: &Host, path: &str) {
    let mut client = host.h1();
    for (field, status, text) in [("pass", 200, "desserts\nEnd of File"), ("fail", 403, "")] {
        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: t\r\ntest: {field}\r\nContent-Length: 8\r\n\r\nstressed"
        ));
        assert_eq!(client.response().expect(status).text(), text, "{path}");
    }
}

/// Each byte and each frame as they were written, while the connection serves others.
fn by_hand(host: &Host, path: &str) {
    let mut client = host.h1();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n"));
    let wanted = "HTTP/1.1 299 By Hand\r\nX-oDD-cASE: kept\r\nContent-Length: 8\r\n\r\nby hand\n";
    let sent = client.take(wanted.len()).expect(path);
    assert_eq!(String::from_utf8_lossy(&sent), wanted, "{path}");
    client.get("/hello.py").expect(200);

    let mut client = host.h2();
    client.get(1, path);
    let mut next = || loop {
        let got = client.raw_frame().expect("a frame");
        if got.stream == 1 {
            break got;
        }
    };
    let head = next();
    assert_eq!((head.kind, head.flags), (kind::HEADERS, 0), "{path}");
    let rest = next();
    let ends = (kind::CONTINUATION, flag::END_HEADERS);
    assert_eq!((rest.kind, rest.flags), ends, "{path}");
    for wanted in [
        data(1, "by "),
        frame(0xfa, 0x5, 1, *b"odd"),
        data(1, "hand\n").end_stream(),
    ] {
        assert_eq!(next(), wanted, "{path}");
    }
    let fields = [(":status", "299"), ("X-oDD-cASE", "kept")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let block = [head.payload, rest.payload].concat();
    assert_eq!(client.decode(&block), fields, "{path}");
    assert_eq!(
        client.get(3, "/hello.py").answer(3).text(),
        "Hello, world!\n"
    );
}

/// Writing behind the end that a raw frame has said fails nothing.
fn assert_no_failure(host: &Host, path: &str) {
    let asked =
        |event: &serde_json::Value| event["target"] == path && event["protocol"] == "HTTP/2.0";
    host.wait_for("the request", asked);
    for event in host.events() {
        let is_error = event["event"] == "log" && event["level"] == "error";
        assert!(!is_error || event["handler"] != path, "{event}");
    }
}

fn hooks_of_a_request(host: &Host, path: &str) {
    let wanted = [
        "headers end-stream=false",
        "data 5",
        "trailer x-sum=5",
        "main",
    ];
    let key = uuid();
    let mut client = host.h2();
    client.send(
        headers(1)
            .post(&format!("{path}?token={key}"))
            .end_headers(),
    );
    client.send(data(1, "hello"));
    client.send(headers(1).field("x-sum", "5").end_headers().end_stream());
    client.answer(1).expect(200);
    assert_seen(host, path, &key, &wanted);

    let key = uuid();
    let mut client = host.h1();
    client.send(format!(
        "POST {path}?token={key} HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n\
         5\r\nhello\r\n0\r\nx-sum: 5\r\n\r\n"
    ));
    client.response().expect(200);
    assert_seen(host, path, &key, &wanted);
}

/// A client that says more than its request, that resets, that leaves.
fn hooks_that_watch(host: &Host, path: &str) {
    let begin = |key: &str| {
        let mut client = host.h2();
        client.get(1, &format!("{path}?token={key}&watch=60"));
        client.expect(headers(1).status(200));
        client.expect(data(1, "watching\n"));
        assert_seen(host, path, key, &["headers end-stream=true", "main"]);
        client
    };
    let key = uuid();
    let mut client = begin(&key);
    client.send(frame(0xfa, 0, 0, *b"mine"));
    client.send(ping(*b"the end!"));
    assert_eq!(client.answer(1).text(), "", "{path}");
    assert_seen(host, path, &key, &["frame 250", "frame 6"]);

    let key = uuid();
    begin(&key).send(reset(1, code::CANCEL));
    assert_seen(host, path, &key, &["reset 8"]);

    let key = uuid();
    let mut client = begin(&key);
    client.send(frame(kind::GOAWAY, 0, 0, [0, 0, 0, 0, 0, 0, 0, 11]));
    assert_seen(host, path, &key, &["goaway 11"]);
    drop(client);
    // The harness keeps a second handle of the socket; this lets it go.
    host.hang_up();
    assert_seen(host, path, &key, &["eof"]);
}

fn pipes(host: &Host, path: &str) {
    let piped = |pipe: &str| -> h2::Answer {
        let path = format!("{path}?pipe={pipe}");
        host.h2().get(1, &path).answer(1)
    };
    let text = piped("sign(Ada)|sign(Grace)").expect(200).text();
    assert!(text.ends_with(".\n-- Ada\n-- Grace\n"), "{path}: {text}");
    let refused = piped("sign").expect(400).text();
    assert!(refused.contains("sign takes a name"), "{path}: {refused}");
    let unknown = piped("unknown").expect(400).text();
    assert!(unknown.contains("there is no pipe"), "{path}: {unknown}");
}

/// By the stash's lock.
fn visitors_are_counted_one_by_one(host: &Host, path: &str) {
    let mut client = host.h2();
    let streams: [u32; 5] = [1, 3, 5, 7, 9];
    for stream in streams {
        client.get(stream, path);
    }
    let answers = client.answers(&streams);
    let mut told: Vec<u32> = answers
        .into_iter()
        .map(|answer| {
            let text = answer.expect(200).text();
            let number = text.trim_start_matches("You are visitor ");
            number.trim_end_matches(".\n").parse().expect("a number")
        })
        .collect();
    told.sort_unstable();
    let consecutive: Vec<u32> = (told[0]..).take(streams.len()).collect();
    assert_eq!(told, consecutive, "{path}");
}

/// To the log, with the place in the source where the language knows it.
fn errors_are_told(host: &Host, path: &str) {
    let answer = host.h1().get(&format!("{path}?seen=nobody")).expect(500);
    assert!(
        !answer.text().contains("no UUID"),
        "{path}: {}",
        answer.text()
    );
    let place = match path {
        "/js/hooks" => "at main (hooks.ts:",
        "/python/hooks" => "hooks.py\", line ",
        _ => "nobody",
    };
    host.wait_for("the error's place", |event| {
        let told = event["message"].as_str().unwrap_or_default();
        event["handler"] == path && told.contains(place)
    });
}

/// What `hooks` has seen of the request with this key, one line after the other.
#[track_caller]
fn assert_seen(host: &Host, path: &str, key: &str, lines: &[&str]) {
    let mut client = host.h1();
    for line in lines {
        let asked = Instant::now();
        let told = loop {
            let answer = client.get(&format!("{path}?seen={key}"));
            if answer.status != 404 {
                break answer.expect(200).text();
            }
            assert!(asked.elapsed() < DEADLINE, "{path} has not seen {line:?}");
        };
        assert_eq!(&told, line, "{path}");
    }
}
