//! Flow control and back pressure on HTTP/2, in both directions.

use host_tests::Host;
use host_tests::h2::{code, data, headers, kind, ping, reset, setting, settings, window_update};
use host_tests::tools::curl;

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

fn serving_alphabet() -> Host {
    Host::builder().file("a.txt", ALPHABET).start()
}

#[test]
fn content_waits_for_the_stream_s_window() {
    let host = serving_alphabet();
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 3)]);
    client.get(1, "/a.txt");
    client.expect(headers(1).status(200).field("content-length", "26"));
    client.expect(data(1, b"abc"));
    client.expect_alive();
    client.send(window_update(1, 1));
    client.expect(data(1, b"d"));
    client.expect_alive();
    // A window may become negative (RFC 9113 §6.9.2) and must be filled first.
    client.send(settings(&[(setting::INITIAL_WINDOW_SIZE, 0)]));
    client.expect(settings(&[]).ack());
    client.send(window_update(1, 3));
    client.expect_alive();
    client.send(window_update(1, 2));
    client.expect(data(1, b"ef"));
    // And grows with the setting.
    client.send(settings(&[(setting::INITIAL_WINDOW_SIZE, 100)]));
    client.expect(data(1, &ALPHABET[6..]).end_stream());
    host.stop();
}

#[test]
fn content_waits_for_the_connection_s_window() {
    const DEFAULT_WINDOW: usize = 65_535;
    let file = vec![b'x'; DEFAULT_WINDOW + 10];
    let host = Host::builder()
        .file("f.bin", file)
        .file("a.txt", ALPHABET)
        .start();
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 1 << 20)]);
    client.get(1, "/f.bin");
    client.expect(headers(1).status(200));
    let mut got = 0;
    while got < DEFAULT_WINDOW {
        got += client.expect(data(1, []).any_payload()).payload.len();
    }
    assert_eq!(got, DEFAULT_WINDOW);
    // The other stream has window but the connection has none: head only.
    client.get(3, "/a.txt");
    client.expect(headers(3).status(200));
    client.expect_alive();
    client.send(window_update(0, 36));
    let ends = client.answers(&[1, 3]);
    assert_eq!(ends[0].body, b"x".repeat(10));
    assert_eq!(ends[1].body, ALPHABET);
    host.stop();
}

#[test]
fn frames_are_no_larger_than_allowed() {
    let host = Host::builder().file("f.bin", vec![b'x'; 50_000]).start();
    let mut client = host.h2();
    let answer = client.get(1, "/f.bin").answer(1).expect(200);
    assert!(
        answer.frames.iter().all(|n| *n <= 16_384),
        "{:?}",
        answer.frames
    );
    assert_eq!(answer.body.len(), 50_000);
    host.stop();
}

#[test]
fn a_large_download_through_small_windows_takes_no_memory() {
    const LARGE: u64 = 64 << 20;
    const GROWTH: u64 = 48 << 20;
    let host = Host::start(&[]);
    let file = std::fs::File::create(host.plugins().path().join("large.bin")).unwrap();
    file.set_len(LARGE).unwrap();
    host.get("/nothing").expect(404);
    host.reset_peak_memory();
    let before = host.memory("VmRSS");
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 9_999)]);
    client.get(1, "/large.bin");
    client.expect(headers(1).status(200));
    let mut got = 0;
    loop {
        let frame = client.next_of_exchange().expect("more");
        assert_eq!((frame.kind, frame.stream), (kind::DATA, 1), "{frame:?}");
        got += frame.payload.len() as u64;
        if frame.ends_stream() {
            break;
        }
        client.credit(&frame);
    }
    assert_eq!(got, LARGE);
    assert!(host.memory("VmHWM") < before + GROWTH);
    host.stop();
}

