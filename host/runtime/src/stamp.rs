//! What tells that a file has changed.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use cap_std::fs::{Dir, Metadata, MetadataExt};
use rustix::fs::{AtFlags, Stat};

/// For how long after its last change a file may change again without its time
/// or size telling: file systems count time in steps of up to some 10 ms.
const SETTLES: Duration = Duration::from_millis(50);

/// What tells one version of a file from another. The time is that of the
/// inode's last change: any write moves it to now, and unlike that of the
/// content's last change nobody can set it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    changed: (i64, i64),
    pub(crate) size: u64,
    inode: (u64, u64),
}

impl From<&Metadata> for Stamp {
    fn from(about: &Metadata) -> Self {
        Self {
            changed: (about.ctime(), about.ctime_nsec()),
            size: about.len(),
            inode: (about.dev(), about.ino()),
        }
    }
}

impl From<&Stat> for Stamp {
    fn from(about: &Stat) -> Self {
        #[expect(
            clippy::unnecessary_cast,
            reason = "the fields' types are the platform's"
        )]
        Self {
            changed: (about.st_ctime as i64, about.st_ctime_nsec as i64),
            size: about.st_size as u64,
            inode: (about.st_dev as u64, about.st_ino as u64),
        }
    }
}

impl Stamp {
    /// Whether a change after the time `now` would show in the stamp.
    pub(crate) fn is_settled(self, now: SystemTime) -> bool {
        let (seconds, nanoseconds) = self.changed;
        let changed = u64::try_from(seconds)
            .ok()
            .zip(u32::try_from(nanoseconds).ok())
            .map(|(seconds, nanoseconds)| Duration::new(seconds, nanoseconds));
        let Some(changed) = changed else { return true };
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        now.abs_diff(changed) > SETTLES
    }

    /// The stamp of a file beneath `dir` at this moment. The path is followed
    /// wherever links lead: it tells of changes, and opens nothing.
    pub(crate) fn of(dir: &Dir, file: &Path) -> io::Result<Self> {
        let about = rustix::fs::statat(dir, file, AtFlags::empty())?;
        Ok(Self::from(&about))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_file_is_not_settled() {
        let stamp = |seconds: i64| Stamp {
            changed: (seconds, 0),
            size: 1,
            inode: (1, 1),
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        assert!(!stamp(1000).is_settled(now));
        assert!(stamp(999).is_settled(now));
        // A time in the future changes when the file does.
        assert!(stamp(2000).is_settled(now));
        assert!(stamp(-5).is_settled(now));
    }
}
