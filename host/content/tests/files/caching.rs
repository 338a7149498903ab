//! Validators and conditional requests.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use crate::harness::Folder;

const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

/// Files of [`THEN`].
fn folder() -> Folder {
    let names = ["a.txt", "own.txt", "kept.txt", "t.sub.txt"];
    let folder = Folder::of(&names.map(|name| (name, "0123456789")));
    folder.write("own.txt.headers", "ETag: \"mine\"\nX: 1");
    folder.write("kept.txt.headers", "Cache-Control: max-age=60\nX: 1");
    for name in names {
        let file = File::options().write(true).open(folder.root().join(name));
        let then = UNIX_EPOCH + Duration::from_secs(784_111_777);
        file.unwrap().set_modified(then).unwrap();
    }
    folder
}

#[tokio::test]
async fn a_file_says_what_tells_its_states_apart() {
    let answer = folder().get("/a.txt").await;
    assert_eq!(answer.field("last-modified"), Some(THEN));
    assert_eq!(answer.field("accept-ranges"), Some("bytes"));
    assert_eq!(answer.field("cache-control"), Some("no-cache"));
    let tag = answer.field("etag").unwrap();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
}

#[tokio::test]
async fn another_content_has_another_tag() {
    let folder = folder();
    let tag = folder.get("/a.txt").await.all("etag");
    folder.write("a.txt", "9876543210");
    let changed = folder
        .ask("GET", "/a.txt", &[("If-None-Match", &tag)])
        .await;
    assert_eq!((changed.status, changed.text()), (200, "9876543210"));
    assert_ne!(changed.all("etag"), tag);
}

#[tokio::test]
async fn other_fields_have_another_tag() {
    let folder = folder();
    let tag = folder.get("/a.txt").await.all("etag");
    assert_eq!(folder.get("/a.txt").await.all("etag"), tag);
    folder.write("a.txt.headers", "Content-Type: text/html");
    let changed = folder
        .ask("GET", "/a.txt", &[("If-None-Match", &tag)])
        .await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.all("content-type"), "text/html");
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let folder = folder();
    let tag = folder.get("/kept.txt").await.all("etag");
    for condition in [("If-None-Match", &*tag), ("If-Modified-Since", THEN)] {
        for method in ["GET", "HEAD"] {
            let answer = folder.ask(method, "/kept.txt", &[condition]).await;
            assert_eq!((answer.status, answer.text()), (304, ""), "{condition:?}");
            assert_eq!(answer.all("etag"), tag);
            assert_eq!(answer.all("x"), "1");
            assert_eq!(answer.all("cache-control"), "max-age=60");
            assert_eq!(answer.field("content-type"), None);
            assert_eq!(answer.field("content-length"), None);
        }
    }
}

#[tokio::test]
async fn a_condition_that_does_not_hold_is_412() {
    let folder = folder();
    for condition in [("If-Match", "\"x\""), ("If-Unmodified-Since", BEFORE)] {
        let answer = folder.ask("GET", "/a.txt", &[condition]).await;
        assert_eq!(answer.error().0, 412, "{condition:?}");
    }
    let answer = folder.ask("GET", "/a.txt", &[("If-Match", "*")]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_range_is_of_the_state_that_the_client_has_or_of_none() {
    let folder = folder();
    let tag = folder.get("/a.txt").await.all("etag");
    for (validator, status) in [(&*tag, 206), (THEN, 206), ("\"x\"", 200), (BEFORE, 200)] {
        let fields = [("Range", "bytes=0-1"), ("If-Range", validator)];
        let answer = folder.ask("GET", "/a.txt", &fields).await;
        assert_eq!(answer.status, status, "{validator}");
        // A client that gets all of it learns nothing of a range.
        assert_eq!(answer.field("content-range").is_some(), status == 206);
    }
    // 304 goes before a range.
    let fields = [("Range", "bytes=0-1"), ("If-None-Match", &tag)];
    assert_eq!(folder.ask("GET", "/a.txt", &fields).await.status, 304);
}

/// wptserve evaluates no conditions: where a `.headers` file gives validators,
/// a test has its own idea of them.
#[tokio::test]
async fn validators_of_a_headers_file_are_left_to_it() {
    let folder = folder();
    for fields in [
        [("If-None-Match", "\"mine\""), ("If-Match", "\"x\"")],
        [("If-Modified-Since", THEN), ("If-Unmodified-Since", BEFORE)],
    ] {
        let answer = folder.ask("GET", "/own.txt", &fields).await;
        assert_eq!((answer.status, answer.text()), (200, "0123456789"));
        assert_eq!(answer.all("etag"), "\"mine\"");
        assert_eq!(answer.field("last-modified"), None);
    }
}

#[tokio::test]
async fn what_is_made_of_a_file_has_no_validators() {
    let folder = folder();
    for path in ["/t.sub.txt", "/a.txt?pipe=header(X,1)"] {
        let fields = [("If-None-Match", "*"), ("If-Modified-Since", THEN)];
        let answer = folder.ask("GET", path, &fields).await;
        assert_eq!(
            (answer.status, answer.text()),
            (200, "0123456789"),
            "{path}"
        );
        for name in ["etag", "last-modified", "accept-ranges", "cache-control"] {
            assert_eq!(answer.field(name), None, "{path}: {name}");
        }
    }
}
