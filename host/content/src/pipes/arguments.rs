//! A pipe as it is called, and its arguments as what they stand for.

use bytes::Bytes;

use super::error::{Mistake, Wrong};

/// A pipe in a string: its name and its arguments, with their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name, spaces and all.
    pub name: String,
    /// Where the name begins, in bytes of the string.
    pub at: usize,
    /// The arguments in order. `f()` has one, which is empty, and `f` none.
    pub arguments: Vec<Argument>,
}

/// An argument, its escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    text: String,
    at: usize,
    /// Where in `text` a character was escaped: each cost a byte more.
    escaped: Vec<usize>,
}

impl Call {
    pub(crate) fn at(at: usize) -> Self {
        Self {
            name: String::new(),
            at,
            arguments: Vec::new(),
        }
    }

    /// The arguments, if there are at least `least` and at most `most`.
    ///
    /// # Errors
    /// [`Mistake::WrongCount`] at the first argument too many, or at the name.
    pub fn expect(&self, least: usize, most: usize) -> Result<&[Argument], Wrong> {
        let found = self.arguments.len();
        if (least..=most).contains(&found) {
            return Ok(&self.arguments);
        }
        let at = self.arguments.get(most).map_or(self.at, |extra| extra.at);
        let name = self.name.clone();
        Err(Wrong::new(
            at,
            Mistake::WrongCount {
                name,
                least,
                most,
                found,
            },
        ))
    }
}

impl Argument {
    pub(crate) fn at(at: usize) -> Self {
        Self {
            text: String::new(),
            at,
            escaped: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, c: char) {
        self.text.push(c);
    }

    pub(crate) fn push_escaped(&mut self, c: char) {
        self.escaped.push(self.text.len());
        self.text.push(c);
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the byte `offset` of the text stands, in bytes of the string.
    pub(crate) fn place(&self, offset: usize) -> usize {
        let escaped = self.escaped.iter().filter(|at| **at < offset).count();
        self.at + offset + escaped
    }

    /// What is wrong with the argument, from its byte `offset` on.
    pub fn wrong(&self, offset: usize, mistake: Mistake) -> Wrong {
        Wrong::new(self.place(offset), mistake)
    }

    /// A whole number, as Python's `int` reads it, the nearest of 64 bits.
    ///
    /// # Errors
    /// [`Mistake::NotANumber`].
    pub fn integer(&self) -> Result<i64, Wrong> {
        integer(&self.text).ok_or_else(|| self.wrong(0, Mistake::NotANumber))
    }

    /// A whole number, or nothing for `null` in any case.
    ///
    /// # Errors
    /// [`Mistake::NotANumber`].
    pub fn integer_or_null(&self) -> Result<Option<i64>, Wrong> {
        match self.text.eq_ignore_ascii_case("null") {
            true => Ok(None),
            false => self.integer().map(Some),
        }
    }

    /// `true` and `1`, `false` and `0`, in any case.
    ///
    /// # Errors
    /// [`Mistake::NotABoolean`].
    pub fn boolean(&self) -> Result<bool, Wrong> {
        match &*self.text.to_ascii_lowercase() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(self.wrong(0, Mistake::NotABoolean)),
        }
    }

    /// The text as Latin-1: characters up to U+00FF are one byte each.
    ///
    /// # Errors
    /// [`Mistake::NotLatin1`] at the first other one.
    pub fn latin1(&self) -> Result<Bytes, Wrong> {
        self.text
            .char_indices()
            .map(|(at, c)| u8::try_from(c).map_err(|_| self.wrong(at, Mistake::NotLatin1)))
            .collect::<Result<Vec<u8>, Wrong>>()
            .map(Into::into)
    }
}

/// A number as Python's `int` reads it: white space around it, a sign, single
/// `_` between digits. What 64 bits cannot hold is the nearest that they can.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = grouped(text.trim())?;
    match digits.parse::<i64>() {
        Ok(number) => Some(number),
        Err(error) => match error.kind() {
            std::num::IntErrorKind::PosOverflow => Some(i64::MAX),
            std::num::IntErrorKind::NegOverflow => Some(i64::MIN),
            _ => None,
        },
    }
}

/// The text of a number without the single `_` that Python allows between
/// digits; `None` where one stands elsewhere.
pub(crate) fn grouped(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let is_good =
        |at: usize| bytes[at] != b'_' || is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    (0..bytes.len()).all(is_good).then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(text: &str) -> Argument {
        let mut argument = Argument::at(10);
        text.chars().for_each(|c| argument.push(c));
        argument
    }

    #[test]
    fn integers_are_pythons() {
        for (text, number) in [
            ("0", Some(0)),
            (" 42\n", Some(42)),
            ("+7", Some(7)),
            ("-7", Some(-7)),
            ("1_000", Some(1000)),
            ("007", Some(7)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
            ("", None),
            ("-", None),
            ("1.0", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("0x10", None),
            ("a", None),
        ] {
            assert_eq!(argument(text).integer().ok(), number, "{text:?}");
        }
    }

    #[test]
    fn null_and_booleans_have_no_case() {
        assert_eq!(argument("NuLL").integer_or_null(), Ok(None));
        assert_eq!(argument("5").integer_or_null(), Ok(Some(5)));
        let wrong = argument("").integer_or_null().unwrap_err();
        assert_eq!((wrong.at, wrong.mistake), (10, Mistake::NotANumber));
        for (text, value) in [("True", true), ("1", true), ("FALSE", false), ("0", false)] {
            assert_eq!(argument(text).boolean(), Ok(value));
        }
        for text in ["", "yes", " true", "2"] {
            assert!(argument(text).boolean().is_err(), "{text:?}");
        }
    }

    #[test]
    fn latin1_ends_at_u00ff() {
        assert_eq!(argument("aé\u{ff}").latin1().unwrap(), &b"a\xe9\xff"[..]);
        let wrong = argument("é☃").latin1().unwrap_err();
        assert_eq!((wrong.at, wrong.mistake), (12, Mistake::NotLatin1));
    }
}
