//! Generated wrappers and `--inject-script`, through the binary. In a browser:
//! `chromium.rs`; each wrapper beside upstream's: host-content's tests.

use std::ffi::OsStr;
use std::fs;

use host_tests::{Host, HostBuilder, h1};
use tempfile::NamedTempFile;

const ELEMENT: &str = "<script>\nself.injected = 1;\n\
    // Remove the injected script tag from the DOM.\n\
    document.currentScript.remove();\n</script>\n";

/// What is asked for by HTTP/1, after HTTP/2 has given the same.
#[track_caller]
fn get(host: &Host, path: &str) -> h1::Response {
    let first = host.get(path);
    let mut h2 = host.h2();
    let second = h2.get(1, path).answer(1);
    assert_eq!(first.status, second.status, "{path}");
    assert_eq!(first.body, second.body, "{path}");
    for name in ["content-type", "content-length", "x-own"] {
        assert_eq!(first.field(name), second.field(name), "{path}: {name}");
    }
    first
}

/// A host that puts a script into documents.
fn with_script(builder: HostBuilder) -> Host {
    let script = script("self.injected = 1;");
    let args = [OsStr::new("--inject-script"), script.path().as_os_str()];
    builder.args(args).start()
}

fn script(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().expect("a temporary file");
    fs::write(&file, text).expect("to write a file");
    file
}

#[test]
fn a_script_alone_has_pages_where_the_settings_say_so() {
    let script = "// META: title=Fish & chips\n// META: global=window,worker\ntest();";
    let files = |builder: HostBuilder| {
        builder
            .file("d/t.any.js", script)
            .file("d/t.any.js.headers", "X-Own: yes\n")
            .file("d/t.any.window.html", "no wrapper: there is no script")
    };
    let host = files(Host::builder().config("wrappers = true")).start();
    let page = get(&host, "/d/t.any.html").expect(200);
    assert_eq!(page.field("content-type"), Some("text/html"));
    assert_eq!(page.field("x-own"), Some("yes"));
    assert!(
        page.text().contains("<title>Fish &amp; chips</title>"),
        "{}",
        page.text()
    );
    assert!(
        page.text()
            .contains("<script src=\"/d/t.any.js\"></script>")
    );
    let page = get(&host, "/d/t.any.sharedworker.html?a=b").expect(200);
    assert!(
        page.text()
            .contains("new SharedWorker(\"/d/t.any.worker.js?a=b\")")
    );
    let worker = get(&host, "/d/t.any.worker.js?a=b").expect(200);
    assert_eq!(worker.field("content-type"), Some("text/javascript"));
    assert!(worker.text().contains("importScripts(\"/d/t.any.js\");"));
    let other = get(&host, "/d/t.any.worker-module.html").expect(404);
    let message = other.json()["error"]["message"].to_string();
    assert!(message.contains("dedicatedworker-module mode"), "{message}");
    get(&host, "/d/none.any.html").expect(404);
    assert_eq!(get(&host, "/d/t.any.js").expect(200).text(), script);
    get(&host, "/d/t.any.window.html").expect(200);
    host.stop();

    let host = files(Host::builder()).start();
    get(&host, "/d/t.any.html").expect(404);
    host.stop();
}

#[test]
fn other_methods_and_pipes_find_wrappers_as_they_find_files() {
    let host = Host::builder()
        .config("wrappers = true")
        .file("t.sub.any.js", "// META: title={{GET[name]}}\n")
        .start();
    let page = get(&host, "/t.sub.any.html?name=it&pipe=status(202)").expect(202);
    assert!(page.text().contains("<title>it</title>"), "{}", page.text());
    let mut client = host.h1();
    client.send("HEAD /t.sub.any.html?name=it HTTP/1.1\r\nHost: t\r\n\r\n");
    let head = client.response_to_head().expect(200);
    let whole = client.get("/t.sub.any.html?name=it").expect(200);
    assert_eq!(head.field("content-length"), whole.field("content-length"));
    assert_eq!(whole.field("etag"), None);
    client.post("/t.sub.any.html", b"").expect(405);
    host.stop();
}

#[test]
fn a_script_is_put_into_files_wrappers_listings_and_what_handlers_answer() {
    let builder = Host::builder()
        .config("wrappers = true")
        .plugins(&["form", "hello"])
        .file("page.html", "<!doctype html>\n<p>\n")
        .file("page.txt", "<p>")
        .file("streamed.html", "<!-- a comment --><html>x")
        .file("folder/a.txt", "")
        .file("t.any.js", "");
    let host = with_script(builder);
    let page = get(&host, "/page.html").expect(200);
    let expected = format!("<!doctype html>\n{ELEMENT}<p>\n");
    assert_eq!(page.text(), expected);
    let length = expected.len().to_string();
    assert_eq!(page.field("content-length"), Some(&*length));
    assert_eq!(page.field("etag"), None, "the file's own would be wrong");
    let mut client = host.h1();
    client.send("HEAD /page.html HTTP/1.1\r\nHost: t\r\n\r\n");
    let head = client.response_to_head().expect(200);
    assert_eq!(head.field("content-length"), Some(&*length));

    let sent = get(&host, "/streamed.html?pipe=trickle(3:d0.01:3:d0.01)").expect(200);
    assert_eq!(sent.text(), format!("<!-- a comment --><html>{ELEMENT}x"));
    for path in ["/t.any.html", "/folder/", "/form"] {
        let page = get(&host, path).expect(200);
        assert!(page.text().contains(ELEMENT), "{path}: {}", page.text());
    }
    let text = get(&host, "/page.txt").expect(200);
    assert_eq!(text.text(), "<p>");
    let hello = get(&host, "/hello").expect(200);
    assert!(!hello.text().contains(ELEMENT));
    host.stop();
}

#[test]
fn a_script_that_cannot_be_used_is_told_at_the_start() {
    let bad = script("'</script>'");
    let flag = OsStr::new("--inject-script");
    let builder = Host::builder().args([flag, bad.path().as_os_str()]);
    let told = builder.fails().stderr;
    assert!(told.contains("cannot be put into a document"), "{told}");
    assert!(told.contains("</script"), "{told}");
    let builder = Host::builder().config("inject-script = \"none.js\"");
    let told = builder.fails().stderr;
    assert!(told.contains("none.js cannot be read"), "{told}");
}
