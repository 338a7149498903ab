//! The string of pipes in a query.

use percent_encoding::percent_decode;

/// The value of the query's last `pipe` parameter that has one, decoded as
/// wptserve does: `&` alone separates, `+` is a space, escapes are UTF-8 with
/// U+FFFD for what is not, and a byte above 0x7F that is not escaped is the
/// character of that number.
pub fn parameter(query: &[u8]) -> Option<String> {
    query
        .split(|b| *b == b'&')
        .rev()
        .filter_map(|pair| {
            let equals = pair.iter().position(|b| *b == b'=')?;
            let value = &pair[equals + 1..];
            (!value.is_empty() && decode(&pair[..equals]) == "pipe").then_some(value)
        })
        .next()
        .map(decode)
}

/// Python's `unquote` of what a server reads as Latin-1.
fn decode(text: &[u8]) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.iter().take_while(|b| b.is_ascii()).count();
        let spaced: Vec<u8> = rest[..ascii]
            .iter()
            .map(|b| if *b == b'+' { b' ' } else { *b })
            .collect();
        decoded.push_str(&percent_decode(&spaced).decode_utf8_lossy());
        let other = rest[ascii..].iter().take_while(|b| !b.is_ascii()).count();
        decoded.extend(rest[ascii..ascii + other].iter().copied().map(char::from));
        rest = &rest[ascii + other..];
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &[u8]) -> Option<String> {
        parameter(query)
    }

    #[test]
    fn the_last_parameter_with_a_value_counts() {
        assert_eq!(found(b"pipe=a&x=1&pipe=b").unwrap(), "b");
        assert_eq!(found(b"pipe=a&pipe=&pipe").unwrap(), "a");
        assert_eq!(found(b"%70ipe=a").unwrap(), "a");
        assert_eq!(found(b"pipe=a=b;c&d").unwrap(), "a=b;c");
        assert_eq!(found(b"pipes=a&xpipe=b&pipe="), None);
        assert_eq!(found(b""), None);
    }

    #[test]
    fn escapes_are_utf8_and_raw_bytes_are_characters() {
        assert_eq!(found(b"pipe=a%2Cb+c%2b").unwrap(), "a,b c+");
        assert_eq!(found(b"pipe=%E2%98%83").unwrap(), "\u{2603}");
        assert_eq!(found(b"pipe=%FFx%zz%").unwrap(), "\u{fffd}x%zz%");
        assert_eq!(found(b"pipe=\xc3\xa9+").unwrap(), "\u{c3}\u{a9} ");
        assert_eq!(found(b"pipe=%C3\xa9").unwrap(), "\u{fffd}\u{a9}");
    }
}
