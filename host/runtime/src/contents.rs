//! A handler's file, read.

use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use cap_std::fs::{Dir, File};

use crate::script;
use crate::stamp::Stamp;

/// Bytes of a component that host is willing to read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A version that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    pub(crate) stamp: Stamp,
    /// Whether the stamp would tell of any change since.
    pub(crate) settled: bool,
}

impl Version {
    /// What was read at the time `now`.
    pub(crate) fn new(stamp: Stamp, now: SystemTime) -> Self {
        let settled = stamp.is_settled(now);
        Self { stamp, settled }
    }
}

/// What was read of a file.
pub(crate) enum Contents {
    Whole(Version, Vec<u8>),
    TooLarge(Version),
}

/// Bytes that are read of a file, by what its name says that it is.
pub(crate) fn largest(file: &Path) -> u64 {
    match script::is_script(file) {
        true => script::LARGEST,
        false => LARGEST,
    }
}

/// Reads a file. The stamp is that of the file which was read, from before.
pub(crate) fn read(dir: &Dir, file: &Path) -> io::Result<Contents> {
    let largest = largest(file);
    let file: File = dir.open(file)?;
    let about = file.metadata()?;
    let stamp = Stamp::from(&about);
    if about.len() > largest {
        return Ok(Contents::TooLarge(Version::new(stamp, SystemTime::now())));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    file.take(largest).read_to_end(&mut bytes)?;
    let version = Version::new(stamp, SystemTime::now());
    Ok(Contents::Whole(version, bytes))
}
