//! Pipes that the query asks for, on the wire.

use std::io::Read;

use flate2::read::GzDecoder;
use host_wire::Negotiated;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use crate::harness::Folder;

fn folder() -> Folder {
    Folder::of(&[("a.txt", "0123456789{{host}}")])
}

#[tokio::test]
async fn status_fields_and_content() {
    let folder = folder();
    let pipes = r"status(404)|header(X-A,a\,b)header(x-a,c,true)|slice(2,-8)";
    let answer = folder.get(&format!("/a.txt?pipe={pipes}")).await;
    assert_eq!((answer.status, answer.text()), (404, "23456789"));
    assert_eq!(answer.all("x-a"), "a,b | c");
    assert_eq!(answer.field("content-length"), Some("8"));
}

#[tokio::test]
async fn escapes_of_the_query_are_read_before_those_of_the_pipe() {
    let folder = folder();
    let answer = folder.get("/a.txt?pipe=header(X%2Ca%2Ctrue)").await;
    assert_eq!(answer.field("x"), Some("a"));
    let answer = folder.get("/a.txt?pipe=header(X%2C%5C%2C)").await;
    assert_eq!(answer.field("x"), Some(","));
}

#[tokio::test]
async fn compressed_content_has_a_length() {
    let folder = folder();
    let answer = folder.get("/a.txt?pipe=sub|gzip").await;
    assert_eq!(answer.field("content-encoding"), Some("gzip"));
    let length = answer.body.len().to_string();
    assert_eq!(answer.field("content-length"), Some(&*length));
    let mut text = String::new();
    let mut decoder = GzDecoder::new(&answer.body[..]);
    decoder.read_to_string(&mut text).unwrap();
    assert_eq!(text, "0123456789web-platform.test");
}

#[tokio::test]
async fn a_wrong_pipe_is_shown_with_its_place() {
    let folder = folder();
    let answer = folder.get("/a.txt?pipe=gzip|slice(x)").await;
    assert_eq!(answer.status, 400);
    let (code, message) = answer.error();
    assert_eq!(code, 400);
    assert_eq!(
        message,
        "this is not a whole number:\ngzip|slice(x)\n           ^"
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_piped() {
    let answer = folder().get("/none.txt?pipe=status(200)|nothing").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_head_says_what_a_get_would_and_waits_for_nothing() {
    let folder = folder();
    let answer = folder
        .ask("HEAD", "/a.txt?pipe=slice(3)|trickle(d3000)", &[])
        .await;
    assert_eq!(
        (answer.status, answer.field("pragma")),
        (200, Some("no-cache"))
    );
    let answer = folder.ask("HEAD", "/a.txt?pipe=slice(3)", &[]).await;
    assert_eq!(answer.field("content-length"), Some("15"));
}

/// What comes, each with the seconds that had passed by a clock that jumps.
async fn arrivals(folder: &Folder, path: &str) -> Vec<(u64, String)> {
    let mut io = folder.connect(Negotiated::Http1);
    let request = format!("GET {path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    io.write_all(request.as_bytes()).await.unwrap();
    let (start, mut arrivals) = (Instant::now(), Vec::new());
    let mut buffer = [0; 4096];
    loop {
        let read = io.read(&mut buffer).await.unwrap();
        if read == 0 {
            return arrivals;
        }
        let text = String::from_utf8(buffer[..read].to_vec()).unwrap();
        arrivals.push((start.elapsed().as_secs(), text));
    }
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_trickle_and_each_piece_come_at_their_time() {
    let arrivals = arrivals(&folder(), "/a.txt?pipe=trickle(d2:10:d3)").await;
    let [(0, head), (2, first), (5, rest)] = &arrivals[..] else {
        panic!("{arrivals:?}");
    };
    assert!(head.ends_with("\r\n\r\n"));
    assert!(head.contains("Cache-Control: no-cache, no-store, must-revalidate\r\n"));
    assert_eq!(first, "a\r\n0123456789\r\n");
    assert_eq!(rest, "8\r\n{{host}}\r\n0\r\n\r\n");
}

#[tokio::test(start_paused = true)]
async fn a_trickle_ends_behind_its_last_pause() {
    let arrivals = arrivals(&folder(), "/a.txt?pipe=slice(0,4)|trickle(2:d1:r2)").await;
    let bodies: Vec<_> = arrivals
        .iter()
        .map(|(at, text)| (*at, &text[text.len().saturating_sub(7)..]))
        .collect();
    assert_eq!(
        bodies,
        [(0, "2\r\n01\r\n"), (1, "2\r\n23\r\n"), (2, "0\r\n\r\n")]
    );
}
