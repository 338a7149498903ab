//! Every write on HTTP/1, byte by byte, and whether the connection goes on.
//! Among many pipelined requests they are in `writes_http1_pipelined.rs`; when
//! each byte arrives is in `writes_arrival.rs`.

use host_tests::Host;
use host_tests::h1::{ANY_DATE, Client, Ending, undated};

fn host() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["wire"])
        .start()
}

/// Sends a request with this script.
fn run(host: &Host, script: &str) -> Client {
    run_as(host, "POST", script)
}

/// The same by any method.
fn run_as(host: &Host, method: &str, script: &str) -> Client {
    let mut client = host.h1();
    let length = script.len();
    client.send(format!(
        "{method} /wire HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{script}"
    ));
    client
}

/// Checks that exactly these bytes come, and that the connection then goes on.
#[track_caller]
fn goes_on(host: &Host, script: &str, bytes: &str) {
    let mut client = run(host, script);
    client.expect_bytes(bytes);
    let next = client.get("/hello").expect(200);
    assert_eq!(next.text(), "Hello, world!\n");
}

/// Checks that exactly these bytes come, and how the connection then ends.
#[track_caller]
fn ends(host: &Host, script: &str, bytes: &str, how: Ending) {
    let (got, ending) = run(host, script).ending();
    assert_eq!(undated(&String::from_utf8_lossy(&got)), bytes);
    assert_eq!(ending, how);
}

#[test]
fn a_head_as_it_is_written() {
    let host = host();
    let script = "add-required-headers off
        write-status 299 As%20you%20like
        write-header X-Order 1
        write-header content-LENGTH 2
        write-header x-order 2
        write-header X-ORDER
        end-headers
        write-content ab";
    let bytes = "HTTP/1.1 299 As you like\r\nX-Order: 1\r\ncontent-LENGTH: 2\r\nx-order: 2\r\n\
                 X-ORDER: \r\n\r\nab";
    goes_on(&host, script, bytes);
    // The registered reason, and none where there is none.
    let script = "add-required-headers off\nwrite-status 404\nwrite-content x";
    let bytes = "HTTP/1.1 404 Not Found\r\n\r\nx";
    ends(&host, script, bytes, Ending::Closed);
    let script = "add-required-headers off\nwrite-status 999\nwrite-content x";
    ends(&host, script, "HTTP/1.1 999 \r\n\r\nx", Ending::Closed);
    host.stop();
}

#[test]
fn what_was_not_written_is_added() {
    let host = host();
    let added = format!("Server: host\r\n{ANY_DATE}Content-Length: 3\r\n\r\nabc");
    let bytes = format!("HTTP/1.1 200 OK\r\nX-A: b\r\n{added}");
    goes_on(&host, "write-header X-A b\nwrite-content abc", &bytes);
    // What was written is not added again.
    let script = "write-header server mine\nwrite-header DATE never\nwrite-content abc";
    let bytes = "HTTP/1.1 200 OK\r\nserver: mine\r\nDATE: never\r\nContent-Length: 3\r\n\r\nabc";
    goes_on(&host, script, bytes);
    // wptserve's quirk: the length is that of the first piece.
    let script = "add-required-headers off\nwrite-header Content-Length 3\nwrite-content abc\nwrite-content def";
    let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef";
    ends(&host, script, bytes, Ending::Closed);
    host.stop();
}

#[test]
fn default_headers_where_they_are_asked_for() {
    let host = host();
    // Before others, and not again at the end; the length is the response's.
    let script = "content abc
        write-default-headers
        write-header X last
        end-headers
        write-raw-content abc";
    let server = format!("Server: host\r\n{ANY_DATE}");
    let bytes = format!("HTTP/1.1 200 OK\r\n{server}Content-Length: 3\r\nX: last\r\n\r\nabc");
    goes_on(&host, script, &bytes);
    // No content, no length: what is written is.
    let script = "add-required-headers off
        write-status 201 Mine
        write-default-headers
        write-default-headers
        write-header Content-Length 2
        end-headers
        write-content ok";
    let bytes = format!("HTTP/1.1 201 Mine\r\n{server}Content-Length: 2\r\n\r\nok");
    goes_on(&host, script, &bytes);
    // Only what is missing.
    let script = "content abc
        add-required-headers off
        write-header sERVER mine
        write-header Transfer-Encoding chunked
        write-default-headers
        end-headers
        write-raw-content 0%0d%0a%0d%0a";
    let bytes = format!(
        "HTTP/1.1 200 OK\r\nsERVER: mine\r\nTransfer-Encoding: chunked\r\n{ANY_DATE}\r\n0\r\n\r\n"
    );
    goes_on(&host, script, &bytes);
    host.stop();
}

