//! Wrappers of test scripts, on the wire.

use host_content::Script;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::harness::{Answer, Folder};

/// A folder whose scripts have wrappers.
fn folder(files: &[(&str, &str)]) -> Folder {
    let mut folder = Folder::of(files);
    folder.site.wrappers = true;
    folder
}

fn vectors() -> Value {
    let vectors = include_str!("../vectors/wrappers.json");
    serde_json::from_str(vectors).unwrap()
}

/// The fields of an answer that are the test's.
fn fields(answer: &Answer) -> Vec<(String, String)> {
    let all = answer.fields.iter();
    let own =
        all.filter(|(name, _)| name.eq_ignore_ascii_case("content-type") || name.starts_with("X-"));
    own.cloned().collect()
}

#[tokio::test]
async fn every_wrapper_is_upstreams() {
    let vectors = vectors();
    let files = vectors["files"].as_object().unwrap();
    let files = files
        .iter()
        .map(|(name, text)| (&name[..], text.as_str().unwrap()));
    let folder = folder(&files.collect::<Vec<_>>());
    let answers = vectors["answers"].as_array().unwrap();
    assert!(answers.len() > 300);
    for wanted in answers {
        let target = wanted["target"].as_str().unwrap();
        let answer = folder.ask_h1("GET", target, &[]).await;
        assert_eq!(answer.status, wanted["status"], "{target}");
        if answer.status >= 400 {
            continue;
        }
        let fields = serde_json::to_value(fields(&answer)).unwrap();
        assert_eq!(fields, wanted["fields"], "{target}");
        if let Some(digest) = wanted["sha256"].as_str() {
            let found = Sha256::digest(&answer.body);
            let found: String = found.iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(found, digest, "{target}:\n{}", answer.text());
        }
    }
}

/// The row of docs/compat.md that begins so is there.
#[track_caller]
fn row(behaviour: &str) {
    const COMPAT: &str = include_str!("../../../../docs/compat.md");
    let row = format!("\n| {behaviour} |");
    assert!(COMPAT.contains(&row), "docs/compat.md has no row {row}");
}

#[tokio::test]
async fn without_its_script_a_name_is_a_files() {
    row("A wrapper's name where the script is not there, but a file of that name is");
    row("`x.worker-module.html` without `.any`");
    let folder = folder(&[
        ("a.any.html", "the file"),
        ("x.worker-module.html", "the file"),
        ("b.any.html", "not seen"),
        ("b.any.js", ""),
        ("c.any.js/d", ""),
        ("c.any.html", "the file"),
    ]);
    for path in [
        "/a.any.html",
        "/x.worker-module.html",
        "/c.any.html",
        "/b.any%2Ehtml",
    ] {
        let answer = folder.get(path).await;
        let expected = if path.contains('%') {
            "not seen"
        } else {
            "the file"
        };
        assert_eq!(answer.text(), expected, "{path}");
    }
    let answer = folder.get("/b.any.html").await;
    assert!(answer.text().contains("\"/b.any.js\""), "{}", answer.text());
    assert_eq!(folder.get("/y.worker-module.html").await.status, 404);
}

#[tokio::test]
async fn a_checkouts_line_ends_do_not_count() {
    row("Scripts whose lines end in CRLF");
    let folder = folder(&[(
        "a.any.js",
        "// META: script=a.js\r\n// META: title=b\r\ntest();",
    )]);
    let worker = folder.get("/a.any.worker.js").await;
    let expected = "\nimportScripts(\"a.js\")\nself.META_TITLE = \"b\";\n";
    assert!(worker.text().contains(expected), "{}", worker.text());
}

#[tokio::test]
async fn meta_lines_that_cannot_be_read_are_told() {
    row("META lines that are not UTF-8, or longer than 64 KiB together");
    let folder = folder(&[]);
    folder.write("a.any.js", b"// META: title=a\n// META: title=\xff\n");
    folder.write("b.any.js", "// META: title=a\n".repeat(5000));
    for (path, problem) in [
        ("/a.any.html", "a.any.js:2: "),
        ("/b.any.worker.js", "64 KiB"),
    ] {
        let (code, message) = folder.get(path).await.error();
        assert_eq!(code, 500);
        assert!(message.contains(problem), "{message}");
    }
}

