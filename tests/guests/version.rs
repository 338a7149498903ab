//! Says which version it is. Two crates of the same source make two components
//! for the tests of reloading: `version-1` and `version-2`.

use host_guest::prelude::*;

#[main]
fn main() -> &'static str {
    env!("CARGO_PKG_NAME")
}
