//! Which path is answered with which file, and with which type.

use std::os::unix::fs::symlink;

use crate::harness::Folder;

fn folder() -> Folder {
    Folder::of(&[
        ("a.txt", "hello"),
        ("a..b", "dots"),
        ("x;y", "semicolon"),
        ("sub/b.html", "<p>"),
        ("../secret", "secret"),
        ("../rootx/secret.txt", "secret"),
    ])
}

#[tokio::test]
async fn a_file_comes_whole_with_its_type_and_length() {
    let answer = folder().get("/a.txt").await;
    assert_eq!((answer.status, answer.text()), (200, "hello"));
    assert_eq!(answer.field("content-type"), Some("text/plain"));
    assert_eq!(answer.field("content-length"), Some("5"));
    assert!(answer.field("date").is_some());
}

#[tokio::test]
async fn paths_that_are_served() {
    let folder = folder();
    symlink("../a.txt", folder.root().join("sub/link.txt")).unwrap();
    for (path, content) in [
        ("/a..b", "dots"),
        ("/x;y", "semicolon"),
        ("/%61.txt", "hello"),
        ("/sub/b.html?x=1", "<p>"),
        ("/sub/link.txt", "hello"),
    ] {
        let answer = folder.get(path).await;
        assert_eq!((answer.status, answer.text()), (200, content), "{path}");
    }
}

#[tokio::test]
async fn paths_that_are_refused() {
    let folder = folder();
    let root = folder.root();
    symlink("../secret", root.join("outside")).unwrap();
    symlink("../rootx", root.join("sibling")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    let absolute = root.to_string_lossy().replace('/', "%2F");
    for (path, status) in [
        ("/none", 404),
        ("/none/", 404),
        ("/a.txt/", 404),
        ("/a.txt/b", 404),
        ("/sub/../a.txt", 404),
        ("/..%2Fsecret", 404),
        ("/%2e%2e/secret", 404),
        ("/outside", 404),
        ("/sibling/secret.txt", 404),
        ("/loop", 404),
        ("/%2Fetc%2Fpasswd", 404),
        // What wptserve gives away: its check is that the joined path begins
        // with the root's.
        (&format!("/{absolute}x%2Fsecret.txt"), 404),
        (&format!("/{absolute}%2Fa.txt"), 404),
        ("/a%00.txt", 400),
        (&format!("/{}", "x".repeat(300)), 404),
    ] {
        let answer = folder.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.error().0, u64::from(status), "{path}");
    }
}

#[tokio::test]
async fn a_file_answers_get_and_head_only() {
    let folder = folder();
    for method in ["POST", "PUT", "OPTIONS", "DELETE", "get"] {
        for path in ["/a.txt", "/sub", "/sub/"] {
            let answer = folder.ask(method, path, &[]).await;
            assert_eq!(answer.error().0, 405, "{method} {path}");
            assert_eq!(answer.field("allow"), Some("GET, HEAD"), "{method} {path}");
        }
        assert_eq!(folder.ask(method, "/none", &[]).await.status, 404);
    }
}

#[tokio::test]
async fn head_is_get_without_content() {
    let folder = folder();
    for path in ["/a.txt", "/sub", "/sub/", "/none"] {
        let get = folder.get(path).await;
        let head = folder.ask("HEAD", path, &[]).await;
        assert_eq!(head.status, get.status, "{path}");
        let lengths = (head.field("content-length"), get.field("content-length"));
        assert_eq!(lengths.0, lengths.1, "{path}");
        assert_eq!(head.body, b"", "{path}");
    }
}
