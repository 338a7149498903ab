//! Conditional requests (RFC 9110 §13): what the client has, against what the
//! file is now.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cap_std::fs::Metadata;
use host_wire::Fields;

/// What tells one state of a file from another (RFC 9110 §8.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Validators {
    /// A strong entity tag with its quotes: of time, length and fields.
    pub(crate) etag: String,
    /// `Last-Modified`, in whole seconds.
    pub(crate) modified: SystemTime,
}

/// What the conditions of a request make of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As if there were none.
    Proceed,
    /// 304: the client has it already.
    NotModified,
    /// 412: it is not what the client takes it for.
    Failed,
}

impl Validators {
    /// Those of a file that comes with these fields; `None` where the file
    /// system tells no time, or one before 1970, which an HTTP date cannot
    /// express.
    pub(crate) fn of(metadata: &Metadata, fields: &Fields) -> Option<Self> {
        let changed = metadata.modified().ok()?.into_std();
        let since = changed.duration_since(UNIX_EPOCH).ok()?;
        // Not after now (RFC 9110 §8.8.2.1).
        let shown = changed.min(SystemTime::now());
        let seconds = shown.duration_since(UNIX_EPOCH).ok()?.as_secs();
        // A client with the same content but another Content-Type, as before
        // `.headers` was edited, is not to keep that.
        let mut hash = DefaultHasher::new();
        for field in fields {
            field.hash(&mut hash);
        }
        let (time, length, hash) = (since.as_nanos(), metadata.len(), hash.finish());
        Some(Self {
            etag: format!("\"{time:x}-{length:x}-{hash:x}\""),
            modified: UNIX_EPOCH + Duration::from_secs(seconds),
        })
    }

    /// Evaluates the conditions of a GET or HEAD, all but `If-Range`, in the
    /// order of RFC 9110 §13.2.2.
    pub(crate) fn evaluate(&self, request: &Fields) -> Verdict {
        if request.contains("if-match") {
            if !self.is_listed(request, "if-match", true) {
                return Verdict::Failed;
            }
        } else if let Some(date) = date(request, "if-unmodified-since")
            && self.modified > date
        {
            return Verdict::Failed;
        }
        let has_it = if request.contains("if-none-match") {
            self.is_listed(request, "if-none-match", false)
        } else {
            date(request, "if-modified-since").is_some_and(|date| self.modified <= date)
        };
        if has_it {
            Verdict::NotModified
        } else {
            Verdict::Proceed
        }
    }

    /// Whether a `Range` is to be honoured (RFC 9110 §13.1.5): there is no
    /// `If-Range`, or it names this state and no other.
    pub(crate) fn allow_range(&self, request: &Fields) -> bool {
        let Some(condition) = request.get("if-range") else {
            return true;
        };
        if condition.ends_with(b"\"") {
            return condition == self.etag.as_bytes();
        }
        // Changed twice in one second, a file has one date for two states: the
        // date is strong once that second is over (RFC 9110 §8.8.2.2).
        let is_strong = self
            .modified
            .elapsed()
            .is_ok_and(|age| age > Duration::from_secs(1));
        is_strong && date(request, "if-range") == Some(self.modified)
    }

    /// Whether the tag is in a list of them, or the list is `*`. A strong
    /// comparison takes no weak tag (RFC 9110 §8.8.3.2).
    fn is_listed(&self, request: &Fields, name: &str, strong: bool) -> bool {
        request.get_all(name).any(|value| {
            value.trim_ascii() == b"*"
                || tags(value).any(|(weak, tag)| tag == self.etag.as_bytes() && !(strong && weak))
        })
    }
}

/// The entity tags of a list, each with its quotes and whether it is weak; up
/// to the first thing that is none. A tag may hold commas.
fn tags(list: &[u8]) -> impl Iterator<Item = (bool, &[u8])> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let start = rest.iter().position(|b| !b", \t".contains(b))?;
        rest = &rest[start..];
        let (weak, tag) = match rest.strip_prefix(b"W/") {
            Some(tag) => (true, tag),
            None => (false, rest),
        };
        let inside = tag.strip_prefix(b"\"")?;
        let end = inside.iter().position(|b| *b == b'"')?;
        rest = &inside[end + 1..];
        Some((weak, &tag[..end + 2]))
    })
}

