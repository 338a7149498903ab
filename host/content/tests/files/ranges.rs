//! Parts of files.

use crate::harness::Folder;

fn folder() -> Folder {
    Folder::of(&[
        ("a.txt", "0123456789"),
        ("empty", ""),
        ("two.txt", "0123456789"),
        ("two.txt.headers", "Content-Type: a/b\nContent-Type: c/d"),
    ])
}

#[tokio::test]
async fn one_range_is_206_with_its_place() {
    let folder = folder();
    for (range, place, body) in [
        ("bytes=0-4", "bytes 0-4/10", "01234"),
        ("bytes=5-", "bytes 5-9/10", "56789"),
        ("bytes=-3", "bytes 7-9/10", "789"),
        ("bytes=-", "bytes 0-9/10", "0123456789"),
        ("bytes=8-99", "bytes 8-9/10", "89"),
        ("bytes= 1 - 2", "bytes 1-2/10", "12"),
        ("bytes=4-6,0-3", "bytes 0-6/10", "0123456"),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = folder.ask(method, "/a.txt", &[("Range", range)]).await;
            assert_eq!(answer.status, 206, "{method} {range}");
            assert_eq!(
                answer.field("content-range"),
                Some(place),
                "{method} {range}"
            );
            assert_eq!(answer.field("content-type"), Some("text/plain"));
            let length = body.len().to_string();
            assert_eq!(
                answer.field("content-length"),
                Some(&*length),
                "{method} {range}"
            );
            assert_eq!(answer.text(), if method == "GET" { body } else { "" });
        }
    }
}

#[tokio::test]
async fn several_ranges_are_framed_as_wptserve_does() {
    let folder = folder();
    for (path, part_type) in [("/a.txt", "text/plain"), ("/two.txt", "c/d")] {
        let answer = folder
            .ask("GET", path, &[("Range", "bytes=8-9,0-1,4-4")])
            .await;
        assert_eq!(answer.status, 206);
        assert_eq!(answer.field("content-range"), None);
        let content_type = answer.all("content-type");
        let boundary = content_type
            .strip_prefix("multipart/byteranges; boundary=")
            .unwrap();
        let groups: Vec<usize> = boundary.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "a UUID: {boundary}");
        let part = |range, data| {
            format!(
                "\r\n--{boundary}\r\nContent-Type: {part_type}\r\n\
                 Content-Range: bytes {range}/10\r\n\r\n{data}"
            )
        };
        let expected = [part("0-1", "01"), part("4-4", "4"), part("8-9", "89")].concat();
        assert_eq!(answer.text(), format!("{expected}\r\n--{boundary}--"));
        let length = answer.body.len().to_string();
        assert_eq!(answer.field("content-length"), Some(&*length));
    }
}

#[tokio::test]
async fn a_range_that_cannot_be_is_416_with_the_length() {
    let folder = folder();
    for (range, message) in [
        ("bytes=10-", "Bad range specifier 10-"),
        ("bytes=5-2", "Bad range specifier 5-2"),
        ("bytes=0-1,", "Bad range specifier "),
        ("bytes=0-1,20-", "Bad range specifier 20-"),
        ("lines=0-1", "Unrecognised range type lines=0-1"),
    ] {
        let answer = folder.ask("GET", "/a.txt", &[("Range", range)]).await;
        assert_eq!(answer.error(), (416, message.to_owned()), "{range}");
        assert_eq!(answer.field("content-range"), Some("bytes */10"), "{range}");
    }
    let answer = folder.ask("GET", "/empty", &[("Range", "bytes=-")]).await;
    assert_eq!(answer.status, 416);
    assert_eq!(answer.field("content-range"), Some("bytes */0"));
}

#[tokio::test]
async fn a_range_that_is_not_ascii_is_a_bad_request() {
    let answer = folder()
        .ask_h1("GET", "/a.txt", &[("Range", "bytes=0-é")])
        .await;
    let message = "Non-ASCII range header value".to_owned();
    assert_eq!(answer.error(), (400, message));
}

#[tokio::test]
async fn a_range_of_a_large_file_is_its_bytes() {
    let folder = folder();
    let content: Vec<u8> = (0..300_000_u32).map(|n| (n / 7) as u8).collect();
    folder.write("large", &content);
    let answer = folder
        .ask("GET", "/large", &[("Range", "bytes=70000-270000")])
        .await;
    assert_eq!(answer.status, 206);
    assert_eq!(answer.body, &content[70_000..=270_000]);
}
