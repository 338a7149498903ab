//! In how many reads or writes something passed.

use std::time::Duration;

use super::Span;

/// The reads or writes of one direction. A reader says at each whether something is
/// open, that is begun and not told, and asks for its span when it tells that.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// When the present one was.
    now: Duration,
    /// Of what was open before it.
    span: Option<Span>,
}

impl Turns {
    pub(crate) fn next(&mut self, now: Duration, is_open: bool) {
        match (&mut self.span, is_open) {
            (Some(span), true) => span.parts = span.parts.saturating_add(1),
            (none @ None, true) => {
                *none = Some(Span {
                    began: self.now,
                    parts: 2,
                });
            }
            (span, false) => *span = None,
        }
        self.now = now;
    }

    /// The span of what was open; everything behind it is new.
    pub(crate) fn take(&mut self) -> Option<Span> {
        self.span.take()
    }
}
