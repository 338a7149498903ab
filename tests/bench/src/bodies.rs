//! Bodies of 64 KiB and 16 MiB, down and up, through a handler that takes and
//! gives them by pieces, against bare libraries.

use anyhow::Result;

use crate::Args;
use crate::contest::{self, Entry, Load, Peer};

/// The sizes, with their names.
const SIZES: [(&str, usize); 2] = [("64 KiB", 64 * 1024), ("16 MiB", 16 * 1024 * 1024)];

/// A load of bodies of a size.
type OfSize = fn(usize) -> Load;

pub(crate) fn run(args: &Args) -> Result<()> {
    let mut entries = Vec::new();
    let mut ratios = Vec::new();
    for (size, bytes) in SIZES {
        let loads: [(&str, &str, OfSize); 4] = [
            ("down, HTTP/1", "hyper", Load::Http1Down),
            ("down, HTTP/2", "h2", Load::Http2Down),
            ("up, HTTP/1", "hyper", Load::Http1Up),
            ("up, HTTP/2", "h2", Load::Http2Up),
        ];
        for (way, library, load) in loads {
            let path = |route: &str| match way.starts_with("down") {
                true => format!("{route}?down={bytes}"),
                false => route.to_owned(),
            };
            let (ours, theirs) = (path("/bodies"), path("/"));
            let load = load(bytes);
            ratios.push((entries.len(), entries.len() + 1));
            entries.push(Entry::new(
                &format!("host, {size} {way}"),
                Peer::HostOfTests,
                &ours,
                load,
            ));
            entries.push(Entry::new(
                &format!("bare {library}, {size} {way}"),
                Peer::Own(library),
                &theirs,
                load,
            ));
        }
    }
    contest::run(args, "bodies", &entries, &ratios).map(drop)
}
