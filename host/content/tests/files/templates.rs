//! Files that are templates by their name.

use crate::harness::Folder;

#[tokio::test]
async fn a_name_with_sub_in_it_is_a_template() {
    let query = "{{host}} {{GET[q]}}";
    let folder = Folder::of(&[
        ("a.sub.html", query),
        ("a.sub.js", query),
        ("x.sub.d/a.txt", query),
        ("plain.txt", query),
        ("sub.txt", query),
        ("b.txt.sub", query),
    ]);
    for (path, body) in [
        ("/a.sub.html", "web-platform.test &lt;1&gt;"),
        ("/a.sub.js", "web-platform.test <1>"),
        ("/x.sub.d/a.txt", "web-platform.test <1>"),
        ("/plain.txt", query),
        ("/sub.txt", query),
        ("/b.txt.sub", query),
    ] {
        let answer = folder.get(&format!("{path}?q=%3C1%3E")).await;
        assert_eq!((answer.status, answer.text()), (200, body), "{path}");
        let length = body.len().to_string();
        assert_eq!(answer.field("content-length"), Some(&*length), "{path}");
    }
}

#[tokio::test]
async fn a_template_that_cannot_be_filled_is_told_with_its_place() {
    let folder = Folder::of(&[("a.sub.txt", "one\ntwo {{nothing}}")]);
    let (code, message) = folder.get("/a.sub.txt").await.error();
    assert_eq!(code, 500);
    assert!(message.contains("a.sub.txt:2:7: "), "{message}");
}

#[tokio::test]
async fn pipes_of_the_query_come_after_the_template() {
    let folder = Folder::of(&[("a.sub.txt", "{{host}}")]);
    let answer = folder.get("/a.sub.txt?pipe=slice(4)|status(201)").await;
    assert_eq!((answer.status, answer.text()), (201, "platform.test"));
}

/// As in wptserve: the range is of the file, and may cut a template in two.
#[tokio::test]
async fn a_range_is_taken_before_the_template_is_filled() {
    let folder = Folder::of(&[("a.sub.txt", "{{host}}{{host}}")]);
    let answer = folder
        .ask("GET", "/a.sub.txt", &[("Range", "bytes=0-9")])
        .await;
    assert_eq!((answer.status, answer.text()), (206, "web-platform.test{{"));
    assert_eq!(answer.field("content-range"), Some("bytes 0-9/16"));
}
