//! A browser on TLS and HTTP/2: what it makes of the gallery, and that nothing
//! of it disturbs the rest of its connection.

use host_tests::{Host, HostBuilder, chromium::Chromium, plugin, query};
use serde_json::json;

const PAGE: &str = include_str!("../browser/page.html");
const HINTED: &str = include_str!("../browser/hinted.js");

/// A host with these of the gallery.
fn with_gallery(names: &[&str]) -> HostBuilder {
    names.iter().fold(Host::builder(), |builder, name| {
        let name = format!("gallery/{name}");
        builder.file(&format!("{name}.wasm"), plugin(&name))
    })
}

#[test]
fn a_page_over_http2() {
    let names = [
        "trailers",
        "push",
        "reset-mid-body",
        "data-before-headers",
        "goaway",
    ];
    let host = with_gallery(&names)
        .plugins(&["hello", "slow"])
        .test_plugins(&["bodies"])
        .file("page.html", PAGE)
        .start();
    let report = Chromium::report(&host, "/page.html");
    let wanted = json!({
        "subresources": 40,
        "protocols": ["h2"],
        "upload": "1048576 bytes\n",
        "download": 1_000_000,
        "trailers": "The sum of it comes at the end.\n",
        "push": "Nothing was pushed: WriteError::Protocol(\"protocol error: the client takes no pushed streams (RFC 9113 §6.5.2)\")\n",
        "reset_in_mid_body": "TypeError",
        "data_before_headers": "TypeError",
        "cancelled": "AbortError",
        "goaway": ["before, and after\n", "Hello, world!\n"],
        "still_there": "Hello, world!\n",
    });
    assert_eq!(report, wanted);
    host.stop();
}

#[test]
fn a_page_with_early_hints() {
    let host = Host::builder()
        .test_plugins(&["wire"])
        .file("style.css", "p { color: teal }")
        .file("hinted.js", HINTED)
        .start();
    // Whether a hint is taken is up to the browser, and Chromium does not
    // always; the page comes all the same.
    let script = "write-headers 103 link=</style.css>;rel=preload;as=style\n\
        sleep 100\n\
        write-headers 200 content-type=text/html\n\
        write-data last <link rel=stylesheet href=/style.css><script src=/hinted.js></script>";
    let report = Chromium::report(&host, &format!("/wire?ops={}", query(script)));
    assert_eq!(report, json!(true));
    host.wait_for_event("request", "/style.css");
    host.stop();
}
