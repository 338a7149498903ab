//! What can be wrong with a template, and where.

use thiserror::Error;

/// A substitution that cannot be made, with the place of what is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}:{column}: {reason}")]
pub struct TemplateError {
    /// The file, as the one who asked for the substitution calls it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in that line, from 1.
    pub column: usize,
    /// The same place as a byte of the content, from 0.
    pub offset: usize,
    /// What is wrong.
    pub reason: Reason,
}

impl TemplateError {
    /// `offset` is a byte of `content`, which is `file`'s.
    pub(crate) fn new(file: &str, content: &[u8], offset: usize, reason: Reason) -> Self {
        let before = &content[..offset.min(content.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |n| n + 1);
        Self {
            file: file.to_owned(),
            line,
            column: String::from_utf8_lossy(&before[start..]).chars().count() + 1,
            offset,
            reason,
        }
    }
}

/// What is wrong at that place.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No token begins where a name must stand.
    #[error("a name is expected behind \"{{{{\", without space")]
    NoName,
    /// A token that nothing can be made of here.
    #[error("only [key] and (arguments) can follow a name")]
    Misplaced,
    /// A key or an argument is not UTF-8.
    #[error("what is between brackets must be UTF-8")]
    NotUtf8,
    /// Neither a variable nor a function nor a setting.
    #[error("there is no \"{0}\" to substitute")]
    UnknownName(String),
    /// A table, a list or the request's headers without that entry.
    #[error("\"{name}\" has no \"{key}\"")]
    NoEntry {
        /// What was looked into.
        name: String,
        /// What was looked for.
        key: String,
    },
    /// `[key]` behind what has no entries.
    #[error("\"{0}\" has no entries: no [key] can follow")]
    NotIndexable(String),
    /// `(arguments)` behind what is no function.
    #[error("\"{0}\" is no function: no (arguments) can follow")]
    NotCallable(String),
    /// A table, a list or a function by itself.
    #[error("\"{name}\" is {what}, which has no text of its own")]
    NotText {
        /// What the expression says.
        name: String,
        /// What that is.
        what: &'static str,
    },
    /// A function with too few or too many arguments.
    #[error("{function} takes {expected} arguments, not {found}")]
    WrongCount {
        /// The function.
        function: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// `file_hash` by an algorithm that is not one of its six.
    #[error("there is no hash \"{0}\": it is md5, sha1, sha224, sha256, sha384 or sha512")]
    UnknownHash(String),
    /// `file_hash` of a file that is not there, not readable or outside.
    #[error("the file \"{path}\" cannot be hashed: {problem}")]
    NoFile {
        /// The path as given.
        path: String,
        /// What the system says.
        problem: String,
    },
    /// `file_hash` of more than one template may ask for.
    #[error("the files to be hashed have more than {0} bytes")]
    TooMuchToHash(u64),
    /// `fs_path` of what is outside.
    #[error("the path \"{0}\" is outside the document root")]
    OutsideRoot(String),
    /// The system gives no random bytes.
    #[error("no random bytes for uuid()")]
    NoRandom,
    /// More expressions than a template may have.
    #[error("there are more than {0} expressions")]
    TooMany(usize),
    /// The result would be larger than a substitution may be.
    #[error("the result would have more than {0} bytes")]
    TooLong(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_counted_in_lines_and_characters() {
        let content = "erste\nzwei é{{x}}".as_bytes();
        let at = content.iter().position(|b| *b == b'{').unwrap();
        let error = TemplateError::new("/a.sub.html", content, at, Reason::NoName);
        assert_eq!((error.line, error.column), (2, 7));
        assert_eq!(
            error.to_string(),
            "/a.sub.html:2:7: a name is expected behind \"{{\", without space"
        );
        let first = TemplateError::new("f", b"{{}}", 0, Reason::NoName);
        assert_eq!((first.line, first.column, first.offset), (1, 1, 0));
    }
}
