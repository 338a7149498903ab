//! What a client did against the rules, before it is answered.

use std::borrow::Cow;

use super::code;
use super::hpack;
use crate::{Refusal, Violation};

/// A broken rule and how far the damage goes (RFC 9113 §5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub scope: Scope,
    pub code: u32,
    pub section: &'static str,
    pub what: Cow<'static, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// RST_STREAM; the rest goes on (§5.4.2).
    Stream,
    /// GOAWAY; the connection ends (§5.4.1).
    Connection,
}

impl Fault {
    pub(super) fn connection(
        code: u32,
        section: &'static str,
        what: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            scope: Scope::Connection,
            code,
            section,
            what: what.into(),
        }
    }

    pub(super) fn stream(
        code: u32,
        section: &'static str,
        what: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            scope: Scope::Stream,
            ..Self::connection(code, section, what)
        }
    }

    /// A client that does too much of something (RFC 9113 §10.5).
    pub(super) fn flood(section: &'static str, what: impl Into<Cow<'static, str>>) -> Self {
        Self::connection(code::ENHANCE_YOUR_CALM, section, what)
    }

    /// The report of it, made on `stream` (0 for none).
    pub(super) fn violation(self, stream: u32) -> Violation {
        Violation {
            section: self.section,
            what: self.what,
            stream: (stream != 0).then_some(stream),
            refusal: match self.scope {
                Scope::Stream => Refusal::ResetStream(self.code),
                Scope::Connection => Refusal::GoAway(self.code),
            },
        }
    }
}

impl From<hpack::Error> for Fault {
    fn from(error: hpack::Error) -> Self {
        Self::connection(code::COMPRESSION_ERROR, error.section(), error.to_string())
    }
}
