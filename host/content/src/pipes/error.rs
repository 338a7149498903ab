//! What can be wrong with pipes.

use std::borrow::Cow;
use std::io;

use thiserror::Error;

use super::MAX_HELD;
use crate::Response;
use crate::template::TemplateError;

/// Why there is no answer to send.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PipeError {
    /// The string of pipes is wrong: the client's mistake. Its message shows
    /// the string and points at the character.
    #[error("{}", pointed(pipes, *at, mistake))]
    Syntax {
        /// The string.
        pipes: String,
        /// Where, in bytes of it; its length for what is missing at its end.
        at: usize,
        /// What is wrong there.
        mistake: Mistake,
    },
    /// `sub`: the content is no good template for this request.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A pipe that needs the whole content, and there is too much of it.
    #[error("{pipe} needs all of the content at once, and it has more than {MAX_HELD} bytes")]
    TooLarge {
        /// The pipe.
        pipe: Cow<'static, str>,
    },
    /// The content cannot be read.
    #[error("the content could not be read: {0}")]
    Content(#[from] io::Error),
    /// What is wrong with the string, said by a pipe that can tell only when it
    /// runs. [`Pipeline::apply`] makes a [`PipeError::Syntax`] of it.
    ///
    /// [`Pipeline::apply`]: super::Pipeline::apply
    #[error("{}", .0.mistake)]
    Wrong(Wrong),
    /// What a pipe that was added to the registry says.
    #[error("{pipe}: {message}")]
    Custom {
        /// The pipe.
        pipe: String,
        /// The status of the error page.
        status: u16,
        /// What it says.
        message: String,
    },
}

impl PipeError {
    /// The status of the error page: 400 for the client's mistakes, else 500.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Syntax { .. } | Self::Wrong(_) => 400,
            Self::Custom { status, .. } => *status,
            _ => 500,
        }
    }
}

impl From<PipeError> for Response {
    fn from(error: PipeError) -> Self {
        Self::error(error.status(), &error.to_string())
    }
}

/// A mistake and its place in the string, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where.
    pub at: usize,
    /// What.
    pub mistake: Mistake,
}

impl Wrong {
    /// A mistake at that byte.
    pub const fn new(at: usize, mistake: Mistake) -> Self {
        Self { at, mistake }
    }

    /// The error of the string in which it was made.
    pub(crate) fn of(self, pipes: &str) -> PipeError {
        PipeError::Syntax {
            pipes: pipes.to_owned(),
            at: self.at,
            mistake: self.mistake,
        }
    }
}

/// What can be wrong with a string of pipes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// Arguments of nothing.
    #[error("a pipe's name is missing before \"(\"")]
    NoName,
    /// A backslash at the end of the string.
    #[error("nothing follows the \"\\\"")]
    NothingEscaped,
    /// More pipes than a string may have.
    #[error("there are more than {0} pipes")]
    TooMany(usize),
    /// A name that no pipe has.
    #[error("there is no pipe \"{name}\"; there are {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The pipes that there are.
        known: String,
    },
    /// Too few or too many arguments.
    #[error("{name} takes {}, not {found}", counted(*least, *most))]
    WrongCount {
        /// The pipe.
        name: String,
        /// Arguments that it must have.
        least: usize,
        /// Arguments that it may have.
        most: usize,
        /// Arguments that there are.
        found: usize,
    },
    /// Not a whole number.
    #[error("this is not a whole number")]
    NotANumber,
    /// Neither true nor false.
    #[error("this is neither true nor false")]
    NotABoolean,
    /// A character that Latin-1 does not have.
    #[error("this character is not in Latin-1")]
    NotLatin1,
    /// A status that no final answer can have.
    #[error("the status of an answer is between 200 and 999")]
    NotAStatus,
    /// What cannot be the name of a field (RFC 9110 §5.1).
    #[error("a field's name is made of letters, digits and !#$%&'*+-.^_`|~")]
    NotAName,
    /// What cannot be in the value of a field (RFC 9110 §5.5).
    #[error("a field's value cannot hold CR, LF or NUL")]
    NotAValue,
    /// An escape that `sub` does not have.
    #[error("sub escapes \"html\" or \"none\"")]
    NotAnEscape,
    /// What is no step of `trickle`.
    #[error("a step is a number of bytes, d and a number of seconds, or r and a number of steps")]
    NotAStep,
    /// A pause of `trickle` that is too long.
    #[error("a pause is at most {0} seconds")]
    PauseTooLong(u64),
    /// A repetition of `trickle` that would never send anything.
    #[error("this repeats no bytes, so the content would never end")]
    RepeatsNothing,
    /// What a pipe that was added to the registry says of its arguments.
    #[error("{0}")]
    Custom(String),
}

fn counted(least: usize, most: usize) -> String {
    match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "1 argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

/// The mistake, and the string with a caret below the place.
fn pointed(pipes: &str, at: usize, mistake: &Mistake) -> String {
    /// Characters shown on each side of the place.
    const AROUND: usize = 40;
    let before: Vec<char> = pipes[..at].chars().collect();
    let skipped = before.len().saturating_sub(AROUND);
    let (start, end) = (
        if skipped > 0 { "…" } else { "" },
        if pipes[at..].chars().count() > AROUND {
            "…"
        } else {
            ""
        },
    );
    // One character for one character, or the caret would miss.
    let shown: String = before[skipped..]
        .iter()
        .copied()
        .chain(pipes[at..].chars().take(AROUND))
        .map(|c| if c.is_control() { '\u{b7}' } else { c })
        .collect();
    let caret = " ".repeat(before.len() - skipped + start.chars().count());
    format!("{mistake}:\n{start}{shown}{end}\n{caret}^")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(pipes: &str, at: usize) -> String {
        Wrong::new(at, Mistake::NotANumber).of(pipes).to_string()
    }

    #[test]
    fn the_message_points_at_the_character() {
        assert_eq!(
            message("sub|slice(a)", 10),
            "this is not a whole number:\nsub|slice(a)\n          ^"
        );
        assert_eq!(message("é(a", 3), "this is not a whole number:\né(a\n  ^");
        assert_eq!(message("a", 1), "this is not a whole number:\na\n ^");
    }

    #[test]
    fn control_characters_take_the_place_of_one() {
        assert_eq!(
            message("a\n\u{1b}b", 3),
            "this is not a whole number:\na··b\n   ^"
        );
    }

    #[test]
    fn of_a_long_string_the_place_is_shown() {
        let pipes = format!("{}X{}", "a".repeat(100), "b".repeat(100));
        let message = message(&pipes, 100);
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(lines[1], format!("…{}X{}…", "a".repeat(40), "b".repeat(39)));
        assert_eq!(lines[1].chars().position(|c| c == 'X'), lines[2].find('^'));
    }

    #[test]
    fn only_mistakes_in_the_string_are_the_clients() {
        let error = Wrong::new(0, Mistake::NoName).of("(");
        assert_eq!(Response::from(error).status, 400);
        let error = PipeError::TooLarge { pipe: "sub".into() };
        assert_eq!(Response::from(error).status, 500);
    }
}
