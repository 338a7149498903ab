//! Streams that end as soon as they began, by either side.

use host_tests::attack::{attack, calmed};
use host_tests::h2::{Frame, code, data, frame, headers, kind, priority, reset, window_update};

use crate::{INSTANCES, MODEST, ROUNDS, get, host, open};

/// The streams of one connection: far more than any bound.
fn streams() -> impl Iterator<Item = u32> {
    (0..2_000).map(|n| 2 * n + 1)
}

#[test]
fn rapid_reset() {
    attack("rapid reset, CVE-2023-44487", host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let pairs = streams().flat_map(|id| [open(id), reset(id, code::CANCEL)]);
            calmed(host, "CVE-2023-44487", pairs);
        }
    });
}

#[test]
fn rapid_reset_of_whole_requests() {
    let name = "rapid reset of whole requests, CVE-2023-44487";
    let request = |id| {
        headers(id)
            .get("/chaos?do=sleep")
            .end_headers()
            .end_stream()
    };
    // As many instances of the handler as may be at work: two for each of the
    // streams that may be open.
    attack(name, host(), INSTANCES, |host| {
        for _ in 0..ROUNDS {
            let pairs = streams().flat_map(|id| [request(id), reset(id, code::CANCEL)]);
            calmed(host, "CVE-2023-44487", pairs);
        }
    });
}

/// A way to be reset by the server on a stream that was opened well.
type Way = (&'static str, fn(u32) -> [Frame; 2]);

/// The primitives of MadeYouReset, and two more.
const WAYS: [Way; 7] = [
    ("an increment of 0", |id| [open(id), window_update(id, 0)]),
    ("a window that overflows", |id| {
        [open(id), window_update(id, 0x7fff_ffff)]
    }),
    ("PRIORITY of a wrong length", |id| {
        [open(id), frame(kind::PRIORITY, 0, id, [0; 4])]
    }),
    ("PRIORITY on itself", |id| [open(id), priority(id, id, 1)]),
    ("DATA behind END_STREAM", |id| {
        [held(id).end_stream(), data(id, b"x")]
    }),
    ("HEADERS behind END_STREAM", |id| {
        let again = headers(id).field("x", "y").end_headers().end_stream();
        [held(id).end_stream(), again]
    }),
    ("more content than announced", |id| {
        [open(id).field("content-length", "1"), data(id, b"xy")]
    }),
];

/// A request whose answer takes its time.
fn held(stream: u32) -> Frame {
    headers(stream).get("/chaos?do=sleep").end_headers()
}

#[test]
fn made_you_reset() {
    attack("MadeYouReset, CVE-2025-8671", host(), INSTANCES, |host| {
        for (_, way) in WAYS {
            calmed(host, "CVE-2025-8671", streams().flat_map(way));
        }
    });
}

#[test]
fn resets_that_nobody_reads() {
    // Each request is malformed, and the client takes none of the answers.
    attack("reset flood, CVE-2019-9514", host(), MODEST, |host| {
        for _ in 0..ROUNDS {
            let malformed = streams().map(|id| get(id).field("X", "upper case"));
            calmed(host, "CVE-2025-8671", malformed);
        }
    });
}
