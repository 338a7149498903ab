//! HTTP/1.1 on the wire: framing, keep-alive, pipelining, large bodies. What is
//! refused is in `http1_malformed.rs`.

use std::io::Write;

use host_tests::h1::Client;
use host_tests::tools::curl;
use host_tests::{Host, tools};

/// What a large body is here: many times every buffer, and more than a host
/// may grow by.
const LARGE: u64 = 256 << 20;
/// What a host may grow by while one body of any size goes through it.
const GROWTH: u64 = 48 << 20;

#[test]
fn curl_is_answered() {
    let host = Host::start(&["hello", "echo"]);
    let hello = curl(["--http1.1", &host.url("/hello")]).expect(200, "1.1");
    assert!(!hello.body.is_empty());
    let head = curl(["--http1.1", "-I", &host.url("/hello")]).expect(200, "1.1");
    let length = format!("content-length: {}", hello.body.len());
    assert!(head.text().to_lowercase().contains(&length), "{head:?}");
    let echo = curl(["--http1.1", "-d", "a=1", &host.url("/echo?x=y")]).expect(200, "1.1");
    assert_eq!(echo.json()["method"], "POST");
    curl(["--http1.0", &host.url("/hello")]).expect(200, "1.1");
    host.stop();
}

#[test]
fn one_connection_carries_many_requests() {
    let host = Host::start(&["hello"]);
    let mut client = host.h1();
    for _ in 0..50 {
        let answer = client.get("/hello").expect(200);
        assert_ne!(answer.field("connection"), Some("close"));
    }
    client.send("GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    let last = client.response().expect(200);
    assert_eq!(last.field("connection"), Some("close"));
    client.expect_close();
    host.stop();
}

#[test]
fn http_1_0_closes_unless_asked_not_to() {
    let host = Host::start(&["hello"]);
    let mut client = host.h1();
    client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let kept = client.response().expect(200);
    assert_eq!(kept.field("connection"), Some("keep-alive"));
    client.send("GET /hello HTTP/1.0\r\n\r\n");
    client.response().expect(200);
    client.expect_close();
    host.stop();
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let host = Host::start(&["echo", "hello"]);
    let mut client = host.h1();
    let mut bytes = Vec::new();
    for n in 0..20 {
        // Bodies between them, so that a body that is not read would be taken
        // for a request.
        write!(
            bytes,
            "POST /echo?n={n} HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nGET "
        )
        .unwrap();
        write!(bytes, "POST /hello HTTP/1.1\r\nHost: t\r\n")
            .and_then(|()| {
                write!(
                    bytes,
                    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                )
            })
            .unwrap();
    }
    client.send(bytes);
    for n in 0..20 {
        let answer = client.response().expect(200);
        let wanted = format!("/echo?n={n}");
        assert!(answer.text().contains(&wanted), "{}", answer.text());
        client.response().expect(200);
    }
    host.stop();
}

#[test]
fn a_request_in_single_bytes_is_a_request() {
    let host = Host::start(&["echo"]);
    let mut client = host.h1();
    let request = "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3;ext=1\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: x\r\n\r\n";
    for byte in request.as_bytes() {
        client.send([*byte]);
    }
    let answer = client.response().expect(200);
    assert!(answer.text().contains("abcd"), "{}", answer.text());
    client.get("/echo").expect(200);
    host.stop();
}

#[test]
fn an_expectation_is_met_before_the_body() {
    let host = Host::start(&["echo"]);
    let mut client = host.h1();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
    );
    client.response().expect(100);
    client.send("abc");
    assert!(client.response().expect(200).text().contains("abc"));
    // curl waits for it, too.
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; 100_000]).unwrap();
    let from_file = format!("@{}", file.path().display());
    let url = host.url("/echo");
    let echo = curl([
        "-H",
        "Expect: 100-continue",
        "--data-binary",
        &from_file,
        &url,
    ]);
    assert_eq!(echo.status, 200);
    host.stop();
}

