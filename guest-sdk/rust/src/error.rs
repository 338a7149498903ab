//! How a hook fails: any error by `?`, or a status with a message.

use core::fmt;
use std::error::Error as StdError;

use crate::bindings::host::handler::stash::StashError;
use crate::bindings::host::handler::types::HandlerError;
pub use crate::bindings::host::handler::types::{BodyError, WriteError};

/// What a hook returns. `Result` alone is `Result<(), Error>`.
pub type Result<T = (), E = Error> = core::result::Result<T, E>;

/// Ends the request: the host logs the message and answers with the status, or
/// resets the stream where a head has been sent.
///
/// Every error that implements [`std::error::Error`] becomes one by `?`, with
/// status 500. What went wrong with the request's body is the client's doing
/// and has a status of its own: 413 when it is too large, 400 when it is
/// incomplete or malformed.
///
/// ```
/// use host_guest::{Error, Result};
///
/// fn page(number: &str) -> Result<u32> {
///     let number: u32 = number.parse()?; // 500, with the parser's message
///     if number > 9 {
///         return Err(Error::status(404, "there are ten pages"));
///     }
///     Ok(number)
/// }
/// assert_eq!(page("12").unwrap_err().code(), 404);
/// assert_eq!(page("twelve").unwrap_err().code(), 500);
/// ```
pub struct Error {
    code: u16,
    message: String,
    kind: Kind,
}

/// What stands behind an error, as far as the end of a hook wants to know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Anything that is the handler's to answer for.
    Failure,
    /// The writer refused: the exchange's state forbids the operation.
    Refused,
    /// The client has reset the stream or left.
    Gone,
}

impl Error {
    /// An answer with this status (100 to 999), like wptserve's
    /// `HTTPException`. Below 500 the client is told the message too.
    pub fn status(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            kind: Kind::Failure,
        }
    }

    /// The handler's own failure: status 500, the message for the log.
    pub fn new(message: impl Into<String>) -> Self {
        Self::status(500, message)
    }

    /// The same error with words before its message, to say what was tried.
    #[must_use]
    pub fn context(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// The status to answer.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The message, causes included.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether this only says that nobody takes the answer any more: the
    /// client has gone, or the handler wrote on after it had `ended` its
    /// answer. That fails no request (wptserve passes over hyper-h2's
    /// `StreamClosedError` as well).
    pub(crate) fn is_over(&self, ended: bool) -> bool {
        self.kind == Kind::Gone || (self.kind == Kind::Refused && ended)
    }

    pub(crate) fn into_raw(self) -> HandlerError {
        HandlerError {
            status: self.code,
            message: self.message,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

// `Error` is not a `std::error::Error` itself: this `From` would then clash
// with the one of a type from itself.
impl<E: StdError + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let any: &(dyn StdError + 'static) = &error;
        if let Some(error) = any.downcast_ref::<WriteError>() {
            return from_write_error(error);
        }
        if let Some(error) = any.downcast_ref::<BodyError>() {
            return from_body_error(error);
        }
        if let Some(error) = any.downcast_ref::<StashError>() {
            return from_stash_error(error);
        }
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self::new(message)
    }
}

fn from_write_error(error: &WriteError) -> Error {
    let (kind, message) = match error {
        WriteError::Protocol(rule) => (Kind::Refused, rule.clone()),
        WriteError::WrongProtocol(why) | WriteError::NotGranted(why) => {
            (Kind::Failure, why.clone())
        }
        WriteError::Limit(which) => (Kind::Failure, which.clone()),
        WriteError::Reset(code) => (
            Kind::Gone,
            format!("the client reset the stream (error code {code})"),
        ),
        WriteError::Gone => (Kind::Gone, "the connection has ended".to_owned()),
    };
    let message = format!("write refused: {message}");
    Error {
        code: 500,
        message,
        kind,
    }
}

fn from_body_error(error: &BodyError) -> Error {
    match error {
        BodyError::TooLarge(limit) => {
            Error::status(413, format!("the body is larger than {limit} bytes"))
        }
        BodyError::Incomplete => Error::status(400, "the body is incomplete"),
        BodyError::Malformed(how) => Error::status(400, format!("the body is malformed: {how}")),
        BodyError::Taken => Error::new("the body was taken by pieces before"),
        BodyError::BeyondEnd(end) => Error::new(format!("the body ends at {end}")),
    }
}

fn from_stash_error(error: &StashError) -> Error {
    Error::new(match error {
        StashError::InvalidKey(why)
        | StashError::Occupied(why)
        | StashError::Limit(why)
        | StashError::Unavailable(why) => why.as_str(),
        StashError::Locked => "this request holds the stash's lock already",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(error: impl Into<Error>) -> Error {
        error.into()
    }

    #[test]
    fn a_std_error_is_a_500_with_its_causes() {
        #[derive(Debug)]
        struct Outer(std::num::ParseIntError);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("no number")
            }
        }
        impl StdError for Outer {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                Some(&self.0)
            }
        }
        let cause = "x".parse::<u8>().unwrap_err();
        let error = of(Outer(cause)).context("page");
        assert_eq!(error.code(), 500);
        assert_eq!(
            error.message(),
            "page: no number: invalid digit found in string"
        );
    }

    #[test]
    fn the_clients_faults_have_the_clients_statuses() {
        assert_eq!(of(BodyError::TooLarge(9)).code(), 413);
        assert_eq!(of(BodyError::Incomplete).code(), 400);
        assert_eq!(of(BodyError::Malformed("x".into())).code(), 400);
        assert_eq!(of(BodyError::Taken).code(), 500);
        assert_eq!(of(BodyError::BeyondEnd(9)).code(), 500);
    }

    #[test]
    fn what_the_stash_refuses_is_a_500_in_its_own_words() {
        let error = of(StashError::Occupied("there is a value".into()));
        assert_eq!((error.code(), error.message()), (500, "there is a value"));
        assert_eq!(of(StashError::Locked).code(), 500);
    }

    #[test]
    fn a_refused_write_is_a_failure_until_the_answer_has_ended() {
        let refused = of(WriteError::Protocol("DATA on a closed stream".into()));
        assert!(!refused.is_over(false));
        assert!(refused.is_over(true));
        assert!(of(WriteError::Gone).is_over(false));
        assert!(of(WriteError::Reset(8)).is_over(false));
        assert!(!of(WriteError::Limit("response bytes".into())).is_over(true));
        assert!(!of(Error::new("mine")).is_over(true));
    }
}
