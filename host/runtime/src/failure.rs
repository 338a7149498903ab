//! How a handler's run fails, and what is said of it to whom.

use std::borrow::Cow;
use std::fmt::Write as _;

use host_wire::WireError;
use rustc_demangle::demangle;
use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::answer::Refused;
use crate::limits::{Limit, Limits, Meter};

/// Whose doing a [`Failure`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The handler's: its own error, a trap, an overrun, an answer that cannot
    /// be sent.
    Handler,
    /// The client's: it reset the stream or left.
    Client,
    /// The host's, or the load on it.
    Host,
}

/// Why a request did not get the answer that its handler would have given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A hook returned an error.
    #[error("the handler returned an error with status {status}{}: {}", after(*.limit), shortened(.message))]
    Handler {
        /// The status that it asked for.
        status: u16,
        /// What it said.
        message: String,
        /// A limit that was in its way before: a guest may catch that, and fail of it.
        limit: Option<Limit>,
    },
    /// The guest trapped.
    #[error("the handler trapped: {message}")]
    Trap {
        /// What happened.
        message: String,
        /// Where, innermost function first; empty if it is not known.
        backtrace: String,
    },
    /// The handler reached a limit.
    #[error("the handler went over {0}")]
    Overrun(Limit),
    /// There was no room to start the handler in time.
    #[error("the handler could not start: {0} is reached")]
    Busy(Limit),
    /// What runs the handler is not compiled yet.
    #[error("the handler cannot run yet: {0}")]
    Compiling(String),
    /// A limit leaves no room for what runs a script.
    #[error(
        "the script could not start: an interpreter alone needs more than {0} allows; Python's \
         takes 32 MiB before a script's first line"
    )]
    Cramped(Limit),
    /// The answer that the handler left cannot be sent.
    #[error("the handler's answer cannot be sent: {0}")]
    Answer(String),
    /// The client reset the stream or left.
    #[error("the client did not wait for the answer: {0}")]
    Client(WireError),
    /// The host could not run the handler.
    #[error("host could not run the handler: {0}")]
    Host(String),
}

impl Failure {
    /// Whose doing it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Handler { .. } | Self::Trap { .. } | Self::Overrun(_) | Self::Answer(_) => {
                Fault::Handler
            }
            Self::Client(_) => Fault::Client,
            Self::Busy(_) | Self::Compiling(_) | Self::Cramped(_) | Self::Host(_) => Fault::Host,
        }
    }

    /// The status to answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Handler { status, .. } if (100..=999).contains(status) => *status,
            Self::Busy(_) | Self::Compiling(_) => 503,
            _ => 500,
        }
    }

    /// What the client is told of a request for `url`. Limits are always named;
    /// what happened inside the handler is only shown in `dev` mode: the chain of
    /// an error's causes, a trap's backtrace. The words are wptserve's.
    pub fn message(&self, dev: bool, url: &str) -> String {
        let inside = match self {
            Self::Handler { message, .. } if self.status() < 500 => return message.clone(),
            Self::Overrun(_) | Self::Busy(_) | Self::Compiling(_) | Self::Cramped(_) => {
                return format!("{}.", sentence(&self.to_string()));
            }
            Self::Handler {
                limit: Some(limit), ..
            } if !dev => return format!("The handler went over {limit}."),
            _ if !dev => "(traceback suppressed: it is in the log, and here with --dev)".to_owned(),
            Self::Handler { message, .. } => message.clone(),
            Self::Trap { backtrace, .. } => format!("{self}\n{backtrace}"),
            _ => self.to_string(),
        };
        let inside = inside.trim_end().replace('\n', "\n  ");
        format!("Internal server error loading {url}:\n  {inside}")
    }

    /// Makes sense of what wasmtime gave: a trap, a limit that `meter` noted, a
    /// pool that is full.
    pub(crate) fn from_wasm(
        error: &wasmtime::Error,
        meter: &Meter,
        limits: &Limits,
        pool: u32,
    ) -> Self {
        if let Some(limit) = error.downcast_ref::<Limit>() {
            return Self::Overrun(*limit);
        }
        if error.is::<PoolConcurrencyLimitError>() {
            return Self::Busy(Limit::Instances(pool));
        }
        if let Some(ResourceTableError::Full) = error.downcast_ref() {
            return Self::Overrun(Limit::Handles(limits.handles));
        }
        if let Some(limit) = meter.hit {
            return Self::Overrun(limit);
        }
        if let Some(Trap::StackOverflow) = error.downcast_ref::<Trap>() {
            return Self::Overrun(Limit::Stack);
        }
        let message = error.root_cause().to_string();
        // wasmtime gives these two as plain text only; tests hold it to that.
        if message.contains("store handle limit exceeded") {
            return Self::Overrun(Limit::Handles(limits.handles));
        }
        if message.contains("too much data is being copied") {
            return Self::Overrun(Limit::CallBytes(limits.memory));
        }
        Self::Trap {
            message,
            backtrace: backtrace(error),
        }
    }
}

