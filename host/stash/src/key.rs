//! What values and queues are found by: a path and a UUID.

use std::fmt;

use crate::StashError;

/// Characters of a key that is none which an error shows.
const SHOWN: usize = 64;

/// A path and a UUID. Two spellings of one UUID are one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    path: String,
    uuid: u128,
}

impl Key {
    /// The key of a UUID in any spelling that Python's `uuid.UUID()` takes, as
    /// far as it is ASCII: in upper case, without dashes, in braces, with
    /// `urn:uuid:`…
    ///
    /// # Errors
    /// [`StashError::InvalidKey`].
    pub fn new(path: impl Into<String>, uuid: &str) -> Result<Self, StashError> {
        let invalid = || StashError::InvalidKey(uuid.chars().take(SHOWN).collect());
        Ok(Self {
            path: path.into(),
            uuid: parse(uuid).ok_or_else(invalid)?,
        })
    }

    /// Whose the entry is by convention: the path of the URL that made it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The UUID as 32 digits in lower case.
    pub(crate) fn digits(&self) -> String {
        format!("{:032x}", self.uuid)
    }

    /// What an entry of this many bytes counts.
    pub(crate) fn cost(&self, content: usize) -> usize {
        self.path.len() + content
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
        write!(f, "{a}-{b}-{c}-{d}-{e} of {}", self.path)
    }
}

/// Reads as `uuid.UUID()` does: prefixes are dropped wherever they are, then
/// braces at the ends, then dashes; 32 characters are left. (The `uuid` crate
/// wants each of these in its place.)
fn parse(text: &str) -> Option<u128> {
    let text = text.replace("urn:", "").replace("uuid:", "");
    let digits = text.trim_matches(['{', '}']).replace('-', "");
    if digits.len() != 32 {
        return None;
    }
    hexadecimal(&digits)
}

/// Reads as `int(text, 16)` does, which takes more than digits.
fn hexadecimal(text: &str) -> Option<u128> {
    const WHITE: [char; 6] = [' ', '\t', '\n', '\x0b', '\x0c', '\r'];
    let text = text.trim_matches(WHITE);
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(rest) => rest.strip_prefix('_').unwrap_or(rest),
        None => text,
    };
    // Single underscores may stand between digits.
    let mut groups = digits.split('_');
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_hexdigit());
    if !groups.all(is_digits) {
        return None;
    }
    u128::from_str_radix(&digits.replace('_', ""), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0f51c35dc5a641c9a18e1f6c4b7b4a11";

    /// `tests/python/stash_differential.py` compares many more with Python's.
    #[test]
    fn spellings_of_one_uuid_are_one_key() {
        let key = |text: &str| Key::new("/p", text).unwrap();
        for same in [
            "0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11",
            "0F51C35D-C5A6-41C9-A18E-1F6C4B7B4A11",
            "{0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11}",
            "urn:uuid:0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11",
            "{urn:uuid:0f51c35dc5a641c9a18e1f6c4b7b4a11",
            "0-f-51c35dc5a641c9a18e1f6c4b7b4a11-",
        ] {
            assert_eq!(key(same), key(DIGITS), "{same}");
        }
        // Thirty digits and what `int()` passes over.
        let thirty = "00".to_owned() + &DIGITS[2..];
        for same in [
            format!("0x{}", &DIGITS[2..]),
            format!("+0{}", &DIGITS[2..]),
            format!(" {}\n", &DIGITS[2..]),
            format!("0_{}", &DIGITS[2..]),
        ] {
            assert_eq!(key(&same), key(&thirty), "{same:?}");
        }
        assert_ne!(key(DIGITS), Key::new("/q", DIGITS).unwrap());
        assert_eq!(
            key(DIGITS).to_string(),
            "0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11 of /p"
        );
    }

    #[test]
    fn what_is_no_uuid_is_refused_and_shown() {
        for none in [
            "",
            "x",
            "0f51c35dc5a641c9a18e1f6c4b7b4a1",
            "0f51c35dc5a641c9a18e1f6c4b7b4a111",
            "0f51c35dc5a641c9a18e1f6c4b7b4a1g",
            "URN:UUID:0f51c35dc5a641c9a18e1f6c4b7b4a11",
            "__51c35dc5a641c9a18e1f6c4b7b4a11",
            "0x__c35dc5a641c9a18e1f6c4b7b4a11",
            "0f51c35dc5a641c9a18e1f6c4b7b4a1_",
            "++51c35dc5a641c9a18e1f6c4b7b4a11",
            "ÿf51c35dc5a641c9a18e1f6c4b7b4a1",
        ] {
            let error = Key::new("/", none).unwrap_err();
            assert_eq!(error, StashError::InvalidKey(none.to_owned()));
        }
        let long = Key::new("/", &"é".repeat(1000)).unwrap_err();
        assert_eq!(long, StashError::InvalidKey("é".repeat(SHOWN)));
    }
}