#[test]
fn order_case_and_duplicates_of_fields_reach_the_handler() {
    let host = Host::start(&["echo"]);
    let mut client = host.h1();
    client.send(
        "GET /echo HTTP/1.1\r\nHost: t\r\nX-Second: 2\r\nx-first: 1\r\nX-SECOND:  3  \r\n\
         X-Empty:\r\n\r\n",
    );
    let answer = client.response().expect(200);
    let text = answer.text();
    let mut rest = text.as_str();
    for part in ["X-Second", "x-first", "X-SECOND", "X-Empty"] {
        let at = rest.find(part);
        rest = &rest[at.unwrap_or_else(|| panic!("no {part} next in {text}"))..];
    }
    host.stop();
}

#[test]
fn a_streamed_answer_is_chunked() {
    let host = Host::start(&["slow"]);
    let answer = host.get("/slow").expect(200);
    assert_eq!(answer.field("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.field("content-length"), None);
    assert!(answer.chunks.len() > 2, "{:?}", answer.chunks);
    host.stop();
}

#[test]
fn a_large_download_takes_no_memory() {
    let host = Host::start(&[]);
    let file = std::fs::File::create(host.plugins().path().join("large.bin")).unwrap();
    file.set_len(LARGE).unwrap();
    host.get("/nothing").expect(404);
    host.reset_peak_memory();
    let before = host.memory("VmRSS");
    let mut client = host.h1();
    client.send("GET /large.bin HTTP/1.1\r\nHost: t\r\n\r\n");
    let head = client.try_head().unwrap();
    assert_eq!(head.field("content-length"), Some(&*LARGE.to_string()));
    client.skip(LARGE);
    assert!(host.memory("VmHWM") < before + GROWTH);
    client.get("/nothing").expect(404);
    host.stop();
}

#[test]
fn a_large_body_goes_through_a_handler_in_constant_memory() {
    // The handler turns each piece around and sends it back, so both
    // directions are under way at once.
    let large = LARGE / 4;
    let host = Host::builder()
        .plugins(&["frames"])
        .args(["--response-bytes", "1GiB", "--cpu-time", "60s"])
        .start();
    let warm = "POST /frames HTTP/1.1\r\nHost: t\r\ntest: pass\r\nContent-Length: 2\r\n\r\nab";
    let mut client = host.h1();
    assert_eq!(client.send(warm).response().text(), "ba\nEnd of File");
    host.reset_peak_memory();
    let before = host.memory("VmRSS");
    client.send(format!(
        "POST /frames HTTP/1.1\r\nHost: t\r\ntest: pass\r\nContent-Length: {large}\r\n\r\n"
    ));
    let mut sender = client.sender();
    let sending = std::thread::spawn(move || {
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..large >> 20 {
            sender.write_all(&piece).expect("to send");
        }
    });
    let mut got = 0;
    assert_eq!(client.try_head().unwrap().status, 200);
    loop {
        let size = u64::from_str_radix(&client.line().unwrap(), 16).unwrap();
        got += size;
        client.skip(size + 2);
        if size == 0 {
            break;
        }
    }
    sending.join().unwrap();
    assert_eq!(got, large + "\nEnd of File".len() as u64);
    assert!(host.memory("VmHWM") < before + GROWTH + (64 << 20));
    host.stop();
}

#[test]
fn h2c_upgrade_by_curl() {
    let host = Host::start(&["hello"]);
    let url = host.url("/hello");
    let answers = curl(["--http2", &url, &url]);
    assert_eq!((answers.status, answers.version.as_str()), (200, "2"));
    host.stop();
}

#[test]
fn h2c_upgrade_frame_by_frame() {
    use host_tests::h2::{self, headers};
    let host = Host::start(&["hello"]);
    let mut first = host.h1();
    // AAMAAABkAAQAAP__ is SETTINGS_MAX_CONCURRENT_STREAMS 100 and
    // SETTINGS_INITIAL_WINDOW_SIZE 65535 (RFC 7540 §3.2.1).
    first.send(
        "GET /hello HTTP/1.1\r\nHost: t\r\nConnection: Upgrade, HTTP2-Settings\r\n\
         Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    );
    let switching = first.try_head().unwrap();
    assert_eq!(switching.status, 101);
    assert_eq!(switching.field("upgrade"), Some("h2c"));
    let mut client = h2::Client::after_upgrade(first);
    assert!(client.answer(1).expect(200).field("server").is_some());
    client.get(3, "/hello");
    client.expect(headers(3).status(200));
    host.stop();
}

#[test]
fn a_form_posted_by_curl_reaches_the_handler() {
    let host = Host::start(&["form"]);
    let file = tempfile::Builder::new().suffix(".txt").tempfile().unwrap();
    std::fs::write(file.path(), "the content of the file").unwrap();
    let upload = format!("file=@{};type=text/plain", file.path().display());
    let url = host.url("/form");
    let answer = curl(["-F", "name=Zoë", "-F", &upload, &url]).expect(200, "1.1");
    let text = answer.text();
    let name = file.path().file_name().unwrap().to_str().unwrap();
    for part in ["name", "Zoë", name] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    host.stop();
}

#[test]
fn a_client_that_leaves_in_the_middle_hurts_nobody() {
    let mut host = Host::start(&["echo", "slow"]);
    for _ in 0..20 {
        let mut half = host.h1();
        half.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
        drop(half);
        let mut early = host.h1();
        early.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
        drop(early);
        host.get("/echo").expect(200);
    }
    host.assert_well();
    host.stop();
}

#[test]
fn a_body_that_nobody_reads_does_not_spoil_the_next_request() {
    let host = Host::start(&["hello"]);
    let mut client = host.h1();
    for size in [0, 10, 10_000] {
        client.post("/hello", &vec![b'G'; size]).expect(200);
    }
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn asterisk_and_absolute_targets_are_targets() {
    let host = Host::start(&["echo"]);
    let mut client: Client = host.h1();
    client.send("GET http://other:99/echo?q HTTP/1.1\r\nHost: t\r\n\r\n");
    let absolute = client.response().expect(200);
    assert!(absolute.text().contains("other"), "{}", absolute.text());
    client.send("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n");
    let asterisk = client.response();
    assert!(matches!(asterisk.status, 200 | 204 | 404), "{asterisk:?}");
    client.get("/echo").expect(200);
    host.stop();
}

#[test]
fn hyper_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let host = Host::start(&["echo"]);
    runtime.block_on(async {
        use http_body_util::{BodyExt, Full};
        let stream = tokio::net::TcpStream::connect(host.http()).await.unwrap();
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        let driver = tokio::spawn(connection);
        for n in 0..10 {
            let request = http::Request::post(format!("/echo?n={n}"))
                .header("host", "t")
                .body(Full::new(bytes::Bytes::from("hello")))
                .unwrap();
            sender.ready().await.unwrap();
            let answer = sender.send_request(request).await.unwrap();
            assert_eq!(answer.status(), 200);
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(text.contains(&format!("n={n}")), "{text}");
        }
        drop(sender);
        driver.await.unwrap().unwrap();
    });
    host.stop();
}

#[test]
fn curl_uploads_in_chunks() {
    let host = Host::start(&["frames"]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; 300_000]).unwrap();
    let from = file.path().to_str().unwrap();
    let args = [
        "--http1.1",
        "-H",
        "test: pass",
        "-H",
        "Transfer-Encoding: chunked",
    ];
    let answer = tools::curl(
        args.into_iter()
            .chain(["-T", from, "-X", "POST"])
            .chain([host.url("/frames").as_str()]),
    );
    let answer = answer.expect(200, "1.1");
    assert_eq!(answer.body.len(), 300_000 + "\nEnd of File".len());
    assert!(answer.text().ends_with("x\nEnd of File"));
    host.stop();
}