#[test]
fn a_stalled_stream_holds_up_no_other() {
    let host = Host::builder()
        .file("a.txt", ALPHABET)
        .plugins(&["frames"])
        .start();
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 0)]);
    client.get(1, "/a.txt");
    client.expect(headers(1).status(200));
    client.send(
        headers(3)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(3).status(200));
    client.send(data(3, b"abc"));
    client.send(window_update(3, 100));
    client.expect(data(3, b"cba"));
    client.send(data(3, b"").end_stream());
    assert_eq!(client.answer(3).text(), "\nEnd of File");
    // The stalled one can be given up, or go on.
    client.send(window_update(1, 100));
    client.expect(data(1, ALPHABET).end_stream());
    client.get(5, "/a.txt");
    client.expect(headers(5).status(200));
    client.send(reset(5, code::CANCEL));
    client.expect_alive();
    host.stop();
}

#[test]
fn the_client_gets_its_window_back_as_the_handler_takes_the_frames() {
    let host = Host::start(&["frames"]);
    let mut client = host.h2();
    let window = client
        .setting(setting::INITIAL_WINDOW_SIZE)
        .unwrap_or(65_535);
    client.send(
        headers(1)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(1).status(200));
    // Many windows' worth, each piece sent as soon as there is credit for it.
    let piece = vec![b'x'; 16_384];
    let total = u64::from(window) * 8;
    let (mut sent, mut back) = (0, 0);
    let mut credit = i64::from(window);
    while sent < total {
        if credit >= piece.len() as i64 {
            client.send(data(1, piece.clone()));
            sent += piece.len() as u64;
            credit -= piece.len() as i64;
            continue;
        }
        let got = client.next_frame().expect("credit");
        match got.kind {
            kind::WINDOW_UPDATE if got.stream == 1 => {
                let bytes = got.payload[..4].try_into().unwrap();
                credit += i64::from(u32::from_be_bytes(bytes));
            }
            kind::DATA => {
                back += got.payload.len() as u64;
                client.credit(&got);
            }
            kind::WINDOW_UPDATE | kind::SETTINGS | kind::PING => {}
            _ => panic!("{got:?}"),
        }
    }
    client.send(data(1, b"").end_stream());
    let rest = client.answer(1);
    assert_eq!(back + rest.body.len() as u64, sent + 12);
    host.stop();
}

#[test]
fn a_large_upload_takes_no_memory() {
    const LARGE: u64 = 64 << 20;
    let host = Host::builder().test_plugins(&["chaos"]).start();
    let upload = tempfile::NamedTempFile::new().unwrap();
    upload.as_file().set_len(LARGE).unwrap();
    host.get("/chaos?do=reader").expect(200);
    host.reset_peak_memory();
    let before = host.memory("VmRSS");
    let file = upload.path().to_str().unwrap();
    let url = host.url("/chaos?do=reader");
    let told = curl(["--http2-prior-knowledge", "-T", file, "-X", "POST", &url]).expect(200, "2");
    let wanted = format!("bytes={LARGE} ");
    assert!(told.text().starts_with(&wanted), "{}", told.text());
    assert!(host.memory("VmHWM") < before + (32 << 20));
    host.stop();
}

#[test]
fn a_handler_that_does_not_take_frames_stops_the_client() {
    // The handler writes each frame back, and we take nothing: so it waits for
    // our window, and its frames stay unacknowledged.
    let host = Host::start(&["frames"]);
    let mut client = host.h2_with(&[(setting::INITIAL_WINDOW_SIZE, 0)]);
    let window = client
        .setting(setting::INITIAL_WINDOW_SIZE)
        .unwrap_or(65_535);
    client.send(
        headers(1)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(1).status(200));
    let mut left = window as usize;
    while left > 0 {
        let piece = left.min(16_384);
        client.send(data(1, vec![b'x'; piece]));
        left -= piece;
    }
    client.send(ping(*b"12345678"));
    loop {
        let got = client.next_frame().expect("the ping's answer");
        let credit = got.kind == kind::WINDOW_UPDATE && got.stream == 1;
        assert!(!credit, "credit for frames that nobody took");
        if got.kind == kind::PING {
            break;
        }
    }
    // One byte over the window is the client's error.
    client.send(data(1, b"x"));
    let got = client.next_of_exchange().expect("a refusal");
    assert_eq!(got.code(), Some(code::FLOW_CONTROL), "{got:?}");
    host.wait_for_violation("RFC 9113 §6.9");
    host.stop();
}