#[test]
fn a_connection_that_is_to_close() {
    let host = host();
    let kept = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok";
    // These bytes alone would let it go on.
    goes_on(&host, script, kept);
    ends(
        &host,
        &format!("close-connection\n{script}"),
        kept,
        Ending::Closed,
    );
    ends(
        &host,
        &format!("{script}\nclose-connection"),
        kept,
        Ending::Closed,
    );
    let script = "close-connection
        add-required-headers off
        write-status 200
        write-header Content-Length 2
        write-content ok";
    ends(&host, script, kept, Ending::Closed);
    host.stop();
}

#[test]
fn verbatim() {
    let host = host();
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok";
    goes_on(&host, script, whole);
    // Byte by byte, with a pause between.
    let slow: String = whole
        .bytes()
        .map(|byte| format!("write %{byte:02x}\nsleep 1\n"))
        .collect();
    goes_on(&host, &slow, whole);
    // No status line: the connection is the answer's end.
    ends(&host, "write only%20text", "only text", Ending::Closed);
    ends(
        &host,
        "write-raw-content no%20head",
        "no head",
        Ending::Closed,
    );
    ends(&host, "write-raw-bytes 00ff", "\0\u{fffd}", Ending::Closed);
    // Half a head, half a body.
    ends(
        &host,
        "write HTTP/1.1%20200%20OK%0d%0aX",
        "HTTP/1.1 200 OK\r\nX",
        Ending::Closed,
    );
    let half = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%209%0d%0a%0d%0ahalf";
    let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    ends(&host, half, bytes, Ending::Closed);
    // Too much, and a second response nobody asked for.
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok!";
    ends(&host, script, &format!("{whole}!"), Ending::Closed);
    let twice = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok\n".repeat(2);
    ends(&host, &twice, &whole.repeat(2), Ending::Closed);
    host.stop();
}

#[test]
fn framing_that_lies_or_contradicts_itself() {
    let host = host();
    let head = |fields: &str| {
        let fields: String = fields
            .split_terminator(';')
            .map(|field| format!("{field}\r\n"))
            .collect();
        format!("HTTP/1.1 200 OK\r\n{fields}\r\n")
    };
    let script = |fields: &str, content: &str| {
        let bytes = format!("{}{content}", head(fields));
        let hex: String = bytes.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("write-raw-bytes {hex}")
    };
    let closing = [
        ("Content-Length: 3;Content-Length: 4;", "four"),
        ("Content-Length: x;", "what"),
        (
            "Transfer-Encoding: chunked;Content-Length: 4;",
            "4\r\nfour\r\n0\r\n\r\n",
        ),
        ("Transfer-Encoding: gzip;", "??"),
        ("Transfer-Encoding: chunked;", "zz\r\nnot hex"),
        ("Transfer-Encoding: chunked;", "5\r\nfour\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked;", "4\r\nfour\r\n"),
        ("Content-Length: 4;Connection: close;", "four"),
        ("", "until the end"),
    ];
    for (fields, content) in closing {
        let bytes = format!("{}{content}", head(fields));
        ends(&host, &script(fields, content), &bytes, Ending::Closed);
    }
    let going_on = [
        ("Content-Length: 4;Content-Length: 4;", "four"),
        ("Transfer-Encoding: chunked;", "4\r\nfour\r\n0\r\n\r\n"),
        (
            "Transfer-Encoding: chunked;",
            "4;a=b\r\nfour\r\n0\r\nX-Sum: 4\r\n\r\n",
        ),
    ];
    for (fields, content) in going_on {
        let bytes = format!("{}{content}", head(fields));
        goes_on(&host, &script(fields, content), &bytes);
    }
    host.stop();
}

