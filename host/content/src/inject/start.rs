//! How an HTML document begins, before its first content (HTML, 13.2.5
//! Tokenization).

/// Looks for the first content of a document that comes piece by piece.
#[derive(Debug)]
pub(super) struct Start {
    /// Bytes that were found to be before it.
    passed: usize,
}

/// What is behind the part that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Content: here the script is put.
    Content,
    /// A mistake: who knows what that will be. The document stays as it is.
    Mistake,
    /// Not enough of it to tell.
    Unknown,
}

/// One token.
enum Token {
    /// So many bytes that come before content.
    Before(usize),
    Is(Next),
}

const CONTENT: Token = Token::Is(Next::Content);
const MISTAKE: Token = Token::Is(Next::Mistake);
const UNKNOWN: Token = Token::Is(Next::Unknown);

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Start {
    pub(super) const fn new() -> Self {
        Self { passed: 0 }
    }

    /// Bytes that were passed so far.
    pub(super) const fn passed(&self) -> usize {
        self.passed
    }

    /// Passes what is before the first content, of text that begins where the
    /// last scan ended: how many bytes that is, and what comes then.
    pub(super) fn scan(&mut self, text: &[u8]) -> (usize, Next) {
        let mut at = 0;
        loop {
            let rest = &text[at..];
            let found = if self.passed == 0 && BOM.starts_with(&rest[..rest.len().min(3)]) {
                bom(rest)
            } else {
                token(rest)
            };
            match found {
                Token::Before(length) => {
                    at += length;
                    self.passed += length;
                }
                Token::Is(next) => return (at, next),
            }
        }
    }
}

/// The mark that some editors put before UTF-8.
fn bom(rest: &[u8]) -> Token {
    if rest.starts_with(BOM) {
        Token::Before(BOM.len())
    } else {
        UNKNOWN
    }
}

/// The token that `rest` begins with.
fn token(rest: &[u8]) -> Token {
    match rest {
        [] => UNKNOWN,
        [b'<', markup @ ..] => self::markup(markup),
        // No UTF-8, and half of the characters of UTF-16.
        [0 | 0xfe | 0xff, ..] => MISTAKE,
        [first, ..] if is_space(*first) => {
            let end = rest.iter().position(|b| !is_space(*b));
            Token::Before(end.unwrap_or(rest.len()))
        }
        _ => CONTENT,
    }
}

/// What follows `<`.
fn markup(rest: &[u8]) -> Token {
    match rest {
        [] | [b'/'] => UNKNOWN,
        [b'/', first, ..] if first.is_ascii_alphabetic() => CONTENT,
        [b'!', rest @ ..] => declaration(rest),
        [first, ..] if first.is_ascii_alphabetic() => tag(rest),
        _ => MISTAKE,
    }
}

/// What follows `<!`: a comment or a doctype.
fn declaration(rest: &[u8]) -> Token {
    const DOCTYPE: &[u8] = b"doctype";
    const BEFORE: usize = "<!".len();
    if let Some(text) = rest.strip_prefix(b"--") {
        return comment(text);
    }
    let name = &rest[..rest.len().min(DOCTYPE.len())];
    if name == b"-" || !name.eq_ignore_ascii_case(&DOCTYPE[..name.len()]) {
        return if name == b"-" { UNKNOWN } else { MISTAKE };
    }
    // A quote does not hide it: that would be a mistake.
    let end = rest.iter().position(|b| *b == b'>');
    end.map_or(UNKNOWN, |end| Token::Before(BEFORE + end + 1))
}

/// What follows `<!--`.
fn comment(text: &[u8]) -> Token {
    const BEFORE: usize = "<!--".len();
    const END: &[u8] = b"-->";
    if text.starts_with(b">") || text.starts_with(b"->") {
        return MISTAKE;
    }
    let end = text.windows(END.len()).position(|place| place == END);
    end.map_or(UNKNOWN, |end| Token::Before(BEFORE + end + END.len()))
}

/// What follows `<` and begins with a letter: a start tag.
fn tag(rest: &[u8]) -> Token {
    let is_end = |b: &u8| is_space(*b) || matches!(b, b'/' | b'>');
    let end = rest.iter().position(is_end);
    let name = &rest[..end.unwrap_or(rest.len())];
    let fits = |known: &&[u8]| match end {
        Some(_) => name.eq_ignore_ascii_case(known),
        // The name may go on.
        None => name.len() <= known.len() && name.eq_ignore_ascii_case(&known[..name.len()]),
    };
    if ![&b"html"[..], b"head"].iter().any(fits) {
        return CONTENT;
    }
    let length = attributes(&rest[name.len()..]);
    length.map_or(UNKNOWN, |length| Token::Before(1 + name.len() + length))
}

/// Bytes of the attributes of a tag and the `>` that ends it, if it is there. In
/// quotes, which are one only behind an equals sign, that ends nothing.
fn attributes(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    // Whether an equals sign and no value was before.
    let mut is_value = false;
    for (at, byte) in text.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) => {
                if byte == open {
                    quote = None;
                }
            }
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if is_value => (quote, is_value) = (Some(byte), false),
            (None, b'=') => is_value = true,
            (None, byte) => is_value &= is_space(*byte),
        }
    }
    None
}

/// HTML's white space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}
