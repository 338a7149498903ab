//! What becomes of status, fields and content.

use std::io::Read;

use flate2::read::GzDecoder;
use host_wire::Fields;

use super::*;
use crate::template::Reason;

async fn sliced(content: &str, pipes: &str) -> String {
    text(run(content, pipes).await.unwrap()).await
}

#[tokio::test]
async fn a_status_has_its_usual_phrase() {
    let mut before = response("x");
    before.reason = Some(Bytes::from("Fine"));
    let after = run_on(before, "status( 404 )").await.unwrap();
    assert_eq!((after.status, after.reason), (404, None));
}

#[tokio::test]
async fn a_field_replaces_or_is_added() {
    let after = run("x", "header(content-type,a/b)").await.unwrap();
    let expected: Fields = [("content-type".into(), "a/b".into())]
        .into_iter()
        .collect();
    assert_eq!(after.fields, expected);
    let after = run("x", "header(Content-Type,a/b,True)").await.unwrap();
    let types: Vec<_> = after.fields.get_all("content-type").collect();
    assert_eq!(types, ["text/plain", "a/b"]);
}

#[tokio::test]
async fn the_value_of_a_field_is_latin1_and_trimmed() {
    let after = run("x", r"header(X, a\,b é )").await.unwrap();
    assert_eq!(after.fields.get("x").unwrap(), &b"a,b \xe9"[..]);
    let after = run("x", "header(X, )").await.unwrap();
    assert_eq!(after.fields.get("x").unwrap(), "");
}

#[tokio::test]
async fn slices_are_pythons() {
    for (pipe, expected) in [
        ("slice(2)", "cdef"),
        ("slice(1,3)", "bc"),
        ("slice(null,2)", "ab"),
        ("slice(NULL,Null)", "abcdef"),
        ("slice(-2)", "ef"),
        ("slice(-100,-3)", "abc"),
        ("slice(4,2)", ""),
        ("slice(7)", ""),
        ("slice(0,99999999999999999999999)", "abcdef"),
        ("slice(1)|slice(1)", "cdef"),
    ] {
        assert_eq!(sliced("abcdef", pipe).await, expected, "{pipe}");
    }
}

#[tokio::test]
async fn a_slice_of_content_of_unknown_length_is_held() {
    let mut before = response("");
    before.body = Body::from_source(Pieces(vec![
        Piece::Data("abc".into()),
        Piece::Data("def".into()),
    ]));
    let after = run_on(before, "slice(-4,-1)").await.unwrap();
    assert_eq!(after.body.length(), Some(3));
    assert_eq!(text(after).await, "cde");
}

#[tokio::test]
async fn a_slice_knows_its_length_whatever_was_declared() {
    let mut before = response("abcdef");
    before.fields.append("Content-Length", "6");
    let after = run_on(before, "slice(2)").await.unwrap();
    assert_eq!(after.body.length(), Some(4));
    assert!(!after.fields.contains("content-length"));
    let after = run("abcdef", "slice(2)|header(Content-Length,1)")
        .await
        .unwrap();
    assert_eq!(field(&after, "content-length"), "1");
}

#[tokio::test]
async fn more_than_can_be_held_is_refused_by_name() {
    let mut before = response("");
    let block = Bytes::from(vec![0; 1024 * 1024]);
    before.body = Body::from_source(Pieces(vec![Piece::Data(block); 17]));
    let error = run_on(before, "slice(1)").await.unwrap_err();
    assert!(matches!(error, PipeError::TooLarge { pipe } if pipe == "slice"));
    let mut before = response("");
    before.body = Bytes::from(vec![0; MAX_HELD + 1]).into();
    let error = run_on(before, "sub").await.unwrap_err();
    assert!(matches!(error, PipeError::TooLarge { pipe } if pipe == "sub"));
}

fn inflated(compressed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    GzDecoder::new(compressed)
        .read_to_end(&mut content)
        .unwrap();
    content
}

#[tokio::test]
async fn gzip_says_so_and_inflates_to_the_same() {
    let mut before = response("");
    before.fields.append("Content-Length", "99");
    before.fields.append("content-encoding", "br");
    before.body = Bytes::from("hello ".repeat(1000)).into();
    let after = run_on(before, "gzip").await.unwrap();
    assert_eq!(field(&after, "content-encoding"), "gzip");
    assert!(!after.fields.contains("content-length"));
    let length = after.body.length().unwrap();
    let compressed = after.body.collect(MAX_HELD).await.unwrap();
    assert_eq!(compressed.len() as u64, length);
    assert_eq!(inflated(&compressed), "hello ".repeat(1000).into_bytes());
}

#[tokio::test]
async fn gzip_of_nothing_is_a_good_stream_of_nothing() {
    let after = run("", "gzip").await.unwrap();
    let compressed = after.body.collect(MAX_HELD).await.unwrap();
    assert_eq!(inflated(&compressed), b"");
}

#[tokio::test]
async fn long_content_is_compressed_while_it_is_sent() {
    // What a linear congruence makes does not compress.
    let mut state = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(64 * 1024)
    .collect();
    let block = Bytes::from(noise);
    let mut before = response("");
    before.body = Body::from_source(Pieces(vec![Piece::Data(block.clone()); 40]));
    let after = run_on(before, "gzip").await.unwrap();
    assert_eq!(after.body.length(), None);
    let compressed = after.body.collect(MAX_HELD).await.unwrap();
    assert_eq!(inflated(&compressed), block.repeat(40));
}

#[tokio::test]
async fn sub_fills_the_content_with_either_escape() {
    let content = "{{GET[b]}} {{host}}";
    for (pipe, expected) in [
        ("sub", "&lt; web-platform.test"),
        ("sub(html)", "&lt; web-platform.test"),
        ("sub(none)", "< web-platform.test"),
    ] {
        let after = run(content, pipe).await.unwrap();
        assert_eq!(text(after).await, expected);
    }
}

#[tokio::test]
async fn a_bad_template_is_the_files_mistake_and_has_a_place() {
    let error = run("a\n {{nothing}}", "sub").await.unwrap_err();
    assert_eq!(error.status(), 500);
    let PipeError::Template(error) = error else {
        panic!("not of the template: {error}");
    };
    assert_eq!(error.file, "/dir/page.sub.html");
    assert_eq!((error.line, error.column), (2, 4));
    assert_eq!(error.reason, Reason::UnknownName("nothing".to_owned()));
}

#[tokio::test]
async fn pipes_run_from_left_to_right_and_once() {
    assert_eq!(sliced("x{{host}}", "sub|slice(1,4)").await, "web");
    assert_eq!(sliced("x{{host}}", "slice(1,4)|sub").await, "{{h");
    assert_eq!(
        sliced("{{header_or_default(No, {{host)}}", "sub").await,
        "{{host"
    );
    let after = run("{{host}}", "sub|gzip|status(201)|header(X,1)")
        .await
        .unwrap();
    assert_eq!((after.status, field(&after, "x")), (201, "1"));
    let compressed = after.body.collect(MAX_HELD).await.unwrap();
    assert_eq!(inflated(&compressed), b"web-platform.test");
}
