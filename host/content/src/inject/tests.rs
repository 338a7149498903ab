use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const MARK: &[u8] = b"<script>\nx\n// Remove the injected script tag from the DOM.\ndocument.currentScript.remove();\n</script>\n";

fn script() -> Script {
    Script::new(b"x").unwrap()
}

/// Pieces without a length, as a handler writes them.
struct Pieces(VecDeque<Piece>);

impl Source for Pieces {
    fn length(&self) -> Option<u64> {
        None
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(async { Ok(self.0.pop_front()) })
    }
}

fn html(body: impl Into<Body>) -> Response {
    let mut response = Response::new(200);
    response.fields.append("Content-Type", "text/html");
    response.body = body.into();
    response
}

fn streamed(pieces: impl IntoIterator<Item = Piece>) -> Response {
    html(Body::from_source(Pieces(pieces.into_iter().collect())))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

/// What a document becomes, sent at once.
fn injected(document: &[u8]) -> Bytes {
    block_on(async {
        let response = html(Bytes::copy_from_slice(document));
        let response = script().put_into(response).await.unwrap();
        let length = response.body.length().unwrap();
        let content = response.body.collect(usize::MAX).await.unwrap();
        assert_eq!(content.len() as u64, length);
        content
    })
}

/// The same, sent in pieces of that many bytes.
fn injected_in_pieces(document: &[u8], size: usize) -> Bytes {
    let pieces = document.chunks(size).map(Bytes::copy_from_slice);
    block_on(async {
        let response = script().put_into(streamed(pieces.map(Piece::Data))).await;
        let body = response.unwrap().body;
        assert_eq!(body.length(), None);
        body.collect(usize::MAX).await.unwrap()
    })
}

/// Where the script was put.
fn place(document: &[u8]) -> Option<usize> {
    let content = injected(document);
    let at = content.windows(MARK.len()).position(|part| part == MARK);
    let without = at.map_or(content.to_vec(), |at| {
        [&content[..at], &content[at + MARK.len()..]].concat()
    });
    assert_eq!(without, document, "only the script is new");
    at
}

/// `|` is where the script is put.
fn check(marked: &str) {
    let document = marked.replacen('|', "", 1);
    assert_eq!(place(document.as_bytes()), marked.find('|'), "{marked:?}");
}

/// The row of docs/compat.md that begins so is there.
#[track_caller]
fn row(behaviour: &str) {
    const COMPAT: &str = include_str!("../../../../docs/compat.md");
    assert!(COMPAT.contains(&format!("\n| {behaviour}")), "{behaviour}");
}

#[test]
fn the_script_is_before_the_first_content() {
    row("Injection: where |");
    row("Injection: documents with a mistake inside of their first content");
    for marked in [
        "|<p>",
        "<!doctype html>\n|<p>",
        "<!DOCTYPE html>\n<html>\n<head>\n|<title>x</title>",
        "<!-- a > b --><HTML lang='>'><Head\n>|text",
        "\u{feff}<html a=b'>|<body>",
        "<!doctype html>\r\n<!-- é -->\r\n|<p>",
        "<html a= \">\" b>|</head>",
        "<html a\"=>|\">x",
        "<html/>|é",
        "|<header>",
        "|<htmlx>",
        "|<hea>",
        "<!-- a -- b -->|<p>",
        "<!---->|&amp;",
        "|text alone",
        "|<p a a>",
        "|&x;",
        "|<p>\u{1}",
    ] {
        check(marked);
    }
}

#[test]
fn a_document_without_content_or_with_a_mistake_before_it_stays_as_it_is() {
    for document in [
        "",
        " ",
        "<!doctype html>",
        "<html",
        "<html a='>",
        "<!-- ",
        "<!--><p>",
        "<!---><p>",
        "<!x><p>",
        "<?xml?><p>",
        "< p>",
        "<1>",
        "</>",
        "</ p>",
        "<!-x>",
        "<![CDATA[x]]>",
        "<",
        "<!",
        "<!-",
        "<!d",
    ] {
        check(document);
    }
    for document in [
        &b"\0<p>"[..],
        b"\xff\xfe<\0p\0",
        b"\xfe\xff\0<\0p",
        b"<\0p\0",
        b"\xef\xbb",
    ] {
        assert_eq!(place(document), None, "{}", document.escape_ascii());
    }
}

#[test]
fn only_the_start_is_looked_at() {
    row("Injection: how far the first content is looked for |");
    let comment = |n: usize| format!("<!--{}-->", "x".repeat(n - 7));
    assert_eq!(place((comment(START) + "<p>").as_bytes()), Some(START));
    for before in [
        comment(START + 1),
        comment(START / 2) + &comment(START / 2 + 1),
    ] {
        let document = before + "<p>";
        assert_eq!(place(document.as_bytes()), None);
        assert_eq!(injected_in_pieces(document.as_bytes(), 1000), document);
    }
}

#[test]
fn what_is_no_html_document_stays_as_it_is() {
    for (name, value, is_changed) in [
        ("Content-Type", "text/html", true),
        ("Content-Type", "Text/HTML ; charset=utf-8", true),
        ("Content-Type", "text/plain", false),
        ("Content-Type", "application/xhtml+xml", false),
        ("Content-Type", "text/htmlx", false),
        ("X-Other", "text/html", false),
        ("Content-Encoding", "gzip", false),
    ] {
        let mut response = html(Bytes::from("<p>"));
        if name == "X-Other" {
            response.fields.remove(b"content-type");
        }
        response.fields.set(name, value);
        let response = block_on(script().put_into(response)).unwrap();
        assert_eq!(
            response.body.length() != Some(3),
            is_changed,
            "{name}: {value}"
        );
    }
    let mut part = html(Bytes::from("<p>"));
    part.status = 206;
    let part = block_on(script().put_into(part)).unwrap();
    assert_eq!(part.body.length(), Some(3));
}

#[test]
fn a_length_that_was_right_stays_right() {
    let length = |given: &str, body: Body| {
        let mut response = html(body);
        response.fields.append("Content-Length", given.to_owned());
        let response = block_on(script().put_into(response)).unwrap();
        let length = response.fields.get("content-length").cloned();
        length.map(|length| String::from_utf8(length.to_vec()).unwrap())
    };
    let more = |n: usize| Some((MARK.len() + n).to_string());
    assert_eq!(length("3", Bytes::from("<p>").into()), more(3));
    assert_eq!(length("2", Bytes::from("<p>").into()), Some("2".to_owned()));
    assert_eq!(
        length("4", Bytes::from("<!x>").into()),
        Some("4".to_owned())
    );
    // Of a handler that says what it is going to write.
    let pieces = |pieces: &[Piece]| Body::from_source(Pieces(pieces.iter().cloned().collect()));
    let data = Piece::Data(Bytes::from("<p>"));
    assert_eq!(length("3", pieces(std::slice::from_ref(&data))), None);
    assert_eq!(
        length("3", pieces(&[Piece::Pause(Duration::ZERO), data])),
        None
    );
}

#[test]
fn what_can_be_sent_is_sent_before_a_pause() {
    let data = |text: &'static str| Piece::Data(Bytes::from(text));
    let pause = Piece::Pause(Duration::from_secs(1));
    let pieces = [
        data("<!doctype html><!-"),
        pause.clone(),
        data("- x --> <p>"),
        pause.clone(),
        data("y"),
    ];
    let mut body = block_on(script().put_into(streamed(pieces))).unwrap().body;
    let mut sent = Vec::new();
    while let Some(piece) = block_on(body.next()).unwrap() {
        sent.push(piece);
    }
    let mark = Piece::Data(Bytes::from_static(MARK));
    assert_eq!(
        sent,
        [
            data("<!doctype html>"),
            pause.clone(),
            data("<!-- x --> "),
            mark,
            data("<p>"),
            pause,
            data("y")
        ]
    );
}

#[test]
fn a_script_that_would_not_stay_in_its_element_is_refused() {
    row("A script for injection that holds `</script` |");
    for (text, problem) in [
        ("document.write('</SCRIPT>')", Some("</script")),
        ("'<!-- <script>'", Some("<!--")),
        ("'<!--'; '<p>'", None),
        ("'<script>'", None),
    ] {
        let error = Script::new(text.as_bytes()).err();
        assert_eq!(error, problem.map(BadScript), "{text}");
    }
}

#[test]
fn the_place_is_upstreams() {
    let vectors = include_str!("../../tests/vectors/wrappers.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let all = vectors["injected"].as_array().unwrap();
    assert!(all.len() > 100);
    for vector in all {
        let (document, at) = (vector[0].as_str().unwrap(), vector[1].as_u64());
        assert_eq!(
            place(document.as_bytes()).map(|at| at as u64),
            at,
            "{document:?}"
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_give_the_same(
        document in prop_oneof![
            any::<Vec<u8>>(),
            "(<!doctype html>|<!--|-->|<html|<head|>| |=|'|\"|a|</|<|!|-|/|\u{feff}){0,24}"
                .prop_map(String::into_bytes),
        ],
        size in 1_usize..9,
    ) {
        place(&document);
        prop_assert_eq!(injected_in_pieces(&document, size), injected(&document));
    }
}
