//! What must hurt nobody but its own request. Those that end say how.

use std::hint::black_box;
use std::time::Duration;

use host_guest::{WriteError, clock, prelude::*};

use crate::query::Query;

/// Burns CPU for ever, without a call to the host.
pub(crate) fn run_for_ever() -> String {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// `&ms=100`: burns CPU for that long, by the host's clock.
pub(crate) fn run_for(request: &Request) -> String {
    let end = clock::monotonic() + Duration::from_millis(request.number("ms", 100));
    let mut asked = 0_u64;
    while clock::monotonic() < end {
        asked += 1;
    }
    format!("asked for the time {asked} times\n")
}

/// Allocates, and touches, a MiB at a time, until it cannot.
pub(crate) fn take_memory() -> String {
    let mut taken = Vec::new();
    loop {
        taken.push(black_box(vec![1_u8; 1 << 20]));
    }
}

/// Recurses until the stack is used up. Only looks as if it could end.
pub(crate) fn recurse(depth: u64) -> String {
    let frame = black_box([depth; 64]);
    match frame[1] == u64::MAX {
        true => String::new(),
        false => black_box(recurse(frame[2] + 1)) + &frame[3].to_string(),
    }
}

/// Sleeps for ever, an hour at a time: parked in the host, where no CPU limit
/// reaches.
pub(crate) fn sleep_for_ever() -> String {
    loop {
        clock::sleep(Duration::from_secs(3600));
    }
}

/// Writes for ever. Ends only with the error that stops it.
pub(crate) fn flood(response: &mut Response) -> Result<String, WriteError> {
    let writer = response.writer();
    let piece = vec![b'x'; 64 * 1024];
    loop {
        writer
            .write_data(&piece)
            .inspect_err(|error| host_guest::info!("flood stopped: {error:?}"))?;
    }
}

/// `&lines=10000`: that many long lines for the log, then answers.
pub(crate) fn flood_the_log(request: &Request) -> String {
    let lines: u32 = request.number("lines", 10_000);
    let long = "x".repeat(1000);
    for line in 0..lines {
        host_guest::info!("{line} {long}");
    }
    format!("wrote {lines} lines\n")
}

/// Takes handles of the host and never lets go.
pub(crate) fn take_handles(response: &mut Response) -> String {
    loop {
        std::mem::forget(response.writer());
    }
}

/// `&bytes=N`: content of that size at once.
pub(crate) fn large_content(request: &Request) -> String {
    "x".repeat(request.number("bytes", 1 << 30))
}

/// `&count=N`: that many header fields.
pub(crate) fn many_headers(request: &Request, response: &mut Response) -> String {
    let count: u32 = request.number("count", 1_000_000);
    for number in 0..count {
        response.headers().append("x-many", number.to_string());
    }
    format!("{count} fields\n")
}
