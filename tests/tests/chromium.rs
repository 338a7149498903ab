//! A browser on TLS and HTTP/2: what it makes of the gallery, and that nothing
//! of it disturbs the rest of its connection.

use std::ffi::OsStr;
use std::fs;

use host_tests::{Host, HostBuilder, chromium::Chromium, plugin, query};
use serde_json::json;

const PAGE: &str = include_str!("../browser/page.html");
const HINTED: &str = include_str!("../browser/hinted.js");
const HARNESS: &str = include_str!("../browser/testharness.js");
const WRAPPERS: &str = include_str!("../browser/wrappers.html");
const EVERYWHERE: &str = include_str!("../browser/everywhere.any.js");

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

/// Runs the wrappers with these ends: each runs its test where it says, with what
/// the META lines ask for, and the injected script is in each page.
fn run_everywhere(suffixes: &[&str]) {
    let inject = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(&inject, "self.injected = 1;").expect("to write a file");
    let host = Host::builder()
        .config("wrappers = true")
        .args([OsStr::new("--inject-script"), inject.path().as_os_str()])
        .file("resources/testharness.js", HARNESS)
        .file("resources/testharnessreport.js", "")
        .file("wrappers.html", WRAPPERS)
        .file("helper.js", "globalThis.helped = \"by a script\";")
        .file("everywhere.any.js", EVERYWHERE)
        .file("everywhere.window.js", EVERYWHERE)
        .start();
    let pages = suffixes
        .iter()
        .map(|suffix| format!("/everywhere{suffix}.html"));
    let pages: Vec<String> = pages.collect();
    let report = Chromium::report(&host, &format!("/wrappers.html?{}", pages.join(",")));
    for page in &pages {
        let wanted = json!({
            "title": "In every <scope> & out",
            "results": ["?a=b: pass"],
            "injected": 1,
        });
        assert_eq!(report[format!("{page}?a=b")], wanted, "{page}: {report}");
    }
    host.stop();
}

#[test]
fn a_test_in_every_scope() {
    run_everywhere(&[
        ".window",
        ".any",
        ".any.window-module",
        ".any.worker",
        ".any.worker-module",
        ".any.sharedworker",
        ".any.sharedworker-module",
        ".any.serviceworker",
    ]);
}

/// By itself: service workers share a scope.
#[test]
fn a_test_in_a_service_worker_that_is_a_module() {
    run_everywhere(&[".any.serviceworker-module"]);
}
