//! Frames that cost work and carry nothing.

use host_tests::attack::{Cost, attack, calmed};
use host_tests::h2::{
    Frame, code, data, frame, headers, kind, ping, priority, setting, settings, window_update,
};

use crate::{MODEST, ROUNDS, host, open};

/// The frames of one connection: far more than any bound.
const FRAMES: u32 = 10_000;

/// Sends such frames on one connection after the other.
fn flood(name: &str, section: &str, first: &[Frame], next: impl Fn(u32) -> Frame) {
    attack(name, host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let frames = first.iter().cloned().chain((0..FRAMES).map(&next));
            calmed(host, section, frames);
        }
    });
}

/// The one budget for all frames without content.
const CONTROL: &str = "CVE-2019-9512";

#[test]
fn pings() {
    flood("PING flood, CVE-2019-9512", CONTROL, &[], |_| ping([7; 8]));
}

#[test]
fn changes_of_settings() {
    flood("SETTINGS flood, CVE-2019-9515", CONTROL, &[], |n| {
        settings(&[(setting::INITIAL_WINDOW_SIZE, 70_000 + n)])
    });
}

#[test]
fn empty_settings() {
    flood("empty SETTINGS, CVE-2019-9515", CONTROL, &[], |_| {
        settings(&[])
    });
}

#[test]
fn priorities() {
    flood("PRIORITY churn, CVE-2019-9513", CONTROL, &[], |n| {
        priority(2 * (n % 100) + 1, 2 * (n % 97) + 3, n as u8)
    });
}

#[test]
fn window_updates() {
    flood(
        "WINDOW_UPDATE churn, CVE-2019-9513",
        CONTROL,
        &[open(1)],
        |_| window_update(1, 1),
    );
}

#[test]
fn unknown_frames() {
    flood("unknown frames, CVE-2019-9512", CONTROL, &[], |_| {
        frame(0xbe, 0, 0, [0; 100])
    });
}

#[test]
fn empty_data() {
    flood(
        "empty DATA, CVE-2019-9518",
        "CVE-2019-9518",
        &[open(1)],
        |_| data(1, b""),
    );
}

#[test]
fn padding_alone() {
    let padded = |_| data(1, b"").padded(0);
    flood(
        "DATA of padding, CVE-2019-9518",
        "CVE-2019-9518",
        &[open(1)],
        padded,
    );
}

#[test]
fn small_data_that_no_handler_takes() {
    // The windows would let a million frames of one byte wait.
    let name = "small DATA frames, RUSTSEC-2026-0258";
    let sleeping = headers(1).post("/chaos?do=sleep").end_headers();
    let most = Cost {
        memory: 2 * MODEST.memory,
        ..MODEST
    };
    attack(name, host(), most, |host| {
        for _ in 0..ROUNDS {
            let mut client = host.h2();
            let frames = (0..40_000).map(|_| data(1, b"x"));
            let bytes = [sleeping.clone()].into_iter().chain(frames);
            client.raw(bytes.flat_map(|f| f.encode()).collect::<Vec<u8>>());
            let got = client.next_of_exchange().expect("RST_STREAM");
            assert_eq!(
                (got.kind, got.code()),
                (kind::RST_STREAM, Some(code::ENHANCE_YOUR_CALM))
            );
            host.wait_for_violation_by(client.address(), "RUSTSEC-2026-0258");
        }
    });
}
