//! The same bytes to this engine and to the h2 crate's server. Where they react
//! differently, `docs/h2-differences.md` must say why, and everything that it
//! says must be found here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use host_wire::{
    ConnectionInfo, Exchange, Fields, Limits, Negotiated, Service, Violation, WireOp,
    serve_connection,
};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Frames put together at random of the parts below.
const GENERATED: usize = 4_000;

/// `:method POST`, `:scheme http`, `:path /`.
const POST: &[u8] = b"\x83\x86\x84\x01\x01t";

/// `:method GET`, `:scheme http`, `:path /hold`, which is never answered.
const HOLD: &[u8] = b"\x82\x86\x04\x05/hold\x01\x01t";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// What came of a sequence, the gravest of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reaction {
    Ignored,
    Served,
    Stream(u32),
    Connection(u32),
    /// The end without a word.
    Closed,
}

impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CODES: [&str; 14] = [
            "NO_ERROR",
            "PROTOCOL_ERROR",
            "INTERNAL_ERROR",
            "FLOW_CONTROL_ERROR",
            "SETTINGS_TIMEOUT",
            "STREAM_CLOSED",
            "FRAME_SIZE_ERROR",
            "REFUSED_STREAM",
            "CANCEL",
            "COMPRESSION_ERROR",
            "CONNECT_ERROR",
            "ENHANCE_YOUR_CALM",
            "INADEQUATE_SECURITY",
            "HTTP_1_1_REQUIRED",
        ];
        match self {
            Self::Ignored => write!(f, "ignored"),
            Self::Served => write!(f, "served"),
            Self::Stream(code) => write!(f, "stream {}", CODES[*code as usize]),
            Self::Connection(code) => write!(f, "connection {}", CODES[*code as usize]),
            Self::Closed => write!(f, "closed"),
        }
    }
}

/// Where a connection is when the frame comes that is looked at.
const CONTEXTS: [&str; 6] = ["fresh", "open", "half-closed", "closed", "reset", "block"];

fn context(name: &str) -> Vec<u8> {
    match name {
        "open" => frame(1, 4, 1, POST),
        "half-closed" => frame(1, 5, 1, HOLD),
        "closed" => frame(1, 5, 1, POST),
        "reset" => [frame(1, 4, 1, POST), frame(3, 0, 1, &[0, 0, 0, 8])].concat(),
        "block" => frame(1, 0, 1, POST),
        _ => Vec::new(),
    }
}

/// What frames are made of.
const KINDS: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xbe];
const FLAGS: &[u8] = &[0, 1, 4, 5, 8, 0x0d, 0x25];
const STREAMS: &[u32] = &[0, 1, 2, 3];
const PAYLOADS: &[&[u8]] = &[
    b"",
    b"\0",
    b"\0\0\0\x01",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\0\x07",
    b"\0\0\0\x01\x07",
    b"\0\x02\0\0\0\x02",
    b"\0\x04\x80\0\0\0",
    b"\0\x05\0\0\0\x01",
    b"\0\0\0\0\0\0\0\0",
    b"\x09\0\0\0\0",
    POST,
    b"\x83\x86\x84\xbe",
    b"\x82\x86\x84\x00\x01X\x01y",
    b"\x00\x01x\x01y",
];

