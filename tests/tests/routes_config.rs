//! `[[route]]` and `hidden` of a config file, through the binary, on HTTP/1 and
//! HTTP/2. Which files answer by their names is in `routes.rs`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use host_tests::h2::{self, headers};
use host_tests::tools::{curl, python};
use host_tests::{Host, host_binary, plugin};

/// An answer, as both protocols gave it.
struct Got {
    status: u16,
    text: String,
    answer: h2::Answer,
}

impl Got {
    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    fn field(&self, name: &str) -> &str {
        self.answer.field(name).unwrap_or("")
    }
}

/// Sends a request on both protocols; status and content are the same.
#[track_caller]
fn ask(host: &Host, method: &str, path: &str) -> Got {
    let mut client = host.h1();
    client.send(format!("{method} {path} HTTP/1.1\r\nHost: t\r\n\r\n"));
    let one = client.try_response(method == "HEAD").unwrap();
    let mut client = host.h2();
    let request = headers(1).request(method, path);
    client.send(request.end_headers().end_stream());
    let two = client.answer(1);
    assert_eq!(one.status, two.status, "{method} {path}: {}", one.text());
    for name in ["location", "allow", "content-type", "x-a"] {
        // The URL of a folder has the port that was asked.
        if !one.field(name).is_some_and(|value| value.contains("://")) {
            assert_eq!(one.field(name), two.field(name), "{method} {path}: {name}");
        }
    }
    Got {
        status: two.status,
        text: two.text(),
        answer: two,
    }
}

#[track_caller]
fn get(host: &Host, path: &str) -> Got {
    ask(host, "GET", path)
}

/// A folder to mount, with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn mount(path: &str, folder: &Path) -> String {
    format!("[[route]]\npath = \"{path}\"\nfolder = {folder:?}\n")
}

#[test]
fn every_action_answers() {
    let host = Host::builder()
        .test_plugins(&["inspect"])
        .file("lib/echo.wasm", plugin("echo"))
        .file("page.txt", "0123456789")
        .file("page.txt.headers", "X-A: b\n")
        .config(
            r#"
            route = [
                { path = "/api/{id}/*", handler = "lib/echo.wasm" },
                { path = "/caught/{id}/*.x", handler = "inspect.wasm" },
                { path = "/file/*", file = "page.txt" },
                { path = "/text", text = "say {{GET[a]}}", type = "text/x", headers = { X-A = "c" }, status = 203 },
                { path = "/old/{id}/*", redirect = "/new/{id}?rest={*}" },
                { path = "/moved", redirect = "https://else.test/", status = 308 },
                { path = "/short/{id}", rewrite = "/api/{id}/x" },
                { path = "/no/*", error = 403 },
            ]
            "#,
        )
        .start();

    let echo = get(&host, "/api/7/a/b?q=1").expect(200);
    assert!(
        echo.text.contains("\"target\": \"/api/7/a/b?q=1\""),
        "{}",
        echo.text
    );
    let echo = get(&host, "/short/7?q=1").expect(200);
    assert!(
        echo.text.contains("\"target\": \"/api/7/x?q=1\""),
        "{}",
        echo.text
    );
    host.wait_for_event("request", "/short/7?q=1");

    let caught = get(&host, "/caught/7/a/b.x?route=yes").expect(200);
    assert_eq!(caught.text, "/ id=7 *=a/b.x");

    for path in ["/file/x", "/file/", "/file/a.html"] {
        let file = get(&host, path).expect(200);
        assert_eq!((&*file.text, file.field("x-a")), ("0123456789", "b"));
        assert_eq!(file.field("content-type"), "text/plain");
    }
    assert_eq!(get(&host, "/file/?pipe=slice(2,4)").expect(200).text, "23");
    let range = curl_range(&host, "/file/x");
    assert_eq!(range, "345");

    let text = get(&host, "/text").expect(203);
    assert_eq!(text.text, "say {{GET[a]}}");
    assert_eq!(
        (text.field("content-type"), text.field("x-a")),
        ("text/x", "c")
    );
    assert_eq!(get(&host, "/text?a=hi&pipe=sub").expect(203).text, "say hi");

    let moved = get(&host, "/old/7/a/b?q=1").expect(302);
    assert_eq!(moved.field("location"), "/new/7?rest=a/b");
    let moved = get(&host, "/moved?q=1").expect(308);
    assert_eq!(moved.field("location"), "https://else.test/?q=1");
    assert!(
        get(&host, "/no/x")
            .expect(403)
            .text
            .contains("\"code\": 403")
    );
    get(&host, "/nothing").expect(404);
    host.stop();
}

fn curl_range(host: &Host, path: &str) -> String {
    let range = ["-r", "3-5", &host.url(path)];
    curl(range).expect(206, "1.1").text()
}

