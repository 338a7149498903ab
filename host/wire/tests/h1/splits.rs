//! The same bytes mean the same however they arrive, and what our parser takes
//! for a head httparse takes for the same one.

use host_wire::{Event, Exchange, Fields, WireOp};
use proptest::prelude::*;
use tokio::sync::mpsc;

use crate::harness::{Client, END, apply, serve, trailers, write_data, write_headers};

/// What a request was, pieces of data joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    method: Vec<u8>,
    target: Vec<u8>,
    fields: Fields,
    data: Vec<u8>,
    trailers: Option<Fields>,
    ended: bool,
}

async fn see(exchange: &mut Exchange) -> Seen {
    let mut seen = Seen {
        method: exchange.head().method.to_vec(),
        target: exchange.head().target.to_vec(),
        ..Seen::default()
    };
    while let Some(event) = exchange.next().await {
        match event {
            Event::Headers(frame) => seen.fields = frame.fields,
            Event::Data(frame) => seen.data.extend_from_slice(&frame.data),
            Event::Trailers(frame) => seen.trailers = Some(frame.fields),
            Event::End => seen.ended = true,
            Event::Gone | Event::Reset(_) | Event::Control(_) | Event::GoAway { .. } => {}
        }
    }
    seen
}

fn seeing() -> (Client, mpsc::UnboundedReceiver<Seen>) {
    let (sender, seen) = mpsc::unbounded_channel();
    let client = serve(move |mut exchange| {
        let sender = sender.clone();
        async move {
            sender.send(see(&mut exchange).await).unwrap();
            if !exchange.progress().ended {
                apply(&mut exchange, [write_headers(204, &[], true)]).await;
            }
        }
    });
    (client, seen)
}

/// What is seen of a connection whose bytes arrive in these pieces, and the
/// sections of what was refused.
async fn seen(pieces: &[&[u8]]) -> (Vec<Seen>, Vec<&'static str>, String) {
    let (mut client, mut seen) = seeing();
    let (mut read, mut write) = tokio::io::split(client.io);
    client.io = tokio::io::duplex(1).0;
    let receiving = tokio::spawn(async move {
        let mut answers = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut read, &mut answers)
            .await
            .unwrap();
        answers
    });
    for piece in pieces {
        // The server may have closed already.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut write, piece).await;
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }
    let _ = tokio::io::AsyncWriteExt::shutdown(&mut write).await;
    let answers = receiving.await.unwrap();
    let statuses = answers
        .lines()
        .filter_map(|line| line.strip_prefix("HTTP/1.1 "))
        .collect();
    let (_, violations) = client.left().await;
    let mut all = Vec::new();
    while let Ok(one) = seen.try_recv() {
        all.push(one);
    }
    let sections = violations.iter().map(|v| v.section).collect();
    (all, sections, statuses)
}

pub(crate) fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    at.sort_unstable();
    at.push(bytes.len());
    let mut from = 0;
    at.into_iter()
        .map(|to| {
            let piece = &bytes[from..to];
            from = to;
            piece
        })
        .collect()
}

