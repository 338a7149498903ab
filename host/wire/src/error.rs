//! Why an operation was refused, as a value for the handler.

use std::borrow::Cow;

/// Why a [`WireOp`](crate::WireOp) was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The state of the exchange or the bytes given forbid it (hyper-h2's
    /// ProtocolError). Nothing was written. The handler's fault.
    #[error("protocol error: {what} ({section})")]
    Protocol {
        /// What is wrong.
        what: Cow<'static, str>,
        /// The rule, as in `RFC 9113 §8.1`.
        section: &'static str,
    },
    /// The operation belongs to the other protocol. The handler's fault.
    #[error("{operation} does not exist on {protocol}")]
    WrongProtocol {
        /// The operation's name.
        operation: &'static str,
        /// The protocol of the exchange.
        protocol: &'static str,
    },
    /// The stream was reset, by the client or for what the client did on it.
    /// Not an error of the handler's.
    #[error("the stream was reset with code {0}")]
    Reset(u32),
    /// The connection has ended, or the client takes no more.
    #[error("the connection has ended")]
    Gone,
}

impl WireError {
    /// A [`WireError::Protocol`].
    pub fn protocol(what: impl Into<Cow<'static, str>>, section: &'static str) -> Self {
        Self::Protocol {
            what: what.into(),
            section,
        }
    }
}
