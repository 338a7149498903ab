//! What it costs to write raw rather than checked, and to keep a journal.

use anyhow::Result;

use crate::Args;
use crate::contest::{self, Entry, Load, Peer};

pub(crate) fn run(args: &Args) -> Result<()> {
    use Load::{Http1KeepAlive, Http2};
    let entries = [
        Entry::new("hello, HTTP/1", Peer::Host, "/hello", Http1KeepAlive),
        Entry::new("hello, HTTP/2", Peer::Host, "/hello", Http2),
        Entry::new(
            "hello, journal on, HTTP/1",
            Peer::Journalled,
            "/hello",
            Http1KeepAlive,
        ),
        Entry::new(
            "hello, journal on, HTTP/2",
            Peer::Journalled,
            "/hello",
            Http2,
        ),
        Entry::new(
            "hello, written raw, HTTP/1",
            Peer::HostOfTests,
            "/raw-hello",
            Http1KeepAlive,
        ),
        Entry::new(
            "hello, written raw, HTTP/2",
            Peer::HostOfTests,
            "/raw-hello",
            Http2,
        ),
    ];
    let ratios = [(2, 0), (3, 1), (4, 0), (5, 1)];
    contest::run(args, "the journal and raw writes", &entries, &ratios).map(drop)
}
