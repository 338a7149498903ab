//! What a handler is given, said back as text.

use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::SystemTime;

use host_guest::{clock, config, prelude::*, random};

use crate::query::Query;

/// `&max=N`: the body by pieces. Holds one at a time, so its memory is constant
/// however long the body.
pub(crate) fn read_by_pieces(request: &Request) -> Result<String> {
    let (mut bytes, mut pieces, mut largest) = (0_u64, 0_u64, 0);
    for piece in request.body_pieces(request.number("max", 0)) {
        let piece = piece?;
        bytes += piece.len() as u64;
        pieces += 1;
        largest = piece.len().max(largest);
    }
    Ok(format!("bytes={bytes} pieces={pieces} largest={largest}\n"))
}

/// The body through `std::io::Read`: its size and the sum of its bytes.
pub(crate) fn read_by_reader(request: &Request) -> Result<String> {
    let mut reader = request.body_reader();
    let mut buffer = [0; 1000];
    let (mut bytes, mut sum) = (0_u64, 0_u64);
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(format!("bytes={bytes} sum={sum}\n"));
        }
        bytes += count as u64;
        sum += buffer[..count]
            .iter()
            .map(|byte| u64::from(*byte))
            .sum::<u64>();
    }
}

/// The whole body, twice.
pub(crate) fn whole_body(request: &Request) -> Result<String> {
    let (first, second) = (request.body()?, request.body()?);
    Ok(format!("bytes={} again={}\n", first.len(), first == second))
}

/// A piece, then the whole body, which is an error: says which.
pub(crate) fn body_after_pieces(request: &Request) -> Result<String> {
    if let Some(piece) = request.body_pieces(1).next() {
        piece?;
    }
    Ok(format!("{:?}\n", request.body().map(|body| body.len())))
}

/// The request's trailers, before the body was read and after.
pub(crate) fn trailers(request: &Request) -> Result<String> {
    let before = request.trailers().len();
    let bytes = request.body()?.len();
    let after = request.trailers();
    let lines: Vec<String> = after
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    Ok(format!(
        "before={before} bytes={bytes} after={}\n{}",
        after.len(),
        lines.concat()
    ))
}

/// `&var=KEY`: everything of `config`.
pub(crate) fn config(request: &Request) -> String {
    let listeners: Vec<String> = config::listeners()
        .iter()
        .map(|at| format!("{}://{}:{}", at.scheme, at.host, at.port))
        .collect();
    format!(
        "tenant={}\nroute={}\nlisteners={}\nvar={:?}\n",
        config::tenant(),
        config::route(),
        listeners.join(" "),
        config::get(&request.text("var")),
    )
}

/// The time of day in whole seconds, and whether the monotonic clock is.
pub(crate) fn clock() -> String {
    let since = clock::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let (first, second) = (clock::monotonic(), clock::monotonic());
    format!("now={} monotonic={}\n", since.as_secs(), first <= second)
}

/// `&len=N`: random bytes in hexadecimal, and a number.
pub(crate) fn random(request: &Request) -> String {
    let bytes = random::bytes(request.number("len", 16));
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // The standard library's own seeds, for comparison.
    let std = RandomState::new().hash_one(0);
    format!(
        "bytes={}\nnumber={}\nstd={std}\n",
        hex.concat(),
        random::u64()
    )
}

/// `&text=…`: a line at each level.
pub(crate) fn log(request: &Request) -> String {
    let text = request.text("text");
    host_guest::trace!("trace {text}");
    host_guest::debug!("debug {text}");
    host_guest::info!("info {text}");
    host_guest::warn!("warn {text}");
    host_guest::error!("error {text}");
    "logged\n".into()
}

/// Counts its calls in a static: always the first, since an instance lives for
/// one request.
pub(crate) fn fresh() -> String {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    format!("call {}\n", CALLS.fetch_add(1, Relaxed) + 1)
}

/// Pages that `stain` writes and `look` reads: 16 MiB.
#[cfg(target_family = "wasm")]
const PAGES: usize = 256;
const STAIN: u64 = 0x5ec2_e75e_c2e7_5ec2;

/// Leaves a secret all over its memory.
pub(crate) fn stain() -> String {
    let words = on_grown_memory(|word| {
        // SAFETY: `on_grown_memory` gives out words that nobody else uses.
        unsafe { word.write_volatile(STAIN) };
        true
    });
    format!("stained {words} words\n")
}

/// Looks for anything in memory that should be fresh.
pub(crate) fn look() -> String {
    let words = on_grown_memory(|word| {
        // SAFETY: as above; grown memory is initialised, to zeros if all is well.
        unsafe { word.read_volatile() != 0 }
    });
    format!("found {words} words\n")
}

/// Grows the memory and counts the words of it for which `visit` is true.
#[cfg(target_family = "wasm")]
fn on_grown_memory(visit: impl Fn(*mut u64) -> bool) -> usize {
    let old = core::arch::wasm32::memory_grow(0, PAGES);
    assert_ne!(old, usize::MAX, "memory could not grow");
    let start = (old * 65_536) as *mut u64;
    (0..PAGES * 65_536 / 8)
        .filter(|word| visit(start.wrapping_add(*word)))
        .count()
}

/// There is only a guest's memory to look at.
#[cfg(not(target_family = "wasm"))]
fn on_grown_memory(_visit: impl Fn(*mut u64) -> bool) -> usize {
    0
}
