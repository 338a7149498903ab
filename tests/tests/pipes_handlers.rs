//! Pipes of the query on what handlers answer, content that they make while it is
//! sent, and pipes of their own; on HTTP/1 and on HTTP/2.

use std::io::Read as _;

use flate2::read::GzDecoder;
use host_tests::Host;
use host_tests::h2::reset;

const TEXT: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

/// What came, on either protocol.
struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    fn message(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).expect("an error page");
        assert_eq!(json["error"]["code"], self.status);
        json["error"]["message"].as_str().expect("text").to_owned()
    }
}

/// The answers to a GET, HTTP/1's first.
fn both(host: &Host, path: &str) -> [Answer; 2] {
    let one = host.get(path);
    let two = host.h2().get(1, path).answer(1);
    assert_eq!(two.reset, None, "{path}");
    [
        Answer {
            status: one.status,
            fields: one.fields,
            body: one.body,
        },
        Answer {
            status: two.status,
            fields: two.fields,
            body: two.body,
        },
    ]
}

/// The bodies of the answers, having checked the status.
#[track_caller]
fn texts(host: &Host, path: &str, status: u16) -> String {
    let [one, two] = both(host, path);
    assert_eq!((one.status, two.status), (status, status), "{}", one.text());
    assert_eq!(one.text(), two.text(), "{path}");
    one.text()
}

/// The messages of the error pages, having checked the status.
#[track_caller]
fn messages(host: &Host, path: &str, status: u16) -> String {
    let [one, two] = both(host, path);
    assert_eq!((one.status, two.status), (status, status), "{}", one.text());
    assert_eq!(one.message(), two.message(), "{path}");
    one.message()
}

fn pipes() -> Host {
    Host::builder().test_plugins(&["pipes"]).start()
}

#[test]
fn each_pipe_works_on_what_a_handler_answers() {
    let host = pipes();
    // On content that is there, and on content that is made while it is sent.
    for (what, status) in [("text", 200), ("pieces", 201)] {
        let path = |pipe: &str| format!("/pipes?do={what}&pipe={pipe}");
        assert_eq!(texts(&host, &path("status(410)"), 410), TEXT);
        assert_eq!(texts(&host, &path("slice(0,10)"), status), &TEXT[..10]);
        assert_eq!(texts(&host, &path("slice(-3)"), status), "789");
        assert_eq!(texts(&host, &path("trickle(4:d0.01:8)"), status), TEXT);
        assert_eq!(texts(&host, &path("sub"), status), TEXT);
        for answer in both(&host, &path("header(X-Test,a)|header(x-test,b,true)")) {
            let mut fields = answer.fields.iter();
            let tests = fields
                .by_ref()
                .filter(|(n, _)| n.eq_ignore_ascii_case("x-test"));
            let values: Vec<_> = tests.map(|(_, value)| value.as_str()).collect();
            assert_eq!((values, answer.text()), (vec!["a", "b"], TEXT.to_owned()));
        }
        for answer in both(&host, &path("gzip")) {
            assert_eq!(answer.field("content-encoding"), Some("gzip"));
            let mut text = String::new();
            let mut gzip = GzDecoder::new(&answer.body[..]);
            gzip.read_to_string(&mut text).expect("gzip");
            assert_eq!(text, TEXT);
        }
    }
    let filled = texts(&host, "/pipes?do=template&x=%3Ca%3E&pipe=sub", 200);
    assert_eq!(filled, "&lt;a&gt; at /pipes");
    host.stop();
}

#[test]
fn lengths_are_those_of_what_is_sent() {
    let host = pipes();
    for (path, length) in [
        ("/pipes?pipe=slice(1,5)", Some("4")),
        ("/pipes?pipe=status(202)", Some("36")),
        ("/pipes?pipe=slice(1,5)|sub(none)", Some("4")),
        ("/pipes?pipe=trickle(3)", None),
        ("/pipes?do=pieces&pipe=status(202)", None),
        ("/pipes?do=pieces&pipe=sub", Some("36")),
        ("/pipes?do=pieces", None),
        ("/pipes?do=pieces-with-length", Some("36")),
    ] {
        let [one, two] = both(&host, path);
        assert_eq!(one.field("content-length"), length, "{path}");
        assert_eq!(two.field("content-length"), length, "{path}");
        let coding = length.is_none().then_some("chunked");
        assert_eq!(one.field("transfer-encoding"), coding, "{path}");
    }
    host.stop();
}

