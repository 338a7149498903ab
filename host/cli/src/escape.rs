//! Text of guests and clients, made harmless for a terminal.

use std::borrow::Cow;

/// The text with everything escaped that a terminal could take for more than
/// text: control characters (line ends among them) and what changes the
/// direction of writing (CVE-2021-42574).
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_commands_a_terminal_is_left() {
        assert_eq!(line("plain, ünï"), "plain, ünï");
        assert_eq!(
            line("a\x1b[31mb\r\nc\td\x7f"),
            "a\\u{1b}[31mb\\r\\nc\\td\\u{7f}"
        );
        assert_eq!(line("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(line("a\u{202e}b"), "a\\u{202e}b");
    }
}
