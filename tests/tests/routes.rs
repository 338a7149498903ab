//! Which file answers which path, and that nothing outside the folder does.

use std::os::unix::fs::symlink;

use host_tests::{Host, plugin};

#[test]
fn a_handler_answers_under_its_name_with_and_without_the_extension() {
    let host = Host::builder().file("a/b.wasm", plugin("hello")).start();
    let mut client = host.h1();
    let short = client.get("/a/b").expect(200);
    let long = client.get("/a/b.wasm?x=1").expect(200);
    assert_eq!(short.body, long.body);
    assert_ne!(short.body, plugin("hello"), "the component itself was sent");
    client.get("/a/c").expect(404);
    client.get("/a/b/c").expect(404);
    host.stop();
}

#[test]
fn index_answers_for_its_folder() {
    let host = Host::builder()
        .file("index.wasm", plugin("hello"))
        .file("a/index.wasm", plugin("echo"))
        .start();
    let mut client = host.h1();
    let root = client.get("/").expect(200);
    let folder = client.get("/a/?q=1").expect(200);
    assert_ne!(root.body, folder.body);
    assert!(folder.text().contains("/a/?q=1"), "{}", folder.text());
    let moved = client.get("/a?q=1").expect(308);
    assert_eq!(moved.field("location"), Some("/a/?q=1"));
    host.stop();
}

#[test]
fn other_files_are_served_as_files() {
    let host = Host::builder()
        .file("page.html", "<p>hi")
        .file("deep/er/data.json", "{}")
        .file("empty.txt", "")
        .file("with space.txt", "spaced")
        .file("ünï.txt", "unicode")
        .start();
    let mut client = host.h1();
    let page = client.get("/page.html").expect(200);
    assert_eq!(page.text(), "<p>hi");
    assert!(page.field("content-type").unwrap().starts_with("text/html"));
    assert_eq!(page.field("content-length"), Some("5"));
    let data = client.get("/deep/er/data.json?ignored").expect(200);
    assert_eq!(data.field("content-type"), Some("application/json"));
    assert_eq!(client.get("/empty.txt").expect(200).body, b"");
    assert_eq!(client.get("/with%20space.txt").expect(200).text(), "spaced");
    assert_eq!(
        client.get("/%C3%BCn%C3%AF.txt").expect(200).text(),
        "unicode"
    );

    client.send("HEAD /page.html HTTP/1.1\r\nHost: t\r\n\r\n");
    let head = client.response_to_head().expect(200);
    assert_eq!(head.field("content-length"), Some("5"));
    let refused = client.post("/page.html", b"x").expect(405);
    assert!(refused.field("allow").unwrap().contains("GET"));
    host.stop();
}

#[test]
fn what_is_not_there_is_a_404_in_json_on_both_protocols() {
    let host = Host::start(&[]);
    let page = host.get("/nothing").expect(404);
    assert_eq!(page.field("content-type"), Some("application/json"));
    assert_eq!(page.json()["error"]["code"], 404);
    assert!(page.json()["error"]["message"].is_string());

    let mut client = host.h2();
    let page = client.get(1, "/nothing").answer(1).expect(404);
    assert_eq!(page.json()["error"]["code"], 404);
    host.stop();
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let host = Host::builder().file("in/side.txt", "inside").start();
    let outside = host.plugins().path().parent().unwrap().to_owned();
    let secret = tempfile::Builder::new()
        .prefix("secret-")
        .suffix(".txt")
        .tempfile_in(&outside)
        .unwrap();
    std::fs::write(secret.path(), "SECRET").unwrap();
    let name = secret.path().file_name().unwrap().to_str().unwrap();
    let full = secret.path().to_str().unwrap();
    symlink(secret.path(), host.plugins().path().join("link.txt")).unwrap();
    symlink(&outside, host.plugins().path().join("up")).unwrap();

    for target in [
        format!("/../{name}"),
        format!("/in/../../{name}"),
        format!("/%2e%2e/{name}"),
        format!("/%2E%2E/{name}"),
        format!("/.%2e/{name}"),
        format!("/..%2f{name}"),
        format!("/in/..%2f..%2f{name}"),
        format!("/in%2f..%2f..%2f{name}"),
        format!("/..%5c{name}"),
        format!("/%252e%252e/{name}"),
        format!("/{full}"),
        format!("//{full}"),
        format!("/%2f{full}"),
        "/link.txt".to_owned(),
        format!("/up/{name}"),
        format!("/in/side.txt%00/../../{name}"),
        format!("/in/side.txt/../../../{name}"),
    ] {
        let answer = host.get(&target);
        assert!(
            matches!(answer.status, 400 | 404),
            "{target}: {answer:?} {}",
            answer.text()
        );
        assert!(!answer.text().contains("SECRET"), "{target}");
    }
    // Links that stay inside are fine, and so is a path that comes back.
    symlink("side.txt", host.plugins().path().join("in/alias.txt")).unwrap();
    assert_eq!(host.get("/in/alias.txt").expect(200).text(), "inside");
    host.stop();
}

#[test]
fn hidden_files_and_components_as_files_are_not_served() {
    let host = Host::builder()
        .file(".git/config", "x")
        .file(".env", "x")
        .file("UPPER.WASM", "a component's bytes are nobody's business")
        .file(".well-known/ok.txt", "ok")
        .start();
    for target in ["/.git/config", "/.env", "/%2eenv"] {
        host.get(target).expect(404);
    }
    let answer = host.get("/UPPER.WASM").expect(404);
    assert!(!answer.text().contains("business"), "{}", answer.text());
    host.get("/.well-known/ok.txt").expect(200);
    host.get("/%zz").expect(400);
    host.stop();
}

#[test]
fn folders_are_listed_and_special_files_are_no_files() {
    let host = Host::builder().file("folder/x.txt", "x").start();
    let moved = host.get("/folder?q=1").expect(301);
    let location = moved.field("location").unwrap();
    assert!(location.ends_with("/folder/?q=1"), "{location}");
    assert!(host.get("/folder/").expect(200).text().contains("x.txt"));
    assert!(host.get("/").expect(200).text().contains("folder/"));
    // A pipe would block whoever opens it.
    let fifo = host.plugins().path().join("pipe.txt");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    host.get("/pipe.txt").expect(404);
    host.stop();
}