/// Requests on stream 1 that break a rule of RFC 9113 §8, or nearly.
const REQUESTS: &[(&str, &[u8])] = &[
    ("upper case", b"\x82\x86\x84\x00\x01X\x01y"),
    ("empty name", b"\x82\x86\x84\x00\x00\x01y"),
    ("space in a name", b"\x82\x86\x84\x00\x03a b\x01y"),
    ("NUL in a value", b"\x82\x86\x84\x00\x01x\x01\0"),
    ("white space around a value", b"\x82\x86\x84\x00\x01x\x02 y"),
    ("connection", b"\x82\x86\x84\x00\x0aconnection\x05close"),
    (
        "transfer-encoding",
        b"\x82\x86\x84\x00\x11transfer-encoding\x07chunked",
    ),
    ("te", b"\x82\x86\x84\x00\x02te\x04gzip"),
    ("no method", b"\x86\x84\x01\x01t"),
    ("no scheme", b"\x82\x84\x01\x01t"),
    ("no path", b"\x82\x86\x01\x01t"),
    ("empty path", b"\x82\x86\x04\x00\x01\x01t"),
    ("relative path", b"\x82\x86\x04\x01x\x01\x01t"),
    ("two methods", b"\x82\x82\x86\x84\x01\x01t"),
    ("status", b"\x82\x86\x84\x88"),
    ("unknown pseudo-header", b"\x82\x86\x84\x00\x02:x\x01y"),
    (
        "pseudo-header behind a field",
        b"\x82\x86\x00\x01x\x01y\x84",
    ),
    ("host that differs", b"\x82\x86\x84\x01\x01t\x0f\x17\x01u"),
    ("user information", b"\x82\x86\x84\x01\x03u@t"),
    ("connect with a path", b"\x02\x07CONNECT\x84\x01\x01t"),
    ("connect", b"\x02\x07CONNECT\x01\x03t:1"),
    (
        "content-length without content",
        b"\x83\x86\x84\x0f\x0d\x01\x35",
    ),
    ("content-length that is none", b"\x83\x86\x84\x0f\x0d\x01x"),
    ("index 0", b"\x82\x86\x84\x80"),
    ("index beyond the table", b"\x82\x86\x84\xbe"),
    ("size update too large", b"\x3f\xe2\x1f\x82\x86\x84"),
    ("size update behind a field", b"\x82\x86\x84\x20"),
    ("EOS", b"\x82\x86\x84\x00\x01x\x84\xff\xff\xff\xff"),
];

/// The bytes of what comes before, and of what is looked at.
type Sequence = (&'static str, Vec<u8>);

fn sequences() -> Vec<Sequence> {
    let mut all = Vec::new();
    for (_, block) in REQUESTS {
        all.push(("fresh", frame(1, 5, 1, block)));
    }
    // Numerical Recipes' generator: the same sequences on every run.
    let mut state = 1_u32;
    let mut pick = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for _ in 0..GENERATED {
        let context = CONTEXTS[pick(CONTEXTS.len())];
        let kind = KINDS[pick(KINDS.len())];
        let flags = FLAGS[pick(FLAGS.len())];
        let stream = STREAMS[pick(STREAMS.len())];
        let payload = PAYLOADS[pick(PAYLOADS.len())];
        all.push((context, frame(kind, flags, stream, payload)));
    }
    all
}

/// What a server says until it has nothing more to say; the clock jumps there.
async fn said(io: &mut DuplexStream) -> (Vec<u8>, bool) {
    let mut said = Vec::new();
    loop {
        let more = io.read_buf(&mut said);
        match tokio::time::timeout(Duration::from_millis(20), more).await {
            Ok(Ok(0) | Err(_)) => return (said, true),
            Ok(Ok(_)) => {}
            Err(_) => return (said, false),
        }
    }
}

/// Sends a sequence and reads the reaction to its second part.
async fn react(mut io: DuplexStream, (context_name, bytes): &Sequence) -> Reaction {
    let settings = [frame(4, 0, 0, &[]), frame(4, 1, 0, &[])].concat();
    let before = [PREFACE, &settings, &context(context_name)].concat();
    io.write_all(&before).await.unwrap();
    said(&mut io).await;
    io.write_all(bytes).await.unwrap();
    let (said, closed) = said(&mut io).await;
    let mut reaction = match closed {
        true => Reaction::Closed,
        false => Reaction::Ignored,
    };
    let mut rest = &said[..];
    while let Some((head, after)) = rest.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (payload, after) = after.split_at(length);
        let code = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().unwrap());
        let seen = match head[3] {
            7 if code(4) != 0 => return Reaction::Connection(code(4)),
            7 => Reaction::Ignored,
            3 => Reaction::Stream(code(0)),
            1 => Reaction::Served,
            _ => Reaction::Ignored,
        };
        if reaction == Reaction::Closed && head[3] == 7 {
            // A good end: the client said GOAWAY.
            reaction = Reaction::Ignored;
        }
        reaction = reaction.max(seen);
        rest = after;
    }
    reaction
}

