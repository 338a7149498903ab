//! The same bytes mean the same however they arrive, and what our parser takes
//! for a head httparse takes for the same one.

use host_wire::{Event, Exchange, Fields};
use proptest::prelude::*;
use tokio::sync::mpsc;

use crate::harness::{Client, apply, serve, write_headers};

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
            Event::Gone | Event::Reset(_) => {}
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

fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
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

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

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

    /// Whatever we serve, httparse reads the same; what httparse refuses we
    /// refuse.
    #[test]
    fn httparse_agrees(head in heads()) {
        let (served, refused, _) = run(seen(&[&head]));
        let mut slots = [httparse::EMPTY_HEADER; 64];
        let mut theirs = httparse::Request::new(&mut slots);
        let parsed = theirs.parse(&head);
        if let Some(ours) = served.first() {
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

/// Heads that are right, and heads with something thrown in.
fn heads() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        Just("X-A: b".to_owned()),
        Just("Cookie: a=b; c=\"d\"".to_owned()),
        Just("Empty:".to_owned()),
        "[A-Za-z!#-]{1,8}:[ \t]{0,2}[ -~]{0,12}[ \t]{0,2}",
        "[ -~]{0,10}",
    ];
    let noise = prop::collection::vec(
        (any::<prop::sample::Index>(), any::<u8>(), any::<bool>()),
        0..3,
    );
    (prop::collection::vec(field, 0..6), noise).prop_map(|(fields, noise)| {
        let mut head = format!(
            "GET /a?b HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n",
            fields.join("\r\n")
        );
        if fields.is_empty() {
            head = "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n".to_owned();
        }
        let mut head = head.into_bytes();
        for (at, byte, replace) in noise {
            let at = at.index(head.len());
            if replace {
                head[at] = byte;
            } else {
                head.insert(at, byte);
            }
        }
        head
    })
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