#[test]
fn informational_answers_checked_and_raw() {
    let host = host();
    let script = "write-headers 103 Link=a
        write-headers 102
        write HTTP/1.1%20103%20Mine%0d%0a%0d%0a
        write-headers 200 Content-Length=2
        write-data last ok";
    let mut client = run(&host, script);
    assert_eq!(client.response().expect(103).field("Link"), Some("a"));
    client.response().expect(102);
    assert_eq!(client.response().expect(103).reason, "Mine");
    assert_eq!(client.response().expect(200).text(), "ok");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn a_raw_head_and_checked_content() {
    let host = host();
    let script = "add-required-headers off
        write-status 200
        write-header Transfer-Encoding chunked
        end-headers
        write-data four
        write-trailers X-Sum=4";
    let bytes =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\nX-Sum: 4\r\n\r\n";
    goes_on(&host, script, bytes);
    let script = "write-headers 200 Content-Length=8\nwrite-data four\nwrite more";
    let mut client = run(&host, script);
    assert_eq!(client.response().expect(200).text(), "fourmore");
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn answers_before_the_body_and_early_ends() {
    let host = host();
    let script = "write-headers 200 Content-Length=5
        write-data early
        read";
    let target = format!("/wire?ops={}", host_tests::query(script));
    let mut client = host.h1();
    client.send(format!(
        "POST {target} HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\n"
    ));
    assert_eq!(client.response().expect(200).text(), "early");
    client.send("body");
    client.get("/hello").expect(200);

    ends(
        &host,
        "write HTTP/1.1%20200\nclose\nwrite more",
        "HTTP/1.1 200",
        Ending::Closed,
    );
    ends(
        &host,
        "write HTTP/1.1%20200\nflush\nreset\nwrite more",
        "HTTP/1.1 200",
        Ending::Reset,
    );
    ends(&host, "close", "", Ending::Closed);
    ends(&host, "reset", "", Ending::Reset);
    ends(&host, "reset-stream 8", "", Ending::Reset);
    let (bytes, ending) = run(&host, "content abc\nclose-connection").ending();
    assert!(bytes.ends_with(b"\r\n\r\nabc"));
    assert_eq!(ending, Ending::Closed);
    host.stop();
}

#[test]
fn heads_for_head() {
    let host = host();
    let script = "write-status 200\nwrite-header Content-Length 3\nend-headers";
    let mut client = run_as(&host, "HEAD", script);
    assert_eq!(
        client
            .response_to_head()
            .expect(200)
            .field("content-length"),
        Some("3")
    );
    client.get("/hello").expect(200);
    // wptserve's send_body_for_head_request: the connection cannot go on.
    let (bytes, ending) = run_as(&host, "HEAD", "send-body-for-head\ncontent abc").ending();
    assert!(bytes.ends_with(b"\r\n\r\nabc"), "{bytes:?}");
    assert_eq!(ending, Ending::Closed);
    host.stop();
}

#[test]
fn asis_files() {
    let whole = "HTTP/1.1 202 Odd\nX-Bare: lf\n\nas it is";
    let good = "HTTP/1.1 202 Odd\r\nContent-Length: 8\r\n\r\nas it is";
    let host = Host::builder()
        .plugins(&["hello"])
        .file("bare.asis", whole)
        .file("good.asis", good)
        .start();
    let mut client = host.h1();
    client.send("GET /bare.asis HTTP/1.1\r\nHost: t\r\n\r\n");
    let (bytes, ending) = client.ending();
    assert_eq!(
        (bytes.as_slice(), ending),
        (whole.as_bytes(), Ending::Closed)
    );
    let mut client = host.h1();
    client.send("GET /good.asis HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_eq!(client.take(good.len()).unwrap(), good.as_bytes());
    client.get("/hello").expect(200);
    let refused = host.h2().get(1, "/good.asis").answer(1).expect(500);
    assert!(refused.text().contains("HTTP/1"), "{}", refused.text());
    host.stop();
}

/// The grant: raw writes are for folders that stand alone or say so.
#[test]
fn who_may_write_raw() {
    let ask = |host: &Host| {
        let answer = run(host, "write raw\nsettings 1=1\nreport").response();
        answer.text()
    };
    let host = Host::builder()
        .test_plugins(&["wire"])
        .args(["--no-raw"])
        .start();
    let said = ask(&host);
    assert!(
        said.contains("write raw: WriteError::NotGranted("),
        "{said}"
    );
    assert!(said.contains("--raw"), "{said}");
    host.stop();
}