/// A field's HTTP date (RFC 9110 §5.6.7); one that is none is as good as absent.
fn date(request: &Fields, name: &str) -> Option<SystemTime> {
    let value = std::str::from_utf8(request.get(name)?).ok()?;
    httpdate::parse_http_date(value).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// Of Sun, 06 Nov 1994 08:49:37 GMT.
    fn validators() -> Validators {
        Validators {
            etag: "\"1-2\"".to_owned(),
            modified: UNIX_EPOCH + Duration::from_secs(784_111_777),
        }
    }

    fn fields(lines: &[(&'static str, &'static str)]) -> Fields {
        lines
            .iter()
            .map(|(name, value)| (Bytes::from(*name), Bytes::from(*value)))
            .collect()
    }

    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    /// One row of RFC 9110 §13.1 each.
    #[test]
    fn each_condition_has_its_verdict() {
        for (name, value, expected) in [
            ("If-None-Match", "\"1-2\"", Verdict::NotModified),
            ("If-None-Match", "W/\"1-2\"", Verdict::NotModified),
            ("If-None-Match", "\"a,b\" , \"1-2\"", Verdict::NotModified),
            ("If-None-Match", "*", Verdict::NotModified),
            ("If-None-Match", "\"x\", W/\"y\"", Verdict::Proceed),
            ("If-None-Match", "1-2", Verdict::Proceed),
            ("If-None-Match", "\"1-2", Verdict::Proceed),
            ("If-None-Match", "", Verdict::Proceed),
            ("If-Match", "\"1-2\"", Verdict::Proceed),
            ("If-Match", "*", Verdict::Proceed),
            ("If-Match", "W/\"1-2\"", Verdict::Failed),
            ("If-Match", "\"x\"", Verdict::Failed),
            ("If-Modified-Since", BEFORE, Verdict::Proceed),
            ("If-Modified-Since", THEN, Verdict::NotModified),
            ("If-Modified-Since", AFTER, Verdict::NotModified),
            ("If-Modified-Since", "yesterday", Verdict::Proceed),
            (
                "If-Modified-Since",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                Verdict::NotModified,
            ),
            (
                "If-Modified-Since",
                "Sun Nov  6 08:49:37 1994",
                Verdict::NotModified,
            ),
            ("If-Unmodified-Since", BEFORE, Verdict::Failed),
            ("If-Unmodified-Since", THEN, Verdict::Proceed),
            ("If-Unmodified-Since", "yesterday", Verdict::Proceed),
        ] {
            let verdict = validators().evaluate(&fields(&[(name, value)]));
            assert_eq!(verdict, expected, "{name}: {value}");
        }
    }

    /// RFC 9110 §13.2.2: tags go before dates, and what the client requires
    /// before what it has.
    #[test]
    fn conditions_have_their_order() {
        for (lines, expected) in [
            (
                [("If-None-Match", "\"x\""), ("If-Modified-Since", THEN)],
                Verdict::Proceed,
            ),
            (
                [("If-Match", "\"1-2\""), ("If-Unmodified-Since", BEFORE)],
                Verdict::Proceed,
            ),
            (
                [("If-Match", "\"x\""), ("If-None-Match", "*")],
                Verdict::Failed,
            ),
            (
                [("If-Match", "*"), ("If-None-Match", "*")],
                Verdict::NotModified,
            ),
            (
                [("If-None-Match", "\"x\""), ("If-None-Match", "\"1-2\"")],
                Verdict::NotModified,
            ),
        ] {
            let verdict = validators().evaluate(&fields(&lines));
            assert_eq!(verdict, expected, "{lines:?}");
        }
    }

    #[test]
    fn a_range_holds_for_the_same_state_only() {
        assert!(validators().allow_range(&Fields::new()));
        for (value, expected) in [
            ("\"1-2\"", true),
            ("\"x\"", false),
            ("W/\"1-2\"", false),
            (THEN, true),
            (BEFORE, false),
            (AFTER, false),
            ("1-2", false),
        ] {
            let allowed = validators().allow_range(&fields(&[("If-Range", value)]));
            assert_eq!(allowed, expected, "{value}");
        }
    }

    #[test]
    fn a_date_of_this_second_is_no_strong_validator() {
        let now = Validators {
            modified: SystemTime::now(),
            ..validators()
        };
        let mut request = Fields::new();
        request.append("If-Range", httpdate::fmt_http_date(now.modified));
        assert!(!now.allow_range(&request));
    }
}
