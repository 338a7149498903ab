//! Who looks on while somebody else answers.

use std::fmt;

use crate::{Event, WireOp};

/// Hears of an exchange what its handler does, as it does it; see
/// [`Exchange::observe`](crate::Exchange::observe). It is dropped with the
/// exchange.
pub trait Observer: Send {
    /// The handler is given this next.
    fn came(&mut self, event: &Event);

    /// The handler writes this next; it may be refused.
    fn writes(&mut self, op: &WireOp);
}

/// The observer of an exchange, if there is one.
#[derive(Default)]
pub(crate) struct Observed(pub(crate) Option<Box<dyn Observer>>);

impl Observed {
    pub(crate) fn came(&mut self, event: Option<&Event>) {
        if let (Some(observer), Some(event)) = (&mut self.0, event) {
            observer.came(event);
        }
    }

    pub(crate) fn writes(&mut self, op: &WireOp) {
        if let Some(observer) = &mut self.0 {
            observer.writes(op);
        }
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "Observed",
            None => "not observed",
        })
    }
}