/// Requests of every framing, and one that is refused at the end.
const REQUESTS: &[&str] = &[
    "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello\r\nGET ",
    "\r\nPUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na;x=y\r\n0123456789\r\n0\r\n\r\n",
    "PUT /d HTTP/1.1\r\nHost: a\r\nX-Y:  z \r\ntransfer-encoding: chunked\r\n\r\n1\r\n\r\r\n0\r\nT: 1\r\nu: 2\r\n\r\n",
    "P /e HTTP/1.1\r\nHost: a\r\n\r\n",
];
const ENDS: &[&str] = &[
    "",
    "GET /\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nshort",
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT : 1\r\n\r\n",
];

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #[test]
    fn any_cut_is_the_same(
        picks in prop::collection::vec(0..REQUESTS.len(), 0..6),
        end in 0..ENDS.len(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut bytes: Vec<u8> = picks.iter().flat_map(|i| REQUESTS[*i].bytes()).collect();
        bytes.extend(ENDS[end].bytes());
        let whole = run(seen(&[&bytes]));
        let cut = run(seen(&cut(&bytes, &cuts)));
        prop_assert_eq!(&whole, &cut);
        prop_assert!(whole.0.len() >= picks.len());
        for (i, pick) in picks.iter().enumerate() {
            prop_assert!(whole.0[i].ended);
            prop_assert!(REQUESTS[*pick].contains(&*String::from_utf8_lossy(&whole.0[i].target)));
        }
    }

    /// Whatever is applied, what leaves is one answer, and the beginning of one
    /// does not look like a whole one.
    #[test]
    fn any_operations_make_one_answer(
        ops in ops(),
        method in prop_oneof![Just("GET"), Just("HEAD")],
        version in prop_oneof![Just("HTTP/1.0"), Just("HTTP/1.1")],
    ) {
        let (complete, taken, received) = run(received(method, version, ops));
        let understood = understood(method, &received);
        let Some((status, content)) = understood else {
            prop_assert!(!complete, "not understood: {received:?}");
            return Ok(());
        };
        // Without a length only the end of the connection tells; and where
        // all of a length was written only the handler knows there was more.
        if method == "GET" && !matches!(status, 204 | 304) {
            prop_assert_eq!(content, taken);
            prop_assert!(complete || !received.contains("chunked\r\n"));
        }
    }

    /// Whatever we serve, httparse reads the same; what httparse refuses we
    /// refuse.
    #[test]
    fn httparse_agrees(head in heads()) {
        let (served, refused, _) = run(seen(&[&head]));
        let mut slots = [httparse::EMPTY_HEADER; 64];
        let mut theirs = httparse::Request::new(&mut slots);
        let parsed = theirs.parse(&head);
        if let Some(ours) = served.first() {
            // To httparse a target is UTF-8, and HTTP/1.2 and later unknown.
            let known = head.windows(11).any(|w| matches!(w, b" HTTP/1.0\r\n" | b" HTTP/1.1\r\n"));
            prop_assume!(known && std::str::from_utf8(&ours.target).is_ok());
            prop_assert!(parsed.is_ok_and(|status| status.is_complete()), "we took {}", head.escape_ascii());
            prop_assert_eq!(theirs.method.map(str::as_bytes), Some(&ours.method[..]));
            prop_assert_eq!(theirs.path.map(str::as_bytes), Some(&ours.target[..]));
            let fields: Fields = theirs
                .headers
                .iter()
                .map(|h| (h.name.to_owned().into(), h.value.to_vec().into()))
                .collect();
            prop_assert_eq!(&fields, &ours.fields);
        } else {
            prop_assert!(!refused.is_empty(), "neither served nor refused: {}", head.escape_ascii());
        }
    }
}

/// Operations of every kind, right and wrong for one another.
fn ops() -> impl Strategy<Value = Vec<WireOp>> {
    let lines = prop_oneof![
        Just(&[][..]),
        Just(&[("Content-Length", "5")][..]),
        Just(&[("Transfer-Encoding", "chunked")][..]),
        Just(&[("Transfer-Encoding", "gzip"), ("X", "y")][..]),
    ];
    let status = prop_oneof![Just(103_u16), Just(200), Just(204), Just(304), Just(404)];
    let data = prop_oneof!["[a-z]{0,6}", "[a-z]{20000}"];
    let op = prop_oneof![
        2 => (status, lines, any::<bool>()).prop_map(|(s, lines, end)| write_headers(s, lines, end)),
        4 => (data, prop::bool::weighted(0.2)).prop_map(|(data, end)| write_data(data, end)),
        1 => Just(trailers(&[("X-T", "1")])),
        1 => Just(WireOp::Flush),
        1 => Just(END),
    ];
    prop::collection::vec(op, 0..12)
}

