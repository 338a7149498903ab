//! Where the component is that runs Python scripts.

use std::env;
use std::path::{Path, PathBuf};

/// Its places, seen from the folder of this program: beside it, as a package
/// installs it, and where `cargo xtask guests` puts it in a checkout.
const PLACES: [&str; 3] = [
    "python.wasm",
    "../lib/host/python.wasm",
    "../runtimes/python.wasm",
];

/// The first of [`PLACES`] that there is.
pub(crate) fn runtime() -> Option<PathBuf> {
    // Where links lead to: a link to the program lies anywhere.
    let program = env::current_exe().and_then(|program| program.canonicalize());
    let folder = program.ok()?.parent().map(Path::to_owned)?;
    let places = PLACES.iter().map(|place| folder.join(place));
    places
        .filter_map(|place| place.canonicalize().ok())
        .find(|place| place.is_file())
}
