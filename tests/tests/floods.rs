//! Clients that are within the rules and still too much: each bound with the
//! attack that it is there for.

use host_tests::Host;
use host_tests::h2::{
    Client, Frame, code, continuation, data, flag, frame, headers, kind, ping, priority, reset,
    setting, settings, window_update,
};
use host_tests::load::Load;

/// Sends all of it, whatever the server says meanwhile, and expects to be told
/// to calm down, while others are served.
fn flood(what: &str, section: &str, frames: impl IntoIterator<Item = Frame>) {
    let mut host = Host::builder()
        .plugins(&["frames"])
        .file("f.txt", "fine")
        .start();
    let load = Load::get(&host, 1, "/f.txt", "fine");
    load.wait_for(5);
    let mut client = host.h2();
    let bytes: Vec<u8> = frames.into_iter().flat_map(|f| f.encode()).collect();
    client.raw(bytes);
    loop {
        let Some(got) = client.next_of_exchange() else {
            panic!("{what}: closed without a word");
        };
        if got.kind == kind::GOAWAY {
            assert_eq!(got.code(), Some(code::ENHANCE_YOUR_CALM), "{what}: {got:?}");
            break;
        }
    }
    client.expect_close();
    host.wait_for_violation_by(client.address(), section);
    load.wait_for(5);
    load.stop();
    host.assert_well();
    host.stop();
}

fn open(stream: u32) -> Frame {
    headers(stream)
        .post("/frames")
        .field("test", "pass")
        .end_headers()
}

#[test]
fn rapid_reset() {
    // Which of the two bounds it meets depends on how fast the handlers of the
    // streams that were reset come to their end.
    let pairs = (0..2_000).flat_map(|n| [open(2 * n + 1), reset(2 * n + 1, code::CANCEL)]);
    flood("rapid reset", "CVE-202", pairs);
}

#[test]
fn made_you_reset() {
    // Each stream is opened well and then made to be reset by the server.
    let pairs = (0..2_000).flat_map(|n| [open(2 * n + 1), window_update(2 * n + 1, 0)]);
    flood("made you reset", "CVE-2025-8671", pairs);
}

#[test]
fn pings() {
    flood("PING", "CVE-2019-9512", (0..10_000).map(|_| ping([7; 8])));
}

#[test]
fn changes_of_settings() {
    let change = settings(&[(setting::INITIAL_WINDOW_SIZE, 70_000)]);
    flood(
        "SETTINGS",
        "CVE-2019-95",
        (0..10_000).map(|_| change.clone()),
    );
}

#[test]
fn priorities() {
    flood(
        "PRIORITY",
        "CVE-2019-95",
        (0..10_000).map(|n| priority(1, 3, n as u8)),
    );
}

#[test]
fn empty_data() {
    let empty = (0..5_000).map(|_| data(1, b""));
    flood(
        "empty DATA",
        "CVE-2019-9518",
        [open(1)].into_iter().chain(empty),
    );
}

#[test]
fn continuations() {
    let first = frame(kind::HEADERS, flag::END_STREAM, 1, [0x82]);
    let more = (0..1_000).map(|_| continuation(1, [0x84]));
    flood(
        "CONTINUATION",
        "CVE-2024-27316",
        [first].into_iter().chain(more),
    );
}

#[test]
fn heads_over_the_limit_are_a_431_and_the_connection_goes_on() {
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    let large = headers(1)
        .get("/f.txt")
        .field("x-large", &"x".repeat(100_000));
    let block = large.block();
    let pieces: Vec<&[u8]> = block.chunks(16_384).collect();
    client.send(frame(kind::HEADERS, flag::END_STREAM, 1, pieces[0]));
    for (n, piece) in pieces.iter().enumerate().skip(1) {
        let last = n == pieces.len() - 1;
        let next = continuation(1, *piece);
        client.send(if last { next.end_headers() } else { next });
    }
    assert_eq!(client.answer(1).status, 431);
    host.wait_for_violation("RFC 9113 §10.5.1");
    client.get(3, "/f.txt").answer(3).expect(200);
    host.stop();
}

#[test]
fn a_field_block_bomb_is_not_unpacked() {
    // One large field put into the table and then named by one byte each: 60
    // MB from 20 KB.
    let host = Host::builder().file("f.txt", "fine").start();
    let mut client = host.h2();
    let mut block = headers(1).get("/f.txt").block();
    block.extend(b"\x40\x01x\x7f\xa1\x1e"); // incremental, "x", 4,000 bytes
    block.extend(vec![b'y'; 4_000]);
    block.extend(vec![0xbe; 12_000]);
    let before = host.memory("VmRSS");
    host.reset_peak_memory();
    client.send(frame(
        kind::HEADERS,
        flag::END_STREAM | flag::END_HEADERS,
        1,
        &block[..16_000],
    ));
    let got = client.next_of_exchange().expect("an answer");
    let refused = got.value(":status") == Some("431") || got.kind == kind::GOAWAY;
    assert!(refused, "{got:?}");
    assert!(host.memory("VmHWM") < before + (16 << 20));
    host.stop();
}

#[test]
fn what_a_client_does_not_read_stops_it() {
    // A large file asked for on 200 streams and nothing taken: the server holds
    // a bounded part of it.
    let mut host = Host::builder().file("f.bin", vec![b'x'; 4 << 20]).start();
    host.get("/nothing").expect(404);
    let before = host.memory("VmRSS");
    host.reset_peak_memory();
    let window = [(setting::INITIAL_WINDOW_SIZE, 0x7fff_ffff)];
    let mut clients: Vec<Client> = (0..4)
        .map(|_| {
            let mut client = host.h2_with(&window);
            client.send(window_update(0, 0x7000_0000));
            for n in 0..50 {
                client.get(2 * n + 1, "/f.bin");
            }
            client
        })
        .collect();
    // Each has got at least something of each answer.
    for client in &mut clients {
        let mut begun = 0;
        while begun < 50 {
            let got = client.next_of_exchange().expect("answers");
            begun += u32::from(got.kind == kind::HEADERS);
        }
    }
    // A block or two of each answer, and the threads that read them: far from
    // the 800 MiB that were asked for.
    let grown = host.memory("VmHWM") - before;
    assert!(grown < 200 << 20, "{} MiB", grown >> 20);
    drop(clients);
    host.get("/nothing").expect(404);
    host.assert_well();
    host.stop();
}
