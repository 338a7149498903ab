//! How an answer reaches the client: in pieces, in constant memory, to its end.

use std::fs;

use host_wire::Negotiated;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{Answer, Folder};

#[tokio::test]
async fn a_large_file_comes_whole() {
    let folder = Folder::of(&[]);
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 11) as u8).collect();
    folder.write("large.bin", &content);
    let answer = folder.get("/large.bin").await;
    assert_eq!(answer.all("content-length"), "3000000");
    assert!(answer.is_complete && answer.body == content);
}

#[tokio::test]
async fn an_empty_file_is_an_empty_answer() {
    let answer = Folder::of(&[("empty.txt", "")]).get("/empty.txt").await;
    assert_eq!((answer.status, answer.text()), (200, ""));
    assert_eq!(answer.all("content-length"), "0");
}

/// The client reads nothing until the file has been cut short: the answer is
/// given up, and says so by ending before its Content-Length.
#[tokio::test]
async fn a_file_that_shrinks_is_a_truncated_answer() {
    let folder = Folder::of(&[]);
    folder.write("large.bin", vec![7; 1_000_000]);
    let mut io = folder.connect(Negotiated::Http1);
    io.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    // Once the first byte is here, the length has been promised.
    let first = io.read_u8().await.unwrap();
    fs::write(folder.root().join("large.bin"), "short").unwrap();
    let mut answer = vec![first];
    io.read_to_end(&mut answer).await.unwrap();
    let answer = Answer::of_h1(&answer, false);
    assert_eq!(answer.all("content-length"), "1000000");
    assert!(!answer.is_complete);
}

#[tokio::test]
async fn a_connection_goes_on_after_a_file() {
    let folder = Folder::of(&[("a.txt", "hello"), ("a.txt.headers", "X: 1")]);
    let mut io = folder.connect(Negotiated::Http1);
    let one = "GET /a.txt HTTP/1.1\r\nHost: a\r\n";
    let requests =
        format!("{one}\r\n{one}Range: bytes=0-0,2-2\r\n\r\n{one}Connection: close\r\n\r\n");
    io.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = String::new();
    io.read_to_string(&mut answers).await.unwrap();
    let statuses: Vec<&str> = answers
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &answers[at + 9..at + 12])
        .collect();
    assert_eq!(statuses, ["200", "206", "200"]);
}

#[tokio::test]
async fn a_status_without_content_has_none() {
    let folder = Folder::of(&[("a.txt", "hello"), ("a.txt.headers", "Content-Length: 5")]);
    for status in [204, 304] {
        let answer = folder.get(&format!("/a.txt?pipe=status({status})")).await;
        assert_eq!((answer.status, answer.text()), (status, ""));
    }
}