/// Applies operations, refused ones too, to the answer to one request. Whether
/// that completed it, the content that was taken, and what was received.
async fn received(method: &str, version: &str, ops: Vec<WireOp>) -> (bool, Vec<u8>, String) {
    let (sender, mut taken) = mpsc::unbounded_channel();
    let mut client = serve(move |mut exchange| {
        let (sender, ops) = (sender.clone(), ops.clone());
        async move {
            let mut content = Vec::new();
            for op in ops {
                let data = match &op {
                    WireOp::WriteData { data, .. } => data.clone(),
                    _ => Default::default(),
                };
                if exchange.apply(op).await.is_ok() {
                    content.extend_from_slice(&data);
                }
            }
            sender.send((exchange.progress().ended, content)).unwrap();
        }
    });
    client
        .send(format!(
            "{method} / {version}\r\nHost: a\r\nConnection: close\r\n\r\n"
        ))
        .await;
    let received = client.rest().await;
    let (complete, content) = taken.recv().await.unwrap();
    (complete, content, received)
}

/// The final answer behind any informational ones: its head in lower case, and
/// its content as a reader finds it who knows nothing of the writer.
fn understood(method: &str, mut received: &str) -> Option<(u16, Vec<u8>)> {
    let (status, head) = loop {
        let (head, rest) = received.split_once("\r\n\r\n")?;
        received = rest;
        let status: u16 = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        if status >= 200 {
            break (status, head.to_ascii_lowercase());
        }
    };
    if method == "HEAD" || matches!(status, 204 | 304) {
        return received.is_empty().then_some((status, Vec::new()));
    }
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    if field("transfer-encoding: ") == Some("chunked") {
        let mut content = Vec::new();
        loop {
            let (size, rest) = received.split_once("\r\n")?;
            let size = usize::from_str_radix(size, 16).ok()?;
            if size == 0 {
                let end = rest == "\r\n" || rest == "X-T: 1\r\n\r\n";
                return end.then_some((status, content));
            }
            content.extend_from_slice(rest.get(..size)?.as_bytes());
            received = rest.get(size..)?.strip_prefix("\r\n")?;
        }
    }
    if let Some(length) = field("content-length: ") {
        let complete = length.parse() == Ok(received.len());
        return complete.then(|| (status, received.into()));
    }
    Some((status, received.into()))
}

/// Heads that are right, and heads with something thrown in.
fn heads() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        Just("X-A: b".to_owned()),
        Just("Cookie: a=b; c=\"d\"".to_owned()),
        Just("Empty:".to_owned()),
        "[A-Za-z!#-]{1,8}:[ \t]{0,2}[ -~]{0,12}[ \t]{0,2}",
        "[ -~]{0,10}",
    ];
    (prop::collection::vec(field, 0..6), noise()).prop_map(|(fields, noise)| {
        let mut head = format!(
            "GET /a?b HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n",
            fields.join("\r\n")
        );
        if fields.is_empty() {
            head = "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n".to_owned();
        }
        noise.add_to(head.into_bytes())
    })
}

/// Bytes that are put in or replaced, at most two.
#[derive(Clone, Debug)]
pub(crate) struct Noise(Vec<(prop::sample::Index, u8, bool)>);

impl Noise {
    pub(crate) fn add_to(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for (at, byte, replace) in &self.0 {
            let at = at.index(bytes.len());
            if *replace {
                bytes[at] = *byte;
            } else {
                bytes.insert(at, *byte);
            }
        }
        bytes
    }
}

pub(crate) fn noise() -> impl Strategy<Value = Noise> {
    let one = (any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
    prop::collection::vec(one, 0..3).prop_map(Noise)
}

#[test]
fn byte_by_byte() {
    let bytes: Vec<u8> = REQUESTS
        .iter()
        .flat_map(|request| request.bytes())
        .collect();
    let whole = run(seen(&[&bytes]));
    let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(run(seen(&pieces)), whole);
    assert_eq!(whole.0.len(), REQUESTS.len());
}
