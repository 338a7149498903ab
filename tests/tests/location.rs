//! What a template and a handler are told of the URL that was asked for: the
//! same on each protocol, whatever address host listens on.

use host_tests::Host;
use host_tests::tools::curl;

const TEMPLATE: &str = "\
    {{location[scheme]}} {{location[server]}} {{location[host]}} {{location[hostname]}} \
    {{location[port]}} {{location[path]}} {{location[pathname]}} {{location[query]}}";

/// A name that is not host's address, and a port that it does not listen on.
const NAME: &str = "www.example.test";
const PORT: u16 = 8123;

fn host() -> Host {
    Host::builder()
        .test_plugins(&["inspect"])
        .file("t.sub.txt", TEMPLATE)
        .file("folder/a.txt", "x")
        .start()
}

/// How curl asks on each protocol, and the scheme that the client sees.
const WAYS: [(&str, &str, &str); 4] = [
    ("--http1.1", "1.1", "http"),
    ("--http1.1", "1.1", "https"),
    ("--http2-prior-knowledge", "2", "http"),
    ("--http2", "2", "https"),
];

/// Asks for a path of `NAME:PORT` on each protocol.
fn ask_all(host: &Host, path: &str, check: impl Fn(&str, &str)) {
    for (flag, version, scheme) in WAYS {
        let address = match scheme {
            "http" => host.http(),
            _ => host.https(),
        };
        let to = format!("{NAME}:{PORT}:{}:{}", address.ip(), address.port());
        let url = format!("{scheme}://{NAME}:{PORT}{path}");
        // The certificate is not for this name.
        let got = curl(["-k", "-g", flag, "--connect-to", &to, "-i", &url]);
        assert_eq!(got.version, version);
        check(scheme, &got.text());
    }
}

#[test]
fn a_template_is_told_the_url_that_was_asked_for() {
    let host = host();
    ask_all(&host, "/t.sub.txt?a=%20b", |scheme, text| {
        let told = format!(
            "{scheme} {scheme}://{NAME}:{PORT} {NAME}:{PORT} {NAME} {PORT} \
             /t.sub.txt /t.sub.txt ?a=%20b"
        );
        assert!(text.ends_with(&told), "{text}");
    });
    host.stop();
}

#[test]
fn a_handler_is_told_the_url_that_was_asked_for() {
    let host = host();
    ask_all(&host, "/inspect?url=yes", |scheme, text| {
        let told = format!("{scheme}://{NAME}:{PORT}/inspect?url=yes {scheme}");
        assert!(text.ends_with(&told), "{text}");
    });
    host.stop();
}

#[test]
fn a_folder_is_found_by_the_url_that_was_asked_for() {
    let host = host();
    ask_all(&host, "/folder?x=1", |scheme, text| {
        let to = format!("ocation: {scheme}://{NAME}:{PORT}/folder/?x=1\r\n");
        assert!(text.contains(&to), "{text}");
    });
    host.stop();
}

/// Without a port in it, that of the scheme is meant, not the listener's.
#[test]
fn a_name_without_a_port_is_the_schemes_own() {
    let host = host();
    for (authority, told) in [("a.test", "80"), ("a.test:", "80"), ("[::1]:77", "77")] {
        let head = format!("GET /t.sub.txt HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        let text = host.h1().send(head).response().text();
        let port = text.split(' ').nth(4).expect("a port");
        assert_eq!(port, told, "{authority}: {text}");
    }
    host.stop();
}
