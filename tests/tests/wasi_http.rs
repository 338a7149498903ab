//! Components of wasi:http, which know nothing of host, are served as they are.

use host_testing::{TestServer, path, respond};
use host_tests::h2::{data, headers};
use host_tests::{Host, HostBuilder, run, test_plugin};

const AT: &str = "/wasi-http";

fn builder() -> HostBuilder {
    Host::builder().test_plugins(&["wasi-http"])
}

#[test]
fn the_request_is_what_the_client_meant() {
    let host = builder().start();
    let mut client = host.h1();
    client
        .send("PURGE /wasi-http?a=b HTTP/1.1\r\nHost: one.test:81\r\nX-One: 1\r\nX-One: 2\r\n\r\n");
    let answer = client.response().expect(200);
    let told = "PURGE http one.test:81 /wasi-http?a=b\nx-one: 1\nx-one: 2\n";
    assert_eq!(answer.text(), told);
    // All of it was there at once.
    assert_eq!(
        answer.field("content-length"),
        Some(&*told.len().to_string())
    );
    assert_eq!(answer.field("content-type"), Some("text/plain"));
    // RFC 9112 §3.2.2: an absolute target's authority goes before Host.
    client.send("GET http://two.test/wasi-http HTTP/1.1\r\nHost: one.test\r\n\r\n");
    let answer = client.response().expect(200);
    assert_eq!(answer.text(), "GET http two.test /wasi-http\n");

    client.send("HEAD /wasi-http HTTP/1.1\r\nHost: one.test\r\n\r\n");
    let answer = client.response_to_head().expect(200);
    assert_eq!(
        (answer.field("content-length"), answer.text()),
        (Some("38"), String::new())
    );

    let mut client = host.h2();
    let answer = client.get(1, "/wasi-http?h2").answer(1).expect(200).text();
    assert!(
        answer.starts_with("GET http ") && answer.ends_with(" /wasi-http?h2\n"),
        "{answer}"
    );
    host.stop();
}

