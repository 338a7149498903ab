//! Raw answers on HTTP/1 among many ordinary ones: the requests are pipelined
//! on one connection, and every byte of it is known in advance.

use std::io::Write;

use host_tests::h1::{ANY_DATE, Client, Ending, undated};
use host_tests::{Host, query};

/// Ordinary requests before, between and behind the raw answers.
const ORDINARY: usize = 100;

fn host() -> Host {
    Host::builder().test_plugins(&["wire", "mirror"]).start()
}

/// A request for a script.
fn raw(method: &str, script: &str) -> String {
    let ops = query(script);
    format!("{method} /wire?ops={ops} HTTP/1.1\r\nHost: test\r\n\r\n")
}

/// The same with a body; the script need not look at it.
fn raw_with_body(script: &str, body: &str) -> String {
    let (ops, length) = (query(script), body.len());
    format!("POST /wire?ops={ops} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// Appends a hundred ordinary requests and their answers.
fn ordinary(requests: &mut String, answers: &mut String) {
    for n in 0..ORDINARY {
        let bytes = n % 7;
        *requests +=
            &format!("GET /mirror?bytes={bytes} HTTP/1.1\r\nHost: test\r\nx-n: {n}\r\n\r\n");
        let body = "m".repeat(bytes);
        *answers += &format!(
            "HTTP/1.1 200 OK\r\nx-n: {n}\r\nServer: host\r\n{ANY_DATE}Content-Length: {bytes}\r\n\r\n{body}"
        );
    }
}

/// Sends requests on a thread of their own, so that both sides can be slow.
fn send(client: &Client, requests: String) -> std::thread::JoinHandle<()> {
    let mut sender = client.sender();
    std::thread::spawn(move || {
        // The server may have closed: what it said tells.
        let _ = sender.write_all(requests.as_bytes());
    })
}

/// Checks that the raw answer is these bytes and that the connection goes on:
/// with ordinary ones, with the same again, and with more.
#[track_caller]
fn goes_on(request: &str, answer: &str) {
    let host = host();
    let (mut requests, mut answers) = Default::default();
    ordinary(&mut requests, &mut answers);
    for _ in 0..2 {
        requests += &request.repeat(2);
        answers += &answer.repeat(2);
        ordinary(&mut requests, &mut answers);
    }
    let mut client = host.h1();
    let sending = send(&client, requests);
    client.expect_bytes(&answers);
    sending.join().unwrap();
    host.stop();
}

/// Checks that the raw answer is these bytes and the last one: nobody answers
/// what is pipelined behind it.
#[track_caller]
fn ends(request: &str, answer: &str, how: Ending) {
    let host = host();
    let (mut requests, mut answers) = Default::default();
    ordinary(&mut requests, &mut answers);
    requests += request;
    answers += answer;
    ordinary(&mut requests, &mut String::new());
    let mut client = host.h1();
    let sending = send(&client, requests);
    let (got, ending) = client.ending();
    let got: String = got.into_iter().map(char::from).collect();
    assert_eq!(undated(&got), answers);
    assert_eq!(ending, how);
    sending.join().unwrap();
    host.stop();
}

#[test]
fn a_head_by_lines() {
    let script = "add-required-headers off
        write-status 299 As%20you%20like
        write-header X-Order 1
        write-header content-LENGTH 2
        write-header x-order 2
        end-headers
        write-content ab";
    let answer =
        "HTTP/1.1 299 As you like\r\nX-Order: 1\r\ncontent-LENGTH: 2\r\nx-order: 2\r\n\r\nab";
    goes_on(&raw("GET", script), answer);
}

#[test]
fn default_headers() {
    let script = "write-default-headers\nwrite-header Content-Length 2\nwrite-content ab";
    let answer =
        format!("HTTP/1.1 200 OK\r\nServer: host\r\n{ANY_DATE}Content-Length: 2\r\n\r\nab");
    goes_on(&raw("GET", script), &answer);
}

#[test]
fn verbatim() {
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok";
    goes_on(
        &raw("GET", script),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    );
}

#[test]
fn byte_by_byte() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let script: String = answer
        .bytes()
        .map(|byte| format!("write-raw-bytes {byte:02x}\nflush\n"))
        .collect();
    goes_on(&raw("GET", &script), answer);
}

#[test]
fn chunks_and_trailers() {
    let script = "write HTTP/1.1%20200%20OK%0d%0aTransfer-Encoding:%20chunked%0d%0a%0d%0a
        write 4;a=b%0d%0afour%0d%0a
        write 0%0d%0aX-Sum:%204%0d%0a%0d%0a";
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        4;a=b\r\nfour\r\n0\r\nX-Sum: 4\r\n\r\n";
    goes_on(&raw("GET", script), answer);
}

#[test]
fn a_raw_head_and_checked_content() {
    let script = "add-required-headers off
        write-status 200
        write-header Transfer-Encoding chunked
        end-headers
        write-data four
        write-trailers X-Sum=4";
    let answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\nX-Sum: 4\r\n\r\n";
    goes_on(&raw("GET", script), answer);
}

#[test]
fn a_checked_head_and_raw_content() {
    let script = "write-headers 200 Content-Length=8\nwrite-data four\nwrite-raw-content more";
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfourmore";
    goes_on(&raw("GET", script), answer);
}

#[test]
fn informational_answers() {
    let script = "write-headers 103 Link=a
        write HTTP/1.1%20103%20Mine%0d%0a%0d%0a
        write-status 102
        end-headers
        write-headers 200 Content-Length=2
        write-data last ok";
    let answer = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 103 Mine\r\n\r\n\
        HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    goes_on(&raw("GET", script), answer);
}

#[test]
fn a_head_for_head() {
    let script =
        "add-required-headers off\nwrite-status 200\nwrite-header Content-Length 3\nend-headers";
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    goes_on(&raw("HEAD", script), answer);
}

#[test]
fn no_content() {
    let script = "write HTTP/1.1%20204%20Empty%0d%0aX:%201%0d%0a%0d%0a";
    goes_on(&raw("GET", script), "HTTP/1.1 204 Empty\r\nX: 1\r\n\r\n");
}

#[test]
fn an_answer_before_the_body_is_read() {
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%205%0d%0a%0d%0aearly";
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly";
    // A body that would be a request.
    let request = raw_with_body(script, "GET /wire HTTP/1.1\r\n\r\n");
    goes_on(&request, answer);
}

#[test]
fn nothing_that_is_http() {
    ends(
        &raw("GET", "write only%20text"),
        "only text",
        Ending::Closed,
    );
}

#[test]
fn half_an_answer() {
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%209%0d%0a%0d%0ahalf";
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    ends(&raw("GET", script), answer, Ending::Closed);
}

#[test]
fn more_than_the_answer() {
    let script = "write HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok!";
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!";
    ends(&raw("GET", script), answer, Ending::Closed);
}

#[test]
fn broken_chunks() {
    let script = "write HTTP/1.1%20200%20OK%0d%0aTransfer-Encoding:%20chunked%0d%0a%0d%0azz%0d%0a";
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    ends(&raw("GET", script), answer, Ending::Closed);
}

#[test]
fn a_connection_that_is_to_close() {
    let script =
        "close-connection\nwrite HTTP/1.1%20200%20OK%0d%0aContent-Length:%202%0d%0a%0d%0aok";
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ends(&raw("GET", script), answer, Ending::Closed);
}

#[test]
fn close() {
    let script = "write HTTP/1.1%20200\nclose\nwrite more";
    ends(&raw("GET", script), "HTTP/1.1 200", Ending::Closed);
}