/// Why the rest of an answer could not be sent.
impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Limit(limit) => Self::Overrun(limit),
            Refused::NotGranted(how) => Self::Answer(how),
            Refused::Wire(error @ (WireError::Reset(_) | WireError::Gone)) => Self::Client(error),
            Refused::Wire(error) => Self::Answer(error.to_string()),
        }
    }
}

/// Bytes of a handler's error that go to the log: it says how many there are.
const LOGGED: usize = 16 * 1024;

/// An error's beginning and its end, where tracebacks say what it was.
fn shortened(message: &str) -> Cow<'_, str> {
    if message.len() <= LOGGED {
        return message.into();
    }
    let head = &message[..message.floor_char_boundary(LOGGED / 2)];
    let tail = &message[message.ceil_char_boundary(message.len() - LOGGED / 2)..];
    let left_out = message.len() - head.len() - tail.len();
    format!("{head}\n({left_out} bytes are left out)\n{tail}").into()
}

/// Names the limit that an error came after.
fn after(limit: Option<Limit>) -> String {
    limit.map_or_else(String::new, |limit| format!(" after it went over {limit}"))
}

/// The frames of a wasm backtrace, one a line, innermost first.
fn backtrace(error: &wasmtime::Error) -> String {
    /// A deep recursion's backtrace says nothing new after this many frames.
    const FRAMES: usize = 64;
    let mut text = String::new();
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
        return text;
    };
    for (i, frame) in trace.frames().iter().take(FRAMES).enumerate() {
        let module = frame.module().name().unwrap_or("<module>");
        let mut named = false;
        for symbol in frame.symbols() {
            let name = demangle(symbol.name().unwrap_or("<function>"));
            let _ = write!(text, "{i:4}: {module}!{name:#}");
            if let (Some(file), Some(line)) = (symbol.file(), symbol.line()) {
                let _ = write!(text, " at {file}:{line}");
            }
            text.push('\n');
            named = true;
        }
        if !named {
            let name = demangle(frame.func_name().unwrap_or("<function>"));
            let _ = writeln!(text, "{i:4}: {module}!{name:#}");
        }
    }
    text
}

/// Starts with a capital letter.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_inside_stay_inside_unless_in_dev_mode() {
        let failure = Failure::Handler {
            status: 500,
            message: "secret".into(),
            limit: None,
        };
        assert_eq!(
            failure.message(false, "http://a/b"),
            "Internal server error loading http://a/b:\n  \
             (traceback suppressed: it is in the log, and here with --dev)"
        );
        assert_eq!(
            failure.message(true, "http://a/b"),
            "Internal server error loading http://a/b:\n  secret"
        );
        let failure = Failure::Handler {
            status: 404,
            message: "no such thing".into(),
            limit: None,
        };
        assert_eq!(failure.message(false, ""), "no such thing");
    }

    #[test]
    fn limits_are_named_to_everybody() {
        let failure = Failure::Overrun(Limit::Stack);
        assert_eq!(
            failure.message(false, ""),
            "The handler went over the stack limit."
        );
        assert_eq!(failure.status(), 500);
        assert_eq!(Failure::Busy(Limit::Instances(1)).status(), 503);
    }

    #[test]
    fn a_status_that_is_none_becomes_500() {
        let failure = Failure::Handler {
            status: 7,
            message: String::new(),
            limit: None,
        };
        assert_eq!(failure.status(), 500);
    }

    #[test]
    fn a_limit_that_a_guest_failed_of_is_named_and_the_log_is_not_flooded() {
        let failure = Failure::Handler {
            status: 500,
            message: format!("first{}last", "\u{e9}".repeat(1 << 20)),
            limit: Some(Limit::Memory(64 << 20)),
        };
        assert_eq!(
            failure.message(false, ""),
            "The handler went over the memory limit of 64 MiB."
        );
        assert!(failure.message(true, "").len() > 1 << 21);
        let logged = failure.to_string();
        assert!(logged.len() < LOGGED + 200, "{}", logged.len());
        for part in ["memory limit of 64 MiB: first", "left out)", "last"] {
            assert!(logged.contains(part), "{part}");
        }
    }
}
