//! Folders: redirects, listings, index files.

use crate::harness::Folder;

fn folder() -> Folder {
    Folder::of(&[
        ("sub/b.txt", "b"),
        ("sub/b.txt.headers", "X: 1"),
        ("sub/__dir__.headers", "X-Dir: 1"),
        ("sub/deep/c.txt", "c"),
        ("site/index.html", "index"),
        ("site/index.html.headers", "X-Index: 1"),
        ("odd/index.html/x", "a folder of that name"),
    ])
}

#[tokio::test]
async fn a_folder_without_its_slash_is_moved_to_it() {
    let folder = folder();
    for (path, location) in [
        ("/sub", "https://a.test:8000/sub/"),
        // wptserve puts the slash behind the query.
        ("/sub?x=1&y", "https://a.test:8000/sub/?x=1&y"),
        ("/sub/dee%70", "https://a.test:8000/sub/dee%70/"),
        (
            "/sub?pipe=status(200)",
            "https://a.test:8000/sub/?pipe=status(200)",
        ),
        ("/site", "https://a.test:8000/site/"),
    ] {
        let answer = folder.get(path).await;
        assert_eq!(answer.status, 301, "{path}");
        assert_eq!(answer.field("location"), Some(location), "{path}");
        assert_eq!(answer.field("content-length"), Some("0"), "{path}");
        assert_eq!(answer.field("content-type"), None, "{path}");
    }
}

#[tokio::test]
async fn a_folder_is_listed() {
    let answer = folder().get("/sub/?x").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("content-type"), Some("text/html"));
    assert_eq!(answer.field("x-dir"), None, "for files only");
    assert_eq!(
        answer.text(),
        "<!doctype html>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Directory listing for /sub/</title>\n\
         <h1>Directory listing for /sub/</h1>\n\
         <ul>\n\
         <li class=\"dir\"><a href=\"/\">..</a></li>\n\
         <li class=\"file\"><a href=\"__dir__.headers\">__dir__.headers</a></li>\n\
         <li class=\"file\"><a href=\"b.txt\">b.txt</a> (<a href=\"b.txt.headers\">.headers</a>)</li>\n\
         <li class=\"dir\"><a href=\"deep/\">deep</a></li>\n\
         </ul>\n"
    );
}

#[tokio::test]
async fn the_root_has_no_folder_above() {
    let page = folder().get("/").await;
    assert!(page.text().contains("<h1>Directory listing for /</h1>"));
    assert!(page.text().contains("<a href=\"sub/\">sub</a>"));
    assert!(!page.text().contains(">..<"));
}

#[tokio::test]
async fn a_target_in_absolute_form_may_have_no_path() {
    let folder = folder();
    for target in ["http://a.test", "http://a.test?x", "http://a.test/"] {
        let page = folder.ask_h1("GET", target, &[]).await;
        assert_eq!(page.status, 200, "{target}");
        assert!(
            page.text().contains("<h1>Directory listing for /</h1>"),
            "{target}"
        );
        assert!(!page.text().contains(">..<"), "{target}");
    }
}

#[tokio::test]
async fn an_index_answers_for_its_folder() {
    let folder = folder();
    let answer = folder.get("/site/").await;
    assert_eq!((answer.status, answer.text()), (200, "index"));
    assert_eq!(answer.field("content-type"), Some("text/html"));
    assert_eq!(answer.field("x-index"), Some("1"));
    assert!(
        folder
            .get("/odd/")
            .await
            .text()
            .contains("Directory listing")
    );
}
