//! Small answers: requests a second against bare libraries and wptserve.

use anyhow::Result;

use crate::Args;
use crate::contest::{self, Entry, Load, Peer};

pub(crate) fn run(args: &Args) -> Result<()> {
    use Load::{Http1Closing, Http1KeepAlive, Http2};
    let entries = [
        Entry::new(
            "host, fresh sandbox, HTTP/1",
            Peer::Host,
            "/hello",
            Http1KeepAlive,
        ),
        Entry::new(
            "bare hyper, HTTP/1",
            Peer::Own("hyper"),
            "/",
            Http1KeepAlive,
        ),
        Entry::new("host, fresh sandbox, HTTP/2", Peer::Host, "/hello", Http2),
        Entry::new("bare h2 crate, HTTP/2", Peer::Own("h2"), "/", Http2),
        Entry::new("host, HTTP/1, closing", Peer::Host, "/hello", Http1Closing),
        Entry::new(
            "wptserve, HTTP/1",
            Peer::Wptserve,
            "/hello.py",
            Http1KeepAlive,
        ),
        Entry::new(
            "wptserve, HTTP/1, closing",
            Peer::Wptserve,
            "/hello.py",
            Http1Closing,
        ),
    ];
    let ratios = [(0, 1), (2, 3), (0, 5), (4, 6)];
    contest::run(args, "hello", &entries, &ratios).map(drop)
}
