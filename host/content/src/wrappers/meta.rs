//! `// META:` lines: what a test's script says of itself, in its first lines.
//!
//! A line is `// META: key=value`, without a space before the slashes or around
//! the equals sign; the first line that is none ends them. Keys that mean nothing
//! here (`variant` and `quic` are for the program that runs the tests) are left
//! alone.

use std::io::{BufRead, BufReader, Read};

use super::global;
use crate::refusal::Refusal;

/// Bytes of a script's META lines. wpt's longest have 4 KB.
const MAX_SIZE: u64 = 64 * 1024;

/// What the META lines of a script say, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meta(Vec<(String, String)>);

impl Meta {
    /// Reads the META lines of a script, and no more than it has to; `file` is
    /// what an error calls it.
    pub(super) fn read(script: impl Read, file: &str) -> Result<Self, Refusal> {
        let mut script = BufReader::new(script);
        let (mut pairs, mut size, mut line) = (Vec::new(), 0, Vec::new());
        loop {
            line.clear();
            // The line may be script, of any length.
            let mut start = (&mut script).take(MAX_SIZE + 1);
            size += start.read_until(b'\n', &mut line)? as u64;
            let Some((key, value)) = split(&line) else {
                return Ok(Self(pairs));
            };
            if size > MAX_SIZE {
                return Err(Refusal::TooMuch(
                    "a script's META lines are longer than 64 KiB",
                ));
            }
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec());
            let (Ok(key), Ok(value)) = (text(key), text(value)) else {
                return Err(Refusal::Meta {
                    file: file.to_owned(),
                    line: pairs.len() + 1,
                });
            };
            pairs.push((key, value));
        }
    }

    /// The values of a key, in their order.
    pub(super) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let fitting = self.0.iter().filter(move |(other, _)| other == key);
        fitting.map(|(_, value)| value.as_str())
    }

    /// All of it, as key and value.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&key[..], &value[..]))
    }

    /// Whether the test is for that global scope; the first `global` counts.
    pub(super) fn is_for(&self, scope: &str) -> bool {
        global::names(self.all("global").next().unwrap_or_default(), scope)
    }
}

/// Key and value of a META line, which ends in LF, CRLF or with the file: what
/// `//\s*META:\s*(\w*)=(.*)$` finds.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = after_space(line.strip_prefix(b"//")?);
    let rest = after_space(rest.strip_prefix(b"META:")?);
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let end = rest.iter().position(|b| !is_word(b))?;
    let value = rest[end..].strip_prefix(b"=")?;
    let value = value.strip_suffix(b"\n").unwrap_or(value);
    Some((&rest[..end], value.strip_suffix(b"\r").unwrap_or(value)))
}

fn after_space(text: &[u8]) -> &[u8] {
    let is_space = |b: &u8| matches!(b, b'\t'..=b'\r' | b' ');
    let start = text.iter().position(|b| !is_space(b));
    &text[start.unwrap_or(text.len())..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(script: impl AsRef<[u8]>) -> Vec<(String, String)> {
        Meta::read(script.as_ref(), "a.any.js").unwrap().0
    }

    #[test]
    fn the_first_lines_count_and_no_others() {
        for (script, expected) in [
            (
                "// META: title=A\n// META: timeout=long\ntest()",
                &[("title", "A"), ("timeout", "long")][..],
            ),
            ("//META:title=A", &[("title", "A")]),
            ("//\t META: \x0c title= A = b \n", &[("title", " A = b ")]),
            ("// META: =x\n// META: é=x", &[("", "x")]),
            ("// META: a_1=\n// META: B=\r\n", &[("a_1", ""), ("B", "")]),
            (
                "// META: a=1\r\n// META: b=2\r3\r\n",
                &[("a", "1"), ("b", "2\r3")],
            ),
            ("// META: a=1\n\n// META: b=2", &[("a", "1")]),
            ("// META: a=1\n// a comment\n// META: b=2", &[("a", "1")]),
            (" // META: a=1", &[]),
            ("\u{feff}// META: a=1", &[]),
            ("// META: a =1", &[]),
            ("// META: a-b=1", &[]),
            ("// META: a", &[]),
            ("// meta: a=1", &[]),
            ("/* META: a=1 */", &[]),
            ("", &[]),
        ] {
            let found = read(script);
            let found: Vec<_> = found.iter().map(|(k, v)| (&k[..], &v[..])).collect();
            assert_eq!(found, expected, "{script:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        let error = Meta::read(&b"// META: a=1\n// META: b=\xff\n"[..], "d/a.any.js").unwrap_err();
        assert!(error.to_string().starts_with("d/a.any.js:2: "), "{error}");
        // What is no META line may be anything.
        assert_eq!(read(b"// META: a=1\n\xff").len(), 1);
    }

    #[test]
    fn only_so_many_bytes_are_meta_lines() {
        for line in ["// META: script=a.js\n", "// META: title=a\n"] {
            let script = line.repeat(MAX_SIZE as usize / line.len());
            assert!(Meta::read(script.as_bytes(), "a.any.js").is_ok());
            let error = Meta::read((script + line).as_bytes(), "a.any.js").unwrap_err();
            assert!(error.to_string().contains("64 KiB"), "{error}");
        }
        // The rest of a script is not read.
        let script = format!("// META: a=1\n{}", "x".repeat(1 << 20));
        assert_eq!(read(script).len(), 1);
        let script = format!("// META: a=1\n// {}", "x".repeat(1 << 20));
        assert_eq!(read(script).len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(script in any::<Vec<u8>>()) {
            let _ = Meta::read(&script[..], "a.any.js");
        }

        #[test]
        fn a_line_gives_what_it_says(key in "[a-zA-Z0-9_]{0,9}", value in "[^\r\n]*") {
            let script = format!("// META: {key}={value}\n");
            prop_assert_eq!(read(script), [(key, value)]);
        }
    }
}
