//! What a handler sets on its response, as it goes over the wire, and what it
//! is told of its request's body.

use host_tests::Host;
use host_tests::h1::Ending;
use host_tests::h2::{code, data, headers};

fn chaos() -> Host {
    Host::builder().test_plugins(&["chaos"]).start()
}

#[test]
fn status_and_reason() {
    let host = chaos();
    let mut client = host.h1();
    let given = client
        .get("/chaos?do=status&code=410&reason=Long+gone")
        .expect(410);
    assert_eq!(given.reason, "Long gone");
    assert_eq!(
        (given.field("x-test"), given.text().as_str()),
        (Some("test"), "TEST")
    );
    assert_eq!(
        client.get("/chaos?do=status&code=410").expect(410).reason,
        "Gone"
    );
    client.get("/chaos?do=status&code=799").expect(799);
    let two = host
        .h2()
        .get(1, "/chaos?do=status&code=410&reason=x")
        .answer(1);
    assert_eq!(two.expect(410).text(), "TEST");
    // A code that is none is the handler's error, not a broken answer.
    client.get("/chaos?do=status&code=7").expect(500);
    host.stop();
}

#[test]
fn content_that_is_shorter_than_its_length_is_sent_and_then_given_up() {
    let host = Host::builder()
        .test_plugins(&["response-twin"])
        .file("f.txt", "TEST")
        .file("f.txt.headers", "Content-Length: 6")
        .start();
    for url in [
        "/f.txt",
        "/response-twin?op=set~Content-Length~6&op=content~TEST",
    ] {
        let mut client = host.h1();
        client.send(format!("GET {url} HTTP/1.1\r\nHost: t\r\n\r\n"));
        let (bytes, ending) = client.ending();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("Content-Length: 6\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\nTEST"), "{text}");
        assert_eq!(ending, Ending::Reset, "{url}");

        let answer = host.h2().get(1, url).answer(1);
        assert_eq!((answer.status, answer.text().as_str()), (200, "TEST"));
        assert_eq!(answer.reset, Some(code::INTERNAL), "{url}");
    }
    host.stop();
}

#[test]
fn errors_are_pages() {
    let host = chaos();
    let mut client = host.h1();
    let page = client.get("/chaos?do=status-error&code=404").expect(404);
    assert_eq!(page.json()["error"]["message"], "as asked");
    let page = client.get("/chaos?do=set-error&code=451").expect(451);
    assert_eq!(page.json()["error"]["code"], 451);
    assert_eq!(page.field("x-before"), None);
    // What went wrong inside is for the log, unless one develops.
    let page = client.get("/chaos?do=error&number=seven").expect(500);
    assert!(!page.text().contains("digit"), "{}", page.text());
    host.wait_for_event("log", "digit");
    let dev = Host::builder()
        .test_plugins(&["chaos"])
        .args(["--dev"])
        .start();
    let page = dev.get("/chaos?do=error&number=seven").expect(500);
    assert!(page.text().contains("digit"), "{}", page.text());
    dev.stop();
    host.stop();
}

#[test]
fn fields_keep_order_duplicates_and_bytes() {
    let host = chaos();
    let answer = host.get("/chaos?do=fields").expect(200);
    assert!(
        answer.text().starts_with("removed true false, 2 ones\n"),
        "{}",
        answer.text()
    );
    let set: Vec<_> = answer
        .fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let at = |field| {
        set.iter()
            .position(|f| *f == field)
            .unwrap_or_else(|| panic!("{field:?} in {set:?}"))
    };
    assert!(at(("X-One", "1")) < at(("x-one", "2")));
    assert!(at(("x-one", "2")) < at(("x-two", "second")));
    at(("X-Bytes", "\u{e9}t\u{e9}"));
    assert!(at(("X-Order", "a")) < at(("X-Order", "c")));
    assert_eq!(answer.field("x-gone"), None);
    let two = host.h2().get(1, "/chaos?do=fields").answer(1).expect(200);
    assert_eq!(two.field("x-bytes"), Some("\u{e9}t\u{e9}"));
    let orders: Vec<_> = two.fields.iter().filter(|(n, _)| n == "x-order").collect();
    assert_eq!(orders.len(), 2);
    host.stop();
}

#[test]
fn cookies() {
    let host = chaos();
    let answer = host.get("/chaos?do=cookies").expect(200);
    let set: Vec<_> = answer.all("set-cookie").collect();
    assert_eq!(set.len(), 3, "{set:?}");
    assert!(set[0].starts_with("plain=1"), "{set:?}");
    for part in [
        "full=2",
        "Path=/a",
        "Domain=example.test",
        "Max-Age=60",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
    ] {
        assert!(set[1].contains(part), "{part} in {set:?}");
    }
    assert!(
        set[2].starts_with("old=") && set[2].contains("Max-Age=0"),
        "{set:?}"
    );
    host.stop();
}

#[test]
fn what_is_added_can_be_left_out() {
    let host = chaos();
    let mut client = host.h1();
    let usual = client.get("/chaos?do=fresh").expect(200);
    for name in ["server", "date", "content-length"] {
        assert!(usual.field(name).is_some(), "no {name} in {usual:?}");
    }
    let bare = client.get("/chaos?do=bare").expect(200);
    for name in ["server", "date", "content-length"] {
        assert_eq!(bare.field(name), None, "{bare:?}");
    }
    assert_eq!(bare.text(), "bare\n");
    let two = host.h2().get(1, "/chaos?do=bare").answer(1).expect(200);
    assert_eq!(two.fields, [(":status".to_owned(), "200".to_owned())]);
    host.stop();
}

