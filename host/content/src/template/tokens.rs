//! What stands between `{{` and `}}`, in pieces.
//!
//! wptserve's scanner, quirks included: it stops in silence at the first byte
//! that begins no token, so `{{host }}` is `{{host}}` and `{{ host}}` is nothing
//! at all. Word characters are ASCII.

use super::error::Reason;

/// One piece of an expression, with its place in the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Bytes from the start of the expression.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `$name:`, kept with its `$` and without the colon.
    Assign(String),
    /// `name` or `$name`.
    Name(String),
    /// `[key]`; the key may be empty.
    Index(String),
    /// `(a, b)`, split at commas and the space behind them. `()` has none.
    Arguments(Vec<String>),
}

/// The tokens of an expression, up to the first byte that begins none.
///
/// # Errors
/// A key or arguments that are not UTF-8, with the token's place.
pub(crate) fn scan(expression: &[u8]) -> Result<Vec<Token>, (usize, Reason)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some((length, kind)) = next(&expression[at..]).map_err(|reason| (at, reason))? {
        tokens.push(Token { at, kind });
        at += length;
    }
    Ok(tokens)
}

/// The token that `text` begins with, and its length.
fn next(text: &[u8]) -> Result<Option<(usize, Kind)>, Reason> {
    let Some(&first) = text.first() else {
        return Ok(None);
    };
    match first {
        b'[' => bracketed(text, b']', |inside| Kind::Index(inside.to_owned())),
        b'(' => bracketed(text, b')', |inside| Kind::Arguments(split(inside))),
        b'$' => Ok(match word(&text[1..]) {
            0 => None,
            length => {
                let name = ascii(&text[..=length]);
                Some(match text.get(length + 1) {
                    Some(b':') => (length + 2, Kind::Assign(name)),
                    _ => (length + 1, Kind::Name(name)),
                })
            }
        }),
        _ => Ok(match word(text) {
            0 => None,
            length => Some((length, Kind::Name(ascii(&text[..length])))),
        }),
    }
}

/// A token in brackets, up to the first closing one; none where it is missing.
fn bracketed(
    text: &[u8],
    close: u8,
    kind: impl FnOnce(&str) -> Kind,
) -> Result<Option<(usize, Kind)>, Reason> {
    let Some(end) = text.iter().position(|b| *b == close) else {
        return Ok(None);
    };
    let inside = std::str::from_utf8(&text[1..end]).map_err(|_| Reason::NotUtf8)?;
    Ok(Some((end + 1, kind(inside))))
}

/// The number of word characters that `text` begins with.
fn word(text: &[u8]) -> usize {
    text.iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count()
}

fn ascii(text: &[u8]) -> String {
    text.iter().copied().map(char::from).collect()
}

/// Arguments split at a comma and the white space behind it: Python's
/// `re.split(r",\s*", …)`.
fn split(inside: &str) -> Vec<String> {
    if inside.is_empty() {
        return Vec::new();
    }
    inside
        .split(',')
        .enumerate()
        .map(|(n, argument)| match n {
            0 => argument,
            _ => argument.trim_start_matches(is_python_space),
        })
        .map(str::to_owned)
        .collect()
}

/// What `\s` means for Python's text: Unicode's white space and the four
/// information separators.
fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(expression: &str) -> Vec<Kind> {
        scan(expression.as_bytes())
            .unwrap()
            .into_iter()
            .map(|token| token.kind)
            .collect()
    }

    fn name(text: &str) -> Kind {
        Kind::Name(text.to_owned())
    }

    fn index(text: &str) -> Kind {
        Kind::Index(text.to_owned())
    }

    fn arguments(items: &[&str]) -> Kind {
        Kind::Arguments(items.iter().map(|&item| item.to_owned()).collect())
    }

    #[test]
    fn names_indexes_arguments_and_assignments() {
        assert_eq!(kinds("host"), [name("host")]);
        assert_eq!(
            kinds("ports[http][0]"),
            [name("ports"), index("http"), index("0")]
        );
        assert_eq!(
            kinds("$id:uuid()"),
            [Kind::Assign("$id".to_owned()), name("uuid"), arguments(&[])]
        );
        assert_eq!(kinds("$id"), [name("$id")]);
        assert_eq!(kinds("domains[élève]"), [name("domains"), index("élève")]);
    }

    #[test]
    fn arguments_are_split_at_commas_and_the_space_behind() {
        assert_eq!(kinds("(a,b)"), [arguments(&["a", "b"])]);
        assert_eq!(kinds("( a ,\t\n b )"), [arguments(&[" a ", "b "])]);
        assert_eq!(kinds("(,)"), [arguments(&["", ""])]);
        assert_eq!(kinds("( )"), [arguments(&[" "])]);
    }

    #[test]
    fn the_scan_stops_in_silence_where_no_token_begins() {
        assert_eq!(kinds("host junk"), [name("host")]);
        assert_eq!(kinds("host[www"), [name("host")]);
        assert_eq!(kinds("uuid("), [name("uuid")]);
        assert_eq!(kinds("$"), []);
        assert_eq!(kinds("$:x"), []);
        assert_eq!(kinds(" host"), []);
        assert_eq!(kinds("é"), []);
        assert_eq!(kinds(""), []);
    }

    #[test]
    fn what_is_in_brackets_must_be_utf8() {
        assert_eq!(scan(b"GET[\xff]"), Err((3, Reason::NotUtf8)));
        assert_eq!(scan(b"f(\xff)"), Err((1, Reason::NotUtf8)));
    }
}
