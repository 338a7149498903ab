//! A browser on TLS and HTTP/2: what it makes of the gallery, and that nothing
//! of it disturbs the rest of its connection.

use host_tests::{Host, HostBuilder, chromium::Chromium, plugin};
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
    let names = ["trailers", "push", "reset-mid-body", "goaway"];
    let host = with_gallery(&names)
        .file(
            "gallery/invalid-pseudo-header.wasm",
            plugin("gallery/invalid-pseudo-header"),
        )
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
        "push": "Nothing was pushed: protocol error: the client has turned push off (RFC 9113 §8.4)\n",
        "reset_in_mid_body": "TypeError",
        "invalid_pseudo_header": "TypeError",
        "cancelled": "AbortError",
        "goaway": ["before, and after\n", "Hello, world!\n"],
        "still_there": "Hello, world!\n",
    });
    assert_eq!(report, wanted);
    host.stop();
}

#[test]
fn a_page_with_early_hints() {
    let host = with_gallery(&["early-hints"])
        .file("style.css", "p { color: teal }")
        .file("hinted.js", HINTED)
        .start();
    let report = Chromium::report(&host, "/gallery/early-hints");
    assert_eq!(report, json!({ "initiator": "early-hints" }));
    host.stop();
}
