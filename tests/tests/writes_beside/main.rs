//! Each operation on HTTP/2 beside a thousand ordinary requests on the same
//! connection: before it, while it has been written by half, around its second
//! half, and afterwards. Every frame of the connection is known in advance: the
//! heads go through the dynamic tables of both directions, which each of them
//! changes.
//!
//! A test is a row: a script for the guest `wire`, which is on a stream of its
//! own, and the frames that are neither an ordinary head nor an ordinary body,
//! in their order. The script's `read` waits for the client, which goes on when
//! all ordinary requests so far are answered; a PING before it tells the client
//! that the first half is complete.

mod checked;
mod coding;
mod connection;
mod raw;

use std::collections::HashMap;

use host_tests::h2::{
    Client, Frame, code, data, encode, flag, frame, headers, kind, ping, priority, push_promise,
    reset, settings, window_update,
};
use host_tests::{Host, query};

/// Writes a test for each row.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident: $script:expr => |$own:ident| $frames:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                $crate::beside($script, |$own| $frames.to_vec());
            }
        )*
    };
}
pub(crate) use rows;

/// Ordinary requests of a row.
const REQUESTS: u32 = 1_000;

/// How many of them are sent before one is looked for.
const AT_ONCE: u32 = 40;

/// How many of them have a field in common.
const BATCH: u32 = 50;

/// What the PING says that a script writes before it waits.
const HALF: &[u8; 8] = b"halfway!";

/// What the client's PING says at the end of a row.
const END: &[u8; 8] = b"the end?";

/// Runs a row on a connection that goes on.
#[track_caller]
fn beside(script: &str, wanted: impl Fn(u32) -> Vec<Frame>) {
    let host = host();
    let mut connection = Connection::open(&host);
    let own = connection.first_half(script);
    let wanted = wanted(own);
    connection.ask(AT_ONCE);
    connection.go_on(own);
    connection.ask(AT_ONCE);
    connection.collect(wanted.len());
    while connection.asked < REQUESTS {
        connection.ask(AT_ONCE);
        connection.collect(0);
    }
    connection.check(&wanted);
    host.stop();
}

/// Runs a row whose second half ends the connection. Streams that the client
/// has opened before are still answered if the connection `drains`.
#[track_caller]
fn ending(script: &str, drains: bool, wanted: impl Fn(u32) -> Vec<Frame>) {
    let host = host();
    let mut connection = Connection::open(&host);
    let own = connection.first_half(script);
    let wanted = wanted(own);
    if drains {
        connection.ask(AT_ONCE);
    }
    connection.go_on(own);
    connection.collect(wanted.len());
    assert_eq!(connection.odd.len(), wanted.len(), "{:?}", connection.odd);
    connection.client.expect_close();
    let asked = connection.asked;
    assert_same(&connection.odd, &wanted);
    // Other connections know nothing of it.
    let mut connection = Connection::open(&host);
    while asked + connection.asked < REQUESTS {
        connection.ask(AT_ONCE);
        connection.collect(0);
    }
    connection.check(&[]);
    host.stop();
}

fn host() -> Host {
    Host::builder().test_plugins(&["wire", "mirror"]).start()
}

/// A connection that asks ordinary things.
struct Connection {
    client: Client,
    /// The next stream.
    next: u32,
    /// Ordinary requests so far.
    asked: u32,
    /// What is to come on their streams, in turn.
    open: HashMap<u32, Vec<Frame>>,
    /// All other frames.
    odd: Vec<Frame>,
}

impl Connection {
    fn open(host: &Host) -> Self {
        Self {
            client: host.h2().strictly(),
            next: 1,
            asked: 0,
            open: HashMap::new(),
            odd: Vec::new(),
        }
    }

    fn stream(&mut self) -> u32 {
        self.next += 2;
        self.next - 2
    }

