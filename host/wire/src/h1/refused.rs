//! A request that is not served, and by which rule.

use std::borrow::Cow;

use bytes::Bytes;

use crate::{Fields, Refusal, Violation, error_page};

/// What a client did wrong, and the status that it gets for it. The
/// connection's next message cannot be found any more, so it closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) what: Cow<'static, str>,
    pub(super) section: &'static str,
}

impl Refused {
    pub(super) fn new(
        status: u16,
        what: impl Into<Cow<'static, str>>,
        section: &'static str,
    ) -> Self {
        let what = what.into();
        Self {
            status,
            what,
            section,
        }
    }

    /// 400: the message does not have the form that `section` says.
    pub(super) fn malformed(what: impl Into<Cow<'static, str>>, section: &'static str) -> Self {
        Self::new(400, what, section)
    }

    /// The report of it.
    pub(super) fn violation(self, refusal: Refusal) -> Violation {
        Violation {
            section: self.section,
            what: self.what,
            stream: None,
            refusal,
        }
    }

    /// The answer to it: the page that says why.
    pub(super) fn answer(&self) -> (Fields, Bytes) {
        let page = error_page(self.status, &format!("{} ({})", self.what, self.section));
        let mut fields = Fields::with_capacity(5);
        fields.append("Content-Type", "application/json");
        fields.add_server_and_date();
        fields.append("Content-Length", page.len().to_string());
        fields.append("Connection", "close");
        (fields, page)
    }
}
