//! What handlers see of requests that wptserve cannot take: chunks, repeated
//! fields, bodies on HTTP/2. The rest is compared with it in `wptserve_request.rs`.

use host_tests::Host;
use host_tests::h2::{data, headers};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// The same request by HTTP/1, its body in chunks, and by HTTP/2, its body in as
/// many frames.
fn both(host: &Host, target: &str, fields: &[(&str, &str)], pieces: &[&str]) -> [Value; 2] {
    let mut client = host.h1();
    let mut head =
        format!("POST {target} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n");
    for (name, value) in fields {
        head += &format!("{name}: {value}\r\n");
    }
    client.send(head + "\r\n");
    for piece in pieces {
        client.send(format!("{:x}\r\n{piece}\r\n", piece.len()));
    }
    client.send("0\r\n\r\n");
    let one = client.response().expect(200).json();

    let mut client = host.h2();
    let mut request = headers(1).post(target);
    for (name, value) in fields {
        request = request.field(&name.to_ascii_lowercase(), value);
    }
    client.send(request.end_headers());
    for piece in pieces {
        client.send(data(1, *piece));
    }
    client.send(data(1, "").end_stream());
    [one, client.answer(1).expect(200).json()]
}

fn twin() -> Host {
    Host::builder().test_plugins(&["twin"]).start()
}

#[test]
fn a_body_of_no_declared_length() {
    let host = twin();
    let target = "/twin?name=a&input=length&input=line&input=length&input=tell";
    for seen in both(
        &host,
        target,
        &[("Content-Type", FORM)],
        &["a=1", "\n&a", "=2"],
    ) {
        assert_eq!(seen["body"], "a=1\n&a=2");
        assert_eq!(seen["POST"]["found"][0]["list"], json!(["1\n", "2"]));
        // Its length is known when its end has come.
        assert_eq!(seen["input"][1], "a=1\n");
        assert_eq!(seen["input"][3], 4);
        assert_eq!(seen["tell"], 4);
    }
    host.stop();
}

#[test]
fn a_place_behind_the_end_is_none() {
    let host = twin();
    let target = "/twin?input=seek:3&input=seek:4&input=tell&input=length&input=seek:0&input=read";
    for seen in both(&host, target, &[], &["ab", "c"]) {
        assert_eq!(seen["input"], json!([true, null, 3, 3, true, "abc"]));
    }
    host.stop();
}

#[test]
fn a_multipart_form_in_pieces() {
    let host = twin();
    let kind = ("Content-Type", "multipart/form-data; boundary=X");
    let pieces = [
        "--X\r\nContent-Disposition: form-data; name=\"a\"; file",
        "name=\"f.txt\"\r\nContent-Type: text/plain\r",
        "\n\r\nfile\r\n--",
        "X--\r\n",
    ];
    for seen in both(&host, "/twin?name=a", &[kind], &pieces) {
        let file = json!({"filename": "f.txt", "type": "text/plain", "value": "file"});
        assert_eq!(seen["POST"]["found"][0]["first"], file);
    }
    host.stop();
}

#[test]
fn repeated_fields_are_all_there() {
    let host = twin();
    let fields = [
        ("X-Test", "1"),
        ("Cookie", "a=1; b=2"),
        ("x-test", "2, 3"),
        ("Cookie", "a=3"),
    ];
    let target = "/twin?name=x-test&name=cookie&name=a";
    for seen in both(&host, target, &fields, &[]) {
        let found = &seen["headers"]["found"];
        assert_eq!(
            found[0],
            json!({"get": "1, 2, 3", "list": ["1", "2, 3"], "in": true})
        );
        assert_eq!(found[1]["get"], "a=1; b=2; a=3");
        let cookies = json!([["a", ["1", "3"]], ["b", ["2"]]]);
        assert_eq!(seen["cookies"]["items"], cookies);
        assert_eq!(seen["cookies"]["found"][2]["last"], "3");
    }
    host.stop();
}

#[test]
fn both_protocols_say_the_same_url() {
    let host = twin();
    for seen in both(&host, "/twin?a=1", &[], &[]) {
        let port = host.http().port();
        assert_eq!(seen["url"], format!("http://test:{port}/twin?a=1"));
        assert_eq!(seen["url_parts"]["port"], port);
        assert_eq!(seen["url_base"], "/");
    }
    host.stop();
}

/// The first line is there while the rest is still to come.
#[test]
fn raw_input_waits_for_no_more_than_is_read() {
    let host = twin();
    let target = "/twin?only&input=line&input=read:2&input=seek:1&input=read:2";
    let seen = json!(["one\n", "tw", true, "ne"]);

    let mut client = host.h1();
    client.send(format!(
        "POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\none\ntwo"
    ));
    assert_eq!(client.response().expect(200).json(), seen);

    let mut client = host.h2();
    client.send(headers(1).post(target).end_headers());
    client.send(data(1, "one\ntwo"));
    assert_eq!(client.answer(1).expect(200).json(), seen);
    host.stop();
}

#[test]
fn what_raw_input_keeps_is_bounded() {
    let host = Host::builder()
        .test_plugins(&["twin"])
        .args(["--body-bytes", "6B"])
        .start();
    let target = "/twin?only&input=read:4&input=read:4&input=tell&input=seek:0&input=read:4";
    for seen in both(&host, target, &[], &["abcd", "efgh"]) {
        assert_eq!(seen, json!(["abcd", null, 4, true, "abcd"]));
    }
    host.stop();
}
