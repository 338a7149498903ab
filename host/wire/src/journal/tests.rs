//! What the readers tell of bytes, however these are cut.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::prelude::*;

use super::cause::Marks;
use super::{Block, Cause, Direction, Entry, Journal, Of, Page, Payload, What};
use crate::h1::journal::{Messages, Methods};
use crate::h2::journal::Frames;

/// Keeps each entry as a line.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Journal for Lines {
    fn record(&self, entry: &Entry) {
        self.0.lock().push(line(&entry.what));
    }
}

fn line(what: &What) -> String {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    let list = |fields: &crate::Fields| {
        let fields = fields.iter();
        let fields = fields.map(|(name, value)| format!(" {}={}", text(name), text(value)));
        fields.collect::<String>()
    };
    match what {
        What::Preface => "preface".to_owned(),
        What::Head(head) => {
            let raw = head.raw.as_ref().map(|raw| format!(" raw {}", text(raw)));
            let (n, first) = (head.request, text(&head.line));
            format!(
                "{n} {first}{}{}",
                list(&head.fields),
                raw.unwrap_or_default()
            )
        }
        What::Body(piece) => {
            let kind = if piece.chunk { "chunk" } else { "body" };
            let (n, data) = (piece.request, &piece.data);
            let missing = match piece.missing {
                0 => String::new(),
                missing => format!(" missing {missing}"),
            };
            format!("{n} {kind} {} {}{missing}", data.length, text(&data.start))
        }
        What::Trailers {
            request, fields, ..
        } => format!("{request} trailers{}", list(fields)),
        What::Bytes(unread) => format!("bytes {}", text(&unread.data.start)),
        What::Frame(frame) => {
            let payload = match &frame.payload {
                Payload::Block {
                    block:
                        Some(Block::Fields {
                            fields, doubtful, ..
                        }),
                    ..
                } => format!("{}{}", list(fields), if *doubtful { " ?" } else { "" }),
                Payload::Block {
                    block: Some(Block::Undecodable { what, .. }),
                    ..
                } => format!(" {what}"),
                Payload::Data(data) => format!(" {} {}", data.length, text(&data.start)),
                other => format!(" {other:?}"),
            };
            let missing = match frame.missing {
                0 => String::new(),
                missing => format!(" missing {missing}"),
            };
            format!("frame {} on {}{payload}{missing}", frame.kind, frame.stream)
        }
        other => format!("{other:?}"),
    }
}

fn page() -> (Arc<Lines>, Arc<Page>) {
    let lines = Arc::new(Lines::default());
    let page = Page::new(Arc::clone(&lines) as Arc<dyn Journal>, 1);
    (lines, page)
}

/// What is told of a direction that passed in these pieces.
fn told(direction: Direction, pieces: &[&[u8]]) -> Vec<String> {
    let (lines, page) = page();
    let mut messages = Messages::new(direction);
    let mut methods = Methods::default();
    for piece in pieces {
        assert_eq!(messages.read(piece, &mut methods, &page), None);
    }
    messages.end(&page);
    std::mem::take(&mut *lines.0.lock())
}

fn frames(pieces: &[&[u8]]) -> Vec<String> {
    let (lines, page) = page();
    let mut frames = Frames::new(Direction::In, 0);
    for piece in pieces {
        frames.read(piece, &page);
    }
    frames.end(&page);
    std::mem::take(&mut *lines.0.lock())
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[test]
fn requests_with_every_framing() {
    let bytes: &[u8] = b"GET /a HTTP/1.1\r\nHost: t\r\nX-Odd:  two\r\n\r\n\
        POST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\
        PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\ndata\r\n0\r\nX-Sum: 1\r\n\r\n\
        GET /d HTTP/1.1\r\n\r\n";
    let wanted = [
        "1 GET /a HTTP/1.1 Host=t X-Odd=two raw GET /a HTTP/1.1\\r\\nHost: t\\r\\nX-Odd:  two\\r\\n\\r\\n",
        "2 POST /b HTTP/1.1 Content-Length=3",
        "2 body 3 abc",
        "3 PUT /c HTTP/1.1 Transfer-Encoding=chunked",
        "3 chunk 4 data",
        "3 chunk 0 ",
        "3 trailers X-Sum=1",
        "4 GET /d HTTP/1.1",
    ];
    assert_eq!(told(Direction::In, &[bytes]), wanted);
}

#[test]
fn responses_that_are_none_are_bytes() {
    let bytes: [&[u8]; 3] = [
        b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore",
        b"no status line\r\n\r\n",
        b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\r\n",
    ];
    let wanted = [
        "1 HTTP/1.1 103 Early Link=x",
        "1 HTTP/1.1 200 OK Content-Length=2",
        "1 body 2 ok",
        "bytes more",
        "bytes no status line\\r\\n\\r\\n",
        "2 HTTP/1.1 200 OK Transfer-Encoding=chunked raw HTTP/1.1 200 OK\\nTransfer-Encoding: chunked\\n\\n",
        "bytes zz\\r\\n",
    ];
    assert_eq!(told(Direction::Out, &bytes), wanted);
}

#[test]
fn what_is_cut_off_is_told() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    let wanted = [
        "1 HTTP/1.1 200 OK Transfer-Encoding=chunked",
        "1 chunk 2 ab missing 3",
    ];
    assert_eq!(told(Direction::Out, &[head.as_bytes()]), wanted);
    let half: &[u8] = b"GET / HTTP/1.1\r\nHo";
    assert_eq!(
        told(Direction::In, &[half]),
        ["bytes GET / HTTP/1.1\\r\\nHo"]
    );
}