#[test]
fn methods_choose_among_the_routes_of_a_path() {
    let host = Host::builder()
        .file("both.txt", "a file")
        .config(
            r#"
            route = [
                { path = "/x", methods = ["GET"], text = "got" },
                { path = "/x", methods = ["POST", "PUT"], text = "posted" },
                { path = "/both.txt", methods = ["POST"], text = "posted" },
            ]
            "#,
        )
        .start();
    assert_eq!(get(&host, "/x").expect(200).text, "got");
    assert_eq!(ask(&host, "PUT", "/x").expect(200).text, "posted");
    let head = ask(&host, "HEAD", "/x").expect(200);
    assert_eq!((&*head.text, head.field("content-length")), ("", "3"));
    let refused = ask(&host, "DELETE", "/x").expect(405);
    assert_eq!(refused.field("allow"), "GET, HEAD, POST, PUT");

    assert_eq!(get(&host, "/both.txt").expect(200).text, "a file");
    assert_eq!(ask(&host, "POST", "/both.txt").expect(200).text, "posted");
    let refused = ask(&host, "DELETE", "/both.txt").expect(405);
    assert_eq!(refused.field("allow"), "GET, HEAD, POST");
    host.stop();
}

#[test]
fn a_mounted_folder_is_served_like_the_first() {
    let shared = folder(&[
        ("echo.wasm", &plugin("echo")),
        ("deep/page.sub.txt", b"{{url_base}} {{GET[a]}}"),
        ("deep/index.html", b"index"),
        ("list/x.txt", b"x"),
    ]);
    let text = mount("/m/n/*", shared.path()) + &mount("/m/*", shared.path());
    let host = Host::builder()
        .file("m/own.txt", "unreached")
        .config(&text)
        .start();
    for base in ["/m/", "/m/n/"] {
        let page = get(&host, &format!("{base}deep/page.sub.txt?a=b")).expect(200);
        assert_eq!(page.text, format!("{base} b"));
        assert_eq!(
            get(&host, &format!("{base}deep/")).expect(200).text,
            "index"
        );
        let list = get(&host, &format!("{base}list/")).expect(200);
        assert!(list.text.contains("x.txt"), "{}", list.text);
        let moved = get(&host, &format!("{base}list?q")).expect(301);
        assert!(moved.field("location").ends_with(&format!("{base}list/?q")));
        get(&host, &format!("{base}echo")).expect(200);
        host.wait_for("the handler's name", |event| {
            event["event"] == "request" && event["handler"] == format!("{base}echo")
        });
    }
    get(&host, "/m/own.txt").expect(404);
    // A new version of a mounted handler answers the next request.
    fs::write(shared.path().join("echo.new"), plugin("hello")).unwrap();
    fs::rename(
        shared.path().join("echo.new"),
        shared.path().join("echo.wasm"),
    )
    .unwrap();
    let hello = get(&host, "/m/echo").expect(200).text;
    assert!(!hello.contains("target"), "{hello}");
    host.stop();
}

#[test]
fn no_path_leaves_a_mounted_folder() {
    let outside = folder(&[("secret.txt", b"SECRET"), ("in/open.txt", b"open")]);
    let inside = outside.path().join("in");
    symlink("../secret.txt", inside.join("link.txt")).unwrap();
    symlink("..", inside.join("up")).unwrap();
    let host = Host::builder()
        .file("main.txt", "MAIN")
        .config(&mount("/m/*", &inside))
        .start();
    assert_eq!(get(&host, "/m/open.txt").expect(200).text, "open");
    let full = outside.path().join("secret.txt");
    for target in [
        "/m/../secret.txt",
        "/m/%2e%2e/secret.txt",
        "/m/..%2fsecret.txt",
        "/m/%2e%2e%2fsecret.txt",
        "/m/link.txt",
        "/m/up/secret.txt",
        "/m//../secret.txt",
        "/m/x/../../secret.txt",
        "/m/../main.txt",
        "/m/%2e%2e/main.txt",
        "/m%2f..%2fmain.txt",
        &format!("/m/{}", full.display()),
        &format!("/m/%2f{}", full.display()),
    ] {
        let got = get(&host, target);
        assert!(matches!(got.status, 400 | 404), "{target}: {}", got.status);
        for word in ["SECRET", "MAIN"] {
            assert!(!got.text.contains(word), "{target}: {}", got.text);
        }
    }
    host.stop();
}

#[test]
fn hidden_paths_are_neither_served_nor_listed() {
    let host = Host::builder()
        .file("_certs/key.pem", "KEY")
        .file("a/secret.txt", "KEY")
        .file("a/open.txt", "open")
        .config("hidden = [\"/_certs/*\", \"{any}/secret.*\"]\n[[route]]\npath = \"*\"\nplugins = true\n")
        .start();
    for target in [
        "/_certs/key.pem",
        "/_certs/",
        "/%5fcerts/key.pem",
        "/a/secret.txt",
        "/a/%73ecret.txt",
        "/a/secret.txt?pipe=sub",
    ] {
        let got = get(&host, target).expect(404);
        assert_eq!(
            got.text,
            get(&host, "/nothing").expect(404).text,
            "{target}"
        );
    }
    assert!(!get(&host, "/").expect(200).text.contains("_certs"));
    let list = get(&host, "/a/").expect(200).text;
    assert!(
        list.contains("open.txt") && !list.contains("secret"),
        "{list}"
    );
    host.stop();
}

