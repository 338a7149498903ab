//! `.headers` files.

use crate::harness::Folder;

#[tokio::test]
async fn fields_of_the_folder_and_of_the_file_are_both_sent() {
    let folder = Folder::of(&[
        ("d/f.html", "x"),
        (
            "d/__dir__.headers",
            "X-Dir: 1\nContent-Type: text/plain\nSet-Cookie: a=1",
        ),
        (
            "d/f.html.headers",
            "Content-Type: text/html;charset=utf-8\nSet-Cookie: b=2\nX-File:2",
        ),
        ("d/deep/g.html", "x"),
    ]);
    let answer = folder.get("/d/f.html").await;
    assert_eq!(answer.all("x-dir"), "1");
    assert_eq!(answer.all("x-file"), "2");
    assert_eq!(answer.all("set-cookie"), "a=1 | b=2");
    assert_eq!(
        answer.all("content-type"),
        "text/plain | text/html;charset=utf-8"
    );
    let deep = folder.get("/d/deep/g.html").await;
    assert_eq!(deep.all("x-dir"), "", "a folder's, not its parents'");
    assert_eq!(deep.all("content-type"), "text/html");
}

#[tokio::test]
async fn a_template_of_fields_is_filled_and_hides_the_plain_file() {
    let folder = Folder::of(&[
        ("f.txt", "{{host}}"),
        ("f.txt.headers", "X-Plain: 1"),
        ("f.txt.sub.headers", "X-Host: {{host}}\nX-Query: {{GET[q]}}"),
    ]);
    let answer = folder.get("/f.txt?q=%3C1%3E").await;
    assert_eq!(answer.all("x-host"), "web-platform.test");
    assert_eq!(answer.all("x-query"), "<1>");
    assert_eq!(answer.all("x-plain"), "");
    assert_eq!(answer.text(), "{{host}}", "the file itself is no template");
}

#[tokio::test]
async fn a_bad_headers_file_is_told_with_its_place() {
    let folder = Folder::of(&[
        ("f.txt", "x"),
        ("f.txt.headers", "A: 1\nno colon"),
        ("g.txt", "x"),
        ("g.txt.sub.headers", "A: 1\nB: {{nothing}}"),
        ("h.txt", "x"),
        ("h.txt.headers", "no token: 1"),
    ]);
    for (path, place) in [
        ("/f.txt", "f.txt.headers:2: "),
        ("/g.txt", "g.txt.sub.headers:2:"),
        ("/h.txt", "the answer cannot be sent: "),
    ] {
        // Each protocol has its own words for what it cannot send.
        for answer in [
            folder.ask_h1("GET", path, &[]).await,
            folder.ask_h2("GET", path, &[]).await,
        ] {
            let (code, message) = answer.error();
            assert_eq!(code, 500, "{path}");
            assert!(message.starts_with(place), "{path}: {message}");
        }
    }
}

#[tokio::test]
async fn fields_of_http1s_connections_are_for_http1_only() {
    let folder = Folder::of(&[
        ("close.txt", "hello"),
        (
            "close.txt.headers",
            "Connection: close\nKeep-Alive: x\nUpgrade: y\nX: 1",
        ),
        ("coded.txt", "hello"),
        ("coded.txt.headers", "Transfer-Encoding: chunked"),
    ]);
    let first = folder.ask_h1("GET", "/close.txt", &[]).await;
    assert_eq!(
        (first.all("connection"), first.all("upgrade")),
        ("close".into(), "y".into())
    );
    let second = folder.ask_h2("GET", "/close.txt", &[]).await;
    assert_eq!((second.status, second.text()), (200, "hello"));
    assert_eq!(second.all("x"), "1");
    for name in ["connection", "keep-alive", "upgrade"] {
        assert_eq!(second.field(name), None, "{name}");
    }
    let first = folder.ask_h1("GET", "/coded.txt", &[]).await;
    assert_eq!(first.all("transfer-encoding"), "chunked");
    assert_eq!(first.field("content-length"), None);
    assert_eq!(first.text(), "hello");
    let second = folder.ask_h2("GET", "/coded.txt", &[]).await;
    assert_eq!(
        (second.all("content-length"), second.text()),
        ("5".into(), "hello")
    );
}

#[tokio::test]
async fn a_given_content_length_is_kept() {
    let folder = Folder::of(&[
        ("short.txt", "hello"),
        ("short.txt.headers", "Content-Length: 3"),
        ("long.txt", "hello"),
        ("long.txt.headers", "Content-Length: 9"),
        ("zero.txt", "hello"),
        ("zero.txt.headers", "Content-Length: 0"),
    ]);
    for (path, length, body, is_complete) in [
        ("/short.txt", "3", "hel", true),
        ("/long.txt", "9", "hello", false),
        ("/zero.txt", "0", "", true),
    ] {
        let answer = folder.get(path).await;
        assert_eq!(answer.all("content-length"), length, "{path}");
        assert_eq!(answer.text(), body, "{path}");
        assert_eq!(answer.is_complete, is_complete, "{path}");
    }
}