    /// Sends ordinary requests.
    fn ask(&mut self, count: u32) {
        for _ in 0..count {
            let (n, stream) = (self.asked, self.stream());
            self.asked += 1;
            let bytes = 1 + n % 7;
            let batch = (n / BATCH).to_string();
            let own = n.to_string();
            let given = [
                ("x-same", "for all of them"),
                ("x-batch", &batch),
                ("x-n", &own),
            ];
            let head = headers(stream).get(&format!("/mirror?bytes={bytes}"));
            // The client's own table: each request adds its number, so that the
            // entry that they share has moved on, and is made anew in time.
            let same = match n % BATCH {
                0 => indexed(given[0].0, given[0].1),
                since => vec![0x80 | (62 + since) as u8],
            };
            let batch = encode(&[("x-batch".into(), batch.clone())]);
            let block = [encode(&head.fields), same, batch, indexed("x-n", &own)].concat();
            let head = headers(stream).raw_block(block);
            self.client.send(head.end_headers().end_stream());

            let answer = headers(stream).status(200);
            let answer = given
                .iter()
                .fold(answer, |answer, (n, v)| answer.field(n, v));
            let answer = answer.field("server", "host").dated();
            let answer = answer.field("content-length", &bytes.to_string());
            let body = data(stream, vec![b'm'; bytes as usize]).end_stream();
            self.open.insert(stream, vec![body, answer]);
        }
    }

    /// Before and beside the first half of a script, and behind it, while the
    /// script waits. The result is the script's stream.
    #[track_caller]
    fn first_half(&mut self, script: &str) -> u32 {
        for _ in 0..10 {
            self.ask(AT_ONCE);
            self.collect(0);
        }
        self.ask(AT_ONCE);
        let own = self.stream();
        let script = script.replace("read\n", &format!("ping {}\nread\n", hex(HALF)));
        let head = headers(own).post(&format!("/wire?ops={}", query(&script)));
        self.client.send(head.end_headers());
        self.ask(AT_ONCE);
        self.collect_until(&ping(*HALF));
        // Nothing but the script is open.
        self.ask(AT_ONCE);
        self.collect(0);
        own
    }

    /// Lets the script go on.
    fn go_on(&mut self, own: u32) {
        self.client.send(data(own, b"go").end_stream());
    }

    /// Takes frames until every ordinary request is answered and there are so
    /// many odd ones.
    #[track_caller]
    fn collect(&mut self, odd: usize) {
        while !self.open.is_empty() || self.odd.len() < odd {
            let Some(got) = self.client.next_frame() else {
                panic!("closed with {:?} to come; {:?}", self.open, self.odd);
            };
            let Some(to_come) = self.open.get_mut(&got.stream) else {
                if got.kind == kind::SETTINGS && got.flags & flag::ACK == 0 {
                    self.client.send(frame(kind::SETTINGS, flag::ACK, 0, []));
                }
                self.odd.push(got);
                continue;
            };
            let wanted = to_come.pop().expect("gone when empty");
            assert!(wanted.is(&got), "wanted {wanted:?}\ngot    {got:?}");
            if to_come.is_empty() {
                self.open.remove(&got.stream);
            }
        }
    }

    /// Takes frames until this one has come, which is then no odd one, and every
    /// ordinary request is answered.
    #[track_caller]
    fn collect_until(&mut self, last: &Frame) {
        let mut behind = self.odd.len();
        while !self.odd[behind..].iter().any(|odd| last.is(odd)) {
            behind = self.odd.len();
            self.collect(behind + 1);
        }
        let got = self.odd.pop().expect("at least that one");
        assert!(last.is(&got), "behind {last:?}: {got:?}");
    }

    /// Checks that these were the odd frames, and that there are no more.
    #[track_caller]
    fn check(mut self, wanted: &[Frame]) {
        self.client.send(ping(*END));
        self.collect_until(&ping(*END).ack());
        assert_same(&self.odd, wanted);
    }
}

#[track_caller]
fn assert_same(got: &[Frame], wanted: &[Frame]) {
    let same = got.len() == wanted.len() && wanted.iter().zip(got).all(|(w, g)| w.is(g));
    assert!(same, "wanted {wanted:#?}\ngot {got:#?}");
}

/// The bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A field that goes into the dynamic table (RFC 7541 §6.2.1); short strings
/// alone.
fn indexed(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
    [vec![0x40], text(name), text(value)].concat()
}