#[test]
fn a_fallback_answers_what_nothing_else_does() {
    let base = folder(&[("base.txt", b"below")]);
    let overlay = mount("*", base.path()) + "fallback = true\n";
    let host = Host::builder()
        .file("d/default.wasm", plugin("echo"))
        .file("d/own.txt", "own")
        .config(&format!(
            "[[route]]\npath = \"/d/*\"\nhandler = \"d/default.wasm\"\nfallback = true\n{overlay}"
        ))
        .start();
    assert_eq!(get(&host, "/d/own.txt").expect(200).text, "own");
    let echo = get(&host, "/d/any/thing").expect(200).text;
    assert!(echo.contains("\"/d/any/thing\""), "{echo}");
    assert!(
        ask(&host, "POST", "/d/x")
            .expect(200)
            .text
            .contains("\"POST\"")
    );
    assert_eq!(get(&host, "/base.txt").expect(200).text, "below");
    get(&host, "/none.txt").expect(404);
    host.stop();
}

#[test]
fn latency_holds_a_request_back_and_loses_nothing_of_it() {
    let host = Host::builder()
        .plugins(&["echo"])
        .file("a.txt", "late")
        .config("[[route]]\npath = \"*\"\nlatency = \"50ms..60ms\"\n")
        .start();
    assert_eq!(get(&host, "/a.txt").expect(200).text, "late");
    let mut client = host.h1();
    assert_eq!(client.post("/echo", b"first").json()["body"], "first");
    // The second request comes while the first waits.
    client.send(
        "GET /a.txt?one HTTP/1.1\r\nHost: t\r\n\r\nGET /a.txt?two HTTP/1.1\r\nHost: t\r\n\r\n",
    );
    assert_eq!(client.response().expect(200).text(), "late");
    assert_eq!(client.response().expect(200).text(), "late");
    let mut client = host.h2();
    let echo = client.post(1, "/echo", "second").answer(1).expect(200);
    assert_eq!(echo.json()["body"], "second");
    for path in ["/a.txt", "/echo", "/a.txt?two"] {
        let event = host.wait_for(path, |e| e["event"] == "request" && e["target"] == path);
        assert!(event["wall_us"].as_u64().unwrap() >= 50_000, "{event}");
    }
    host.stop();
}

#[test]
fn a_client_that_leaves_ends_the_wait() {
    let host = Host::builder()
        .file("a.txt", "never")
        .config("[[route]]\npath = \"*\"\nlatency = \"1h\"\n")
        .start();
    host.h1().send("GET /a.txt?one HTTP/1.1\r\nHost: t\r\n\r\n");
    host.wait_for_event("request", "/a.txt?one");
    let mut client = host.h2();
    client.get(1, "/a.txt?two");
    client.send(h2::reset(1, 8));
    let event = host.wait_for_event("request", "/a.txt?two");
    assert!(event["status"].is_null(), "{event}");
    // Neither does it wait when the host is to stop at once.
    client.expect_alive();
    drop(client);
    host.stop();
}

#[test]
fn what_is_wrong_is_told_at_the_start() {
    let missing = "[[route]]\npath = \"/a\"\nfile = \"missing.txt\"\n";
    let host = Host::builder().config(missing).start();
    host.wait_for_event("log", "missing.txt");
    get(&host, "/a").expect(404);
    host.plugins().put("missing.txt", "there now");
    assert_eq!(get(&host, "/a").expect(200).text, "there now");
    host.stop();

    for (text, says) in [
        (
            "[[route]]\npath = \"/a/{b\"\ntext = \"\"\n",
            "host.toml:2:12",
        ),
        ("[[route]]\npath = \"/a\"\n", "host.toml:1:1"),
        ("[[route]]\npath = \"/a/*\"\nfolder = \"none\"\n", "none"),
    ] {
        Host::builder().config(text).fails().says(&[says]);
    }
}

#[test]
fn routes_belong_to_their_tenant() {
    let host = Host::builder()
        .config(
            r#"
            [[route]]
            path = "/x"
            text = "default"
            [[tenant]]
            name = "a"
            hosts = ["a.test"]
            plugins = "."
            [[tenant.route]]
            path = "/x"
            text = "a's"
            "#,
        )
        .start();
    assert_eq!(get(&host, "/x").expect(200).text, "default");
    let mut client = host.h1();
    client.send("GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n");
    assert_eq!(client.response().expect(200).text(), "a's");
    host.stop();
}

#[test]
fn every_difference_of_a_route_is_a_row_of_compat_md() {
    let host = host_binary();
    python("routes_differential.py", [host.to_str().unwrap()]);
}