#[test]
fn pipes_run_once_and_in_order() {
    let host = pipes();
    // wptserve runs the first twice.
    assert_eq!(texts(&host, "/pipes?pipe=slice(1)", 200), &TEXT[1..]);
    assert_eq!(texts(&host, "/pipes?pipe=slice(1)|slice(1,3)", 200), "cd");
    let [one, _] = both(&host, "/pipes?do=status&pipe=header(X,y)");
    assert_eq!((one.status, one.field("x")), (410, Some("y")));
    assert_eq!(
        host.get("/pipes?do=status&pipe=slice(1)").reason,
        "Long gone"
    );
    // Pages that a handler makes go through pipes; a failure does not.
    let page = texts(&host, "/pipes?do=set-error&pipe=slice(0,8)", 404);
    assert_eq!(page, r#"{"error""#);
    let message = messages(&host, "/pipes?do=error&pipe=slice(0,8)", 404);
    assert_eq!(message, "as asked");
    host.stop();
}

#[test]
fn what_a_writer_writes_is_not_piped() {
    let host = pipes();
    for what in ["writer", "early-head"] {
        // Not even looked at: the parameter may be the handler's own.
        let path = format!("/pipes?do={what}&pipe=slice(1)|no-pipe");
        assert_eq!(texts(&host, &path, 200), TEXT);
    }
    assert_eq!(
        texts(&host, "/pipes?do=early-write&pipe=slice(1,3)", 200),
        "bc"
    );
    assert_eq!(texts(&host, "/pipes?do=written", 200), "1-2");
    assert_eq!(texts(&host, "/pipes?do=written&pipe=slice(2)", 200), "2");
    // Unpiped, the writer may write between pieces; piped it would overtake them.
    let mixed = texts(&host, "/pipes?do=mixed", 200);
    assert_eq!(mixed, "piece beside piece");
    host.wait_for_event("log", "the writer: Ok(())");
    let mixed = texts(&host, "/pipes?do=mixed&pipe=sub", 200);
    assert_eq!(mixed, "piece piece");
    host.wait_for_event("log", "response.write-content");
    host.stop();
}

#[test]
fn a_bad_string_of_pipes_is_refused_with_a_caret() {
    let host = pipes();
    for what in ["text", "pieces"] {
        let path = |pipe: &str| format!("/pipes?do={what}&pipe={pipe}");
        let message = messages(&host, &path("gzip|nothing(1)"), 400);
        assert!(
            message.starts_with("there is no pipe \"nothing\""),
            "{message}"
        );
        assert!(message.contains("gzip, header, slice"), "{message}");
        assert!(message.ends_with("\ngzip|nothing(1)\n     ^"), "{message}");
        let message = messages(&host, &path("slice(a)"), 400);
        assert_eq!(message, "this is not a whole number:\nslice(a)\n      ^");
        let message = messages(&host, &path("status(20)"), 400);
        assert!(message.ends_with("\nstatus(20)\n       ^"), "{message}");
    }
    // A pipe that fails on the content says where.
    let message = messages(&host, "/pipes?do=bad-template&pipe=sub", 500);
    assert!(message.contains("nothing"), "{message}");
    host.stop();
}

#[test]
fn pieces_come_as_they_are_made() {
    let host = pipes();
    let answer = host.get("/pipes?do=pieces-alone");
    // Empty ones are skipped.
    assert_eq!(
        (answer.text().as_str(), &answer.chunks[..]),
        ("ab", &[1, 1, 0][..])
    );
    for pipe in ["", "&pipe=header(X,y)"] {
        let answer = host.get(&format!("/pipes?do=slowly{pipe}"));
        assert_eq!(answer.chunks, [6, 6, 0], "{pipe}");
        assert_eq!(answer.text(), "first second");
    }
    host.stop();
}

#[test]
fn what_nobody_wants_is_not_made() {
    let host = pipes();
    for (query, pieces) in [
        ("pieces=7", 7),
        ("pieces=8&pipe=slice(0,45)", 5),
        ("pieces=3&pipe=status(204)", 0),
    ] {
        let path = format!("/pipes?do=wanted&{query}");
        for _ in both(&host, &path) {}
        host.wait_for_event("log", &format!("{pieces} pieces"));
    }
    let mut client = host.h1();
    client.send("HEAD /pipes?do=wanted&pieces=9 HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(client.response_to_head().status, 200);
    let told = |e: &serde_json::Value| {
        e["event"] == "log"
            && e["message"]
                .as_str()
                .is_some_and(|m| m.contains("0 pieces"))
    };
    host.wait_for("a HEAD makes nothing", told);
    assert_eq!(client.get("/pipes").text(), TEXT);
    host.stop();
}

#[test]
fn a_handler_has_pipes_of_its_own() {
    let host = pipes();
    for what in ["text", "pieces"] {
        let path = |pipe: &str| format!("/pipes?do={what}&pipe={pipe}");
        let status = if what == "text" { 200 } else { 201 };
        let [one, two] = both(&host, &path("slice(0,3)|upper|around(%C2%AB,%5C,)"));
        for answer in [one, two] {
            assert_eq!((answer.status, answer.text().as_str()), (status, "«ABC,"));
            assert_eq!(answer.field("x-piped"), Some("upper"));
            assert_eq!(answer.field("content-length"), Some("6"));
        }
        assert_eq!(texts(&host, &path("count|around(n=)"), status), "n=36");
        assert_eq!(
            texts(&host, &path("upper|trickle(5:d0.01)"), status),
            TEXT.to_uppercase()
        );
        // A Content-Length of before is not the piped content's.
        assert_eq!(texts(&host, &path("slice(0,5)|count"), status), "5");
    }
    let seen = host.get("/pipes?pipe=request");
    assert_eq!((seen.status, seen.reason.as_str()), (299, "Piped"));
    let url = format!("http://test:{}/pipes?pipe=request", host.http().port());
    assert_eq!(seen.text(), format!("GET {url}"));
    let refused = texts(&host, "/pipes?pipe=writer", 200);
    assert!(refused.contains("somebody else's to write"), "{refused}");
    host.stop();
}

#[test]
fn a_pipe_of_a_handler_fails_as_a_handler_does() {
    let host = pipes();
    let message = messages(&host, "/pipes?pipe=upper|refuse", 422);
    assert_eq!(message, "refuse: not with me");
    let message = messages(&host, "/pipes?pipe=trap", 500);
    assert!(!message.contains("as asked"), "{message}");
    host.wait_for_event("log", "as asked, in a pipe");
    let message = messages(&host, "/pipes?pipe=upper|no-such(1)", 400);
    assert!(
        message.ends_with("\nupper|no-such(1)\n      ^"),
        "{message}"
    );
    // What a pipe needs all of is bounded, whoever's it is.
    let most = 16 << 20;
    let count = |bytes: usize| format!("/pipes?do=large&bytes={bytes}&pipe=count");
    assert_eq!(texts(&host, &count(most), 200), most.to_string());
    let message = messages(&host, &count(most + 1), 500);
    assert!(
        message.starts_with("count needs all of the content"),
        "{message}"
    );
    let message = messages(&host, "/pipes?do=endless&pipe=sub", 500);
    assert!(
        message.starts_with("sub needs all of the content"),
        "{message}"
    );
    host.stop();
}

#[test]
fn settings_name_pipes_for_files_and_handlers() {
    let host = Host::builder()
        .test_plugins(&["pipes", "only-pipe"])
        .file("a.txt", "Hello, World")
        .file("bad.wasm", "none")
        .config(
            "[pipes]\nrot13 = \"only-pipe.wasm\"\nupper = \"only-pipe.wasm\"\n\
             other = \"only-pipe.wasm\"\nabsent = \"absent.wasm\"\nbad = \"bad.wasm\"\n",
        )
        .start();
    assert_eq!(texts(&host, "/a.txt?pipe=rot13", 200), "Uryyb, Jbeyq");
    assert_eq!(
        texts(&host, "/a.txt?pipe=slice(0,5)|rot13|rot13", 200),
        "Hello"
    );
    // The handler's own come first, and it knows `upper`.
    assert_eq!(
        texts(&host, "/pipes?pipe=slice(0,3)|rot13|upper", 200),
        "NOP"
    );
    for (pipe, why) in [
        ("other", "it has no handle-pipe for this name"),
        ("absent", "absent.wasm: it is not there"),
        ("bad", "bad.wasm: "),
    ] {
        let message = messages(&host, &format!("/a.txt?pipe={pipe}"), 500);
        assert!(message.contains(why), "{message}");
        host.wait_for_event("log", "the pipe cannot run");
    }
    let message = messages(&host, "/a.txt?pipe=shout", 400);
    assert!(
        message.contains("absent, bad, gzip, header, other, rot13"),
        "{message}"
    );
    // It is a pipe and answers nothing.
    assert_eq!(messages(&host, "/only-pipe", 404), "not found");
    host.wait_for_event("log", "its only hook is handle-pipe");
    host.stop();
}

#[test]
fn a_client_that_leaves_ends_a_trickle() {
    let host = Host::builder()
        .test_plugins(&["pipes"])
        .args(["--wall-time", "10min"])
        .start();
    let mut client = host.h2();
    let path = "/pipes?pipe=trickle(1:d300:r2)";
    client.get(1, path);
    client.next_of_exchange().expect("a head");
    client.next_of_exchange().expect("the first byte");
    client.send(reset(1, 8));
    // Its access line is written when it is over: long before the pause is.
    host.wait_for_event("request", path);
    // The pieces of a handler that is still at work.
    let path = "/pipes?do=endless&pipe=trickle(1:d300:r2)";
    client.get(3, path);
    client.next_of_exchange().expect("a head");
    client.next_of_exchange().expect("the first byte");
    client.send(reset(3, 8));
    host.wait_for_event("request", path);
    client.expect_alive_through_resets();
    host.stop();
}

#[test]
fn limits_hold_for_piped_answers() {
    let host = Host::builder()
        .test_plugins(&["pipes"])
        .args(["--wall-time", "200ms"])
        .start();
    // The pause is longer than the handler has: the client sees a broken answer.
    let mut client = host.h1();
    client.send("GET /pipes?pipe=trickle(1:d60) HTTP/1.1\r\nHost: test\r\n\r\n");
    client.try_response(false).expect_err("it is broken off");
    host.wait_for_event("log", "wall time limit");
    host.stop();
    let host = Host::builder()
        .test_plugins(&["pipes"])
        .args(["--response-bytes", "100 KiB"])
        .start();
    let answer = host
        .h2()
        .get(1, "/pipes?do=endless&pipe=header(X,y)")
        .answer(1);
    assert!(answer.reset.is_some());
    host.wait_for_event("log", "WriteError::Limit");
    host.stop();
}