#[test]
fn bodies_and_trailers_stream_both_ways() {
    let host = builder().start();
    let mut client = host.h1();
    client.send(
        "POST /wasi-http?echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    );
    let mut answer = client
        .try_head()
        .expect("the head before the end of the request");
    assert_eq!(client.line().unwrap(), "3");
    assert_eq!(client.take(5).unwrap(), b"abc\r\n");
    client.send("2\r\nde\r\n0\r\nX-After: all\r\n\r\n");
    client.try_body(&mut answer).unwrap();
    assert_eq!((answer.status, answer.text()), (200, "de".to_owned()));
    assert_eq!(answer.trailers, [("x-after".to_owned(), "all".to_owned())]);

    let mut client = host.h2();
    let post = format!("{AT}?echo");
    client.send(headers(1).post(&post).end_headers());
    client.send(data(1, b"abc"));
    client.expect(headers(1).status(200));
    client.expect(data(1, b"abc"));
    client.send(data(1, b"de"));
    client.expect(data(1, b"de"));
    client.send(
        headers(1)
            .field("x-after", "all")
            .end_headers()
            .end_stream(),
    );
    let end = client.answer(1);
    assert_eq!(end.trailers, [("x-after".to_owned(), "all".to_owned())]);

    // More than any window, asked for by the guest and given back to the client.
    let large = vec![b'x'; 300_000];
    let answer = host.h1().post(&format!("{AT}?wait"), &large).expect(200);
    assert_eq!(answer.text(), "waiting\n300000\n");
    host.stop();
}

#[test]
fn a_body_is_only_asked_for_by_the_guest() {
    let host = builder().start();
    let mut client = host.h1();
    let expecting = "HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    // An early answer, without 100 (RFC 9110 §10.1.1).
    client.send(format!("POST {AT}?length {expecting}"));
    let answer = client.response().expect(200);
    assert_eq!(
        (answer.text(), answer.field("content-length")),
        ("four".to_owned(), Some("4"))
    );
    let mut client = host.h1();
    client.send(format!("POST {AT}?sum {expecting}"));
    client.response().expect(100);
    client.send("abc");
    assert_eq!(client.response().expect(200).text(), "3");
    host.stop();
}

#[test]
fn pipes_work_on_its_answers() {
    let host = builder().start();
    let target = format!("{AT}?length&pipe=status(203)|header(X-Piped,yes)|slice(1,3)");
    let one = host.get(&target).expect(203);
    let two = host.h2().get(1, &target).answer(1).expect(203);
    assert_eq!(
        (one.text(), one.field("x-piped")),
        (String::from("ou"), Some("yes"))
    );
    assert_eq!(
        (two.text(), two.field("x-piped")),
        (String::from("ou"), Some("yes"))
    );
    host.stop();
}

#[test]
fn what_goes_wrong_is_told_and_whose_fault_it_is() {
    let flags = ["--dev", "--cpu-time", "300ms", "--response-bytes", "1MiB"];
    let host = builder().args(flags).start();
    for (what, says) in [
        ("error", "ConfigurationError"),
        ("nothing", "response-outparam.set was not called"),
        ("trap", "unreachable"),
        ("spin", "the CPU time limit"),
        // Nothing of it had left.
        ("half", "its body was given up"),
    ] {
        let answer = host.get(&format!("{AT}?{what}")).expect(500).text();
        assert!(
            answer.to_lowercase().contains(&says.to_lowercase()),
            "{what}: {answer}"
        );
        host.wait_for_event("log", says);
    }
    // What has begun and cannot be completed is cut off.
    let target = format!("{AT}?many");
    let mut client = host.h1();
    client.send(format!("GET {target} HTTP/1.1\r\nHost: t\r\n\r\n"));
    let mut answer = client.try_head().unwrap();
    assert_eq!(answer.status, 200);
    client.try_body(&mut answer).unwrap_err();
    let answer = host.h2().get(1, &target).answer(1);
    assert_eq!(answer.reset, Some(2), "{answer:?}");
    host.wait_for_event("log", "the response limit");

    host.get(&format!("{AT}?print")).expect(200);
    host.wait_for_event("log", "asked for /wasi-http?print");
    host.stop();
}

#[test]
fn requests_go_where_they_are_granted_and_nowhere_else() {
    let server = TestServer::start();
    server.mock(respond("hello").when(path("/hello")).expect(2..=2));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, server.ca_pem()).unwrap();
    let (plain, tls) = (server.address().port(), server.https_address().port());
    let config = format!(
        "outgoing = [\"127.0.0.1:{plain}\", \"localhost:{tls}\", \"*.invalid\"]\n\
         outgoing-ca = \"{}\"\n",
        ca.display()
    );
    let host = builder().config(&config).start();
    let out = |url: &str| host.get(&format!("{AT}?out={url}"));
    for url in [
        format!("http://127.0.0.1:{plain}/hello"),
        format!("https://localhost:{tls}/hello"),
    ] {
        assert_eq!(out(&url).expect(200).text(), "200 hello");
    }
    // Neither another port, nor another name of the same server, nor what a
    // resolver would take for its address: the server would have seen it.
    for url in [
        format!("http://localhost:{plain}/hello"),
        format!("http://127.1:{plain}/hello"),
        format!("http://2130706433:{plain}/hello"),
        format!("https://127.0.0.1:{tls}/hello"),
        "http://example.test/".to_owned(),
    ] {
        let answer = out(&url).expect(502).text();
        assert_eq!(answer, "ErrorCode::HttpRequestDenied", "{url}");
    }
    host.wait_for_event("log", "set outgoing = [\"example.test:80\"]");
    // RFC 6761 §6.4: no server has that name.
    let answer = out("http://a.invalid/").expect(502).text();
    assert!(answer.starts_with("ErrorCode::DnsError"), "{answer}");

    let none = builder().start();
    let url = format!("http://127.0.0.1:{plain}/hello");
    let answer = none.get(&format!("{AT}?out={url}")).expect(502);
    assert_eq!(answer.text(), "ErrorCode::HttpRequestDenied");
    none.stop();
    host.stop();

    let [first, second] = &server.requests()[..] else {
        panic!("{:?}", server.requests());
    };
    assert_eq!(
        (&*first.scheme, &*second.scheme),
        (&b"http"[..], &b"https"[..])
    );
}

#[test]
fn its_folder_is_there_where_it_is_granted_and_never_written() {
    let host = builder()
        .config("files = true")
        .file("sub/a.txt", "abc")
        .file(".env", "secret")
        .start();
    let root = host.plugins().path();
    std::os::unix::fs::symlink(host.state(), root.join("outside")).unwrap();
    let ask = |what: &str| host.get(&format!("{AT}?{what}")).expect(200).text();
    assert_eq!(ask("file=sub/a.txt"), "abc");
    assert_eq!(ask("folder=."), "outside sub wasi-http.wasm");
    for (path, error) in [
        ("sub/none", "no-entry"),
        (".env", "no-entry"),
        ("sub/../.env", "no-entry"),
        ("../x", "not-permitted"),
        ("outside/ca.pem", "not-permitted"),
    ] {
        let found = ask(&format!("file={path}"));
        assert!(found.starts_with(error), "{path}: {found}");
    }
    assert!(ask("write=new").starts_with("not-permitted"));
    let none = builder().start();
    let answer = none.get(&format!("{AT}?folder=.")).expect(200);
    assert_eq!(answer.text(), "no folder");
    none.stop();
    host.stop();
}

#[test]
fn check_knows_it_and_what_it_is_not_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wasi-http.wasm");
    std::fs::write(&path, test_plugin("wasi-http")).unwrap();
    run(["check".as_ref(), path.as_os_str()]).success().says(&[
        "a component of wasi:http 0.2",
        "Made with rustc",
        "wasi:http/incoming-handler",
        "wasi:http/outgoing-handler: only to servers that host.toml names",
        "files = true",
    ]);
}
