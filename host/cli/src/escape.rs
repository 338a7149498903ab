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

/// The same, but colours stay, which are set back at the end.
pub(crate) fn coloured(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        let (before, sequence) = rest.split_at(at);
        escaped.push_str(&line(before));
        let length = colour(sequence).unwrap_or(1);
        let (sequence, after) = sequence.split_at(length);
        match length {
            1 => escaped.push_str(&line(sequence)),
            _ => escaped.push_str(sequence),
        }
        rest = after;
    }
    escaped.push_str(&line(rest));
    if text.contains('\x1b') {
        escaped.push_str("\x1b[0m");
    }
    escaped
}

/// The text without colours, line ends and all the rest as they are.
pub(crate) fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        let (before, sequence) = rest.split_at(at);
        plain.push_str(before);
        rest = &sequence[colour(sequence).unwrap_or(1)..];
    }
    plain.push_str(rest);
    plain
}

/// The length of the colour that a text begins with: ESC [ numbers m.
fn colour(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\x1b[")?;
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    numbers[end..].starts_with('m').then_some(2 + end + 1)
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
    fn colours_stay_and_nothing_else() {
        let red = "a \x1b[1;31mred\x1b[0m";
        assert_eq!(coloured(red), format!("{red}\x1b[0m"));
        assert_eq!(coloured("plain"), "plain");
        assert_eq!(coloured("\x1b[2Jx"), "\\u{1b}[2Jx\x1b[0m");
        assert_eq!(
            without_colours("a \x1b[1;31mred\x1b[0m\n\x1b[2J"),
            "a red\n[2J"
        );
    }

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