#[test]
fn the_connection_closes_when_a_handler_says_so() {
    let host = chaos();
    let mut client = host.h1();
    let last = client.get("/chaos?do=close").expect(200);
    assert_eq!(last.field("connection"), Some("close"));
    client.expect_close();
    let mut client = host.h2();
    client.get(1, "/chaos?do=close").answer(1).expect(200);
    client.expect_alive();
    host.stop();
}

#[test]
fn head_has_no_content_unless_it_is_asked_for() {
    let host = chaos();
    let mut client = host.h1();
    client.send("HEAD /chaos?do=fresh HTTP/1.1\r\nHost: t\r\n\r\n");
    let head = client.response_to_head().expect(200);
    assert_eq!(head.field("content-length"), Some("7"));
    client.get("/chaos?do=fresh").expect(200);
    let mut client = host.h2();
    let ask = |stream: u32, case: &str| {
        let head = headers(stream).request("HEAD", &format!("/chaos?do={case}"));
        head.end_headers().end_stream()
    };
    let head = client.send(ask(1, "fresh")).answer(1).expect(200);
    assert_eq!(
        (head.field("content-length"), head.text().as_str()),
        (Some("7"), "")
    );
    let head = client.send(ask(3, "head")).answer(3).expect(200);
    assert_eq!(head.text(), "content\n");
    host.stop();
}

#[test]
fn what_is_written_is_written() {
    let host = chaos();
    let answer = host.get("/chaos?do=write").expect(201);
    assert_eq!(
        (answer.reason.as_str(), answer.text().as_str()),
        ("Sent", "now\n")
    );
    let two = host.h2().get(1, "/chaos?do=write").answer(1).expect(201);
    assert_eq!(two.text(), "now\n");
    host.stop();
}

#[test]
fn bodies_are_read_whole_or_by_pieces() {
    let host = chaos();
    let body: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let sum: u64 = body.iter().map(|b| u64::from(*b)).sum();
    let mut client = host.h1();
    let mut ask = |case: &str| {
        client
            .post(&format!("/chaos?do={case}"), &body)
            .expect(200)
            .text()
    };
    assert_eq!(ask("body"), "bytes=200000 again=true\n");
    assert_eq!(ask("io"), format!("bytes=200000 sum={sum}\n"));
    let pieces = ask("reader&max=1000");
    assert!(
        pieces.starts_with("bytes=200000 ") && pieces.ends_with(" largest=1000\n"),
        "{pieces}"
    );
    assert!(ask("taken").contains("Taken"));

    let mut client = host.h2();
    client.send(headers(1).post("/chaos?do=trailers-in").end_headers());
    client.send(data(1, b"abc"));
    client.send(headers(1).field("x-sum", "6").end_headers().end_stream());
    let told = client.answer(1).expect(200).text();
    assert_eq!(told, "before=0 bytes=3 after=1\nx-sum: 6\n");
    let mut client = host.h1();
    client.send(
        "POST /chaos?do=trailers-in HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n",
    );
    let told = client.response().expect(200).text();
    assert_eq!(told, "before=0 bytes=3 after=1\nX-Sum: 6\n");
    host.stop();
}

#[test]
fn a_large_upload_by_pieces_takes_no_memory() {
    const LARGE: u64 = 128 << 20;
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .args(["--cpu-time", "60s", "--wall-time", "60s"])
        .start();
    let mut client = host.h1();
    client.post("/chaos?do=reader", b"warm").expect(200);
    host.reset_peak_memory();
    let before = host.memory("VmRSS");
    client.send(format!(
        "POST /chaos?do=reader HTTP/1.1\r\nHost: t\r\nContent-Length: {LARGE}\r\n\r\n"
    ));
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..LARGE >> 20 {
        client.send(&piece);
    }
    let told = client.response().expect(200).text();
    assert!(told.starts_with(&format!("bytes={LARGE} ")), "{told}");
    assert!(host.memory("VmHWM") < before + (32 << 20));
    host.stop();
}

#[test]
fn a_body_that_is_too_large_to_gather_is_a_413() {
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .plugins(&["echo"])
        .args(["--body-bytes", "1MiB"])
        .start();
    let body = vec![b'x'; 2 << 20];
    host.h1().post("/echo", &body).expect(413);
    host.h1().post("/chaos?do=reader", &body).expect(200);
    host.stop();
}

#[test]
fn config_clock_random_and_log() {
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .config("[vars]\ncolour = \"blue\"\n")
        .start();
    let told = host.get("/chaos?do=config&var=colour").expect(200).text();
    let port = host.http().port();
    for part in ["route=/chaos", "blue", &format!("http://127.0.0.1:{port}")] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let clock = host.get("/chaos?do=clock").expect(200).text();
    assert!(clock.contains("monotonic=true"), "{clock}");
    let random = || host.get("/chaos?do=random&len=8").expect(200).text();
    assert_ne!(random(), random());
    host.get("/chaos?do=log&text=a%0Ab%1B[31m").expect(200);
    let said = host.wait_for_event("log", "error a");
    assert_eq!(said["handler"], "/chaos");
    assert_eq!(said["level"], "error");
    host.stop();
}