#[tokio::test]
async fn a_url_writes_no_script() {
    row("`\"`, `<`, `>` and `\\` that a client sends bare in a wrapper's URL");
    let folder = folder(&[("a.any.js", "// META: global=worker"), ("\"<b.any.js", "")]);
    let answer = folder
        .ask_h1("GET", "/a.any.worker.html?\"<x>\\", &[])
        .await;
    let expected = r#"new Worker("/a.any.worker.js?%22%3Cx%3E\\")"#;
    assert!(answer.text().contains(expected), "{}", answer.text());
    let answer = folder.ask_h1("GET", "/\"<b.any.html", &[]).await;
    assert!(
        answer.text().contains("<script src=\"/%22%3Cb.any.js\">"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_wrapper_is_asked_for_like_a_template() {
    row("A POST to a wrapper");
    let folder = folder(&[("a.any.js", "")]);
    let answer = folder.ask("POST", "/a.any.html", &[]).await;
    assert_eq!(
        (answer.status, answer.field("allow")),
        (405, Some("GET, HEAD"))
    );
    let whole = folder.get("/a.any.html").await;
    let head = folder.ask("HEAD", "/a.any.html", &[]).await;
    assert_eq!(head.field("content-length"), whole.field("content-length"));
    assert_eq!(
        (whole.field("etag"), whole.field("last-modified")),
        (None, None)
    );
    let asked = [("Range", "bytes=0-1"), ("If-None-Match", "*")];
    let again = folder.ask("GET", "/a.any.html", &asked).await;
    assert_eq!((again.status, &again.body), (200, &whole.body));
}

#[tokio::test]
async fn no_wrappers_where_the_site_has_none() {
    let folder = Folder::of(&[("a.any.js", "")]);
    assert_eq!(folder.get("/a.any.html").await.status, 404);
}

/// A folder whose documents a script is put into, and the script's element.
fn with_script(files: &[(&str, &str)]) -> (Folder, String) {
    let mut folder = folder(files);
    folder.site.inject = Some(Script::new(b"x").unwrap());
    let end = "// Remove the injected script tag from the DOM.\n\
        document.currentScript.remove();\n</script>\n";
    (folder, format!("<script>\nx\n{end}"))
}

#[tokio::test]
async fn a_script_is_put_into_documents() {
    row("Injection: which answers");
    row("Injection: `Content-Length` that was set before, as by `slice`");
    row("Injection: answers that are made while they are sent, as by `trickle`");
    let (folder, element) = with_script(&[
        ("a.html", "<!doctype html>\n<p>"),
        ("b.txt", "<p>"),
        ("b.txt.headers", "Content-Type: text/html; charset=utf-8"),
        ("d/c", ""),
        ("t.window.js", ""),
    ]);
    for (path, expected) in [
        ("/a.html", format!("<!doctype html>\n{element}<p>")),
        ("/a.html?pipe=slice(15)", format!("\n{element}<p>")),
        (
            "/a.html?pipe=trickle(20:d0.001)",
            format!("<!doctype html>\n{element}<p>"),
        ),
        ("/b.txt", format!("{element}<p>")),
    ] {
        let answer = folder.get(path).await;
        assert_eq!(answer.text(), expected, "{path}");
        assert!(answer.is_complete, "{path}");
    }
    for path in ["/d/", "/t.window.html"] {
        let answer = folder.get(path).await;
        assert!(
            answer.text().contains(&element),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn what_is_no_whole_document_stays_as_it_is() {
    row("Injection: 206, and content that is encoded");
    let (folder, _) = with_script(&[("a.html", "<p>0123"), ("a.js", "<p>"), ("e.html", "")]);
    let part = folder
        .ask("GET", "/a.html", &[("Range", "bytes=0-3")])
        .await;
    assert_eq!((part.status, part.text()), (206, "<p>0"));
    let encoded = folder.get("/a.html?pipe=gzip").await;
    assert_eq!(encoded.body[..2], [0x1f, 0x8b]);
    assert_eq!(folder.get("/a.js").await.text(), "<p>");
    assert_eq!(folder.get("/e.html").await.text(), "");
    assert_eq!(folder.get("/none.html").await.status, 404);
}

#[tokio::test]
async fn a_document_with_a_script_is_not_the_file_that_a_client_knows() {
    let (folder, _) = with_script(&[("a.html", "<p>"), ("a.txt", "")]);
    let answer = folder.get("/a.html").await;
    for name in ["etag", "last-modified", "accept-ranges"] {
        assert_eq!(answer.field(name), None, "{name}");
    }
    let again = folder
        .ask("GET", "/a.html", &[("If-None-Match", "*")])
        .await;
    assert_eq!(again.status, 200);
    assert!(folder.get("/a.txt").await.field("etag").is_some());
}
