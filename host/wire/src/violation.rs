//! What a client did against the rules, as a report.

use std::borrow::Cow;
use std::fmt;

/// A rule that a client broke, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, as in `RFC 9113 §6.9`; for floods the CVE.
    pub section: &'static str,
    /// What was wrong, in words.
    pub what: Cow<'static, str>,
    /// The HTTP/2 stream, where it was one's fault.
    pub stream: Option<u32>,
    /// The answer it got.
    pub refusal: Refusal,
}

/// How a violation was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// An HTTP/1 error status; the connection then closes.
    Status(u16),
    /// RST_STREAM with this code.
    ResetStream(u32),
    /// GOAWAY with this code; the connection then closes.
    GoAway(u32),
    /// Nothing could be said: the connection was closed.
    Closed,
    /// Let pass: the rule asks for no answer.
    Ignored,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.section)?;
        if let Some(stream) = self.stream {
            write!(f, " on stream {stream}")?;
        }
        match self.refusal {
            Refusal::Status(code) => write!(f, "; answered {code}"),
            Refusal::ResetStream(code) => write!(f, "; stream reset with code {code}"),
            Refusal::GoAway(code) => write!(f, "; GOAWAY with code {code}"),
            Refusal::Closed => f.write_str("; connection closed"),
            Refusal::Ignored => f.write_str("; ignored"),
        }
    }
}