/// Answers 200 when the request is complete, `/hold` never.
struct Answers(Arc<Mutex<Vec<&'static str>>>);

impl Service for Answers {
    async fn call(&self, mut x: Exchange) {
        if x.head().target == "/hold" {
            x.gone().await;
            return;
        }
        while x.next().await.is_some() {}
        let head = WireOp::WriteHeaders {
            stream: None,
            status: 200,
            reason: None,
            fields: Fields::new(),
            end: true,
        };
        drop(x.apply(head).await);
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        self.0.lock().push(violation.section);
    }
}

/// This engine's reaction, and the rule that it reported.
async fn ours(sequence: &Sequence) -> (Reaction, &'static str) {
    let (io, theirs) = tokio::io::duplex(1 << 20);
    let address = ([127, 0, 0, 1], 80).into();
    let info = ConnectionInfo {
        id: 1,
        peer: address,
        local: address,
        tls: None,
        journal: None,
    };
    let sections: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let (_drain, drains) = watch::channel(false);
    let server = tokio::spawn(serve_connection(
        theirs,
        Arc::new(info),
        Negotiated::Http2,
        Arc::new(Limits::default()),
        Arc::new(Answers(Arc::clone(&sections))),
        drains,
    ));
    let reaction = react(io, sequence).await;
    server.abort();
    let section = sections.lock().last().copied();
    (reaction, section.unwrap_or("none"))
}

/// The h2 crate's.
async fn theirs(sequence: &Sequence) -> Reaction {
    let (io, theirs) = tokio::io::duplex(1 << 20);
    let server = tokio::spawn(async move {
        let Ok(mut connection) = ::h2::server::handshake(theirs).await else {
            return;
        };
        while let Some(Ok((request, respond))) = connection.accept().await {
            tokio::spawn(h2_answers(request, respond));
        }
    });
    let reaction = react(io, sequence).await;
    server.abort();
    reaction
}

async fn h2_answers(
    request: http::Request<::h2::RecvStream>,
    mut respond: ::h2::server::SendResponse<Bytes>,
) {
    if request.uri().path() == "/hold" {
        return std::future::pending().await;
    }
    let mut body = request.into_body();
    while let Some(piece) = body.data().await {
        let Ok(piece) = piece else {
            return;
        };
        drop(body.flow_control().release_capacity(piece.len()));
    }
    if body.trailers().await.is_ok() {
        drop(respond.send_response(http::Response::new(()), true));
    }
}

/// A difference as the table has it: the rule, our reaction, theirs.
type Difference = (String, String, String);

/// The rows of the table.
fn table() -> BTreeSet<Difference> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/h2-differences.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|l| l.starts_with("| ")).skip(1);
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [rule, ours, theirs, why] = cells[..] else {
            panic!("{row}: not four cells");
        };
        assert!(!why.is_empty(), "{row}");
        (rule.to_owned(), ours.to_owned(), theirs.to_owned())
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn differences_from_the_h2_crate_are_known() {
    let mut found: BTreeMap<Difference, Sequence> = BTreeMap::new();
    let mut same = 0;
    for sequence in sequences() {
        let (ours, section) = ours(&sequence).await;
        let theirs = theirs(&sequence).await;
        if ours == theirs {
            same += 1;
            continue;
        }
        let key = (section.to_owned(), ours.to_string(), theirs.to_string());
        found.entry(key).or_insert(sequence);
    }
    assert!(same > GENERATED / 2, "{same} reactions alike");
    let known = table();
    let unknown: Vec<_> = found
        .iter()
        .filter(|(key, _)| !known.contains(*key))
        .map(|((rule, ours, theirs), (context, bytes))| {
            let bytes: Vec<u8> = bytes.iter().copied().take(40).collect();
            format!("| {rule} | {ours} | {theirs} | {context}: {bytes:02x?}")
        })
        .collect();
    assert!(
        unknown.is_empty(),
        "not in the table:\n{}",
        unknown.join("\n")
    );
    let unused: Vec<_> = known
        .iter()
        .filter(|key| !found.contains_key(*key))
        .collect();
    assert!(unused.is_empty(), "no longer so: {unused:?}");
}
