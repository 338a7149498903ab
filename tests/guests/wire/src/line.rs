//! A line of a script, word by word. A test that misspells one should fail
//! loudly, so what makes no sense panics.

use std::str::FromStr;

use host_guest::prelude::*;

/// What is left of a line.
pub(crate) struct Line<'a> {
    rest: &'a str,
    own: u32,
}

impl<'a> Line<'a> {
    pub(crate) fn of(text: &'a str, request: &Request) -> Self {
        Self {
            rest: text,
            own: request.stream_id(),
        }
    }

    /// The next word.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// The next word, decoded.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        decode(self.need())
    }

    pub(crate) fn need(&mut self) -> &'a str {
        self.word().expect("a word is missing")
    }

    /// The next word as a number, in decimal or as `0x…`.
    pub(crate) fn number<N: TryFrom<u64> + FromStr>(&mut self) -> N {
        number(self.need())
    }

    /// The next word as a stream.
    pub(crate) fn stream(&mut self) -> u32 {
        match self.need() {
            "own" => self.own,
            word => number(word),
        }
    }

    /// Takes a flag, if it is the next word.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let mut after = Line { ..*self };
        let found = after.word() == Some(name);
        if found {
            *self = after;
        }
        found
    }

    /// Takes `name=STREAM`, if it is the next word.
    pub(crate) fn option(&mut self, name: &str) -> Option<u32> {
        Some(match self.text_option(name)? {
            "own" => self.own,
            value => number(value),
        })
    }

    /// Takes `name=…`, if it is the next word.
    pub(crate) fn text_option(&mut self, name: &str) -> Option<&'a str> {
        let mut after = Line { ..*self };
        let value = after.word()?.strip_prefix(name)?.strip_prefix('=')?;
        *self = after;
        Some(value)
    }

    /// Words of `NAME=VALUE` up to the end, or to `--`.
    pub(crate) fn fields(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut fields = Vec::new();
        while !self.flag("--")
            && let Some(word) = self.word()
        {
            // A name may begin with it, as a value may have it.
            let at = word[1..].find('=').expect("NAME=VALUE") + 1;
            fields.push((decode(&word[..at]), decode(&word[at + 1..])));
        }
        fields
    }

    /// The rest as text.
    pub(crate) fn text(&mut self) -> Vec<u8> {
        match self.rest.strip_prefix('@') {
            Some(count) => vec![b'x'; number(count)],
            None => decode(self.rest),
        }
    }

    /// Whether there is nothing left.
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.trim().is_empty()
    }

    /// The next word as bytes in hexadecimal; none where it is missing.
    pub(crate) fn hex(&mut self) -> Vec<u8> {
        let digits = self.word().unwrap_or_default();
        if let Some(count) = digits.strip_prefix('@') {
            return vec![b'x'; number(count)];
        }
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal");
        (0..digits.len()).step_by(2).map(byte).collect()
    }
}

fn number<N: TryFrom<u64>>(word: &str) -> N {
    let number = match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => word.parse(),
    };
    let number = number.ok().and_then(|number| N::try_from(number).ok());
    number.unwrap_or_else(|| panic!("{word} is no number here"))
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(match (first, after) {
            (b'%', [high, low, ..]) => {
                rest = &after[2..];
                let digit = |b: &u8| char::from(*b).to_digit(16).expect("two digits behind %");
                (digit(high) << 4 | digit(low)) as u8
            }
            _ => *first,
        });
    }
    bytes
}