#[test]
fn http2_begins_behind_its_preface() {
    let (lines, page) = page();
    let mut messages = Messages::new(Direction::In);
    let mut methods = Methods::default();
    let read = |messages: &mut Messages, methods: &mut Methods, bytes: &'static [u8]| {
        messages.read(bytes, methods, &page)
    };
    assert_eq!(
        read(&mut messages, &mut methods, b"PRI * HTTP/2.0\r\n\r\nS"),
        None
    );
    assert_eq!(
        read(&mut messages, &mut methods, b"M\r\n\r\nrest"),
        Some(&b"rest"[..])
    );
    assert_eq!(*lines.0.lock(), ["preface"]);
}

#[test]
fn frames_whatever_they_hold() {
    let bytes = [
        // :method GET, and a field that goes into the table.
        frame(1, 0, 1, &[0x82, 0x40, 1, b'a']),
        frame(9, 4, 1, &[1, b'b']),
        frame(0, 8, 1, &[2, b'x', b'y', 0, 0]),
        // The field from the table; then an index that no table has.
        frame(1, 5, 3, &[0xbe]),
        frame(1, 5, 5, &[0xff, 0x7f]),
        frame(1, 5, 7, &[0x82]),
        frame(9, 4, 9, &[0x82]),
        frame(0xfa, 0xff, 0x8000_0001, b"odd"),
        frame(8, 0, 0, &[0, 0, 1]),
        frame(8, 0, 0, &[0, 0, 1, 0]),
        frame(0, 0, 11, b"half")[..11].to_vec(),
    ]
    .concat();
    let wanted = [
        "frame 1 on 1 Block { promised: None, priority: None, block: None }",
        "frame 9 on 1 :method=GET a=b",
        "frame 0 on 1 2 xy",
        "frame 1 on 3 a=b",
        "frame 1 on 5 a header block refers to an entry that no table has (RFC 7541 §2.3.3)",
        "frame 1 on 7 :method=GET ?",
        "frame 9 on 9 no header block is open on this stream",
        "frame 250 on 2147483649 Other(Preview { length: 3, start: b\"odd\" })",
        "frame 8 on 0 Other(Preview { length: 3, start: b\"\\0\\0\\x01\" })",
        "frame 8 on 0 WindowUpdate(256)",
        "frame 0 on 11 2 ha missing 2",
    ];
    assert_eq!(frames(&[&bytes]), wanted);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(frames(&single), wanted);
    assert_eq!(frames(&[&[0, 0, 4]]), ["bytes \\x00\\x00\\x04"]);
}

#[test]
fn a_cause_is_found_for_each_byte() {
    let cause = |operation, stream| Cause {
        operation,
        of: Of::Stream(stream),
    };
    let (a, b) = (cause("write-headers", 1), cause("write-raw-frame", 3));
    let mut marks = Marks::default();
    marks.add(10, 20, a);
    marks.add(20, 30, a);
    marks.add(30, 30, b);
    marks.add(40, 41, b);
    let wanted = [
        (0, None),
        (10, Some(a)),
        (29, Some(a)),
        (30, None),
        (40, Some(b)),
        (41, None),
    ];
    for (offset, who) in wanted {
        assert_eq!(marks.cause(offset), who, "{offset}");
    }
}

proptest! {
    /// Whatever passes, nothing panics, and each byte is told of once.
    #[test]
    fn any_bytes(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        cut in 1usize..50,
        head in prop::sample::select(vec![
            "", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
        ]),
    ) {
        let bytes = [head.as_bytes(), &bytes].concat();
        let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
        let requests = told(Direction::In, &pieces);
        let responses = told(Direction::Out, &pieces);
        prop_assert_eq!(requests.is_empty(), bytes.is_empty());
        prop_assert_eq!(responses.is_empty(), bytes.is_empty());
        prop_assert_eq!(frames(&pieces), frames(&[&bytes]));
    }
}
